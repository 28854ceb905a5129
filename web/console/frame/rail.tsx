import { useState } from 'react';
import { IconButton } from '../components/button.js';
import { Icon } from '../components/icon.js';
import { KeyHint } from '../components/key-hint.js';
import { useMessages } from '../messages/messages.js';
import { Link } from '../router/link.js';
import { type RouteName, routePath } from '../router/routes.js';
import { useSession } from '../session/session.js';
import { AccountMenu } from './account-menu.js';
import { frameMessages } from './messages.js';
import { MoreSheet } from './more-sheet.js';
import styles from './rail.module.css';
import { RAIL, SCREENS } from './screens.js';

export interface RailProps {
  readonly current: RouteName | undefined;
  readonly onPalette: () => void;
  readonly onKeys: () => void;
}

/** How many screens have a place of their own in the bar of a narrow window; the others are in a sheet. */
const PLACES_IN_BAR = 3;

/** The screens that the token allows; a bar at the bottom of narrow windows. */
export function Rail({ current, onPalette, onKeys }: RailProps) {
  const texts = useMessages(frameMessages);
  const { can, organization } = useSession();
  const [isMoreOpen, setMoreOpen] = useState(false);
  const allowed = RAIL.filter(({ name }) => SCREENS[name].anyOf.length === 0 || can(...SCREENS[name].anyOf));
  const more = allowed.slice(PLACES_IN_BAR);
  const isCurrentInMore = more.some(({ holds }) => current !== undefined && holds.includes(current));
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
        {allowed.map(({ name, icon, holds }, place) => {
          const isCurrent = current !== undefined && holds.includes(current);
          return (
            <Link
              key={name}
              href={routePath(name, {})}
              aria-current={isCurrent ? 'page' : undefined}
              data-in-bar={place < PLACES_IN_BAR}
              className={styles['screen']}
            >
              <Icon name={icon} />
              <span>{texts.screens[name]}</span>
            </Link>
          );
        })}
      </nav>
      <div className={styles['bar']}>
        <button type="button" className={styles['screen']} onClick={onPalette}>
          <Icon name="search" />
          <span>{texts.search}</span>
        </button>
        <button
          type="button"
          className={styles['screen']}
          data-current={isCurrentInMore}
          aria-haspopup="dialog"
          aria-expanded={isMoreOpen}
          onClick={() => setMoreOpen(true)}
        >
          <Icon name="more" />
          <span>{texts.more}</span>
        </button>
      </div>
      {isMoreOpen && <MoreSheet current={current} screens={more} onClose={() => setMoreOpen(false)} onKeys={onKeys} />}
      <div className={styles['bottom']}>
        <AccountMenu />
        <IconButton label={texts.keys} onClick={onKeys}>
          <Icon name="keyboard" />
        </IconButton>
      </div>
    </header>
  );
}
