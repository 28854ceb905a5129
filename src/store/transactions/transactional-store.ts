import { checkRange } from '../byte-order.js';
import type { Entry, KeyRange, TrackedRead, Reader, Store, StoreHealth, Transaction } from '../contract.js';
import type { OpenEngine } from '../engine/engine.js';
import { ActiveWork } from './active-work.js';
import { Committer, type StoreLogger } from './committer.js';
import { readSetBytes, CommitHistory, type ReadSetEntry } from './conflicts.js';
import { createCounterCache } from './counters.js';
import { EngineHandle } from './engine-handle.js';
import { DEFAULT_LIMITS, type StoreLimits } from './limits.js';
import { OptimisticTransaction, type ReadableState } from './transaction.js';

/** How often commits may conflict with a transaction or a read before they are paused for it. */
const MAX_TRANSACTION_CONFLICTS = 3;
const MAX_READ_CONFLICTS = 2;

export interface TransactionalStoreOptions {
  readonly logger?: StoreLogger | undefined;
  readonly limits?: Partial<StoreLimits> | undefined;
}

/**
 * Makes a `Store` of an engine: optimistic transactions, group commit, and recovery after failed writes.
 * @throws whatever opening the engine throws
 */
export async function openTransactionalStore(
  open: OpenEngine,
  { logger, limits: changed }: TransactionalStoreOptions = {},
): Promise<Store> {
  const limits = { ...DEFAULT_LIMITS, ...changed };
  const state: ReadableState = {
    handle: new EngineHandle(open),
    history: new CommitHistory({ most: limits.rememberedKeys, atLeast: limits.recentKeys }),
    counters: createCounterCache(),
  };
  const committer = new Committer(state, limits, logger);
  try {
    await committer.start();
  } catch (error) {
    await state.handle.close();
    throw error;
  }
  return new TransactionalStore(state, committer);
}

interface ReadOutcome<T> {
  readonly answer: T;
  readonly readSet: readonly ReadSetEntry[];
}

class TransactionalStore implements Store {
  readonly #state: ReadableState;
  readonly #committer: Committer;
  readonly #work = new ActiveWork();
  #compacting = false;

  constructor(state: ReadableState, committer: Committer) {
    this.#state = state;
    this.#committer = committer;
  }

  get sequence(): number {
    return this.#committer.sequence;
  }

  get health(): StoreHealth {
    return this.#committer.health;
  }

  now(): number {
    return Date.now();
  }

  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return (await this.#read(work)).answer;
  }

  async readTracked<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>> {
    const { answer, readSet } = await this.#read(work);
    const unchanged = this.#state.history.follow(readSet);
    return { answer, isCurrent: () => !this.#work.isClosed && unchanged(), bytes: readSetBytes(readSet) };
  }

  async #read<T>(work: (reader: Reader) => Promise<T>): Promise<ReadOutcome<T>> {
    return this.#work.run(async () => {
      for (let conflicts = 0; ; conflicts++) {
        const outcome = await this.#tryRead(work, conflicts);
        if (outcome) return outcome;
      }
    });
  }

  async transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#work.run(async () => {
      for (let conflicts = 0; ; conflicts++) {
        const outcome = await this.#tryTransaction(work, conflicts);
        if (outcome) return outcome.answer;
      }
    });
  }

  async *snapshot(range: KeyRange): AsyncGenerator<Entry[], void> {
    this.#work.refuseIfClosed();
    const bounded = checkRange(range);
    if (bounded) yield* this.#state.handle.iterate(bounded);
  }

  async purge(ranges: readonly KeyRange[]): Promise<void> {
    return this.#work.run(async () => {
      this.#committer.refuseUnlessWritable();
      await this.#state.handle.drain();
      for (const range of ranges) await this.#state.handle.call((engine) => engine.purge(range));
    });
  }

  async compact(ranges: readonly KeyRange[]): Promise<void> {
    return this.#work.run(async () => {
      // Each takes a thread, of which there are few.
      if (this.#compacting) return;
      this.#compacting = true;
      try {
        for (const range of ranges) await this.#state.handle.call((engine) => engine.compact(range));
      } finally {
        this.#compacting = false;
      }
    });
  }

  close(): Promise<void> {
    return this.#work.close(() => this.#committer.close());
  }

  /** One run of a read; `undefined` if commits came between what it read. */
  async #tryRead<T>(work: (reader: Reader) => Promise<T>, conflicts: number): Promise<ReadOutcome<T> | undefined> {
    const lease = conflicts < MAX_READ_CONFLICTS ? undefined : await this.#committer.sharedLease();
    const transaction = new OptimisticTransaction(this.#state);
    try {
      if (conflicts > 0) await this.#committer.whenIdle();
      let answer: T;
      try {
        answer = await work(transaction);
      } catch (error) {
        if (await this.#holds(transaction)) throw error;
        return undefined;
      }
      return (await this.#holds(transaction)) ? { answer, readSet: transaction.readSet } : undefined;
    } finally {
      transaction.end();
      this.#state.history.removeReader(transaction);
      lease?.release();
    }
  }

  /**
   * Whether what was read is one state that lasts. A commit can be read before it is on disk; who has seen it waits until it
   * is, as it may still be lost, and as a later read, of counters in memory perhaps, must not see less.
   */
  async #holds({ readSet }: OptimisticTransaction): Promise<boolean> {
    const { history } = this.#state;
    if (!history.isConsistent(readSet)) return false;
    if (!history.maySeeUnderWay(readSet)) return true;
    await this.#committer.whenIdle();
    return history.isRemembered(readSet);
  }

  /** One run of a transaction and its commit; `undefined` if what it read has changed. */
  async #tryTransaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    conflicts: number,
  ): Promise<{ readonly answer: T } | undefined> {
    const { history } = this.#state;
    this.#committer.refuseUnlessWritable();
    const lease = conflicts < MAX_TRANSACTION_CONFLICTS ? undefined : await this.#committer.exclusiveLease();
    const transaction = new OptimisticTransaction(this.#state);
    try {
      if (conflicts > 0) await this.#committer.whenIdle();
      let answer: T;
      try {
        answer = await work(transaction);
      } catch (error) {
        if (await this.#holds(transaction)) throw error;
        return undefined;
      }
      // No await comes between the end of the work and its place in the queue: that is the order of commits.
      transaction.end();
      if (transaction.writes === 0) return (await this.#holds(transaction)) ? { answer } : undefined;
      const committed = this.#committer.enqueue(transaction, lease !== undefined);
      lease?.release();
      return (await committed) ? { answer } : undefined;
    } finally {
      transaction.end();
      history.removeReader(transaction);
      lease?.release();
    }
  }
}
