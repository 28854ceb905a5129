/** The reads of all that is asked for in one turn of the event loop by few statements. */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Key, Range } from '../../contract.js';
import type { Stream } from '../../streams.js';
import { type AskedRange, EMPTY, type RangeRead, rangeReads, type ReadRanges } from './range-reads.js';
import type { RunStatement } from './session.js';
import { createVersionedReads, type KeysRead, type VersionedReads } from './versioned-reads.js';

/** Keys that one statement asks for at most. */
const MAX_KEYS = 4_096;

/** Ranges that one statement asks for at most, and rows of them: those who ask for little wait for all of it. */
const MAX_RANGES = 32;
const MAX_ROWS = 1_024;

/** As {@link createVersionedReads}, each statement for as much as is asked for at the same time. */
export function createCoalescingReads(run: RunStatement): VersionedReads {
  const { entries, keys } = rangeReads(run);
  return {
    many: coalesceKeys(createVersionedReads(run)),
    scan: coalesceRanges(entries),
    scanKeys: coalesceRanges(keys),
  };
}

function coalesceKeys(reads: VersionedReads): VersionedReads['many'] {
  let asking:
    { readonly keys: Set<Key>; readonly streams: Set<Stream>; readonly answer: Promise<KeysRead> } | undefined;
  return (keys, streams) => {
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
  };
}

interface Asking<Item> {
  readonly ranges: AskedRange[];
  /** Of each range; one that several ask for is read once. */
  readonly places: Map<string, number>;
  readonly answers: Promise<RangeRead<Item>[]>;
}

function coalesceRanges<Item>(
  read: ReadRanges<Item>,
): (range: Range, stream: Stream | undefined) => Promise<RangeRead<Item>> {
  /** By what a statement has in common: the direction and the limit. */
  const waiting = new Map<string, Asking<Item>>();
  return async ({ gte, lt, limit, reverse = false }, stream) => {
    const kind = `${limit} ${reverse}`;
    let asking = waiting.get(kind);
    if (asking === undefined || asking.ranges.length >= Math.min(MAX_RANGES, Math.floor(MAX_ROWS / limit))) {
      const ranges: AskedRange[] = [];
      const answers = nextTurnOfEventLoop().then(() => {
        if (waiting.get(kind)?.ranges === ranges) waiting.delete(kind);
        return read(ranges, { limit, reverse });
      });
      asking = { ranges, places: new Map(), answers };
      waiting.set(kind, asking);
    }
    const { ranges, places, answers } = asking;
    const name = `${gte.length} ${gte}${lt}`;
    const place = places.get(name) ?? ranges.push({ gte, lt, stream }) - 1;
    places.set(name, place);
    const { items = [], version = EMPTY } = (await answers)[place] ?? {};
    return { items: [...items], version };
  };
}
