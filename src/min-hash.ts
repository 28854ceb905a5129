/**
 * MinHash and banding (Broder 1997; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", ch. 3): the share of
 * components in which two signatures agree estimates how alike the sets are. Of sets that are alike to a degree s, one of b
 * bands of r components agrees with probability 1 - (1 - s^r)^b.
 */
import { fnv1a, mix } from './hash32.js';

/** Shingles beyond this say nothing new of whether two texts are alike. */
const MAX_SHINGLES = 2_000;
/** Tokens beyond this are not looked at: a text that has so many, and fewer shingles, repeats itself. */
const MAX_TOKENS = 16_000;

const SHINGLE_SEED = 0x9e3779b9;

/**
 * The shingles of a text as 32-bit hashes: one for each three tokens in a row, of fewer than three tokens one, of none none.
 * @param token a global expression that matches a token
 */
export function buildShingles(text: string, token: RegExp): Set<number> {
  const shingles = new Set<number>();
  let [first, second] = [0, 0];
  let count = 0;
  for (const [word] of text.matchAll(token)) {
    const third = fnv1a(word);
    count += 1;
    // The first three together are one.
    if (count <= 3) shingles.clear();
    shingles.add(mix(mix(mix(first, SHINGLE_SEED), second), third));
    if (shingles.size === MAX_SHINGLES || count === MAX_TOKENS) break;
    [first, second] = [second, third];
  }
  return shingles;
}

/** The MinHash signature of a set of 32-bit hashes, with as many components as `seeds` has. */
export function computeSignature(shingles: ReadonlySet<number>, seeds: Uint32Array): Uint32Array {
  const signature = new Uint32Array(seeds.length).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let index = 0; index < seeds.length; index += 1) {
      const value = mix(shingle, seeds[index] ?? 0);
      if (value < (signature[index] ?? 0)) signature[index] = value;
    }
  }
  return signature;
}

/** The seeds of signatures with so many components. */
export function signatureSeeds(components: number): Uint32Array {
  return Uint32Array.from({ length: components }, (_, index) => mix(index + 1, 0x9e3779b9));
}

export interface Banding {
  readonly bands: number;
  /** Components in each band of each signature. */
  readonly components: number;
}

/** One number for each band: equal where the components of the band are, in all signatures. */
export function computeBands(
  signatures: readonly Uint32Array[],
  { bands, components }: Banding,
  seed: number,
): number[] {
  return Array.from({ length: bands }, (_, band) => {
    let state = mix(band, seed);
    for (const signature of signatures) {
      for (let index = band * components; index < (band + 1) * components; index += 1) {
        state = mix(state, signature[index] ?? 0);
      }
    }
    return state;
  });
}
