/** The token of this tab as a store, and what is forgotten with it. */
import { useSyncExternalStore } from 'react';
import { readToken, saveToken } from '../../token.js';

/** The beginning of the keys under which drafts and other work of a user are kept in the session storage. */
export const OWN_PREFIX = 'feedback-graph:';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useToken(): string {
  return useSyncExternalStore(subscribe, readToken);
}

/** Why there is no token any more, if the server has refused the last one. */
export type DropReason = 'refused' | 'expired';

let dropped: DropReason | undefined;

export function whyTokenWasDropped(): DropReason | undefined {
  return dropped;
}

function changeToken(token: string, reason?: DropReason): void {
  saveToken(token);
  dropped = reason;
  for (const listener of listeners) listener();
}

/** Takes a token, as pasted or issued; the console asks the server what it allows. */
export function signIn(token: string): void {
  changeToken(token);
}

/** Forgets the token alone, as when it has expired: work that is not saved yet waits for its owner. */
export function dropToken(reason: DropReason): void {
  if (readToken() !== '') changeToken('', reason);
}

/** Forgets the token and everything that its user has left in this browser. Theme and language stay. */
export function signOut(): void {
  for (const storage of [sessionStorage, localStorage]) {
    for (const key of Object.keys(storage)) if (key.startsWith(OWN_PREFIX)) storage.removeItem(key);
  }
  changeToken('');
}
