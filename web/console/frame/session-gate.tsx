/** Lets nobody past who is not signed in; the address stays, so that whoever signs in comes to where it leads. */
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Provider } from 'urql';
import { createApiClient } from '../api/client.js';
import { useApiQuery } from '../api/hooks.js';
import { ErrorState, Skeleton } from '../components/states.js';
import { clearToasts } from '../components/toasts.js';
import { useCredentialState } from '../session/credentials.js';
import { type Session, SessionContext } from '../session/session.js';
import { ViewerDocument } from './documents.generated.js';
import { useLostPermissions } from './lost-permissions.js';
import { SignIn } from './sign-in.js';
import styles from './sign-in.module.css';

interface GateProps {
  readonly children: ReactNode;
}

/** A screen asks for many things at once, which are all refused within this time, ms. */
const REFUSED_TOGETHER = 200;

export function SessionGate({ children }: GateProps) {
  const state = useCredentialState();
  const credential = state.kind === 'signed-in' ? state.credential : undefined;
  const [refusals, setRefusals] = useState(0);
  const client = useMemo(() => {
    if (credential === undefined) return undefined;
    let isNoted = false;
    return createApiClient(credential, () => {
      if (isNoted) return;
      isNoted = true;
      setTimeout(() => {
        isNoted = false;
        setRefusals((count) => count + 1);
      }, REFUSED_TOGETHER);
    });
  }, [credential]);
  // What one person has been told is nothing for the next.
  useEffect(() => (client === undefined ? undefined : clearToasts), [client]);
  if (client === undefined) {
    return state.kind === 'signed-out' ? <SignIn reason={state.reason} /> : <Waiting />;
  }
  return (
    // Another person begins with nothing of the last one.
    <Provider key={state.kind === 'signed-in' ? state.credential.id : ''} value={client}>
      <Entrance refusals={refusals}>{children}</Entrance>
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

/**
 * Asks the server whose token it is, and shows the console to them; asks again after each refusal, so that what is allowed
 * no longer goes.
 */
function Entrance({ refusals, children }: GateProps & { readonly refusals: number }) {
  const answer = useApiQuery(ViewerDocument, {});
  const reload = answer.state === 'ready' ? answer.reload : undefined;
  useEffect(() => {
    if (refusals > 0) reload?.();
  }, [refusals]);
  const viewer = useUnchanged(answer.state === 'ready' ? answer.data.viewer : undefined);
  useLostPermissions(viewer?.permissions);
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
  if (session !== undefined) return <SessionContext value={session}>{children}</SessionContext>;
  if (answer.state !== 'failed') return <Waiting />;
  return (
    <main className={styles['page']}>
      <ErrorState problem={answer.problem} retry={answer.retry} />
    </main>
  );
}

/** The same object as long as what it says is the same. */
function useUnchanged<Value>(value: Value): Value {
  const signature = JSON.stringify(value);
  return useMemo(() => value, [signature]);
}
