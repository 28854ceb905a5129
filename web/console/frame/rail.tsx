import { IconButton } from '../components/button.js';
import { Icon } from '../components/icon.js';
import { KeyHint } from '../components/key-hint.js';
import { useMessages } from '../messages/messages.js';
import { Link } from '../router/link.js';
import { type RouteName, routePath } from '../router/routes.js';
import { useSession } from '../session/session.js';
import { AccountMenu } from './account-menu.js';
import { frameMessages } from './messages.js';
import styles from './rail.module.css';
import { RAIL, SCREENS } from './screens.js';

export interface RailProps {
  readonly current: RouteName | undefined;
  readonly onPalette: () => void;
  readonly onKeys: () => void;
}

/** The screens that the token allows; a bar at the bottom of narrow windows. */
export function Rail({ current, onPalette, onKeys }: RailProps) {
  const texts = useMessages(frameMessages);
  const { can, organization } = useSession();
  const allowed = RAIL.filter(({ name }) => SCREENS[name].anyOf.length === 0 || can(...SCREENS[name].anyOf));
  return (
    <header className={styles['rail']}>
      <div className={styles['top']}>
        <span className={styles['organization']} title={organization}>
          {organization}
        </span>
        <button type="button" className={styles['search']} onClick={onPalette}>
          <Icon name="search" />
          <span>{texts.palette}</span>
          <KeyHint keys="$mod+K" />
        </button>
      </div>
      <nav aria-label={texts.navigation} className={styles['screens']}>
        {allowed.map(({ name, icon, holds }) => {
          const isCurrent = current !== undefined && holds.includes(current);
          return (
            <Link
              key={name}
              href={routePath(name, {})}
              aria-current={isCurrent ? 'page' : undefined}
              className={styles['screen']}
            >
              <Icon name={icon} />
              <span>{texts.screens[name]}</span>
            </Link>
          );
        })}
      </nav>
      <div className={styles['bottom']}>
        <AccountMenu />
        <IconButton label={texts.keys} className={styles['keys']} onClick={onKeys}>
          <Icon name="keyboard" />
        </IconButton>
      </div>
    </header>
  );
}
