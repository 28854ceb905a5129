/**
 * Whether the server can be reached. A request that finds nobody, or a live connection that breaks, is a suspicion alone:
 * the server is asked once more, and only if it is silent then is the connection lost. From then on it is asked until it
 * answers, so that nobody has to.
 */

/** Between two attempts: doubled each time, ms. */
const [FIRST_WAIT, LAST_WAIT] = [1_000, 10_000];
/** How long the server has to answer, ms. */
const PATIENCE = 5_000;

export interface Connection {
  readonly isLost: () => boolean;
  /** Calls after each change; the answer stops it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks the server whether it is there, unless it is being asked. */
  readonly suspect: () => void;
  /** The server has answered a request. */
  readonly confirm: () => void;
  /** Ends early once a lost connection is there again. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** @param isThere asks the server; true if it answers */
export function createConnection(isThere: (patience: number) => Promise<boolean>): Connection {
  const listeners = new Set<() => void>();
  let isLost = false;
  let isAsking = false;
  let retryNow: (() => void) | undefined;

  const set = (lost: boolean): void => {
    if (isLost === lost) return;
    isLost = lost;
    if (!lost) retryNow?.();
    for (const listener of listeners) listener();
  };
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => retryNow?.(), milliseconds);
      retryNow = () => {
        clearTimeout(timer);
        retryNow = undefined;
        resolve();
      };
    });

  async function ask(): Promise<void> {
    isAsking = true;
    for (let wait = FIRST_WAIT; !(await isThere(PATIENCE)); wait = Math.min(wait * 2, LAST_WAIT)) {
      set(true);
      await pause(wait);
      if (!isLost) break;
    }
    isAsking = false;
    set(false);
  }

  // The network is there again: that is a good moment to ask.
  addEventListener('online', () => retryNow?.());

  const subscribe: Connection['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    isLost: () => isLost,
    subscribe,
    suspect: () => {
      if (!isAsking) void ask();
    },
    confirm: () => set(false),
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          unsubscribe();
          resolve();
        };
        const timer = setTimeout(finish, milliseconds);
        const unsubscribe = subscribe(() => {
          if (!isLost) finish();
        });
      }),
  };
}

/** The connection of this page to its server. */
export const connection = createConnection(async (patience) => {
  try {
    const { status } = await fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    // A proxy that finds no server behind it says 502, 503 or 504.
    return status < 500;
  } catch {
    return false;
  }
});
