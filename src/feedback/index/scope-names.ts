/** The names that scopes of one kind have, told from their counters: a counter at 0 leaves no key. */
import { FACETS } from '../../model/facets.js';
import type { Reader } from '../../store/contract.js';
import { escapeComponent, keyPrefix, prefixEnd, prefixRange, unescapeComponent } from '../../store/keys.js';
import { scopeComponents, scopesRange } from '../../store/layout.js';

/** Scopes that have the names of `above` and then one more, such as an adapter and each of its versions. */
export interface NamedScopes {
  readonly kind: 'm' | 'ma' | 'av';
  readonly above: readonly string[];
}

const COUNTED_AT_ONCE = 1_000;

/** At most `limit` names that any feedback has, in the order of their escaped form, behind `after`. */
export async function scopeNames(
  reader: Reader,
  org: string,
  scopes: NamedScopes,
  limit: number,
  after: string | undefined,
): Promise<string[]> {
  const { kind, above } = scopes;
  const all =
    above.length === 0
      ? scopesRange('count', org, kind)
      : prefixRange(`${keyPrefix('count', org)}${scopeComponents(kind, ...above)}:`);
  const gte = after === undefined ? all.gte : prefixEnd(`${all.gte}${escapeComponent(after)}:`);
  const keys = await reader.scanKeys({ gte, lt: all.lt, limit: limit * FACETS.length });
  const names = keys.map((key) => unescapeComponent(key.slice(all.gte.length, key.lastIndexOf(':'))));
  return [...new Set(names)].slice(0, limit);
}

/** How many names there are. */
export async function countScopeNames(reader: Reader, org: string, scopes: NamedScopes): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const names = await scopeNames(reader, org, scopes, COUNTED_AT_ONCE, after);
    count += names.length;
    if (names.length < COUNTED_AT_ONCE) return count;
    after = names.at(-1);
  }
}
