import type { Key, Reader } from './contract.js';
import { lastComponent, prefixEnd } from './keys.js';

/** Above so many keys read for each list that was asked for, reading each list on its own is cheaper. */
const DENSE = 8;

/**
 * The last components of the keys behind each of `prefixes`, in the order of `prefixes`, for short lists that mostly lie
 * side by side: what does so is one read of the store, and how much is read follows the number of lists, however far apart
 * they are.
 * @param prefixes each ends in `:` and is of the same kind, in ASCII but for what they have in common
 * @param most a list that is longer may be cut off here
 */
export async function scanAdjacentPrefixes(
  reader: Reader,
  prefixes: readonly Key[],
  most: number,
): Promise<readonly (readonly string[])[]> {
  const lists = new Map<Key, string[]>(prefixes.map((prefix) => [prefix, []]));
  const sorted = [...lists.keys()].sort();
  const last = sorted.at(-1) ?? '';
  for (let at = 0; at < sorted.length;) {
    const [first = '', ...others] = sorted.slice(at);
    // More than one list is supposed to have, so that each read ends at least one.
    const limit = 2 * (others.length + 1) + most;
    const keys = await reader.scanKeys({ gte: first, lt: prefixEnd(last), limit });
    let reached = '';
    for (const key of keys) {
      reached = key.slice(0, key.lastIndexOf(':') + 1);
      lists.get(reached)?.push(lastComponent(key));
    }
    if (keys.length < limit) break;
    const ended = sorted.slice(at).filter((prefix) => prefix < reached).length;
    at += ended;
    // The last one may have more than was read of it.
    lists.get(reached)?.splice(0);
    if (ended * DENSE >= limit) continue;
    const rest = sorted.slice(at);
    const found = await Promise.all(
      rest.map((prefix) => reader.scanKeys({ gte: prefix, lt: prefixEnd(prefix), limit: most })),
    );
    rest.forEach((prefix, index) => lists.set(prefix, (found[index] ?? []).map(lastComponent)));
    break;
  }
  return prefixes.map((prefix) => lists.get(prefix) ?? []);
}
