/** With what this tab sends its requests: a token that somebody has pasted or opened a link with, or that of a session. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { readToken, saveToken } from '../../token.js';
import { createSessionKeeper, forgetKeptSession } from './keeper.js';
import { CALLBACK_PATH, finishSignIn, HOME, readConfiguration } from './oidc.js';
import type { Platform } from './platform.js';
import { SignInError } from './sign-in-error.js';
import { forgetOwnWork } from './token-store.js';

/** Of one person who is signed in. */
export interface Credential {
  /** The same as long as they are, however often the token is renewed. */
  readonly id: string;
  /** Whether a new token takes the place of one that expires. */
  readonly isRenewable: boolean;
  /** @throws {SignInError} if there is none any more */
  token(): Promise<string>;
  /**
   * Another token in place of one that the server has refused; undefined if there is none, and nobody is signed in then.
   * @param hasWorked whether the server has ever taken it
   */
  replace(refused: string, hasWorked: boolean): Promise<string | undefined>;
}

/** Why nobody is signed in any more: the server has never taken the token, takes it no longer, or what a session says. */
export type LossReason = 'refused' | 'expired' | SignInError;

export type CredentialState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'signed-out'; readonly reason?: LossReason }
  | { readonly kind: 'signed-in'; readonly credential: Credential };

export interface Credentials {
  readonly state: () => CredentialState;
  /** Calls after each change; the answer stops it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Takes a token, as pasted; the console asks the server what it allows. */
  readonly signIn: (token: string) => void;
  /** Forgets the token, and everything that its user has left in this browser. Theme and language stay. */
  readonly signOut: () => Promise<void>;
}

/** @param isTokenGiven whether the address has just named a token, which counts for more than what was there */
export function createCredentials(platform: Platform, isTokenGiven: boolean): Credentials {
  if (isTokenGiven) forgetKeptSession(platform.storage);
  const keeper = createSessionKeeper(platform);
  const listeners = new Set<() => void>();
  let state: CredentialState = { kind: 'starting' };
  const set = (next: CredentialState): void => {
    state = next;
    for (const listener of listeners) listener();
  };

  /** A token that is forgotten alone: work that is not saved yet waits for its owner. */
  const drop = (token: string, reason: LossReason): void => {
    if (readToken() !== token) return;
    saveToken('');
    set({ kind: 'signed-out', reason });
  };
  const useGivenToken = (token: string): void => {
    const credential: Credential = {
      id: token,
      isRenewable: false,
      token: () => Promise.resolve(token),
      replace: (_refused, hasWorked) => {
        drop(token, hasWorked ? 'expired' : 'refused');
        return Promise.resolve(undefined);
      },
    };
    set(token === '' ? { kind: 'signed-out' } : { kind: 'signed-in', credential });
  };

  keeper.subscribe(({ session, problem }) => {
    // The other pages of this tab read it there.
    saveToken(session?.idToken ?? '');
    if (session === undefined) {
      // Without a problem, somebody has signed out, in this tab or another.
      if (problem === undefined) forgetOwnWork();
      set({ kind: 'signed-out', ...(problem !== undefined && { reason: problem }) });
    } else if (state.kind !== 'signed-in' || state.credential.id !== session.id) {
      set({ kind: 'signed-in', credential: ofSession(session.id) });
    }
  });
  const ofSession = (id: string): Credential => ({
    id,
    isRenewable: true,
    token: () => keeper.token(),
    replace: async (refused) => {
      try {
        await keeper.refused(refused);
        return await keeper.token();
      } catch {
        return undefined;
      }
    },
  });

  async function start(): Promise<void> {
    if (location.pathname === CALLBACK_PATH) {
      // The code leaves the address whatever becomes of it.
      const query = new URLSearchParams(location.search);
      try {
        const { session, returnTo } = await finishSignIn(query, platform);
        history.replaceState(null, '', returnTo);
        keeper.begin(session);
      } catch (error) {
        history.replaceState(null, '', HOME);
        set({ kind: 'signed-out', reason: error instanceof SignInError ? error : new SignInError('server') });
      }
      return;
    }
    const { session } = keeper.state();
    if (session !== undefined) set({ kind: 'signed-in', credential: ofSession(session.id) });
    else if (readToken() !== '' || !(await keeper.join())) useGivenToken(readToken());
  }
  void start();

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn: (token) => {
      saveToken(token);
      useGivenToken(readToken());
    },
    signOut: async () => {
      const isKept = keeper.state().session !== undefined;
      const configuration = isKept ? await readConfiguration(platform).catch(() => undefined) : undefined;
      forgetOwnWork();
      saveToken('');
      const ending = keeper.end(configuration?.clientId ?? '');
      set({ kind: 'signed-out' });
      const elsewhere = await ending;
      if (elsewhere !== undefined && configuration !== undefined) location.assign(elsewhere);
    },
  };
}

export const CredentialsContext = createContext<Credentials | undefined>(undefined);

export function useCredentials(): Credentials {
  const credentials = useContext(CredentialsContext);
  if (credentials === undefined) throw new Error('There is no way to sign in here');
  return credentials;
}

/** Asks for the token of a request that does not go through the client of the API, as a download. */
export function useBearerToken(): () => Promise<string> {
  const state = useCredentialState();
  return () => {
    if (state.kind !== 'signed-in') throw new SignInError('expired');
    return state.credential.token();
  };
}

export function useCredentialState(): CredentialState {
  const { subscribe, state } = useCredentials();
  return useSyncExternalStore(subscribe, state);
}
