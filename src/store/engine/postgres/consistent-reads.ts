/** Works that read: each gets all of its answers from one state, though it may ask for them one after another. */
import type { Reader, TrackedRead } from '../../contract.js';
import { cannotRead } from '../../errors.js';
import type { EngineCounts } from './engine-counts.js';
import type { Sessions } from './sessions.js';
import type { StreamFollower } from './stream-follower.js';
import { never, trackReads } from './tracked-reads.js';
import { PostgresTransaction, type TransactionSources } from './transaction.js';
import { createVersionedReads } from './versioned-reads.js';

export class ConsistentReads {
  readonly #sources: TransactionSources;
  readonly #sessions: Sessions;
  readonly #follower: StreamFollower;
  readonly #counts: EngineCounts;

  constructor(sources: TransactionSources, sessions: Sessions, follower: StreamFollower, counts: EngineCounts) {
    this.#sources = sources;
    this.#sessions = sessions;
    this.#follower = follower;
    this.#counts = counts;
  }

  async run<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>> {
    return (await this.#tryRun(work)) ?? (await this.#runInSnapshot(work));
  }

  /** Whether all that a transaction has read belongs to one state. */
  async isConsistent(transaction: PostgresTransaction): Promise<boolean> {
    if (transaction.statements <= 1) return true;
    if (transaction.hasReadAcross) return false;
    const reads = [...transaction.reads];
    const [first, ...more] = reads;
    if (first === undefined) return true;
    const isSame = ([state, { generation }]: (typeof reads)[number]): boolean => state.generation === generation;
    if (more.length === 0) {
      const [state, { readSet }] = first;
      const newest = Math.max(...readSet.map(({ to }) => to));
      if (readSet.every(({ from }) => from === newest)) return isSame(first);
      if (state.seq < newest || state.isInDoubt) await this.#follower.follow([state]);
      return isSame(first) && !state.isInDoubt && state.seq >= newest && state.history.isConsistent(readSet);
    }
    // Of several streams, there is one state for sure in which all of it is still the same: that of this one look at all.
    await this.#follower.follow(reads.map(([state]) => state));
    return reads.every((read) => isSame(read) && !read[0].isInDoubt && read[0].history.isCurrent(read[1].readSet));
  }

  async #tryRun<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T> | undefined> {
    const transaction = new PostgresTransaction(this.#sources);
    try {
      const answer = await work(transaction);
      if (!(await this.isConsistent(transaction))) return undefined;
      return { answer, isCurrent: trackReads(transaction, this.#follower), bytes: transaction.readBytes };
    } catch (error) {
      if (await this.isConsistent(transaction)) throw error;
      return undefined;
    } finally {
      transaction.end();
      transaction.release();
    }
  }

  /** Commits came between: all of it is read in one state of the database. */
  async #runInSnapshot<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>> {
    this.#counts.snapshotReads += 1;
    const session = await this.#sessions.lease('snapshot').catch((error: unknown) => {
      throw cannotRead(error);
    });
    const reads = createVersionedReads(async (name, values) => {
      try {
        return await session.run(name, values);
      } catch (error) {
        throw cannotRead(error);
      }
    });
    const transaction = new PostgresTransaction({ ...this.#sources, reads });
    try {
      await session.command('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY').catch((error: unknown) => {
        throw cannotRead(error);
      });
      return { answer: await work(transaction), isCurrent: never, bytes: 0 };
    } finally {
      transaction.end();
      transaction.release();
      await session.command('ROLLBACK').catch(() => session.destroy());
      this.#sessions.release('snapshot', session);
    }
  }
}
