import { useEffect, useRef, useSyncExternalStore } from 'react';
import { connection } from './connection.js';
import type { Problem } from './problem.js';

/** Whether the server cannot be reached, and is being asked until it answers. */
export function useIsDisconnected(): boolean {
  return useSyncExternalStore(connection.subscribe, connection.isLost);
}

/** Calls once the server is there again, as long as `enabled`. */
export function useReconnected(act: () => void, enabled: boolean): void {
  const newest = useRef(act);
  useEffect(() => {
    newest.current = act;
  });
  useEffect(() => {
    if (!enabled) return;
    return connection.subscribe(() => {
      if (!connection.isLost()) newest.current();
    });
  }, [enabled]);
}

/** Whether a request failed because nobody answered, so that it may do better once somebody does. */
export function isOfConnection(problem: Problem | undefined): boolean {
  return problem?.kind === 'offline' || problem?.kind === 'unavailable';
}
