/** Shares out the connections of all webhooks, so that a slow receiver holds up only itself. */

/** Within which a receiver answers that is not slow, ms. */
export const PROMPT_WITHIN = 1_000;
/** Attempts at once whose receivers have answered promptly so far, or were asked nothing yet. */
const PROMPT_SLOTS = 64;
/** Attempts at once of receivers that are known to be slow or to fail. */
const SLOW_SLOTS = 256;
/** Attempts at once in all: each has a connection, and an entry in memory at most. */
const MAX_ATTEMPTS = 512;

export interface SlotRequest {
  /** Whether the receiver was slow, or has failed, the last time. */
  readonly isSlow: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Called once the attempt takes longer than a prompt receiver needs. */
  readonly onSlow: () => void;
}

export interface AttemptSlots {
  /** Resolves once there is a slot, to what gives it back; to undefined if the wait was ended. */
  readonly take: (request: SlotRequest) => Promise<(() => void) | undefined>;
  /** How many are taken, those of attempts that have turned out to be slow on their own, and how many wait. */
  readonly counts: () => {
    readonly prompt: number;
    readonly overdue: number;
    readonly slow: number;
    readonly waiting: number;
  };
}

export interface SlotOptions {
  readonly promptSlots?: number;
  readonly slowSlots?: number;
  readonly maxAttempts?: number;
  /** Ms. */
  readonly promptWithin?: number;
}

/**
 * Prompt receivers have slots of their own, and an attempt keeps such a slot no longer than a prompt answer takes. So those
 * who do not answer cannot keep the slots of those who do, however many they are; the next time they wait for each other.
 */
export function createAttemptSlots({
  promptSlots = PROMPT_SLOTS,
  slowSlots = SLOW_SLOTS,
  maxAttempts = MAX_ATTEMPTS,
  promptWithin = PROMPT_WITHIN,
}: SlotOptions = {}): AttemptSlots {
  const waiting = { prompt: new Set<() => void>(), slow: new Set<() => void>() };
  const taken = { prompt: 0, overdue: 0, slow: 0 };
  const isFull = (): boolean => taken.prompt + taken.overdue + taken.slow >= maxAttempts;

  /** Lets in who has waited longest. */
  function admit(): void {
    for (const start of waiting.prompt) {
      if (taken.prompt >= promptSlots || isFull()) break;
      waiting.prompt.delete(start);
      start();
    }
    for (const start of waiting.slow) {
      if (taken.slow >= slowSlots || isFull()) break;
      waiting.slow.delete(start);
      start();
    }
  }

  function enter({ isSlow, onSlow }: SlotRequest): () => void {
    let kind: keyof typeof taken | undefined = isSlow ? 'slow' : 'prompt';
    taken[kind] += 1;
    const patience = setTimeout(() => {
      if (kind === 'prompt') {
        kind = 'overdue';
        taken.prompt -= 1;
        taken.overdue += 1;
      }
      onSlow();
      admit();
    }, promptWithin);
    patience.unref();
    return () => {
      clearTimeout(patience);
      if (kind !== undefined) taken[kind] -= 1;
      kind = undefined;
      admit();
    };
  }

  return {
    take: (request) =>
      new Promise((resolve) => {
        const { isSlow, signal } = request;
        if (signal.aborted) {
          resolve(undefined);
          return;
        }
        const queue = isSlow ? waiting.slow : waiting.prompt;
        const end = (): void => {
          queue.delete(start);
          resolve(undefined);
        };
        const start = (): void => {
          signal.removeEventListener('abort', end);
          resolve(enter(request));
        };
        queue.add(start);
        signal.addEventListener('abort', end);
        admit();
      }),
    counts: () => ({ ...taken, waiting: waiting.prompt.size + waiting.slow.size }),
  };
}
