import { setImmediate as nextTurnOfEventLoop, setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '../../errors.js';
import { PRIVATE_PREFIX } from '../byte-order.js';
import type { Key, StoreHealth } from '../contract.js';
import { notWritten, tooManyWaiting, unknownOutcome } from '../errors.js';
import type { CorruptRecordError } from '../record.js';
import { AppendedNumbers } from './appended-numbers.js';
import { UNFINISHED_KEY } from './bulk-load.js';
import { SEQUENCE_KEY, buildCommitBatch, decodeSequence, mayConflict, type CommitBatch } from './commit-batch.js';
import { CommitGate, type GateLease } from './commit-gate.js';
import { decodeCounterOrError } from './counters.js';
import type { StoreLimits } from './limits.js';
import type { OptimisticTransaction, ReadableState } from './transaction.js';

/** What the store logs through; a pino logger is one. */
export interface StoreLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Written to find out whether a reopened store can be written. */
const PROBE_KEY: Key = `${PRIVATE_PREFIX}probe`;

interface Queued {
  readonly transaction: OptimisticTransaction;
  /** True once it is on disk, false if it conflicts. */
  readonly settle: (committed: boolean) => void;
  readonly fail: (error: Error) => void;
}

/** The one place where the store is written: a queue of transactions, and a loop that commits them batch by batch. */
export class Committer {
  readonly #state: ReadableState;
  readonly #limits: StoreLimits;
  readonly #logger: StoreLogger | undefined;
  readonly #gate: CommitGate;
  readonly #appended: AppendedNumbers;
  #queue: Queued[] = [];
  #queuedBytes = 0;
  #sequence = 0;
  #failure: { readonly since: number; readonly message: string } | undefined;
  #retryAfterSeconds = 1;
  #loop: Promise<void> = Promise.resolve();
  #looping = false;
  readonly #closing = new AbortController();
  #onIdle: (() => void)[] = [];

  constructor(state: ReadableState, limits: StoreLimits, logger: StoreLogger | undefined) {
    this.#state = state;
    this.#limits = limits;
    this.#logger = logger;
    this.#gate = new CommitGate(limits.leaseMilliseconds);
    this.#appended = new AppendedNumbers(state);
  }

  get sequence(): number {
    return this.#sequence;
  }

  get health(): StoreHealth {
    if (this.#failure === undefined) return { writable: true };
    const { since, message } = this.#failure;
    return { writable: false, reason: `not writable since ${since}: ${message}` };
  }

  /** @throws whatever opening the engine throws */
  async start(): Promise<void> {
    await this.#open();
  }

  /** Stops after what waits is committed, and closes the engine. Nothing may be queued afterwards. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
    await this.#state.handle.close();
  }

  /** @throws UnavailableError if nothing can be written, or too much waits to be written already */
  refuseUnlessWritable(): void {
    if (this.#failure) throw notWritten(this.#retryAfterSeconds);
    if (this.#queue.length >= this.#limits.queuedTransactions || this.#queuedBytes >= this.#limits.queuedBytes) {
      throw tooManyWaiting();
    }
  }

  /**
   * Puts a transaction at the end of the queue. Answers true once it is on disk, false if it conflicts. One with an
   * exclusive lease never conflicts: transactions whose work ended during the lease, and which would be committed before
   * it, are aborted and run again if they may conflict with it.
   * @throws UnavailableError
   */
  enqueue(transaction: OptimisticTransaction, exclusive: boolean): Promise<boolean> {
    if (exclusive) this.#abortConflicting(transaction);
    else this.refuseUnlessWritable();
    return new Promise((settle, fail) => {
      this.#queue.push({ transaction, settle, fail });
      this.#queuedBytes += transaction.bytes;
      this.#wake();
    });
  }

  #abortConflicting({ readSet }: OptimisticTransaction): void {
    this.#queue = this.#queue.filter(({ transaction, settle }) => {
      const conflicts = mayConflict(transaction, readSet);
      if (conflicts) {
        this.#queuedBytes -= transaction.bytes;
        settle(false);
      }
      return !conflicts;
    });
  }

  /** A pause of commits for all who wait for it together; none, while there are no commits anyway. */
  async sharedLease(): Promise<GateLease | undefined> {
    if (this.#failure) return undefined;
    const lease = this.#gate.shared();
    this.#wake();
    return lease;
  }

  /** A pause of commits for one alone. @throws UnavailableError */
  async exclusiveLease(): Promise<GateLease> {
    this.refuseUnlessWritable();
    const lease = this.#gate.exclusive();
    this.#wake();
    return lease;
  }

  /** Answers when no commit is under way, in time for the caller to read before the next one. */
  async whenIdle(): Promise<void> {
    if (!this.#state.history.underWay) return;
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  #wake(): void {
    if (this.#looping) return;
    this.#looping = true;
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 || this.#gate.waiting) {
      // What arrives in the same turn of the event loop shares the batch, and those who waited until it was idle read first.
      await nextTurnOfEventLoop();
      await this.#gate.grantLeases();
      const queued = this.#takeBatch();
      if (queued.length === 0) continue;
      try {
        await this.#commit(queued);
      } catch (error) {
        await this.#recover(error, queued);
      }
    }
    // In the tick of the last look at the queue, so that nobody is queued without a loop.
    this.#looping = false;
  }

  #takeBatch(): Queued[] {
    const { batchWrites, batchBytes } = this.#limits;
    let writes = 0;
    let bytes = 0;
    let count = 0;
    for (const { transaction } of this.#queue) {
      writes += transaction.writes;
      bytes += transaction.bytes;
      if (count > 0 && (writes > batchWrites || bytes > batchBytes)) break;
      count += 1;
      this.#queuedBytes -= transaction.bytes;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(queued: readonly Queued[]): Promise<void> {
    const { handle, history, counters } = this.#state;
    const transactions = queued.map(({ transaction }) => transaction);
    let present: ReadonlyMap<Key, number | CorruptRecordError>;
    let appended: ReadonlyMap<Key, number>;
    try {
      [present, appended] = await Promise.all([this.#loadCounters(transactions), this.#appended.load(transactions)]);
    } catch (cause) {
      failAll(queued, notWritten(1, cause));
      return;
    }
    const batch = await buildCommitBatch(transactions, history, present, appended, this.#sequence);
    if (batch.accepted > 0) {
      history.submit(batch.writeSet);
      await handle.call((engine) => engine.write(batch.writes));
      for (const key of batch.plain) counters.delete(key);
      for (const [key, value] of batch.counters) counters.set(key, value);
      for (const [prefix, number] of batch.appended) this.#appended.set(prefix, number);
      this.#sequence = batch.sequence;
      history.markApplied();
    }
    this.#settle(queued, batch);
    this.#notifyIdle();
  }

  #settle(queued: readonly Queued[], { outcomes }: CommitBatch): void {
    queued.forEach(({ settle, fail }, at) => {
      const outcome = outcomes[at];
      if (outcome instanceof Error) fail(outcome);
      else settle(outcome === 'accepted');
    });
  }

  /** The values of all counters that these transactions add to. No commit may come between this and their own. */
  async #loadCounters(transactions: readonly OptimisticTransaction[]): Promise<Map<Key, number | CorruptRecordError>> {
    const values = new Map<Key, number | CorruptRecordError>();
    const missing = new Set<Key>();
    for (const { deltas } of transactions) {
      for (const key of deltas.keys()) {
        const value = this.#state.counters.get(key);
        if (value === undefined) missing.add(key);
        else values.set(key, value);
      }
    }
    if (missing.size > 0) {
      const keys = [...missing];
      const stored = await this.#state.handle.call((engine) => engine.getMany(keys));
      keys.forEach((key, at) => values.set(key, decodeCounterOrError(stored[at])));
    }
    return values;
  }

  #notifyIdle(): void {
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /**
   * After a write that failed: a handle may lose later writes behind one that it left half written, and may bring back
   * one that it reported as failed. So it is closed, and writes are taken again once a new one has proved that it can.
   */
  async #recover(error: unknown, queued: readonly Queued[]): Promise<void> {
    const { history, counters } = this.#state;
    let retryMilliseconds = this.#limits.firstRetryMilliseconds;
    this.#noteFailure(error, retryMilliseconds);
    // Counts as changed, as it is unknown; those who read it before must not combine it with what they read later.
    history.forgetAll();
    counters.clear();
    this.#appended.clear();
    failAll(queued, unknownOutcome(this.#retryAfterSeconds, error));
    failAll(this.#queue.splice(0), notWritten(this.#retryAfterSeconds, error));
    this.#queuedBytes = 0;
    this.#gate.cancel(notWritten(this.#retryAfterSeconds, error));
    this.#notifyIdle();

    while (!this.#closing.signal.aborted) {
      try {
        await this.#open();
        await this.#state.handle.call((engine) =>
          engine.write(new Map([[PROBE_KEY, Buffer.from(String(Date.now()))]])),
        );
        this.#failure = undefined;
        this.#logger?.info({ sequence: this.#sequence }, 'The store takes writes again');
        return;
      } catch (cause) {
        this.#noteFailure(cause, retryMilliseconds);
      }
      await delay(retryMilliseconds, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      retryMilliseconds = Math.min(2 * retryMilliseconds, this.#limits.lastRetryMilliseconds);
    }
  }

  async #open(): Promise<void> {
    const { handle, history, counters } = this.#state;
    // Reading alone is for a failure that may pass; a store that never opened is not to start so.
    await handle.replace(this.#failure !== undefined, () => {
      history.forgetAll();
      counters.clear();
    });
    const [stored, unfinished] = await handle.call((engine) => engine.getMany([SEQUENCE_KEY, UNFINISHED_KEY]));
    if (unfinished !== undefined) throw new Error('its restore or copy was interrupted, and must be repeated');
    this.#sequence = decodeSequence(stored);
  }

  #noteFailure(error: unknown, retryMilliseconds: number): void {
    const cause = error instanceof UnavailableError ? error.cause : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    this.#failure = { since: this.#failure?.since ?? Date.now(), message };
    this.#retryAfterSeconds = Math.max(1, Math.ceil(retryMilliseconds / 1000));
    this.#logger?.error({ err: cause, retryMilliseconds }, 'The store cannot take writes');
  }
}

function failAll(queued: readonly Queued[], error: Error): void {
  for (const { fail } of queued) fail(error);
}
