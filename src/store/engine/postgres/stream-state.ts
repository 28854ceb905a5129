import { LRUCache } from 'lru-cache';
import type { Key } from '../../contract.js';
import type { Stream } from '../../streams.js';
import type { CommitBatch } from '../../transactions/commit-batch.js';
import { CommitHistory, type WriteSet } from '../../transactions/conflicts.js';
import { createCounterCache } from '../../transactions/counters.js';
import { toWriteSet, type LogEntry } from './log-entry.js';

/** What the row of a stream's head holds. */
export interface Head {
  readonly seq: number;
  /** No time that was given out for what is committed is later, epoch ms. */
  readonly clock: number;
  /** How many times the database has been found to have lost commits. */
  readonly epoch: number;
}

/** One group of commits of the log: those from `first` to `seq`. */
export interface LoggedGroup {
  readonly first: number;
  readonly seq: number;
  readonly entry: LogEntry;
}

/** What a group has changed of what is kept in memory. */
interface Changed {
  readonly plain: Iterable<Key>;
  readonly counters: Iterable<readonly [key: Key, value: number, ...rest: unknown[]]>;
  readonly appended: Iterable<readonly [prefix: Key, number: number]>;
}

/** What is remembered of each stream, of which there may be thousands: keys of its commits, counters, numbers of appends. */
const REMEMBERED_KEYS = { most: 100_000, atLeast: 1_000 };
const REMEMBERED_COUNTERS = 10_000;
const REMEMBERED_APPENDS = 1_000;

/** What this process knows of a stream, as of the version `history.applied`. */
export class StreamState {
  readonly history = new CommitHistory(REMEMBERED_KEYS);
  readonly counters = createCounterCache(REMEMBERED_COUNTERS);
  readonly appended = new LRUCache<Key, number>({ maxSize: REMEMBERED_APPENDS, sizeCalculation: () => 1 });
  /** Changes where what was read before may have been lost by the database. */
  generation = 0;
  /** Whether anything is known at all. */
  isKnown = false;
  /** The newest that was seen in the database. */
  epoch = 0;
  /** Whether the log must be compared with the newest entry that is known: the connection to the database was lost. */
  isInDoubt = false;
  /** How often that was so, which tells whether a look at the database began before the newest time. */
  doubts = 0;
  /** Whether commits were found to be lost and the database has not been told so yet, for the other servers to know. */
  hasFoundLoss = false;
  /** The latest time that another server has committed, epoch ms. */
  foreignClock = 0;
  /** The clock of the head as this process has written or seen it last. */
  #clock = 0;
  /** The latest that this process has given out. */
  #lastStamp = 0;
  #tag: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** How many work with it or wait for it, so that it is not to be forgotten. */
  users = 0;

  constructor(readonly stream: Stream) {}

  /** How many keys, counters and numbers it has in memory. */
  get size(): number {
    return this.history.remembered + this.counters.size + this.appended.size;
  }

  get seq(): number {
    return this.history.applied;
  }

  /** Runs `work` when what asked before is over: one group of a process after another. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let end = (): void => undefined;
    this.#turn = new Promise((resolve) => (end = resolve));
    this.users += 1;
    try {
      await before;
      return await work();
    } finally {
      this.users -= 1;
      end();
    }
  }

  /** Begins at a version whose past is unknown. */
  startAt(seq: number): void {
    this.isKnown = true;
    this.#tag = undefined;
    this.history.forgetAll(seq);
    this.counters.clear();
    this.appended.clear();
  }

  /** What was read so far counts as changed, as the database may have lost it. */
  startAnew(seq: number): void {
    this.generation += 1;
    this.startAt(seq);
  }

