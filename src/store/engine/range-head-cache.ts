import { LRUCache } from 'lru-cache';
import { startStretches, type Stretches } from '../../yield-to-event-loop.js';
import { compareKeys } from '../byte-order.js';
import type { Key, Range } from '../contract.js';
import { prefixEnd } from '../keys.js';
import type { Batch, Engine } from './engine.js';

/** Of how many prefixes the first key is remembered. */
const REMEMBERED = 10_000;

/** What a key of a page costs beside its characters, and a page beside its keys, bytes, about. */
const KEY_BYTES = 24;
const PAGE_BYTES = 200;

/** The first keys below a prefix. */
interface Page {
  readonly keys: readonly Key[];
  /** Whether there are no others. */
  readonly whole: boolean;
}

/** The lowest keys below a prefix that a write, or whatever was written while a scan was under way, puts and touches. */
interface Touched {
  put?: Key;
  any?: Key;
}

/**
 * Remembers what is at the start of a prefix: the first pages of lists are what is asked for most, and need not be read
 * again. What was deleted at the head of a range stays in the files for long, and each scan would step over all of it: a
 * queue that is taken from at its head grows slower with everything that was ever in it. So a scan from the start of a
 * prefix begins where its first key is. Only for an engine that nobody else writes to.
 *
 * A first key is only ever too low: a put in front of it lowers it when the write begins, and a scan that such a put has
 * overlapped learns no higher one. A page is dropped when a write within it begins, and one that a write has overlapped is
 * not kept.
 * @param bytes how many bytes of pages are kept
 * @param start begins the stretches in which a large write is noted
 */
export function withRangeHeadCache(
  engine: Engine,
  bytes: number,
  start: () => Pick<Stretches, 'shouldYield' | 'yieldToEventLoop'> = startStretches,
): Engine {
  const firsts = new LRUCache<Key, Key>({ max: REMEMBERED });
  const pages = new LRUCache<Key, Page>({
    maxSize: bytes,
    sizeCalculation: ({ keys }, prefix) =>
      keys.reduce((sum, key) => sum + key.length + KEY_BYTES, PAGE_BYTES + prefix.length),
  });
  const scans = new Map<Key, Set<Touched>>();
  /** The write that is under way. */
  let underWay: Batch | undefined;
  /** By prefix, of the prefixes that {@link scannedDepths} tells. */
  const writing = new Map<Key, Touched>();
  /** By their first component, how many components the prefixes had that scans began with: all others need no look. */
  const scannedDepths = new Map<string, Set<number>>();

  const noteBelow = (prefix: Key, key: Key, isPut: boolean): void => {
    let touched = writing.get(prefix);
    if (touched === undefined) writing.set(prefix, (touched = {}));
    touch(touched, key, isPut);
    for (const scanning of scans.get(prefix) ?? []) touch(scanning, key, isPut);
    const first = isPut ? firsts.peek(prefix) : undefined;
    if (first !== undefined && compareKeys(key, first) < 0) firsts.set(prefix, key);
    const page = pages.peek(prefix);
    if (page !== undefined && !isBehind(page, key)) pages.delete(prefix);
  };

  const note = (key: Key, isPut: boolean): void => {
    const kindEnd = key.indexOf(':');
    const depths = kindEnd < 0 ? undefined : scannedDepths.get(key.slice(0, kindEnd));
    if (depths === undefined) return;
    let depth = 1;
    for (let colon = kindEnd; colon >= 0; colon = key.indexOf(':', colon + 1), depth += 1) {
      if (depths.has(depth)) noteBelow(key.slice(0, colon + 1), key, isPut);
    }
  };

  /** From now on what is written below prefixes like this one is noted. */
  const expect = (prefix: Key): void => {
    const kind = prefix.slice(0, prefix.indexOf(':'));
    const depths = scannedDepths.get(kind) ?? new Set();
    const { size } = depths;
    scannedDepths.set(kind, depths.add(prefix.split(':').length - 1));
    if (depths.size === size || underWay === undefined) return;
    for (const [key, value] of underWay) note(key, value !== undefined);
  };

  const lowered = (range: Range): Range => {
    const first = startsPrefix(range) ? firsts.get(range.gte) : undefined;
    if (first === undefined || compareKeys(first, range.gte) <= 0) return range;
    return { ...range, gte: compareKeys(first, range.lt) < 0 ? first : range.lt };
  };

  const learning = async <T>(
    range: Range,
    scan: (range: Range) => Promise<T[]>,
    learn: (found: readonly T[], touched: Touched) => void,
  ): Promise<T[]> => {
    if (!startsPrefix(range) || range.reverse === true) return scan(lowered(range));
    const { gte: prefix } = range;
    expect(prefix);
    const scanning: Touched = { ...writing.get(prefix) };
    const others = scans.get(prefix) ?? new Set();
    scans.set(prefix, others.add(scanning));
    try {
      const found = await scan(lowered(range));
      learn(found, scanning);
      return found;
    } finally {
      others.delete(scanning);
      if (others.size === 0) scans.delete(prefix);
    }
  };

  const learnFirst = (prefix: Key, first: Key | undefined, { put }: Touched): void => {
    if (first !== undefined) firsts.set(prefix, lower(first, put));
  };

  const keepPage = ({ gte: prefix, lt, limit }: Range, keys: readonly Key[], { any }: Touched): void => {
    if (lt !== prefixEnd(prefix)) return;
    const page = { keys, whole: keys.length < limit };
    if (any === undefined || isBehind(page, any)) pages.set(prefix, page);
  };

  return {
    ...engine,
    scan: (range) =>
      learning(
        range,
        (asked) => engine.scan(asked),
        (found, touched) => {
          learnFirst(range.gte, found[0]?.key, touched);
        },
      ),
    scanKeys: (range) => {
      const { gte, lt, limit, reverse = false } = range;
      const page = reverse || lt !== prefixEnd(gte) ? undefined : pages.get(gte);
      if (page !== undefined && (page.whole || page.keys.length >= limit)) {
        return Promise.resolve(page.keys.slice(0, limit));
      }
      return learning(
        range,
        (asked) => engine.scanKeys(asked),
        (keys, touched) => {
          learnFirst(gte, keys[0], touched);
          keepPage(range, [...keys], touched);
        },
      );
    },
    write: async (batch) => {
      underWay = batch;
      const stretches = start();
      try {
        // A scan in between is told of the rest of the batch as of a write that begins while it is under way.
        for (const [key, value] of batch) {
          note(key, value !== undefined);
          if (stretches.shouldYield()) await stretches.yieldToEventLoop();
        }
        await engine.write(batch);
      } finally {
        underWay = undefined;
        writing.clear();
      }
    },
  };
}

function touch(touched: Touched, key: Key, isPut: boolean): void {
  touched.any = lower(key, touched.any);
  if (isPut) touched.put = lower(key, touched.put);
}

/**
 * Whether a range is of one prefix, from the first key that it can have, as the ranges of index entries are. A range that
 * goes on behind the prefix would miss what is put there.
 */
function startsPrefix({ gte, lt }: Range): boolean {
  return gte.endsWith(':') && compareKeys(lt, prefixEnd(gte)) <= 0;
}

/** Whether a key comes after all that a page tells of. */
function isBehind({ keys, whole }: Page, key: Key): boolean {
  const last = keys.at(-1);
  return !whole && last !== undefined && compareKeys(key, last) > 0;
}

function lower(key: Key, other: Key | undefined): Key {
  return other === undefined || compareKeys(key, other) < 0 ? key : other;
}
