import { AsyncLocalStorage } from 'node:async_hooks';

export interface Repetition {
  /** Starts a run at once, unless one is under way. */
  readonly runNow: () => void;
  /** Starts no other run, aborts the signal of the one under way, and resolves once it has ended. */
  readonly stop: () => Promise<void>;
}

export interface RepeatOptions {
  /** Milliseconds from one start to the next; a start is left out while the run before is under way. */
  readonly every: number;
  /** Told why a run failed; the next one starts all the same. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs `work` again and again, one run at a time, for as long as something else keeps the process alive. A run belongs to
 * whoever began the repetition, not to the request that has it run now.
 */
export function repeat(work: (signal: AbortSignal) => Promise<void>, { every, onFailure }: RepeatOptions): Repetition {
  const stopping = new AbortController();
  const { signal } = stopping;
  const apart = AsyncLocalStorage.snapshot();
  let running: Promise<void> | undefined;
  const runNow = (): void => {
    if (running !== undefined || signal.aborted) return;
    running = apart(work, signal)
      .catch(onFailure)
      .finally(() => (running = undefined));
  };
  const timer = setInterval(runNow, every);
  timer.unref();
  return {
    runNow,
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** A period of about `ms`, another one each time: servers that were started together do not stay in step with it. */
export function spreadPeriod(ms: number): number {
  return Math.round(ms * (0.9 + 0.2 * Math.random()));
}
