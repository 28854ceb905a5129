import type { FeedbackGraphError } from '../errors.js';
import type { Submission } from '../types.js';

/** An entry that the server does not have. */
export interface Undelivered {
  readonly entry: Submission;
  readonly error: FeedbackGraphError;
  /** Whether it still waits and is tried again. Otherwise the server has refused it, and it is nowhere. */
  readonly isRetained: boolean;
}

/** Why `flush` failed: the entries that were not delivered. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
  readonly undelivered: readonly Undelivered[];

  constructor(undelivered: readonly Undelivered[]) {
    const lost = undelivered.filter(({ isRetained }) => !isRetained).length;
    super(
      `${undelivered.length} entries were not delivered: ${undelivered.length - lost} wait, and the server refused ${lost}`,
    );
    this.undelivered = undelivered;
  }
}

/** The queue holds as many entries as it may. What is in it stays; the new one is not. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';

  constructor(maxEntries: number) {
    super(`The queue is full: ${maxEntries} entries wait`);
  }
}
