import { findParents } from '../adapters/lineage.js';
import type { Reader } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { edgeInPrefix, NO_FACET } from '../store/layout.js';

/**
 * The ancestors or descendants of an adapter, nearest first and by id within a distance, without itself; at most `limit`.
 */
export async function relatives(
  reader: Reader,
  org: string,
  adapterId: string,
  side: 'ancestors' | 'descendants',
  limit: number,
): Promise<string[]> {
  const next = side === 'ancestors' ? findParents : childrenOf(limit);
  const seen = new Set([adapterId]);
  for (let level = [adapterId]; level.length > 0 && seen.size <= limit;) {
    const above = await Promise.all(level.map((id) => next(reader, org, id)));
    level = [...new Set(above.flat())].filter((id) => !seen.has(id)).sort();
    for (const id of level) seen.add(id);
  }
  return [...seen].slice(1, limit + 1);
}

function childrenOf(limit: number) {
  return async (reader: Reader, org: string, adapterId: string): Promise<string[]> => {
    const keys = await reader.scanKeys({
      ...prefixRange(edgeInPrefix(org, 'DERIVED_FROM', adapterId, NO_FACET)),
      limit,
    });
    return keys.map(lastComponent);
  };
}
