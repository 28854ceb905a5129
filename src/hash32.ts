/** Hashes of 32 bits, for places in tables and MinHash; never for what anybody must not guess. */

/** FNV-1a over UTF-16 units. */
export function fnv1a(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}

/** The finalizer of MurmurHash3 after an exclusive or: a permutation of 32 bits for each seed. */
export function mix(value: number, seed: number): number {
  let state = value ^ seed;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
