/**
 * What every store engine gives: an ordered map from byte keys to byte values, with serializable transactions.
 *
 * A key is a string that stands for its UTF-8 bytes: well-formed Unicode, not empty, and not starting with U+0000, where
 * the store keeps what is its own. Keys are ordered by those bytes. Other keys are refused with a TypeError.
 * Nothing here supposes that one process alone uses the data, so that an engine may run over a shared database.
 */
export type Key = string;

export interface Entry {
  readonly key: Key;
  readonly value: Buffer;
}

/** The keys from `gte` (included) to `lt` (excluded). */
export interface KeyRange {
  readonly gte: Key;
  readonly lt: Key;
}

/** The keys of a range, ascending unless `reverse`, at most `limit` (0 to Infinity). */
export interface Range extends KeyRange {
  readonly limit: number;
  readonly reverse?: boolean;
}

/**
 * Reads that belong together. Whatever `work` reads through one `Reader` is one consistent state of the store.
 */
export interface Reader {
  get(key: Key): Promise<Buffer | undefined>;
  /** The values in the order of `keys`, `undefined` where there is none. One read of the store, however many keys. */
  getMany(keys: readonly Key[]): Promise<(Buffer | undefined)[]>;
  scan(range: Range): Promise<Entry[]>;
  /** As `scan`, without reading the values. */
  scanKeys(range: Range): Promise<Key[]>;
  /** The values of counters; 0 for one that was never added to. */
  counters(keys: readonly Key[]): Promise<number[]>;
  /**
   * Which counters are not 0. Weaker than `counters`: only a change between zero and non-zero counts as a change of what
   * was read, so a busy counter does not disturb those who only ask whether there is anything.
   */
  nonZero(keys: readonly Key[]): Promise<boolean[]>;
  /**
   * The values of counters, without the promise that they belong to the same state as the other reads. For choosing how
   * to read, never for an answer.
   */
  peek(keys: readonly Key[]): Promise<number[]>;
  /**
   * Says about how many keys are to be read next, as far as counters tell: where what is read has a limit, this fails before
   * anything is read that would pass it. Absent where it has none.
   */
  planReads?(keys: number): void;
}

/**
 * A transaction reads the store as it was before its own writes: what it puts is not seen by its own reads.
 * Writes to one key keep their order; the last one counts. A counter key is only ever written by `add`.
 */
export interface Transaction extends Reader {
  put(key: Key, value: Buffer): void;
  delete(key: Key): void;
  /**
   * Adds `delta`, an integer, to a counter. Additions commute and never conflict. A counter at 0 leaves no key. The
   * transaction fails with a RangeError if the sum would leave the safe integers.
   */
  add(key: Key, delta: number): void;
  /**
   * Puts `value` under `prefix` + a number, padded to 16 digits, that is one above the highest that was ever appended to
   * the prefix; a second `append` of the same prefix in one transaction gets `.0001` and so on behind the same number.
   * Keys so made are in the order of commits, and tell nothing of what is committed under other prefixes. The newest key
   * of a prefix must stay where it is.
   * @throws RangeError at the 10,001st of one prefix
   */
  append(prefix: Key, value: Buffer): void;
  /**
   * The time to write for what happens now, epoch ms: that of `Store.now`, or a later one where servers share the store. Times
   * so made, and ids made of them, are in the order of the commits of an organization, whatever the clocks of the servers
   * say: the transaction runs again if another server has committed a later one in the meantime. So ask for it last.
   * @param stream the organization, or '' for what belongs to none
   */
  stamp(stream: string): number;
}

/** An answer that can be given again instead of being read again. */
export interface TrackedRead<T> {
  readonly answer: T;
  /**
   * Whether a read that starts now would see everything as the one behind this answer did. False for sure once something
   * was committed that it has read; it may be false without need, and stays so. A promise where the database has to be asked,
   * as others write to it: it is asked after the call, and the promise is never rejected.
   */
  readonly isCurrent: () => boolean | Promise<boolean>;
  /** About how many bytes `isCurrent` keeps in memory: what was read is not what is answered, and may be much more. */
  readonly bytes: number;
}

export interface StoreHealth {
  /** Whether writes are taken now. */
  readonly writable: boolean;
  /** Since when (epoch ms) and why not, for operators; never shown to users. */
  readonly reason?: string;
  /** Since when (epoch ms) files have held what was erased and only `feedback-graph purge` removes; absent if none do. */
  readonly purgeDueSince?: number;
}

