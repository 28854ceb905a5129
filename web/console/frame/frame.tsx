import { type ComponentType, useEffect, useMemo, useState } from 'react';
import { Screen } from '../components/screen.js';
import { EmptyState } from '../components/states.js';
import { Toasts } from '../components/toasts.js';
import { useKeys } from '../keys/keys.js';
import { useMessages } from '../messages/messages.js';
import { Link } from '../router/link.js';
import { usePathname } from '../router/location.js';
import { type Match, matchRoute, type RouteName, routePath, type RouteProps } from '../router/routes.js';
import { useSession } from '../session/session.js';
import { ConnectionStrip } from './connection-strip.js';
import { ErrorBoundary } from './error-boundary.js';
import styles from './frame.module.css';
import { KeyList } from './key-list.js';
import { frameMessages } from './messages.js';
import { Palette } from './palette.js';
import { Rail } from './rail.js';
import { preloadScreens, SCREENS } from './screens.js';

type Overlay = 'palette' | 'keys';

/** When the first screen has what it needs, ms. */
const PRELOAD_AFTER = 1_500;

/** What stands around every screen. */
export function Frame() {
  const texts = useMessages(frameMessages);
  const pathname = usePathname();
  const match = useMemo(() => matchRoute(pathname), [pathname]);
  const [overlay, setOverlay] = useState<Overlay>();
  const { can } = useSession();
  useEffect(() => {
    const timer = window.setTimeout(() => void preloadScreens(can), PRELOAD_AFTER);
    return () => window.clearTimeout(timer);
  }, [can]);
  useKeys({
    '$mod+K': { label: texts.palette, run: () => setOverlay('palette'), whileTyping: true },
    '?': { label: texts.keys, run: () => setOverlay('keys') },
  });
  return (
    <div className={styles['frame']}>
      <a href="#content" className={styles['skip']} onClick={skipToContent}>
        {texts.skip}
      </a>
      <Rail current={match?.name} onPalette={() => setOverlay('palette')} onKeys={() => setOverlay('keys')} />
      <div className={styles['column']}>
        <main id="content" tabIndex={-1} className={styles['content']}>
          <ErrorBoundary key={pathname}>
            <CurrentScreen match={match} pathname={pathname} />
          </ErrorBoundary>
        </main>
        <ConnectionStrip />
      </div>
      <Toasts />
      {overlay === 'palette' && <Palette onClose={() => setOverlay(undefined)} />}
      {overlay === 'keys' && <KeyList onClose={() => setOverlay(undefined)} />}
    </div>
  );
}

/** The address stays as it is: its fragment is no place in the console. */
function skipToContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function CurrentScreen({ match, pathname }: { readonly match: Match | undefined; readonly pathname: string }) {
  const { can } = useSession();
  if (match === undefined) return <NotFound />;
  const { anyOf } = SCREENS[match.name];
  if (anyOf.length > 0 && !can(...anyOf)) return <NotFound />;
  return showScreen(match, pathname);
}

function showScreen<Name extends RouteName>({ name, parameters }: Match<Name>, pathname: string) {
  const ScreenComponent: ComponentType<RouteProps<Name>> = SCREENS[name].component;
  // Another id is another screen: nothing of the last one stays in its fields.
  return <ScreenComponent key={pathname} parameters={parameters} />;
}

function NotFound() {
  const texts = useMessages(frameMessages);
  return (
    <Screen title={texts.notFound}>
      <EmptyState
        title={texts.notFoundAdvice}
        action={<Link href={routePath('overview', {})}>{texts.toOverview}</Link>}
      />
    </Screen>
  );
}
