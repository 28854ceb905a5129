/**
 * What a reviewer has decided, by the day (UTC) of the decision: entries whose present review is theirs. A review that is
 * undone, replaced by another's or erased with its entry counts no longer, so the counters follow from what is stored.
 */
import { FACETS } from '../../model/facets.js';
import type { Key, Reader } from '../../store/contract.js';
import { escapeComponent, splitKey } from '../../store/keys.js';
import { indexCounterRange } from './index-keys.js';

/**
 * How many reviews of a reviewer stand for each of these days in a row. Reads the counters that are not 0 alone.
 * @param reviewer the keyed hash of the reviewer
 * @param days as {@link formatDay} writes them, at least one, in order
 */
export async function reviewsOnDays(
  reader: Reader,
  org: string,
  reviewer: string,
  days: readonly string[],
): Promise<number[]> {
  const prefix = `${indexCounterRange(org, 'reviewDay').gte}${escapeComponent(reviewer)}:`;
  const range = { gte: `${prefix}${days[0] ?? ''}`, lt: `${prefix}${days.at(-1) ?? ''};` };
  const keys = await reader.scanKeys({ ...range, limit: days.length * FACETS.length });
  const values = await reader.counters(keys);
  const counts = new Map<string, number>();
  for (const [at, key] of keys.entries()) {
    const day = dayOf(key);
    counts.set(day, (counts.get(day) ?? 0) + (values[at] ?? 0));
  }
  return days.map((day) => counts.get(day) ?? 0);
}

/** The day comes before the facet. */
function dayOf(counter: Key): string {
  return splitKey(counter).at(-2) ?? '';
}
