import { checkKey } from '../../byte-order.js';
import type { Entry, Key, Range, Transaction } from '../../contract.js';
import type { Stream, Streams } from '../../streams.js';
import { readSetBytes, type ReadSetEntry } from '../../transactions/conflicts.js';
import { decodeCounter } from '../../transactions/counters.js';
import { type Append, type CommitRequest, QueuedWrites } from '../../transactions/queued-writes.js';
import { asReadRange, checkLimited, inPieces, MAX_KEYS_AT_ONCE, narrow } from '../../transactions/transaction.js';
import type { StreamState } from './stream-state.js';
import type { VersionedReads } from './versioned-reads.js';

/** The index of PostgreSQL takes no longer ones. */
export const MAX_KEY_BYTES = 2_600;

export interface TransactionSources {
  readonly reads: VersionedReads;
  readonly streams: Streams;
  readonly stateOf: (stream: Stream) => StreamState;
  /** The time by the clock of the database, epoch ms. */
  readonly now: () => number;
}

export interface ReadsOfStream {
  readonly readSet: ReadSetEntry[];
  readonly generation: number;
}

export interface Stamps {
  readonly first: number;
  readonly last: number;
}

/** What one transaction does in one stream. */
export interface StreamPart extends CommitRequest {
  readonly state: StreamState;
  readonly generation: number;
  /** The earliest and the latest time that it was given to write; undefined if it asked for none. */
  readonly stamps: Stamps | undefined;
}

/** One run of a `work` over PostgreSQL. */
export class PostgresTransaction extends QueuedWrites implements Transaction {
  /** How many statements it has read by. */
  statements = 0;
  /** Whether it has read a range that may hold keys of several streams. */
  hasReadAcross = false;
  readonly #reads = new Map<StreamState, ReadsOfStream>();
  readonly #held = new Set<StreamState>();
  readonly #stamps = new Map<StreamState, Stamps>();
  readonly #sources: TransactionSources;

  constructor(sources: TransactionSources) {
    super();
    this.#sources = sources;
  }

  /** The streams that it has read, with what of them. */
  get reads(): ReadonlyMap<StreamState, ReadsOfStream> {
    return this.#reads;
  }

