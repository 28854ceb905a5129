/** Lets nobody past who is not signed in; the address stays, so that whoever signs in comes to where it leads. */
import { type ReactNode, useEffect, useMemo } from 'react';
import { Provider } from 'urql';
import { createApiClient } from '../api/client.js';
import { useApiQuery } from '../api/hooks.js';
import { ErrorState, Skeleton } from '../components/states.js';
import { clearToasts } from '../components/toasts.js';
import { type Session, SessionContext } from '../session/session.js';
import { dropToken, useToken } from '../session/token-store.js';
import { ViewerDocument } from './documents.generated.js';
import { SignIn } from './sign-in.js';
import styles from './sign-in.module.css';

interface GateProps {
  readonly children: ReactNode;
}

export function SessionGate({ children }: GateProps) {
  const token = useToken();
  const connection = useMemo(() => {
    if (token === '') return undefined;
    const state = { hasEntered: false };
    const client = createApiClient({
      token,
      onUnauthorized: () => dropToken(state.hasEntered ? 'expired' : 'refused'),
    });
    return {
      client,
      enter: () => {
        state.hasEntered = true;
      },
    };
  }, [token]);
  if (connection === undefined) return <SignIn />;
  return (
    <Provider value={connection.client}>
      <Entrance onEnter={connection.enter}>{children}</Entrance>
    </Provider>
  );
}

/** Asks the server whose token it is, and shows the console to them. */
function Entrance({ onEnter, children }: GateProps & { readonly onEnter: () => void }) {
  const answer = useApiQuery(ViewerDocument, {});
  const viewer = answer.state === 'ready' ? answer.data.viewer : undefined;
  const session = useMemo((): Session | undefined => {
    if (viewer === undefined) return undefined;
    const permissions: ReadonlySet<string> = new Set(viewer.permissions);
    return {
      userId: viewer.id,
      organization: viewer.organization,
      expiresAt: viewer.expiresAt,
      can: (...anyOf) => anyOf.some((permission) => permissions.has(permission)),
    };
  }, [viewer]);
  useEffect(() => {
    if (session === undefined) return;
    onEnter();
    return clearToasts;
  }, [session, onEnter]);
  if (session !== undefined) return <SessionContext value={session}>{children}</SessionContext>;
  return (
    <main className={styles['page']}>
      {answer.state === 'failed' ? (
        <ErrorState problem={answer.problem} retry={answer.retry} />
      ) : (
        <Skeleton lines={4} />
      )}
    </main>
  );
}
