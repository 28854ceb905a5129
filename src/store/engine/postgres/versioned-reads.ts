/** Reads whose answers say of which version of their streams they are. */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { startStretches } from '../../../yield-to-event-loop.js';
import type { Entry, Key, KeyRange, Range } from '../../contract.js';
import { SHARED_STREAM, type Stream } from '../../streams.js';
import type { StatementName } from './statements.js';
import { bytesAt, keyArray, keyAt, numberAt, textAt, toBytes, type Row } from './wire.js';

/** The version of a stream that nobody has committed to. */
const EMPTY = 0;

export interface KeysRead {
  readonly values: ReadonlyMap<Key, Buffer>;
  readonly versions: ReadonlyMap<Stream, number>;
}

export interface RangeRead<Item> {
  readonly items: Item[];
  readonly version: number;
}

export interface VersionedReads {
  /** @param streams of which the version is to be told */
  many(keys: readonly Key[], streams: Iterable<Stream>): Promise<KeysRead>;
  scan(range: Range, stream: Stream | undefined): Promise<RangeRead<Entry>>;
  scanKeys(range: Range, stream: Stream | undefined): Promise<RangeRead<Key>>;
}

export type RunStatement = (name: StatementName, values: readonly unknown[]) => Promise<readonly Row[]>;

/** For a range without a limit. */
const NO_LIMIT = 2 ** 53 - 1;

export function createVersionedReads(run: RunStatement): VersionedReads {
  async function readRange<Item>(
    [forward, back]: readonly [StatementName, StatementName],
    { gte, lt, limit, reverse = false }: Range,
    stream: Stream | undefined,
    toItem: (row: Row) => Item,
  ): Promise<RangeRead<Item>> {
    const most = limit === Infinity ? NO_LIMIT : limit;
    const rows = await run(reverse ? back : forward, [toBytes(gte), toBytes(lt), most, stream ?? SHARED_STREAM]);
    const stretches = startStretches();
    const items: Item[] = [];
    for (const row of rows) {
      if (row[1] !== null) items.push(toItem(row));
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
    const [first] = rows;
    return { items, version: first === undefined || first[0] === null ? EMPTY : numberAt(first, 0) };
  }

  return {
    many: async (keys, streams) => {
      const asked = [...streams];
      const values = new Map<Key, Buffer>();
      const versions = new Map<Stream, number>(asked.map((stream) => [stream, EMPTY]));
      for (const row of await run('many', [keyArray(keys), asked])) {
        if (row[0] === null) versions.set(textAt(row, 2), numberAt(row, 3));
        else values.set(keyAt(row, 0), bytesAt(row, 1));
      }
      return { values, versions };
    },
    scan: (range, stream) =>
      readRange(['scan', 'scanBack'], range, stream, (row) => ({ key: keyAt(row, 1), value: bytesAt(row, 2) })),
    scanKeys: (range, stream) => readRange(['scanKeys', 'scanKeysBack'], range, stream, (row) => keyAt(row, 1)),
  };
}

/** Bytes that a piece of a range is to have, and rows that it has at most. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_ROWS = 1_024;

/** The whole of a range in order, in pieces. What `run` reads must be of one state for all of them. */
export async function* readPieces(run: RunStatement, { gte, lt }: KeyRange): AsyncGenerator<Entry[], void> {
  const end = toBytes(lt);
  let from = toBytes(gte);
  for (let limit = 64; ;) {
    const rows = await run('chunk', [from, end, limit]);
    const entries = rows.map((row) => ({ key: keyAt(row, 0), value: bytesAt(row, 1) }));
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    const bytes = entries.reduce((sum, { value }) => sum + value.length + 100, 0);
    limit = Math.min(PIECE_ROWS, Math.max(1, Math.floor((PIECE_BYTES * entries.length) / bytes)));
    from = toBytes(`${last.key}\0`);
  }
}

/** Keys that one statement asks for at most. */
const MAX_KEYS = 4_096;

/** The same reads, where all keys that are asked for in one turn of the event loop are asked for by one statement. */
export function coalescingReads(reads: VersionedReads): VersionedReads {
  let asking:
    { readonly keys: Set<Key>; readonly streams: Set<Stream>; readonly answer: Promise<KeysRead> } | undefined;
  return {
    ...reads,
    many: (keys, streams) => {
      if (asking === undefined || asking.keys.size + keys.length > MAX_KEYS) {
        const asked = { keys: new Set<Key>(), streams: new Set<Stream>() };
        const answer = nextTurnOfEventLoop().then(() => {
          if (asking?.keys === asked.keys) asking = undefined;
          return reads.many([...asked.keys], asked.streams);
        });
        asking = { ...asked, answer };
      }
      for (const key of keys) asking.keys.add(key);
      for (const stream of streams) asking.streams.add(stream);
      return asking.answer;
    },
  };
}
