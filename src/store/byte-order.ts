import type { Key, KeyRange } from './contract.js';

/** Keys that start so belong to the store itself; no user of the store sees or writes them. */
export const PRIVATE_PREFIX = '\u0000';

/** The least key that is not private. */
const FIRST_KEY: Key = '\u0001';

/**
 * Orders keys by their UTF-8 bytes. JavaScript orders strings by UTF-16 code units, which differs exactly where a
 * surrogate (U+D800 to U+DFFF, half of a character above U+FFFF) meets a unit from U+E000 to U+FFFF.
 */
export function compareKeys(left: Key, right: Key): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const leftUnit = left.charCodeAt(at);
    const rightUnit = right.charCodeAt(at);
    if (leftUnit !== rightUnit) return byteRank(leftUnit) - byteRank(rightUnit);
  }
  return left.length - right.length;
}

/** What {@link compareKeys} and JavaScript order otherwise: surrogates, and what they may meet. */
const ABOVE_SURROGATES = /[\ud800-\uffff]/;

/** Sorts keys by {@link compareKeys} in place, at a tenth of the cost where JavaScript's own order is the same. */
export function sortKeys(keys: Key[]): Key[] {
  // Without a comparison of ours, strings are compared by UTF-16 code units.
  return keys.some((key) => ABOVE_SURROGATES.test(key)) ? keys.sort(compareKeys) : keys.sort();
}

function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * Refuses what cannot be a key. A lone surrogate has no UTF-8 bytes: every one of them would become the same key.
 * @throws TypeError, as it is a mistake of the calling code
 */
export function checkKey(key: Key): void {
  if (key === '') throw new TypeError('A key must not be empty');
  if (key.startsWith(PRIVATE_PREFIX)) throw new TypeError('A key must not start with U+0000');
  if (!key.isWellFormed()) throw new TypeError('A key must be well-formed Unicode');
}

/** The range without private keys; `undefined` if nothing can be in it. */
export function checkRange<R extends KeyRange>(range: R): R | undefined {
  const gte = range.gte > FIRST_KEY ? range.gte : FIRST_KEY;
  return compareKeys(gte, range.lt) < 0 ? { ...range, gte } : undefined;
}
