import { useApiQuery } from '../../api/hooks.js';
import { Badge } from '../../components/badge.js';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import { PermissionsDocument } from './documents.generated.js';
import { settingsMessages } from './messages.js';
import styles from './settings.module.css';

/** Who is signed in, and what their token allows. */
export function AccountPanel() {
  const texts = useMessages(settingsMessages);
  const { userId, organization, expiresAt } = useSession();
  const answer = useApiQuery(PermissionsDocument, {});
  return (
    <div className={styles['panel']}>
      <Panel title={texts.account}>
        <Facts
          items={[
            [texts.user, userId],
            [texts.organization, organization],
            [texts.expires, <Time key="expires" at={expiresAt} look="dateTime" />],
          ]}
        />
        <h3 className={styles['note']}>{texts.permissions}</h3>
        {answer.state === 'loading' ? (
          <Skeleton lines={1} height={22} />
        ) : answer.state === 'failed' ? (
          <ErrorState problem={answer.problem} retry={answer.retry} />
        ) : (
          <ul className={styles['permissions']}>
            {answer.data.viewer.permissions.map((permission) => (
              <li key={permission}>
                <Badge>{permission}</Badge>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