  /**
   * Whether the database has lost commits that this process knows of: its log, from the version that is known on, is that of
   * another past.
   */
  contradicts(head: Head, groups: readonly LoggedGroup[]): boolean {
    return this.isKnown && (head.seq < this.seq || this.#isOfAnotherPast(groups));
  }

  /** @param groups from the newest known one on */
  #isOfAnotherPast(groups: readonly LoggedGroup[]): boolean {
    // Commits that ended a group in one past may lie within one in another.
    if (groups.some(({ first, seq }) => first <= this.seq && seq > this.seq)) return true;
    const same = groups.find(({ seq }) => seq === this.seq);
    return same !== undefined && this.#tag !== undefined && same.entry.tag !== this.#tag;
  }

  putInDoubt(): void {
    this.isInDoubt = true;
    this.doubts += 1;
  }

  /**
   * Takes in what a look at the database has shown that was made without the lock, so that commits of this process may have
   * been applied since.
   * @param known the version that was known when the look began
   */
  observe(known: number, head: Head, groups: readonly LoggedGroup[]): void {
    const wasInDoubt = this.isInDoubt;
    if (head.epoch > this.epoch) {
      this.startAnew(head.seq);
      this.foreignClock = Math.max(this.foreignClock, head.clock);
      this.epoch = head.epoch;
    } else if (head.seq < known || this.#isOfAnotherPast(groups)) {
      // Commits were lost, or another server than the primary has answered. Whoever has the lock next knows, and says so.
      this.generation += 1;
      this.isInDoubt = true;
      return;
    } else if (wasInDoubt && !this.#isProven(groups)) {
      this.startAnew(this.seq);
    }
    if (head.seq > this.seq) {
      this.foreignClock = Math.max(this.foreignClock, head.clock);
      this.learn(groups);
      // The log was trimmed.
      if (head.seq > this.seq) this.startAt(head.seq);
    }
    this.#tag ??= groups.find(({ seq }) => seq === this.seq)?.entry.tag;
    this.isInDoubt = false;
  }

  /** Whether the newest version that is known is in this log as it is known. */
  #isProven(groups: readonly LoggedGroup[]): boolean {
    if (this.seq === 0) return true;
    const same = groups.find(({ seq }) => seq === this.seq);
    return same !== undefined && same.entry.tag === this.#tag;
  }

  /**
   * The connection to the database was lost, and the next one may reach another server, which has not all commits: what was
   * read before is not combined with what is read from then on.
   */
  noteLostSession(): void {
    this.putInDoubt();
    this.generation += 1;
  }

  /** Takes notice of the clock of the head. What this process has not written is another server's. */
  seeClock(clock: number): void {
    if (clock !== this.#clock) this.foreignClock = clock;
    this.#clock = clock;
  }

  /** Takes notice of a clock that this process has written. */
  noteOwnClock(clock: number): void {
    this.#clock = clock;
  }

  /** Takes in what others have committed; those that are known already are passed over. */
  learn(groups: readonly LoggedGroup[]): void {
    for (const { first, seq, entry } of groups) {
      if (seq <= this.seq) continue;
      if (!this.isKnown || first !== this.seq + 1 || entry.isUnreadable === true) {
        this.startAt(seq);
        this.#tag = entry.tag;
        continue;
      }
      this.#advance(seq, toWriteSet(entry), entry, entry.tag);
    }
  }

  /** Takes in what this process has committed. */
  apply(batch: CommitBatch, tag: string): void {
    // Read from the log before the database has told that it was committed.
    if (batch.sequence <= this.seq) return;
    this.#advance(batch.sequence, batch.writeSet, batch, tag);
  }

  #advance(seq: number, writeSet: WriteSet, { plain, counters, appended }: Changed, tag: string): void {
    this.history.submit(writeSet, seq);
    this.history.markApplied();
    for (const key of plain) this.counters.delete(key);
    for (const [key, value] of counters) this.counters.set(key, value);
    for (const [prefix, number] of appended) this.appended.set(prefix, number);
    this.#tag = tag;
  }

  /** A time that no other server has committed a later one than, as far as is known, and none that was given out before. */
  stamp(now: number): number {
    this.#lastStamp = Math.max(now, this.foreignClock + 1, this.#lastStamp);
    return this.#lastStamp;
  }
}
