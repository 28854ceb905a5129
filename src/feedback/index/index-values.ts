/** The values that indexes of one kind have, told from their counters: a counter at 0 leaves no key. */
import { FACETS } from '../../model/facets.js';
import type { Reader } from '../../store/contract.js';
import { escapeComponent, prefixEnd, prefixRange, unescapeComponent } from '../../store/keys.js';
import { indexCounterRange } from './index-keys.js';
import type { IndexKind } from './table.js';

/** Indexes of a kind that share all values but the last one, such as those of the versions of an adapter. */
export interface IndexFamily {
  readonly kind: IndexKind;
  /** The values that they share. */
  readonly shared: readonly string[];
}

const COUNTED_AT_ONCE = 1_000;

/** At most `limit` last values of indexes that hold any entry, in the order of their escaped form, behind `after`. */
export async function indexValues(
  reader: Reader,
  org: string,
  { kind, shared }: IndexFamily,
  limit: number,
  after: string | undefined,
): Promise<string[]> {
  const ofKind = indexCounterRange(org, kind);
  const all = shared.length === 0 ? ofKind : prefixRange(`${ofKind.gte}${shared.map(escapeComponent).join(':')}:`);
  const gte = after === undefined ? all.gte : prefixEnd(`${all.gte}${escapeComponent(after)}:`);
  const keys = await reader.scanKeys({ gte, lt: all.lt, limit: limit * FACETS.length });
  const values = keys.map((key) => unescapeComponent(key.slice(all.gte.length, key.lastIndexOf(':'))));
  return [...new Set(values)].slice(0, limit);
}

/** How many of them there are. */
export async function countIndexValues(reader: Reader, org: string, family: IndexFamily): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const values = await indexValues(reader, org, family, COUNTED_AT_ONCE, after);
    count += values.length;
    if (values.length < COUNTED_AT_ONCE) return count;
    after = values.at(-1);
  }
}
