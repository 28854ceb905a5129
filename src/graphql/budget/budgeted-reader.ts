/** Reads that count against the budget of their request, and end once it is spent. */
import { createConcurrencyGate } from '../../concurrency-gate.js';
import type { Entry, Key, Range, Reader } from '../../store/contract.js';
import type { RequestBudget } from './request-budget.js';

/** So many large values are read together before their size is known: a page. */
const FIRST_VALUES = 1_000;
/** A range of records is read in pieces, as there may be many ranges side by side. */
const FIRST_ENTRIES = 128;
/** Bytes of values that are read together once their size is known, about. */
const PIECE_BYTES = 4 * 1024 ** 2;
const MIN_PIECE = 16;
/** Long ranges of values that are read side by side. */
const LONG_RANGES_AT_ONCE = 4;

/** How many values to read next, by the size of those that were read. */
function nextPiece(count: number, bytes: number): number {
  return Math.max(MIN_PIECE, Math.floor((PIECE_BYTES * count) / Math.max(bytes, 1)));
}

/** @param isLarge of which keys the values may be large, so that not all that are asked for are read at once */
export function budgetedReader(
  reader: Reader,
  budget: Pick<RequestBudget, 'check' | 'countRead' | 'planReads'>,
  isLarge: (key: Key) => boolean,
): Reader {
  const byKeys =
    <Value>(read: (keys: readonly Key[]) => Promise<Value[]>) =>
    async (keys: readonly Key[]): Promise<Value[]> => {
      budget.countRead(keys.length, 0);
      return read(keys);
    };
  const enter = createConcurrencyGate(LONG_RANGES_AT_ONCE);

  async function getMany(keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
    if (keys.length <= FIRST_VALUES || keys.filter(isLarge).length <= FIRST_VALUES) return getPiece(keys);
    const values: (Buffer | undefined)[] = [];
    let bytes = 0;
    for (let size = FIRST_VALUES; values.length < keys.length; size = nextPiece(values.length, bytes)) {
      const piece = await getPiece(keys.slice(values.length, values.length + size));
      bytes += bytesOf(piece);
      for (const value of piece) values.push(value);
    }
    return values;
  }

  async function getPiece(keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
    budget.check();
    const piece = await reader.getMany(keys);
    budget.countRead(piece.length, bytesOf(piece));
    return piece;
  }

  async function scan(range: Range): Promise<Entry[]> {
    if (range.limit <= FIRST_ENTRIES) return scanPiece(range);
    const leave = await enter();
    try {
      const entries: Entry[] = [];
      let bytes = 0;
      let rest = range;
      for (let size = FIRST_ENTRIES; ; size = nextPiece(entries.length, bytes)) {
        const limit = Math.min(size, range.limit - entries.length);
        const piece = await scanPiece({ ...rest, limit });
        bytes += bytesOf(piece.map(({ value }) => value));
        for (const entry of piece) entries.push(entry);
        const last = piece.at(-1);
        if (last === undefined || piece.length < limit || entries.length >= range.limit) return entries;
        rest = range.reverse === true ? { ...rest, lt: last.key } : { ...rest, gte: `${last.key}\0` };
      }
    } finally {
      leave();
    }
  }

  async function scanPiece(range: Range): Promise<Entry[]> {
    budget.check();
    const piece = await reader.scan(range);
    // A range without entries is a look into the store all the same.
    budget.countRead(piece.length + 1, bytesOf(piece.map(({ value }) => value)));
    return piece;
  }

  return {
    get: async (key) => (await getMany([key]))[0],
    getMany,
    scan,
    scanKeys: async (range) => {
      budget.check();
      const keys = await reader.scanKeys(range);
      budget.countRead(keys.length + 1, 0);
      return keys;
    },
    counters: byKeys((keys) => reader.counters(keys)),
    nonZero: byKeys((keys) => reader.nonZero(keys)),
    peek: byKeys((keys) => reader.peek(keys)),
    planReads: (keys) => {
      budget.planReads(keys);
    },
  };
}

function bytesOf(values: readonly (Buffer | undefined)[]): number {
  return values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}
