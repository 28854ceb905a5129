/** Lets nobody past who is not signed in; the address stays, so that whoever signs in comes to where it leads. */
import { type ReactNode, useEffect, useMemo } from 'react';
import { Provider } from 'urql';
import { createApiClient } from '../api/client.js';
import { useApiQuery } from '../api/hooks.js';
import { ErrorState, Skeleton } from '../components/states.js';
import { clearToasts } from '../components/toasts.js';
import { useCredentialState } from '../session/credentials.js';
import { type Session, SessionContext } from '../session/session.js';
import { ViewerDocument } from './documents.generated.js';
import { SignIn } from './sign-in.js';
import styles from './sign-in.module.css';

interface GateProps {
  readonly children: ReactNode;
}

export function SessionGate({ children }: GateProps) {
  const state = useCredentialState();
  const credential = state.kind === 'signed-in' ? state.credential : undefined;
  const client = useMemo(() => credential && createApiClient(credential), [credential]);
  if (client === undefined) {
    return state.kind === 'signed-out' ? <SignIn reason={state.reason} /> : <Waiting />;
  }
  return (
    <Provider value={client}>
      <Entrance>{children}</Entrance>
    </Provider>
  );
}

function Waiting() {
  return (
    <main className={styles['page']}>
      <Skeleton lines={4} />
    </main>
  );
}

/** Asks the server whose token it is, and shows the console to them. */
function Entrance({ children }: GateProps) {
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
  useEffect(() => (session === undefined ? undefined : clearToasts), [session]);
  if (session !== undefined) return <SessionContext value={session}>{children}</SessionContext>;
  if (answer.state !== 'failed') return <Waiting />;
  return (
    <main className={styles['page']}>
      <ErrorState problem={answer.problem} retry={answer.retry} />
    </main>
  );
}
