import type { Key, Reader } from './contract.js';

/** A range is read instead of keys if it has at most so many entries for each key that is asked for. */
const DENSE = 1.5;

/** Reads values by keys in their order, all of the same kind, in ASCII but for what they have in common. */
export type AdjacentReader = (reader: Reader, keys: readonly Key[]) => Promise<(Buffer | undefined)[]>;

/**
 * As `getMany`, for one list of keys after another that mostly lie side by side: these cost half as much as a range, and leave
 * what is read often where it is. Once they turn out to lie apart, they are read by key.
 */
export function createAdjacentReader(): AdjacentReader {
  let isDense = true;
  return async (reader, keys) => {
    const [first] = keys;
    const last = keys.at(-1);
    if (!isDense || first === undefined || last === undefined) return reader.getMany(keys);
    const limit = Math.ceil(keys.length * DENSE) + 1;
    const entries = await reader.scan({ gte: first, lt: `${last}\0`, limit });
    const found = new Map(entries.map(({ key, value }) => [key, value]));
    const reached = entries.length < limit ? keys.length : keys.findIndex((key) => key > (entries.at(-1)?.key ?? ''));
    const read = reached < 0 ? keys.length : reached;
    const values = keys.slice(0, read).map((key) => found.get(key));
    if (read === keys.length) return values;
    isDense = false;
    return [...values, ...(await reader.getMany(keys.slice(read)))];
  };
}
