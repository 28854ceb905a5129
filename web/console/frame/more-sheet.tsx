import { Button, buttonClass } from '../components/button.js';
import { Dialog } from '../components/dialog.js';
import { Select } from '../components/field.js';
import { Icon } from '../components/icon.js';
import { LOCALES } from '../messages/format.js';
import { useLocale, useMessages } from '../messages/messages.js';
import { Link } from '../router/link.js';
import { type RouteName, routePath } from '../router/routes.js';
import { useCredentials } from '../session/credentials.js';
import { useSession } from '../session/session.js';
import { saveTheme, THEMES } from '../theme/theme.js';
import { frameMessages } from './messages.js';
import styles from './more-sheet.module.css';
import type { RailEntry } from './screens.js';
import { useTheme } from './use-theme.js';

export interface MoreSheetProps {
  readonly current: RouteName | undefined;
  readonly screens: readonly RailEntry[];
  readonly onClose: () => void;
  readonly onKeys: () => void;
}

/** What the bar of a narrow window has no room for: the other screens, who is signed in, colours, language and the way out. */
export function MoreSheet({ current, screens, onClose, onKeys }: MoreSheetProps) {
  const texts = useMessages(frameMessages);
  const { userId, organization } = useSession();
  const { signOut } = useCredentials();
  const [locale, setLocale] = useLocale();
  const theme = useTheme();
  return (
    <Dialog title={texts.more} isOpen onClose={onClose} isSheet>
      <div className={styles['sheet']}>
        {screens.length > 0 && (
          <nav aria-label={texts.moreScreens} className={styles['screens']}>
            {screens.map(({ name, icon, holds }) => (
              <Link
                key={name}
                href={routePath(name, {})}
                className={styles['screen']}
                aria-current={current !== undefined && holds.includes(current) ? 'page' : undefined}
                onClick={onClose}
              >
                <Icon name={icon} />
                {texts.screens[name]}
              </Link>
            ))}
          </nav>
        )}
        <p className={styles['account']}>
          <Icon name="user" />
          <span>
            {userId} · {organization}
          </span>
        </p>
        <div className={styles['choices']}>
          <Select
            label={texts.theme}
            value={theme}
            options={THEMES.map((value) => ({ value, label: texts.themes[value] }))}
            onChange={saveTheme}
          />
          <Select
            label={texts.language}
            value={locale}
            options={LOCALES.map((value) => ({ value, label: texts.languages[value] }))}
            onChange={setLocale}
          />
        </div>
        <div className={styles['choices']}>
          <a href="/graphql" className={buttonClass()}>
            {texts.graphiql}
          </a>
          <a href="/docs" className={buttonClass()}>
            {texts.restApi}
          </a>
          <Button
            onClick={() => {
              onClose();
              onKeys();
            }}
          >
            {texts.keys}
          </Button>
          <Button onClick={() => void signOut()}>{texts.signOut}</Button>
        </div>
      </div>
    </Dialog>
  );
}
