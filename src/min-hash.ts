/**
 * MinHash and banding (Broder 1997; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", ch. 3): the share of
 * components in which two signatures agree estimates how alike the sets are. Of sets that are alike to a degree s, one of b
 * bands of r components agrees with probability 1 - (1 - s^r)^b.
 */
import { fnv1a, mix } from './hash32.js';

/** Shingles beyond this say nothing new of whether two texts are alike. */
const MAX_SHINGLES = 2_000;
/** Tokens in a row that make one shingle. */
const SHINGLE_TOKENS = 3;

/** The shingles of a text, by its tokens, as 32-bit hashes: of fewer than three tokens one, of none none. */
export function buildShingles(tokens: readonly string[]): Set<number> {
  const shingles = new Set<number>();
  const last = Math.max(0, tokens.length - SHINGLE_TOKENS);
  for (let start = 0; tokens.length > 0 && start <= last && shingles.size < MAX_SHINGLES; start += 1) {
    shingles.add(fnv1a(tokens.slice(start, start + SHINGLE_TOKENS).join(' ')));
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
