/**
 * Ordered streams of feedback ids out of index ranges, and how to merge and intersect them, reading only as far as the
 * page needs.
 */
import type { Key, KeyRange, Reader } from '../../store/contract.js';
import { lastComponent, prefixEnd } from '../../store/keys.js';

/** Bounds on ids, `gte` included and `lt` excluded; an absent one is open. */
export interface IdBounds {
  readonly gte?: string;
  readonly lt?: string;
}

/** Up to `limit` ids within `bounds`, from its start, or from its end where the stream was made in reverse. */
export type IdStream = (bounds: IdBounds, limit: number) => Promise<string[]>;

/** The keys behind `prefix`, which ends in `:`, of the ids within bounds. */
export function boundedRange(prefix: Key, { gte = '', lt }: IdBounds): KeyRange {
  return { gte: prefix + gte, lt: lt === undefined ? prefixEnd(prefix) : prefix + lt };
}

/** The ids behind `prefix`, which ends in `:`. */
export function rangeStream(reader: Reader, prefix: Key, reverse: boolean): IdStream {
  return async (bounds, limit) => {
    const keys = await reader.scanKeys({ ...boundedRange(prefix, bounds), limit, reverse });
    return keys.map(lastComponent);
  };
}

/** What remains of `bounds` behind `id`, in the direction of reading. */
export function boundsAfter(bounds: IdBounds, id: string, reverse: boolean): IdBounds {
  return reverse ? { ...bounds, lt: id } : { ...bounds, gte: `${id}\0` };
}

/** What remains of `bounds` from `id` on, `id` included. */
function boundsFrom(bounds: IdBounds, id: string, reverse: boolean): IdBounds {
  return reverse ? { ...bounds, lt: `${id}\0` } : { ...bounds, gte: id };
}

function compare(reverse: boolean): (a: string, b: string) => number {
  const sign = reverse ? -1 : 1;
  return (a, b) => (a < b ? -sign : a > b ? sign : 0);
}

/** The ids of all streams, which must be disjoint, in one order. */
export function mergeStreams(streams: readonly IdStream[], reverse: boolean): IdStream {
  const [only] = streams;
  if (streams.length <= 1) return only ?? (() => Promise.resolve([]));
  const inOrder = compare(reverse);

  return async (bounds, limit) => {
    // A little more than an even share each: most pages then need one block of each stream.
    const blockSize = Math.min(limit, Math.max(16, Math.ceil((2 * limit) / streams.length)));
    const cursors = await Promise.all(
      streams.map(async (stream) => {
        const block = await stream(bounds, blockSize);
        return { stream, block, next: 0, ended: block.length < blockSize };
      }),
    );
    const merged: string[] = [];
    while (merged.length < limit) {
      let first: (typeof cursors)[number] | undefined;
      for (const cursor of cursors) {
        const id = cursor.block[cursor.next];
        if (id === undefined) continue;
        const firstId = first?.block[first.next];
        if (firstId === undefined || inOrder(id, firstId) < 0) first = cursor;
      }
      const id = first?.block[first.next];
      if (first === undefined || id === undefined) break;
      merged.push(id);
      first.next++;
      if (first.next === first.block.length && !first.ended) {
        first.block = await first.stream(boundsAfter(bounds, id, reverse), blockSize);
        first.next = 0;
        first.ended = first.block.length < blockSize;
      }
    }
    return merged;
  };
}

const FIRST_LEAP = 16;
const MAX_LEAP = 512;

/**
 * The ids that all streams have. Reads blocks of each side by side and leaps over gaps by seek, so its cost follows the
 * stream that moves on furthest, not the longest one.
 */
export function intersectStreams(streams: readonly IdStream[], reverse: boolean): IdStream {
  const [only] = streams;
  if (streams.length <= 1) return only ?? (() => Promise.resolve([]));
  const inOrder = compare(reverse);

  return async (bounds, limit) => {
    const common: string[] = [];
    let rest = bounds;
    for (let leap = FIRST_LEAP; common.length < limit; leap = Math.min(leap * 2, MAX_LEAP)) {
      const blockSize = leap;
      const from = rest;
      const blocks = await Promise.all(streams.map((stream) => stream(from, blockSize)));
      const firsts = blocks.map((block) => block[0]);
      if (!firsts.every((id) => id !== undefined)) break;
      const furthestFirst = firsts.reduce((a, b) => (inOrder(a, b) < 0 ? b : a));
      // Up to here every stream is known; a block that is not full is known to the end of its stream.
      const horizon = blocks
        .filter((block) => block.length === blockSize)
        .map((block) => block.at(-1) ?? furthestFirst)
        .reduce<string | undefined>((a, b) => (a === undefined || inOrder(b, a) < 0 ? b : a), undefined);

      if (horizon === undefined || inOrder(furthestFirst, horizon) <= 0) {
        const [shortest, ...others] = [...blocks].sort((a, b) => a.length - b.length);
        const sets = others.map((block) => new Set(block));
        for (const id of shortest ?? []) {
          if (common.length < limit && sets.every((set) => set.has(id))) common.push(id);
        }
      }
      if (horizon === undefined) break;
      rest =
        inOrder(furthestFirst, horizon) > 0
          ? boundsFrom(bounds, furthestFirst, reverse)
          : boundsAfter(bounds, horizon, reverse);
    }
    return common;
  };
}
