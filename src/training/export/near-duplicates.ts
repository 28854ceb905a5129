/**
 * Exact and near duplicates among the rows of one export, by MinHash. Of each row 128 bytes per text are kept, so memory is
 * bounded by the size of a batch.
 */
import { hash } from 'node:crypto';
import { fnv1a } from '../../hash32.js';
import { type Banding, buildShingles, computeBands, computeSignature, signatureSeeds } from '../../min-hash.js';
import { normalizedText } from '../../model/normalized-text.js';

/** Components of a signature: the share of those that agree estimates the Jaccard similarity. */
const COMPONENTS = 128;
/** Bands of so many components of each text: rows alike to 0.95 in three texts meet in one of them with 0.99999. */
const BANDING: Banding = { bands: 16, components: 4 };
/** How many rows of a bucket are compared, latest first: bounds the cost of rows that are made to collide. */
const COMPARED_AT_MOST = 64;

/** The least similarity that may be asked for: below it, bands would miss too much. */
export const LEAST_SIMILARITY = 0.9;
export const DEFAULT_SIMILARITY = 0.95;

export type Duplicate = 'exact' | 'near';

/** Words, and each sign by itself, as `a + b` and `a - b` are not alike; a letter is a word where none are parted. */
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu;

const SEEDS = signatureSeeds(COMPONENTS);

function textSignature(normalized: string): Uint32Array {
  return computeSignature(buildShingles(normalized, TOKEN), SEEDS);
}

/** Tells whether a row is a duplicate of one before it. */
export interface DuplicateFinder {
  /**
   * @param texts as many in each call, the question first
   * @param isExact whether case and white space of the texts behind the question tell this row from any other
   * @returns what it is a duplicate by; `undefined` for a new row, which is remembered
   */
  readonly find: (texts: readonly string[], group: string, isExact?: boolean) => Duplicate | undefined;
}

/**
 * @param rows about how many rows there are; it makes room for more as they come
 * @param similarity from {@link LEAST_SIMILARITY} to 1, which each text must have to its counterpart; at 1 only
 *   exact duplicates are told
 */
export function createDuplicateFinder(rows: number, similarity: number): DuplicateFinder {
  const exact = new Set<string>();
  const alike = new Set<string>();
  const near = similarity < 1 ? createNearIndex(rows, similarity) : undefined;
  return {
    find: (texts, group, isExact = false) => {
      const normalized = texts.map(normalizedText);
      const [question = ''] = normalized;
      const exactOthers = texts.slice(1).map((text) => text.trim().normalize());
      const exactKey = keyOf([group, question, ...exactOthers]);
      const key = keyOf([group, ...normalized]);
      if (exact.has(exactKey) || (!isExact && alike.has(key))) return 'exact';
      exact.add(exactKey);
      if (!isExact) alike.add(key);
      return near?.isNear(normalized, group, key, isExact) === true ? 'near' : undefined;
    },
  };
}

/** 128 bits of a SHA-256. */
function keyOf(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'buffer').toString('latin1', 0, 16);
}

const NONE = 0xffffffff;

function createNearIndex(rows: number, similarity: number) {
  let capacity = 2 ** Math.ceil(Math.log2(Math.max(16, rows)));
  /** The bands of each row; the latest row of each bucket of each band, as many as rows; and the row before each. */
  let bandsOfRows = new Uint32Array(BANDING.bands * capacity);
  let heads = new Uint32Array(BANDING.bands * capacity).fill(NONE);
  let before = new Uint32Array(BANDING.bands * capacity);
  let groups = new Uint32Array(capacity);
  /** Of the normalized texts, and whether case and white space tell the row from others. */
  let textHashes = new Uint32Array(capacity);
  let exactRows = new Uint8Array(capacity);
  /** The lowest byte of each component: enough to estimate, as others agree by chance once in 256 times. */
  let bytes = new Uint8Array(0);
  let count = 0;
  const most = Math.floor(COMPONENTS * (1 - similarity) + 1e-9);

  const isAlike = (row: number, signatures: readonly Uint32Array[]): boolean =>
    signatures.every((signature, text) => {
      const start = (row * signatures.length + text) * COMPONENTS;
      let different = 0;
      for (let index = 0; index < COMPONENTS && different <= most; index += 1) {
        if (bytes[start + index] !== ((signature[index] ?? 0) & 0xff)) different += 1;
      }
      return different <= most;
    });

  const placeOf = (band: number, value: number): number => band * capacity + (value & (capacity - 1));

  /** Makes a row the latest of its buckets. */
  const chain = (row: number): void => {
    for (let band = 0; band < BANDING.bands; band += 1) {
      const at = row * BANDING.bands + band;
      const place = placeOf(band, bandsOfRows[at] ?? 0);
      before[at] = heads[place] ?? NONE;
      heads[place] = row;
    }
  };

  const grow = (): void => {
    capacity *= 2;
    const grown = (array: Uint32Array, size: number): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(size);
      larger.set(array);
      return larger;
    };
    bandsOfRows = grown(bandsOfRows, BANDING.bands * capacity);
    groups = grown(groups, capacity);
    textHashes = grown(textHashes, capacity);
    const flags = new Uint8Array(capacity);
    flags.set(exactRows);
    exactRows = flags;
    heads = new Uint32Array(BANDING.bands * capacity).fill(NONE);
    before = new Uint32Array(BANDING.bands * capacity);
    for (let row = 0; row < count; row += 1) chain(row);
  };

  const remember = (signatures: readonly Uint32Array[], bands: readonly number[]): void => {
    const size = signatures.length * COMPONENTS;
    if (bytes.length < (count + 1) * size) {
      const grown = new Uint8Array(Math.min(capacity, Math.max(64, count * 2)) * size);
      grown.set(bytes);
      bytes = grown;
    }
    signatures.forEach((signature, text) => {
      for (let index = 0; index < COMPONENTS; index += 1) {
        bytes[count * size + text * COMPONENTS + index] = (signature[index] ?? 0) & 0xff;
      }
    });
    bandsOfRows.set(bands, count * BANDING.bands);
    chain(count);
    count += 1;
  };

  return {
    isNear: (texts: readonly string[], group: string, key: string, isExact: boolean): boolean => {
      const textHash = fnv1a(key);
      /** Differs in what does not show in the signatures, but counts. */
      const isTold = (row: number): boolean => textHashes[row] === textHash && (isExact || exactRows[row] === 1);
      const signatures = texts.map(textSignature);
      const groupHash = fnv1a(group);
      const bands = computeBands(signatures, BANDING, groupHash);
      for (const [band, value] of bands.entries()) {
        let row = heads[placeOf(band, value)] ?? NONE;
        for (let compared = 0; row !== NONE && compared < COMPARED_AT_MOST; compared += 1) {
          if (groups[row] === groupHash && !isTold(row) && isAlike(row, signatures)) return true;
          row = before[row * BANDING.bands + band] ?? NONE;
        }
      }
      if (count === capacity) grow();
      groups[count] = groupHash;
      textHashes[count] = textHash;
      exactRows[count] = isExact ? 1 : 0;
      remember(signatures, bands);
      return false;
    },
  };
}
