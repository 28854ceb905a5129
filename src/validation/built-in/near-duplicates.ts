/**
 * Near-duplicates by MinHash and banding (Broder 1997; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", ch. 3):
 * of texts whose sets of shingles are alike to a degree s, some of the bands agree with probability 1 - (1 - s^r)^b.
 */
import { fnv1a, mix } from '../../hash32.js';

/** b bands of r rows: texts that are alike to 0.8 meet with probability 0.9997, those to 0.4 with 0.34. */
const BANDS = 16;
const ROWS = 4;
/** Words in a row that make one shingle. */
const SHINGLE_WORDS = 3;
/** Shingles beyond this say nothing new of whether two texts are alike. */
const MAX_SHINGLES = 2_000;

/** The shingles of a text as 32-bit hashes: of words in lower case, whatever stands between them. */
export function shinglesOf(text: string): Set<number> {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const shingles = new Set<number>();
  for (let start = 0; start < words.length && shingles.size < MAX_SHINGLES; start += 1) {
    if (start > 0 && start + SHINGLE_WORDS > words.length) break;
    shingles.add(fnv1a(words.slice(start, start + SHINGLE_WORDS).join(' ')));
  }
  return shingles;
}

/** How alike two sets are: the size of what they share by the size of both together. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const each of small) if (large.has(each)) shared += 1;
  const together = a.size + b.size - shared;
  return together === 0 ? 1 : shared / together;
}

const SEEDS = Array.from({ length: BANDS * ROWS }, (_, index) => mix(index + 1, 0x9e3779b9));

/** One number for each band of the signature; texts that share none of them are not alike. */
export function bandsOf(shingles: ReadonlySet<number>): number[] {
  const signature = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const shingle of shingles) {
    SEEDS.forEach((seed, index) => {
      const hash = mix(shingle, seed);
      if (hash < (signature[index] ?? 0)) signature[index] = hash;
    });
  }
  return Array.from({ length: BANDS }, (_, band) => {
    let hash = mix(band, 0x811c9dc5);
    for (const row of signature.subarray(band * ROWS, (band + 1) * ROWS)) hash = mix(hash, row);
    return hash;
  });
}

/** The ids of the newest entries by the bands of their texts. Holds as many as `most`, and forgets the oldest. */
export class NearDuplicateIndex {
  readonly #most: number;
  /** In the order in which they came. */
  readonly #bandsOfId = new Map<string, readonly number[]>();
  readonly #idsOfBand = new Map<number, string[]>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#bandsOfId.size;
  }

  add(id: string, bands: readonly number[]): void {
    if (this.#bandsOfId.has(id)) return;
    this.#bandsOfId.set(id, bands);
    for (const band of new Set(bands)) {
      const ids = this.#idsOfBand.get(band);
      if (ids === undefined) this.#idsOfBand.set(band, [id]);
      else ids.push(id);
    }
    const [oldest] = this.#bandsOfId.keys();
    if (this.#bandsOfId.size > this.#most && oldest !== undefined) this.#remove(oldest);
  }

  /** Ids that share a band, those that share most first; of the same number, the oldest first. */
  candidates(bands: readonly number[], limit: number): string[] {
    const shared = new Map<string, number>();
    for (const band of new Set(bands)) {
      for (const id of this.#idsOfBand.get(band) ?? []) shared.set(id, (shared.get(id) ?? 0) + 1);
    }
    return [...shared]
      .sort(([a, shareA], [b, shareB]) => shareB - shareA || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([id]) => id);
  }

  #remove(id: string): void {
    for (const band of new Set(this.#bandsOfId.get(id))) {
      const rest = (this.#idsOfBand.get(band) ?? []).filter((each) => each !== id);
      if (rest.length > 0) this.#idsOfBand.set(band, rest);
      else this.#idsOfBand.delete(band);
    }
    this.#bandsOfId.delete(id);
  }
}
