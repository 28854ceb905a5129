import { LRUCache } from 'lru-cache';
import { compareKeys } from './byte-order.js';
import type { Key, Range } from './contract.js';
import type { Batch, Engine } from './engine.js';
import { prefixEnd } from './keys.js';

/** How many prefixes are remembered. */
const REMEMBERED = 10_000;

/** A scan from the start of a prefix that is under way. */
interface Scanning {
  /** The lowest key below the prefix that a write may have put since the scan began. */
  lowest: Key | undefined;
}

/**
 * Remembers where the first key below a prefix is, so that a scan from the start of the prefix begins there. What was
 * deleted at the head of a range stays in the files for long, and each scan would step over all of it: a queue that is
 * taken from at its head grows slower with everything that was ever in it. Only for an engine that nobody else writes to.
 *
 * A place is only ever too low: a put in front of it lowers it when the write begins, and a scan that such a put has
 * overlapped learns no higher one.
 */
export function skippingHeadGaps(engine: Engine): Engine {
  const firsts = new LRUCache<Key, Key>({ max: REMEMBERED });
  const scans = new Map<Key, Set<Scanning>>();
  /** The write that is under way. */
  let underWay: Batch | undefined;
  /** By prefix, its lowest key; of the prefixes that {@link scannedDepths} tells. */
  const writing = new Map<Key, Key>();
  /** By their first component, how many components the prefixes had that scans began with: all others need no look. */
  const scannedDepths = new Map<string, Set<number>>();

  const note = (batch: Batch): void => {
    for (const [key, value] of batch) {
      const kindEnd = key.indexOf(':');
      const depths = value === undefined || kindEnd < 0 ? undefined : scannedDepths.get(key.slice(0, kindEnd));
      if (depths === undefined) continue;
      let depth = 1;
      for (let colon = kindEnd; colon >= 0; colon = key.indexOf(':', colon + 1), depth += 1) {
        if (!depths.has(depth)) continue;
        const prefix = key.slice(0, colon + 1);
        writing.set(prefix, lower(key, writing.get(prefix)));
        const first = firsts.peek(prefix);
        if (first !== undefined && compareKeys(key, first) < 0) firsts.set(prefix, key);
        for (const scanning of scans.get(prefix) ?? []) scanning.lowest = lower(key, scanning.lowest);
      }
    }
  };

  /** From now on what is written below prefixes like this one is noted. */
  const expect = (prefix: Key): void => {
    const kind = prefix.slice(0, prefix.indexOf(':'));
    const depths = scannedDepths.get(kind) ?? new Set();
    const { size } = depths;
    scannedDepths.set(kind, depths.add(prefix.split(':').length - 1));
    if (depths.size > size && underWay !== undefined) note(underWay);
  };

  const lowered = (range: Range): Range => {
    const first = startsPrefix(range) ? firsts.get(range.gte) : undefined;
    if (first === undefined || compareKeys(first, range.gte) <= 0) return range;
    return { ...range, gte: compareKeys(first, range.lt) < 0 ? first : range.lt };
  };

  const learning = async <T>(range: Range, scan: (range: Range) => Promise<T[]>, keyOf: (found: T) => Key) => {
    const { gte: prefix } = range;
    if (!startsPrefix(range) || range.reverse === true) return scan(lowered(range));
    expect(prefix);
    const scanning: Scanning = { lowest: writing.get(prefix) };
    const others = scans.get(prefix) ?? new Set();
    scans.set(prefix, others.add(scanning));
    try {
      const found = await scan(lowered(range));
      const [first] = found;
      if (first !== undefined) firsts.set(prefix, lower(keyOf(first), scanning.lowest));
      return found;
    } finally {
      others.delete(scanning);
      if (others.size === 0) scans.delete(prefix);
    }
  };

  return {
    ...engine,
    scan: (range) =>
      learning(
        range,
        (asked) => engine.scan(asked),
        ({ key }) => key,
      ),
    scanKeys: (range) =>
      learning(
        range,
        (asked) => engine.scanKeys(asked),
        (key) => key,
      ),
    write: async (batch) => {
      underWay = batch;
      note(batch);
      try {
        await engine.write(batch);
      } finally {
        underWay = undefined;
        writing.clear();
      }
    },
  };
}

/**
 * Whether a range is of one prefix, from the first key that it can have, as the ranges of index entries are. A range that
 * goes on behind the prefix would miss what is put there.
 */
function startsPrefix({ gte, lt }: Range): boolean {
  return gte.endsWith(':') && compareKeys(lt, prefixEnd(gte)) <= 0;
}

function lower(key: Key, other: Key | undefined): Key {
  return other === undefined || compareKeys(key, other) < 0 ? key : other;
}
