import { Panel } from '../../components/panel.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import { IssueToken } from './issue-token.js';
import { RevokeTokens } from './revoke-tokens.js';
import styles from './settings.module.css';
import { tokenMessages } from './token-messages.js';

/** Tokens that the server issues, and those that it takes no longer. */
export function TokensPanel() {
  const texts = useMessages(tokenMessages);
  const { can } = useSession();
  return (
    <div className={styles['panel']}>
      <IssueToken />
      <RevokeTokens />
      {can('audit:read') && (
        <Panel title={texts.trail}>
          <p className={styles['note']}>{texts.trailNote}</p>
          <p>
            <Link href={routePath('audit', {}, '?action=token_revoke')}>{texts.openAudit}</Link>
          </p>
        </Panel>
      )}
    </div>
  );
}
