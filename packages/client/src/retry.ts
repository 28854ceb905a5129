import type { FeedbackGraphError } from './errors.js';

/** A server that asks for more patience than this is not waited for: its caller decides. */
const MAX_WAIT_MS = 60_000;
/** For what goes on by itself: a server may ask for years, as by a wrong date. */
export const MAX_PATIENCE_MS = 3_600_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

/** What tests replace. */
export interface Clock {
  /** Resolves after so many ms, and rejects with the reason of a signal that aborts before. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

export const SYSTEM_CLOCK: Clock = {
  wait: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = (): void => {
        clearTimeout(timer);
        // What a caller aborts with is the caller's own.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', abort, { once: true });
    }),
  random: Math.random,
};

/** Whether the next attempt may succeed where this one failed. */
export function isTransient({ code, status }: FeedbackGraphError): boolean {
  if (status === undefined) return code === 'CONNECTION_FAILED' || code === 'TIMEOUT';
  // A page in place of an answer with 200 is a proxy's, which asks for a sign-in: it will ask again.
  return status === 408 || status === 429 || status >= 500;
}

/** Ms before the attempt after `failures` failed ones; undefined if the server wants a longer break. */
export function retryDelay(error: FeedbackGraphError, failures: number, random: () => number): number | undefined {
  const { retryAfterMs: asked = 0 } = error;
  return asked > MAX_WAIT_MS ? undefined : Math.max(asked, backoff(failures, random));
}

/** Exponential from one failure on, with jitter of a half, so that clients that failed together do not come back together. */
export function backoff(failures: number, random: () => number): number {
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  return longest * (0.5 + random() / 2);
}
