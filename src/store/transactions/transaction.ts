import { startStretches } from '../../yield-to-event-loop.js';
import { checkKey, checkRange } from '../byte-order.js';
import type { Entry, Key, Range, Transaction } from '../contract.js';
import type { CommitHistory, ReadSetEntry, ReadRange } from './conflicts.js';
import { decodeCounter, type CounterCache } from './counters.js';
import type { EngineHandle } from './engine-handle.js';
import { QueuedWrites } from './queued-writes.js';

/** What transactions read from. */
export interface ReadableState {
  readonly handle: EngineHandle;
  readonly history: CommitHistory;
  readonly counters: CounterCache;
}

/** Keys that are looked up at a stretch: a few ms. */
export const MAX_KEYS_AT_ONCE = 4_096;

/** One run of a `work`: its read set, to be validated, and the writes that it has queued. */
export class OptimisticTransaction extends QueuedWrites implements Transaction {
  readonly readSet: ReadSetEntry[] = [];
  readonly #state: ReadableState;

  constructor(state: ReadableState) {
    super();
    this.#state = state;
  }

  /** One process commits in the order in which its transactions end. */
  stamp(): number {
    return Date.now();
  }

  async get(key: Key): Promise<Buffer | undefined> {
    const [value] = await this.getMany([key]);
    return value;
  }

  async getMany(keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
    if (keys.length === 0) return [];
    if (keys.length > MAX_KEYS_AT_ONCE) return inPieces(keys, (piece) => this.getMany(piece));
    keys.forEach(checkKey);
    return this.#state.handle.call((engine) => {
      const { applied: from, submitted: to } = this.#state.history;
      this.#recordRead({ from, to, keys });
      return engine.getMany(keys);
    });
  }

  async scan(range: Range): Promise<Entry[]> {
    const bounded = checkLimited(range);
    if (bounded === undefined) return [];
    let entry: ReadSetEntry | undefined;
    const entries = await this.#state.handle.call((engine) => {
      entry = this.#recordRead({ ...this.#now(), range: asReadRange(bounded) });
      return engine.scan(bounded);
    });
    if (entry && entries.length >= bounded.limit) entry.range = narrow(bounded, entries.at(-1)?.key);
    return entries;
  }

  async scanKeys(range: Range): Promise<Key[]> {
    const bounded = checkLimited(range);
    if (bounded === undefined) return [];
    let entry: ReadSetEntry | undefined;
    const keys = await this.#state.handle.call((engine) => {
      entry = this.#recordRead({ ...this.#now(), range: asReadRange(bounded) });
      return engine.scanKeys(bounded);
    });
    if (entry && keys.length >= bounded.limit) entry.range = narrow(bounded, keys.at(-1));
    return keys;
  }

  counters(keys: readonly Key[]): Promise<number[]> {
    return this.#readCounters(keys, (read) => ({ keys: read }));
  }

  async nonZero(keys: readonly Key[]): Promise<boolean[]> {
    const values = await this.#readCounters(keys, (read) => ({ zeroness: read }));
    return values.map((value) => value !== 0);
  }

  peek(keys: readonly Key[]): Promise<number[]> {
    return this.#readCounters(keys, undefined);
  }

  #now(): { readonly from: number; readonly to: number } {
    const { applied, submitted } = this.#state.history;
    return { from: applied, to: submitted };
  }

  #recordRead(entry: ReadSetEntry): ReadSetEntry {
    if (this.readSet.length === 0 && !this.isOver) this.#state.history.addReader(this);
    this.readSet.push(entry);
    return entry;
  }

  /** The values of counters, from memory where they are there, which is then the state of the newest applied commit. */
  async #readCounters(
    keys: readonly Key[],
    toEntry: ((keys: readonly Key[]) => Pick<ReadSetEntry, 'keys' | 'zeroness'>) | undefined,
  ): Promise<number[]> {
    if (keys.length > MAX_KEYS_AT_ONCE) return inPieces(keys, (piece) => this.#readCounters(piece, toEntry));
    keys.forEach(checkKey);
    const { handle, history, counters } = this.#state;
    const known: Key[] = [];
    const missing: Key[] = [];
    const values = keys.map((key) => {
      const value = counters.get(key);
      (value === undefined ? missing : known).push(key);
      return value;
    });
    if (toEntry && known.length > 0) {
      this.#recordRead({ from: history.applied, to: history.applied, ...toEntry(known) });
    }
    if (missing.length === 0) return values.map((value) => value ?? 0);

    let read: ReadSetEntry | undefined;
    const stored = await handle.call((engine) => {
      const now = this.#now();
      read = { ...now, keys: missing };
      if (toEntry) this.#recordRead({ ...now, ...toEntry(missing) });
      return engine.getMany(missing);
    });
    const loaded = stored.map(decodeCounter);
    if (read && history.isCurrent([read])) missing.forEach((key, at) => counters.set(key, loaded[at] ?? 0));
    let next = 0;
    return values.map((value) => value ?? loaded[next++] ?? 0);
  }
}

/** Reads many keys in pieces, each of one state, letting others have their turn in between. */
export async function inPieces<Value>(
  keys: readonly Key[],
  read: (piece: readonly Key[]) => Promise<Value[]>,
): Promise<Value[]> {
  const stretches = startStretches();
  const values: Value[] = [];
  for (let from = 0; from < keys.length; from += MAX_KEYS_AT_ONCE) {
    for (const value of await read(keys.slice(from, from + MAX_KEYS_AT_ONCE))) values.push(value);
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return values;
}

/** @throws TypeError if the limit is no limit */
export function checkLimited(range: Range): Range | undefined {
  if (range.limit !== Infinity && (!Number.isInteger(range.limit) || range.limit < 0)) {
    throw new TypeError('A limit must be an integer from 0, or Infinity');
  }
  return range.limit === 0 ? undefined : checkRange(range);
}

export function asReadRange({ gte, lt }: Range): ReadRange {
  return { gte, end: lt, endIncluded: false };
}

/** How far a range was read whose limit was reached with the key `last`. */
export function narrow(range: Range, last: Key | undefined): ReadRange {
  if (last === undefined) return asReadRange(range);
  return range.reverse === true
    ? { gte: last, end: range.lt, endIncluded: false }
    : { gte: range.gte, end: last, endIncluded: true };
}
