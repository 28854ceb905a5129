/** Reads whose answers say of which version of their streams they are. */
import type { Entry, Key, KeyRange, Range } from '../../contract.js';
import type { Stream } from '../../streams.js';
import { EMPTY, type RangeRead, type ReadRanges, rangeReads } from './range-reads.js';
import type { RunStatement } from './session.js';
import { bytesAt, keyArray, keyAt, numberAt, textAt, toBytes } from './wire.js';

export interface KeysRead {
  readonly values: ReadonlyMap<Key, Buffer>;
  readonly versions: ReadonlyMap<Stream, number>;
}

export interface VersionedReads {
  /** @param streams of which the version is to be told */
  many(keys: readonly Key[], streams: Iterable<Stream>): Promise<KeysRead>;
  scan(range: Range, stream: Stream | undefined): Promise<RangeRead<Entry>>;
  scanKeys(range: Range, stream: Stream | undefined): Promise<RangeRead<Key>>;
}

export function createVersionedReads(run: RunStatement): VersionedReads {
  const { entries, keys } = rangeReads(run);
  return {
    many: (asked, streams) => readKeys(run, asked, [...streams]),
    scan: (range, stream) => readOne(entries, range, stream),
    scanKeys: (range, stream) => readOne(keys, range, stream),
  };
}

async function readOne<Item>(
  read: ReadRanges<Item>,
  range: Range,
  stream: Stream | undefined,
): Promise<RangeRead<Item>> {
  const [only] = await read([{ ...range, stream }], range);
  return only ?? { items: [], version: EMPTY };
}

async function readKeys(run: RunStatement, keys: readonly Key[], streams: readonly Stream[]): Promise<KeysRead> {
  const values = new Map<Key, Buffer>();
  const versions = new Map<Stream, number>(streams.map((stream) => [stream, EMPTY]));
  for (const row of await run('many', [keyArray(keys), streams])) {
    if (row[0] === null) versions.set(textAt(row, 2), numberAt(row, 3));
    else values.set(keyAt(row, 0), bytesAt(row, 1));
  }
  return { values, versions };
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