  /** The streams that it has read or would write to. */
  get streams(): ReadonlySet<Stream> {
    const { ofKey } = this.#sources.streams;
    const touched = new Set([...this.#reads.keys()].map(({ stream }) => stream));
    for (const key of [...this.puts.keys(), ...this.deltas.keys()]) touched.add(ofKey(key));
    for (const { prefix } of this.appends) touched.add(ofKey(prefix));
    return touched;
  }

  /** About how many bytes its read sets take. */
  get readBytes(): number {
    let bytes = 0;
    for (const { readSet } of this.#reads.values()) bytes += readSetBytes(readSet);
    return bytes;
  }

  async get(key: Key): Promise<Buffer | undefined> {
    const [value] = await this.getMany([key]);
    return value;
  }

  async getMany(keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
    if (keys.length > MAX_KEYS_AT_ONCE) return inPieces(keys, (piece) => this.getMany(piece));
    return this.#readKeys(keys, (read) => ({ keys: read }));
  }

  async scan(range: Range): Promise<Entry[]> {
    const bounded = checkLimited(range);
    if (bounded === undefined) return [];
    const stream = this.#sources.streams.ofRange(bounded);
    const { items, version } = await this.#sources.reads.scan(bounded, stream);
    this.#recordRange(bounded, stream, version, items.length, items.at(-1)?.key);
    return items;
  }

  async scanKeys(range: Range): Promise<Key[]> {
    const bounded = checkLimited(range);
    if (bounded === undefined) return [];
    const stream = this.#sources.streams.ofRange(bounded);
    const { items, version } = await this.#sources.reads.scanKeys(bounded, stream);
    this.#recordRange(bounded, stream, version, items.length, items.at(-1));
    return items;
  }

  async counters(keys: readonly Key[]): Promise<number[]> {
    if (keys.length > MAX_KEYS_AT_ONCE) return inPieces(keys, (piece) => this.counters(piece));
    return (await this.#readKeys(keys, (read) => ({ keys: read }))).map(decodeCounter);
  }

  async nonZero(keys: readonly Key[]): Promise<boolean[]> {
    if (keys.length > MAX_KEYS_AT_ONCE) return inPieces(keys, (piece) => this.nonZero(piece));
    return (await this.#readKeys(keys, (read) => ({ zeroness: read }))).map((value) => decodeCounter(value) !== 0);
  }

  async peek(keys: readonly Key[]): Promise<number[]> {
    if (keys.length > MAX_KEYS_AT_ONCE) return inPieces(keys, (piece) => this.peek(piece));
    return (await this.#readKeys(keys, undefined)).map(decodeCounter);
  }

  override put(key: Key, value: Buffer): void {
    checkLength(key);
    super.put(key, value);
  }

  override add(key: Key, delta: number): void {
    checkLength(key);
    super.add(key, delta);
  }

  override append(prefix: Key, value: Buffer): void {
    checkLength(prefix);
    super.append(prefix, value);
  }

  stamp(stream: Stream): number {
    const state = this.hold(stream);
    const last = state.stamp(this.#sources.now());
    this.#stamps.set(state, { first: this.#stamps.get(state)?.first ?? last, last });
    return last;
  }

  /** What it does in each stream, of which it has read or which it writes to. */
  parts(): StreamPart[] {
    const { streams } = this.#sources;
    const stateOf = (stream: Stream): StreamState => this.hold(stream);
    const parts = new Map<StreamState, MutablePart>();
    const partOf = (state: StreamState): MutablePart => {
      const before = parts.get(state);
      if (before !== undefined) return before;
      const { readSet = [], generation = state.generation } = this.#reads.get(state) ?? {};
      const stamps = this.#stamps.get(state);
      const made = { state, generation, stamps, readSet, puts: new Map(), deltas: new Map(), appends: [] };
      parts.set(state, made);
      return made;
    };
    for (const state of this.#reads.keys()) partOf(state);
    for (const [key, value] of this.puts) partOf(stateOf(streams.ofKey(key))).puts.set(key, value);
    for (const [key, delta] of this.deltas) partOf(stateOf(streams.ofKey(key))).deltas.set(key, delta);
    for (const append of this.appends) partOf(stateOf(streams.ofKey(append.prefix))).appends.push(append);
    return [...parts.values()];
  }

  /** Forgets that its reads are to be remembered. */
  release(): void {
    for (const [state, reads] of this.#reads) state.history.removeReader(reads);
    for (const state of this.#held) state.users -= 1;
    this.#held.clear();
  }

  /** Keeps what is known of a stream in memory until {@link release}. */
  hold(stream: Stream): StreamState {
    const state = this.#sources.stateOf(stream);
    if (!this.#held.has(state)) {
      this.#held.add(state);
      state.users += 1;
    }
    return state;
  }

  async #readKeys(
    keys: readonly Key[],
    toEntry: ((keys: readonly Key[]) => Pick<ReadSetEntry, 'keys' | 'zeroness'>) | undefined,
  ): Promise<(Buffer | undefined)[]> {
    if (keys.length === 0) return [];
    keys.forEach(checkKey);
    const { streams, reads } = this.#sources;
    const byStream = new Map<Stream, Key[]>();
    for (const key of keys) {
      const stream = streams.ofKey(key);
      const before = byStream.get(stream);
      if (before === undefined) byStream.set(stream, [key]);
      else before.push(key);
    }
    const { values, versions } = await reads.many(keys, byStream.keys());
    if (toEntry !== undefined) {
      this.statements += 1;
      for (const [stream, read] of byStream) {
        const version = versions.get(stream) ?? 0;
        this.#record(stream, { from: version, to: version, ...toEntry(read) });
      }
    }
    return keys.map((key) => values.get(key));
  }

  #recordRange(range: Range, stream: Stream | undefined, version: number, found: number, last: Key | undefined): void {
    this.statements += 1;
    if (stream === undefined) {
      this.hasReadAcross = true;
      return;
    }
    const read = found >= range.limit ? narrow(range, last) : asReadRange(range);
    this.#record(stream, { from: version, to: version, range: read });
  }

  #record(stream: Stream, entry: ReadSetEntry): void {
    const state = this.hold(stream);
    if (!state.isKnown) state.startAt(entry.from);
    const before = this.#reads.get(state);
    if (before !== undefined) {
      before.readSet.push(entry);
      return;
    }
    const reads = { readSet: [entry], generation: state.generation };
    this.#reads.set(state, reads);
    if (!this.isOver) state.history.addReader(reads);
  }
}

interface MutablePart extends StreamPart {
  readonly puts: Map<Key, Buffer | undefined>;
  readonly deltas: Map<Key, number>;
  readonly appends: Append[];
}

/** @throws RangeError for a key that the database would refuse */
function checkLength(key: Key): void {
  // A character takes three bytes at most, unless it takes two units.
  if (3 * key.length <= MAX_KEY_BYTES) return;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new RangeError(`A key may have at most ${MAX_KEY_BYTES} bytes on PostgreSQL`);
  }
}
