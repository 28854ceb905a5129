import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { type CommitOutcome, mayConflict } from '../../transactions/commit-batch.js';
import type { StoreLimits } from '../../transactions/limits.js';
import type { GroupRunner } from './group-runner.js';
import type { StreamState } from './stream-state.js';
import type { StreamPart } from './transaction.js';

interface Queued {
  readonly part: StreamPart;
  readonly writes: number;
  readonly bytes: number;
  readonly settle: (outcome: CommitOutcome) => void;
  readonly fail: (error: unknown) => void;
}

/** How much waits in the queues of all streams. */
export interface Waiting {
  transactions: number;
  bytes: number;
}

/** The transactions of one stream that wait for their commit, which they share where they wait together. */
export class StreamQueue {
  readonly #state: StreamState;
  readonly #runner: GroupRunner;
  readonly #limits: StoreLimits;
  readonly #waiting: Waiting;
  #queue: Queued[] = [];
  #isLooping = false;

  constructor(state: StreamState, runner: GroupRunner, limits: StoreLimits, waiting: Waiting) {
    this.#state = state;
    this.#runner = runner;
    this.#limits = limits;
    this.#waiting = waiting;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && !this.#isLooping;
  }

  /** Resolves to what became of it once that is on disk. @throws UnavailableError */
  commit(part: StreamPart, writes: number, bytes: number): Promise<CommitOutcome> {
    return new Promise((settle, fail) => {
      this.#queue.push({ part, writes, bytes, settle, fail });
      this.#waiting.transactions += 1;
      this.#waiting.bytes += bytes;
      if (this.#isLooping) return;
      this.#isLooping = true;
      void this.#loop();
    });
  }

  /**
   * Takes everything that waits, to be committed in front of a transaction that must not conflict with it; what may do so is
   * run again.
   */
  takeBefore(part: StreamPart): Queued[] {
    const taken = this.#take(this.#queue.length);
    return taken.filter((queued) => {
      const conflicts = mayConflict(queued.part, part.readSet);
      if (conflicts) queued.settle('conflict');
      return !conflicts;
    });
  }

  async #loop(): Promise<void> {
    while (this.#queue.length > 0) {
      // What arrives in the same turn of the event loop shares the group.
      await nextTurnOfEventLoop();
      await this.#state.inTurn(async () => {
        let taken: Queued[] = [];
        try {
          const outcomes = await this.#runner.run([this.#state], () => {
            // Only now: what has come while the lock was waited for shares the group.
            taken = this.#take(this.#countBatch());
            if (taken.length === 0) return Promise.resolve(undefined);
            const parts = new Map([[this.#state, taken.map(({ part }) => part)]]);
            return Promise.resolve({ parts, isAtomic: false });
          });
          settleAll(taken, outcomes);
        } catch (error) {
          // What has not been taken waits for the same database.
          if (taken.length === 0) taken = this.#take(this.#queue.length);
          for (const { fail } of taken) fail(error);
        }
      });
    }
    this.#isLooping = false;
  }

  #countBatch(): number {
    const { batchWrites, batchBytes } = this.#limits;
    let writes = 0;
    let bytes = 0;
    let count = 0;
    for (const queued of this.#queue) {
      writes += queued.writes;
      bytes += queued.bytes;
      if (count > 0 && (writes > batchWrites || bytes > batchBytes)) break;
      count += 1;
    }
    return count;
  }

  #take(count: number): Queued[] {
    const taken = this.#queue.splice(0, count);
    for (const { bytes } of taken) this.#waiting.bytes -= bytes;
    this.#waiting.transactions -= taken.length;
    return taken;
  }
}

export function settleAll(taken: readonly Queued[], outcomes: ReadonlyMap<StreamPart, CommitOutcome>): void {
  for (const { part, settle, fail } of taken) {
    const outcome = outcomes.get(part) ?? 'conflict';
    if (outcome instanceof Error) fail(outcome);
    else settle(outcome);
  }
}
