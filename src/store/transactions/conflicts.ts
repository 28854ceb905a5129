/**
 * Whether what was read still holds. Commits are applied in batches; each batch gets the next version number, and is
 * remembered by the keys that it wrote for as long as somebody is at work who started before it, and a while longer for
 * those who want to know whether what they read before still holds.
 */
import { compareKeys, sortKeys } from '../byte-order.js';
import type { Key } from '../contract.js';

/** A range as far as it was read. */
export interface ReadRange {
  readonly gte: Key;
  readonly end: Key;
  readonly endIncluded: boolean;
}

/**
 * One read of one state. It saw the state of a version from `from` to `to`, where they differ because a batch was being
 * written at that moment.
 */
export interface ReadSetEntry {
  readonly from: number;
  readonly to: number;
  /** Keys whose exact value was read. */
  readonly keys?: readonly Key[];
  /** Counters of which only was read whether they are zero. */
  readonly zeroness?: readonly Key[];
  /** Replaced by a narrower one when the answer shows how far the range was read. */
  range?: ReadRange;
}

/** What an entry costs beside its keys, and a key beside its characters, bytes, about. */
const ENTRY_BYTES = 200;
const KEY_BYTES = 24;

/** About how many bytes of memory a read set takes. */
export function readSetBytes(readSet: readonly ReadSetEntry[]): number {
  let bytes = 0;
  for (const { keys = [], zeroness = [], range } of readSet) {
    bytes += ENTRY_BYTES + (range === undefined ? 0 : range.gte.length + range.end.length);
    for (const key of keys) bytes += KEY_BYTES + key.length;
    for (const key of zeroness) bytes += KEY_BYTES + key.length;
  }
  return bytes;
}

/**
 * Keys that are sorted together at most. A large batch is sorted run by run while it is built, so that nobody waits for all
 * of it to be sorted when a range is first looked for.
 */
const MAX_RUN = 1_024;

/** The keys that one batch of commits writes. */
export class WriteSet {
  /** False for a counter that changed without becoming or ceasing to be zero. */
  readonly #keys = new Map<Key, boolean>();
  /**
   * Each sorted, and full or more than twice as long as the next, so that who adds keys and asks for a range in turns does
   * not sort all of them each time.
   */
  readonly #runs: Key[][] = [];
  #unsorted: Key[] = [];

  get size(): number {
    return this.#keys.size;
  }