/** A number for operators. */
export interface StoreMetric {
  /** Whether it only grows, or stands for what is now. */
  readonly kind: 'counter' | 'gauge';
  /** As Prometheus names it, without a prefix. */
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

/** Points against the limit of a name. */
export interface Charge {
  readonly name: string;
  readonly points: number;
  /** How many points the name may have in a window. */
  readonly limit: number;
  /** The length of a window, which begins with the first points of the name. */
  readonly milliseconds: number;
}

/** Where a name stands after a charge. */
export interface ChargeState {
  readonly used: number;
  /** Until the whole limit is there again. */
  readonly resetMilliseconds: number;
}

export interface ChargeOutcome {
  /** The place of the first charge that was too much, if one was: nothing is counted then. */
  readonly refusedBy: number | undefined;
  /** One for each charge. */
  readonly states: readonly ChargeState[];
}

/** Counts all charges, of different names, or none. */
export type CountCharges = (charges: readonly Charge[]) => ChargeOutcome | Promise<ChargeOutcome>;

/** Counts that all servers of a store have in common. */
export interface SharedCounts {
  /** Takes part: resolves once the other servers share what they have counted. Call it before the first `charge`. */
  start(): Promise<void>;
  /**
   * Never more points than the limit are counted of a name in a window, whichever servers they are charged on, and nothing
   * is refused that is within the limit. Answers at once while this server is the only one. While the store cannot be
   * reached, each server counts for itself.
   */
  readonly charge: CountCharges;
}

export interface Store {
  /**
   * Runs `work` and resolves to its answer, which it got from one consistent state that is on disk, and no older than what
   * was answered before. `work` may be run several times and must have no effect besides its answer. It waits for nothing but its own reads: commits may pause for it.
   * @throws whatever `work` throws on a consistent state; {@link UnavailableError} if the store cannot be read now.
   */
  read<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /** As `read`, and tells whether the answer is still current. */
  readTracked<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>>;
  /**
   * Runs `work` and commits what it queued, atomically, if nothing that it read has changed since; otherwise runs it
   * again. Resolves after the commit is on disk (fsync). Commits that wait together share one fsync. `work` may be run
   * several times and must have no effect besides its queued writes and its answer. It waits for nothing but its own
   * reads: other commits may pause for it. Transactions are committed in the order in which their `work` ended, unless
   * they conflict.
   * @throws whatever `work` throws on a consistent state, with nothing written; {@link UnavailableError} if the store
   *   cannot write now. Its message says whether this commit certainly did not take place, or that this is unknown; in
   *   no case did half of it.
   */
  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Everything in a range in order, in chunks, as of the moment in which the iteration starts, for reads of the whole
   * store (backup, verify). Memory is bounded by the chunk. End the iteration early with `break`.
   * @throws {@link UnavailableError} in the middle too, when the store closes or recovers from a failed write
   */
  snapshot(range: KeyRange): AsyncIterable<Entry[]>;
  /**
   * Makes what was deleted or overwritten in these ranges unreadable in every file of the store, and resolves once it is.
   * Ends the snapshots that are being read, with {@link UnavailableError}, as they hold on to it.
   * @throws {UnavailableError} if the store cannot write now; repeat it then.
   */
  purge(ranges: readonly KeyRange[]): Promise<void>;
  /**
   * Lets reads of these ranges pass what was deleted in them before at no cost, which may take long. Changes nothing that is
   * seen, and nobody has to wait for it. Does nothing while the store is still at another such call.
   */
  compact(ranges: readonly KeyRange[]): Promise<void>;
  /** The sequence number of the newest commit; 0 in an empty store. */
  readonly sequence: number;
  readonly health: StoreHealth;
  /** The time by the clock that all servers of the store go by, epoch ms. */
  now(): number;
  /**
   * The versions of these streams (see `streams.ts`) that have been committed to: another number after each commit, whoever
   * has made it. Absent where only this process writes to the store.
   * @throws {@link UnavailableError} if the store cannot be read now
   */
  versions?(streams: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What the engine counts of its own work; absent where it counts nothing. */
  metrics?(): readonly StoreMetric[];
  /** Brings those of {@link metrics} up to date that are asked of a database. Where that is away, they stay as they were. */
  refreshMetrics?(): Promise<void>;
  /** Absent where one process alone uses the store. */
  readonly sharedCounts?: SharedCounts | undefined;
  /** Refuses new work, waits for what was accepted, and releases the data. Idempotent. */
  close(): Promise<void>;
}
