/** When a delivery that has failed is attempted again. */

/** For how long after its first attempt a delivery is attempted again, ms. */
export const RETRIED_FOR = 24 * 60 * 60_000;

const FIRST_DELAY = 5_000;
const FACTOR = 4;
const MAX_DELAY = 4 * 60 * 60_000;
/** Delays are up to so much shorter or longer, so that those that have failed together do not come back together. */
const JITTER = 0.2;

export interface FailedAttempt {
  /** How many attempts there were, this one included. */
  readonly attempts: number;
  /** Epoch ms. */
  readonly firstAttemptAt: number;
  readonly now: number;
  /** What the receiver has asked for, ms. */
  readonly retryAfter?: number | undefined;
}

/** When to try again, epoch ms; undefined if the delivery is dead. */
export type Backoff = (attempt: FailedAttempt) => number | undefined;

/** About 5 s, 20 s, 80 s, 5 min, 20 min, 85 min, and then every 4 hours; the last attempt is 24 hours after the first. */
export function createBackoff(random: () => number = Math.random): Backoff {
  return ({ attempts, firstAttemptAt, now, retryAfter = 0 }) => {
    const end = firstAttemptAt + RETRIED_FOR;
    if (now >= end) return undefined;
    const delay = Math.min(FIRST_DELAY * FACTOR ** (attempts - 1), MAX_DELAY);
    const spread = delay * (1 - JITTER + 2 * JITTER * random());
    return Math.min(now + Math.round(Math.max(spread, retryAfter)), end);
  };
}
