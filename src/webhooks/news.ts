/** Lets loops wait for something to do, until a moment comes or they are to end. */
export interface News {
  /** How many times there was news: what a loop has seen before it looked. */
  readonly seen: number;
  readonly tell: () => void;
  /** Resolves once there is news that is not among what was `seen`, at a moment (epoch ms), or when all is to end. */
  readonly next: (seen: number, moment?: number) => Promise<void>;
  /** Resolves after a time, or when all is to end. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Timers run no longer than this, ms: clocks are set. */
const MAX_WAIT = 60_000;

export function createNews(signal: AbortSignal, now: () => number): News {
  const waiters = new Set<() => void>();
  const pauses = new Set<() => void>();
  let count = 0;
  signal.addEventListener('abort', () => {
    for (const end of [...waiters, ...pauses]) end();
  });

  function wait(ends: Set<() => void>, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      timer.unref();
      ends.add(end);
      if (signal.aborted) end();
    });
  }

  return {
    get seen() {
      return count;
    },
    tell: () => {
      count += 1;
      for (const end of [...waiters]) end();
    },
    next: async (seen, moment = Infinity) => {
      if (seen === count) await wait(waiters, Math.min(Math.max(moment - now(), 0), MAX_WAIT));
    },
    pause: (milliseconds) => wait(pauses, milliseconds),
  };
}
