import { Icon } from '../components/icon.js';
import { Menu } from '../components/menu.js';
import { LOCALES } from '../messages/format.js';
import { useLocale, useMessages } from '../messages/messages.js';
import { useCredentials } from '../session/credentials.js';
import { useSession } from '../session/session.js';
import { saveTheme, THEMES } from '../theme/theme.js';
import styles from './account-menu.module.css';
import { frameMessages } from './messages.js';
import { useTheme } from './use-theme.js';

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu() {
  const texts = useMessages(frameMessages);
  const { userId } = useSession();
  const { signOut } = useCredentials();
  const [locale, setLocale] = useLocale();
  const theme = useTheme();
  return (
    <Menu
      look="quiet"
      title={`${texts.account}: ${userId}`}
      label={
        <>
          <Icon name="user" />
          <span className={styles['user']}>{userId}</span>
        </>
      }
      items={[
        ...THEMES.map((name) => ({
          label: texts.themes[name],
          isChecked: name === theme,
          run: () => saveTheme(name),
        })),
        ...LOCALES.map((name) => ({
          label: texts.languages[name],
          isChecked: name === locale,
          run: () => setLocale(name),
        })),
        { label: texts.graphiql, href: '/graphql' },
        { label: texts.restApi, href: '/docs' },
        { label: texts.signOut, run: () => void signOut() },
      ]}
    />
  );
}
