/** Sets of the documents of a segment, which are numbered from 0: as bits to compute with, and as bytes to store. */
import { CorruptRecordError } from '../../store/record.js';

/** Documents of a segment at most: each number fits into 16 bits. */
export const MAX_DOCUMENTS = 65_536;

const WORD_BITS = 32;

/** The first byte of what is stored says whether numbers follow, or bits. */
const LIST = 0;
const BITS = 1;

/** A set as it is stored: as numbers or as bits, whichever is shorter. @param documents ascending */
export function encodeDocuments(size: number, documents: readonly number[]): Buffer {
  if (2 * documents.length > 4 * Math.ceil(size / WORD_BITS)) return DocumentSet.of(size, documents).toBytes();
  const stored = Buffer.allocUnsafe(1 + 2 * documents.length);
  stored[0] = LIST;
  documents.forEach((document, nth) => stored.writeUInt16LE(document, 1 + 2 * nth));
  return stored;
}

/** What {@link encodeDocuments} has stored, ascending. @throws CorruptRecordError */
export function decodeDocuments(size: number, stored: Buffer): readonly number[] {
  return stored[0] === BITS ? [...DocumentSet.decode(size, stored)] : listedDocuments(size, stored);
}

function listedDocuments(size: number, stored: Buffer): number[] {
  if (stored[0] !== LIST || stored.length % 2 === 0) throw new CorruptRecordError('it is no set of documents');
  const documents: number[] = [];
  for (let at = 1; at < stored.length; at += 2) {
    const document = stored.readUInt16LE(at);
    if (document >= size) throw new CorruptRecordError('a word is of a document that its segment does not have');
    documents.push(document);
  }
  return documents;
}

export class DocumentSet {
  /** How many documents the segment has. */
  readonly size: number;
  readonly #words: Uint32Array;

  private constructor(size: number, words: Uint32Array) {
    this.size = size;
    this.#words = words;
  }

  static empty(size: number): DocumentSet {
    return new DocumentSet(size, new Uint32Array(Math.ceil(size / WORD_BITS)));
  }

  static of(size: number, documents: Iterable<number>): DocumentSet {
    const set = DocumentSet.empty(size);
    for (const document of documents) set.add(document);
    return set;
  }

  /** @throws CorruptRecordError */
  static decode(size: number, stored: Buffer): DocumentSet {
    const set = DocumentSet.empty(size);
    set.addStored(stored);
    return set;
  }

  /** As bits. */
  toBytes(): Buffer {
    const stored = Buffer.allocUnsafe(1 + this.#words.byteLength);
    stored[0] = BITS;
    this.#words.forEach((word, index) => stored.writeUInt32LE(word, 1 + 4 * index));
    return stored;
  }

  has(document: number): boolean {
    return (this.#word(document >>> 5) & (1 << (document & 31))) !== 0;
  }

  add(document: number): void {
    this.#words[document >>> 5] = this.#word(document >>> 5) | (1 << (document & 31));
  }

  /** Adds what {@link encodeDocuments} has stored. @throws CorruptRecordError */
  addStored(stored: Buffer): void {
    if (stored[0] !== BITS) {
      for (const document of listedDocuments(this.size, stored)) this.add(document);
      return;
    }
    if (stored.length !== 1 + this.#words.byteLength) throw new CorruptRecordError('it is no set of documents');
    for (let index = 0; index < this.#words.length; index += 1) {
      this.#words[index] = this.#word(index) | stored.readUInt32LE(1 + 4 * index);
    }
  }

  delete(document: number): void {
    this.#words[document >>> 5] = this.#word(document >>> 5) & ~(1 << (document & 31));
  }

  /** What both have. */
  and(other: DocumentSet): DocumentSet {
    return this.#with(other, (one, two) => one & two);
  }

  or(other: DocumentSet): DocumentSet {
    return this.#with(other, (one, two) => one | two);
  }

  /** What this one has and the other has not. */
  without(other: DocumentSet): DocumentSet {
    return this.#with(other, (one, two) => one & ~two);
  }

  /** How many documents from `from` (included) to `to` (excluded) it has. */
  count(from = 0, to = this.size): number {
    let count = 0;
    for (let index = from >>> 5; index * WORD_BITS < to; index += 1) count += bitsIn(this.#within(index, from, to));
    return count;
  }

  /** At most `limit` of its documents from `from` (included) to `to` (excluded): the first ones, or the last ones first. */
  take(from: number, to: number, limit: number, reverse: boolean): number[] {
    const taken: number[] = [];
    const first = from >>> 5;
    const last = Math.ceil(to / WORD_BITS) - 1;
    for (let step = 0; step <= last - first; step += 1) {
      const index = reverse ? last - step : first + step;
      for (let rest = this.#within(index, from, to); rest !== 0;) {
        if (taken.length >= limit) return taken;
        const bit = reverse ? 31 - Math.clz32(rest) : 31 - Math.clz32(rest & -rest);
        taken.push(index * WORD_BITS + bit);
        rest = (rest & ~(1 << bit)) >>> 0;
      }
    }
    return taken;
  }

  *[Symbol.iterator](): Generator<number, void> {
    for (let index = 0; index < this.#words.length; index += 1) {
      for (let rest = this.#word(index); rest !== 0;) {
        const bit = 31 - Math.clz32(rest & -rest);
        yield index * WORD_BITS + bit;
        rest = (rest & ~(1 << bit)) >>> 0;
      }
    }
  }

  #word(index: number): number {
    return this.#words[index] ?? 0;
  }

  /** The bits of a word that stand for documents from `from` to `to`. */
  #within(index: number, from: number, to: number): number {
    let word = this.#word(index);
    const start = index * WORD_BITS;
    if (start < from) word &= -1 << (from - start);
    if (start + WORD_BITS > to) word &= to <= start ? 0 : -1 >>> (start + WORD_BITS - to);
    return word >>> 0;
  }

  #with(other: DocumentSet, combine: (one: number, two: number) => number): DocumentSet {
    const words = new Uint32Array(this.#words.length);
    for (let index = 0; index < words.length; index += 1) words[index] = combine(this.#word(index), other.#word(index));
    return new DocumentSet(this.size, words);
  }
}

function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
