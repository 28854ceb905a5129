import type { Reader } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { edgeInPrefix, NO_FACET } from '../store/layout.js';
import { derivativeCounter, findParents } from './lineage.js';

export type LineageDirection = 'ancestors' | 'descendants';

/** The most adapters that one walk visits, and the most edges that it follows. */
export const MAX_WALKED = 10_000;
export const MAX_WALKED_EDGES = 100_000;

/** What was derived from what, as far as it was loaded: of each adapter at most once, however many walks come by. */
export interface LineageReader {
  /** An upper bound of the edges that each adapter has in a direction. Loads those that are not known yet. */
  edges(direction: LineageDirection, ids: readonly string[]): Promise<readonly number[]>;
  /** Loads the neighbours of these adapters: one counter read and one set of ranges. */
  load(direction: LineageDirection, ids: readonly string[]): Promise<void>;
  /** By id; nothing for an adapter that was not loaded. */
  neighbours(direction: LineageDirection, id: string): readonly string[];
}

/** So many ranges are read at once; each holds an iterator of the store. */
const RANGES_AT_ONCE = 1_000;
/** Of an adapter with more derivatives no walk can show all. */
const MAX_NEIGHBOURS = MAX_WALKED + 1;

export function lineageReader(reader: Reader, org: string): LineageReader {
  const known = {
    ancestors: new Map<string, readonly string[]>(),
    descendants: new Map<string, readonly string[]>(),
  };
  const derivatives = new Map<string, number>();

  const edges = async (direction: LineageDirection, ids: readonly string[]): Promise<readonly number[]> => {
    // What an adapter was derived from is not counted, and never much.
    if (direction === 'ancestors') return ids.map(() => 1);
    const unknown = [...new Set(ids)].filter((id) => !derivatives.has(id));
    const counts = await reader.counters(unknown.map((id) => derivativeCounter(org, id)));
    unknown.forEach((id, index) => derivatives.set(id, Math.min(counts[index] ?? 0, MAX_NEIGHBOURS)));
    return ids.map((id) => derivatives.get(id) ?? 0);
  };
  const read = async (direction: LineageDirection, id: string): Promise<readonly string[]> => {
    if (direction === 'ancestors') return findParents(reader, org, id);
    if (derivatives.get(id) === 0) return [];
    const range = prefixRange(edgeInPrefix(org, 'DERIVED_FROM', id, NO_FACET));
    return (await reader.scanKeys({ ...range, limit: MAX_NEIGHBOURS })).map(lastComponent);
  };
  return {
    edges,
    load: async (direction, ids) => {
      const unknown = [...new Set(ids)].filter((id) => !known[direction].has(id));
      const expected = await edges(direction, unknown);
      reader.planReads?.(expected.reduce((total, count) => total + count, 0));
      for (let from = 0; from < unknown.length; from += RANGES_AT_ONCE) {
        const some = unknown.slice(from, from + RANGES_AT_ONCE);
        const found = await Promise.all(some.map((id) => read(direction, id)));
        some.forEach((id, index) => known[direction].set(id, found[index] ?? []));
      }
    },
    neighbours: (direction, id) => known[direction].get(id) ?? [],
  };
}
