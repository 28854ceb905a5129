/** Near-duplicates by MinHash: the bands of a text, and an index of entries by them. */
import { type Banding, buildShingles, computeBands, computeSignature, signatureSeeds } from '../../min-hash.js';

/** Texts that are alike to 0.8 share a band with probability 0.9997, those to 0.4 with 0.34. */
const BANDING: Banding = { bands: 16, components: 4 };
const SEEDS = signatureSeeds(BANDING.bands * BANDING.components);
const BAND_SEED = 0x811c9dc5;

const WORD = /[\p{L}\p{N}]+/gu;

/** The shingles of a text: of words in lower case, whatever stands between them. */
export function wordShingles(text: string): Set<number> {
  return buildShingles(text.normalize('NFKC').toLowerCase(), WORD);
}

/** How alike two sets are: the size of what they share by the size of both together. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const each of small) if (large.has(each)) shared += 1;
  const together = a.size + b.size - shared;
  return together === 0 ? 1 : shared / together;
}

/** One number for each band of the signature; texts that share none of them are not alike. */
export function textBands(shingles: ReadonlySet<number>): number[] {
  return computeBands([computeSignature(shingles, SEEDS)], BANDING, BAND_SEED);
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