  add(key: Key, crossedZero = true): void {
    const before = this.#keys.get(key);
    if (before !== true) this.#keys.set(key, crossedZero);
    if (before !== undefined) return;
    this.#unsorted.push(key);
    if (this.#unsorted.length === MAX_RUN) this.#sort();
  }

  conflictsWith({ keys, zeroness, range }: ReadSetEntry): boolean {
    return (
      (keys?.some((key) => this.#keys.has(key)) ?? false) ||
      (zeroness?.some((key) => this.#keys.get(key) === true) ?? false) ||
      (range !== undefined && this.#conflictsWithRange(range))
    );
  }

  #conflictsWithRange({ gte, end, endIncluded }: ReadRange): boolean {
    this.#sort();
    return this.#runs.some((run) => {
      const first = run[lowerBound(run, gte)];
      if (first === undefined) return false;
      const order = compareKeys(first, end);
      return order < 0 || (endIncluded && order === 0);
    });
  }

  #sort(): void {
    if (this.#unsorted.length === 0) return;
    let run = sortKeys(this.#unsorted);
    this.#unsorted = [];
    for (
      let last = this.#runs.at(-1);
      last !== undefined && last.length < MAX_RUN && run.length < MAX_RUN && last.length <= 2 * run.length;
      last = this.#runs.at(-1)
    ) {
      // Sorting what is two sorted pieces takes as many comparisons as merging them.
      run = sortKeys(last.concat(run));
      this.#runs.pop();
    }
    this.#runs.push(run);
  }
}

/** The index of the first key that is not less than `key`. */
export function lowerBound(sorted: readonly Key[], key: Key): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = sorted[middle];
    if (candidate !== undefined && compareKeys(candidate, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A read or transaction that has not ended. */
export interface ActiveReader {
  readonly readSet: readonly ReadSetEntry[];
}

interface CommittedBatch {
  readonly version: number;
  readonly writeSet: WriteSet;
}

/** How many written keys are remembered. */
export interface RememberedKeys {
  /** Beyond so many, those who have read before count as conflicted. */
  readonly most: number;
  /** So many though nobody is at work who has read before. */
  readonly atLeast: number;
}

/** What recent batches wrote. At most one batch is under way at a time. */
export class CommitHistory {
  #batches: CommittedBatch[] = [];
  #remembered = 0;
  /** Nothing is known of this version and those before it. */
  #forgotten = 0;
  #applied = 0;
  #submitted = 0;
  /** Everyone who has read something, in the order of their first reads, hence of the versions of these. */
  readonly #activeReaders = new Set<ActiveReader>();
  readonly #keys: RememberedKeys;

  constructor(keys: RememberedKeys) {
    this.#keys = keys;
  }

  /** The version of the newest batch that is applied. */
  get applied(): number {
    return this.#applied;
  }

  /** The version of the newest batch, applied or under way. */
  get submitted(): number {
    return this.#submitted;
  }

  /** How many written keys are remembered. */
  get remembered(): number {
    return this.#remembered;
  }

  get underWay(): boolean {
    return this.#submitted > this.#applied;
  }

  /** @param version above that of the batch before */
  submit(writeSet: WriteSet, version = this.#submitted + 1): void {
    this.#submitted = version;
    this.#batches.push({ version: this.#submitted, writeSet });
    this.#remembered += writeSet.size;
  }

  markApplied(): void {
    this.#applied = this.#submitted;
    this.#prune();
  }

  /**
   * Makes everything that was read so far count as changed, after the state has changed in an unknown way.
   * @param version that of the state as it is now
   */
  forgetAll(version = this.#submitted + 1): void {
    this.#submitted = version;
    this.#applied = version;
    this.#forgotten = this.#submitted;
    this.#batches = [];
    this.#remembered = 0;
  }

  /** Call before the first read of a reader. */
  addReader(reader: ActiveReader): void {
    this.#activeReaders.add(reader);
  }

  removeReader(reader: ActiveReader): void {
    this.#activeReaders.delete(reader);
  }

  /** Whether everything that was read is the same after the newest batch. */
  isCurrent(readSet: readonly ReadSetEntry[]): boolean {
    return readSet.every((entry) => this.#isUnchanged(entry, entry.from));
  }

  /**
   * What tells again and again whether all that was read is the same after the newest batch, and looks at each batch once.
   * It costs nothing while nobody writes. Once false, it stays so.
   */
  follow(readSet: readonly ReadSetEntry[]): () => boolean {
    let version: number | undefined;
    let held = true;
    return () => {
      if (!held || version === this.#submitted) return held;
      const known = version;
      held = known === undefined ? this.isCurrent(readSet) : readSet.every((entry) => this.#isUnchanged(entry, known));
      version = this.#submitted;
      return held;
    };
  }

  /** Whether no batch after a version has written what was read. */
  #isUnchanged(entry: ReadSetEntry, version: number): boolean {
    if (version < this.#forgotten) return false;
    for (let at = this.#batches.length - 1; at >= 0; at--) {
      const batch = this.#batches[at];
      if (batch === undefined || batch.version <= version) break;
      if (batch.writeSet.conflictsWith(entry)) return false;
    }
    return true;
  }

  /** Whether there was a state in which all of this could have been read together. */
  isConsistent(readSet: readonly ReadSetEntry[]): boolean {
    if (readSet.length <= 1) return true;
    let first = Infinity;
    let last = 0;
    for (const { from, to } of readSet) {
      first = Math.min(first, from);
      last = Math.max(last, to);
    }
    if (first === last) return true;
    if (first < this.#forgotten) return false;
    // The versions between which every read would have been the same.
    let earliest = first;
    let latest = last;
    for (const { version, writeSet } of this.#batches) {
      if (version <= first || version > last) continue;
      for (const entry of readSet) {
        if (!writeSet.conflictsWith(entry)) continue;
        if (version <= entry.from) earliest = Math.max(earliest, version);
        else if (version <= entry.to) return false;
        else latest = Math.min(latest, version - 1);
      }
    }
    return earliest <= latest;
  }

  /** Whether something was read that the batch under way writes: it may have been seen, and is not on disk yet. */
  maySeeUnderWay(readSet: readonly ReadSetEntry[]): boolean {
    const newest = this.#batches.at(-1);
    if (!this.underWay || newest === undefined) return false;
    return readSet.some((entry) => entry.to >= newest.version && newest.writeSet.conflictsWith(entry));
  }

  /** Whether the state of none of these reads has been forgotten. */
  isRemembered(readSet: readonly ReadSetEntry[]): boolean {
    return readSet.every(({ from }) => from >= this.#forgotten);
  }

  #prune(): void {
    let oldest = this.#applied;
    for (const reader of this.#activeReaders) {
      oldest = Math.min(oldest, reader.readSet[0]?.from ?? oldest);
      break;
    }
    let dropped = 0;
    for (const { version, writeSet } of this.#batches) {
      const { most, atLeast } = this.#keys;
      if (this.#remembered <= (version > oldest ? most : Math.min(most, atLeast))) break;
      this.#remembered -= writeSet.size;
      this.#forgotten = version;
      dropped += 1;
    }
    if (dropped > 0) this.#batches.splice(0, dropped);
  }
}
