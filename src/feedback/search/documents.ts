/**
 * Which entries a segment has: their ids in order, each with a digest of the texts that were indexed, in blocks. Of a segment
 * with several blocks, one more key has the first id of each.
 */
import { isFeedbackId } from '../../model/ids.js';
import type { Key, KeyRange, Reader, Transaction } from '../../store/contract.js';
import { prefixRange } from '../../store/keys.js';
import { searchDocumentsKey } from '../../store/layout.js';
import { CorruptRecordError } from '../../store/record.js';
import { startStretches } from '../../yield-to-event-loop.js';
import type { Segment } from './state.js';

/** Entries of a block. */
const BLOCK = 256;
const ID_BYTES = 16;
const ROW_BYTES = ID_BYTES + 4;
const PREFIX = 'feedback-';

/** Where the first ids of the blocks are. */
const FIRST_IDS = 'first';

export interface DocumentRow {
  readonly id: string;
  /** Of its texts as they were indexed (`digestOfTexts`). */
  readonly digest: number;
}

/** An entry's place in a segment. */
export interface Placed {
  readonly document: number;
  readonly digest: number;
}

function encodeId(id: string): Buffer {
  return Buffer.from(id.slice(PREFIX.length).replaceAll('-', ''), 'hex');
}

function decodeId(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + ID_BYTES);
  return `${PREFIX}${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function blockKey(org: string, segment: number, block: number): Key {
  return searchDocumentsKey(org, segment, String(block).padStart(3, '0'));
}

function blockCount({ documents }: Segment): number {
  return Math.ceil(documents / BLOCK);
}

/** The keys of all that is stored of a segment's entries. */
export function documentKeys(org: string, segment: Segment): Key[] {
  const blocks = blockCount(segment);
  const keys = Array.from({ length: blocks }, (_, block) => blockKey(org, segment.number, block));
  return blocks > 1 ? [...keys, searchDocumentsKey(org, segment.number, FIRST_IDS)] : keys;
}

/** The same as a range. */
export function documentRange(org: string, segment: number): KeyRange {
  return prefixRange(searchDocumentsKey(org, segment, ''));
}

/** Writes the entries of a new segment, and answers it. @param rows in the order of their ids */
export async function putDocuments(
  transaction: Transaction,
  org: string,
  number: number,
  rows: readonly DocumentRow[],
): Promise<Segment> {
  const stretches = startStretches();
  const firstIds: Buffer[] = [];
  for (let from = 0, block = 0; from < rows.length; from += BLOCK, block += 1) {
    const some = rows.slice(from, from + BLOCK);
    const bytes = Buffer.alloc(some.length * ROW_BYTES);
    some.forEach(({ id, digest }, nth) => {
      encodeId(id).copy(bytes, nth * ROW_BYTES);
      bytes.writeUInt32BE(digest, nth * ROW_BYTES + ID_BYTES);
    });
    transaction.put(blockKey(org, number, block), bytes);
    firstIds.push(bytes.subarray(0, ID_BYTES));
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  if (firstIds.length > 1) {
    transaction.put(searchDocumentsKey(org, number, FIRST_IDS), Buffer.concat(firstIds));
  }
  return {
    number,
    documents: rows.length,
    live: rows.length,
    first: rows[0]?.id ?? '',
    last: rows.at(-1)?.id ?? '',
  };
}

/** The entries of a segment, read as far as somebody asks. */
export class SegmentDocuments {
  readonly segment: Segment;
  readonly #reader: Reader;
  readonly #org: string;
  readonly #blocks = new Map<number, Buffer>();
  #firstIds: Promise<readonly string[]> | undefined;

  constructor(reader: Reader, org: string, segment: Segment) {
    this.#reader = reader;
    this.#org = org;
    this.segment = segment;
  }

  /** What stands at these places, in their order. */
  async rows(documents: readonly number[]): Promise<DocumentRow[]> {
    await this.#load(documents.map(blockOf));
    return documents.map((document) => this.#row(document));
  }

  /** The places of entries; nothing for those that the segment never had. */
  async find(ids: readonly string[]): Promise<(Placed | undefined)[]> {
    const { first, last } = this.segment;
    const isHere = (id: string): boolean => id >= first && id <= last;
    if (!ids.some(isHere)) return ids.map(() => undefined);
    const firstIds = await this.#readFirstIds();
    const blocks = ids.map((id) => (isHere(id) && isFeedbackId(id) ? countUpTo(firstIds, id) - 1 : -1));
    await this.#load(blocks.filter((block) => block >= 0));
    return ids.map((id, nth) => {
      const block = blocks[nth] ?? -1;
      return block < 0 ? undefined : this.#findIn(block, id);
    });
  }

  /** The first place whose id is not below a bound on ids. */
  async lowerBound(bound: string): Promise<number> {
    if (bound <= this.segment.first) return 0;
    if (bound > this.segment.last) return this.segment.documents;
    const block = countUpTo(await this.#readFirstIds(), bound) - 1;
    await this.#load([block]);
    const start = block * BLOCK;
    return start + this.#lowerBoundIn(block, bound);
  }

  /** Changes what is noted of entries' texts. */
  async putDigests(transaction: Transaction, digests: ReadonlyMap<number, number>): Promise<void> {
    const documents = [...digests.keys()];
    await this.#load(documents.map(blockOf));
    const changed = new Map<number, Buffer>();
    for (const [document, digest] of digests) {
      const block = blockOf(document);
      const bytes = changed.get(block) ?? Buffer.from(this.#block(block));
      bytes.writeUInt32BE(digest, (document % BLOCK) * ROW_BYTES + ID_BYTES);
      changed.set(block, bytes);
    }
    for (const [block, bytes] of changed) transaction.put(blockKey(this.#org, this.segment.number, block), bytes);
  }

  #readFirstIds(): Promise<readonly string[]> {
    this.#firstIds ??= this.#loadFirstIds();
    return this.#firstIds;
  }

  async #loadFirstIds(): Promise<readonly string[]> {
    const blocks = blockCount(this.segment);
    if (blocks === 1) return [this.segment.first];
    const stored = await this.#reader.get(searchDocumentsKey(this.#org, this.segment.number, FIRST_IDS));
    if (stored?.length !== blocks * ID_BYTES) throw new CorruptRecordError('the blocks of a segment are not listed');
    return Array.from({ length: blocks }, (_, block) => decodeId(stored, block * ID_BYTES));
  }

  async #load(blocks: readonly number[]): Promise<void> {
    const missing = [...new Set(blocks)].filter((block) => !this.#blocks.has(block));
    if (missing.length === 0) return;
    const stored = await this.#reader.getMany(missing.map((block) => blockKey(this.#org, this.segment.number, block)));
    for (const [nth, block] of missing.entries()) {
      const bytes = stored[nth];
      if (bytes?.length !== ROW_BYTES * Math.min(BLOCK, this.segment.documents - block * BLOCK)) {
        throw new CorruptRecordError('a block of a segment does not have its entries');
      }
      this.#blocks.set(block, bytes);
    }
  }

  #block(block: number): Buffer {
    const bytes = this.#blocks.get(block);
    if (bytes === undefined) throw new TypeError('A block of a segment is used before it is read');
    return bytes;
  }

  #row(document: number): DocumentRow {
    const bytes = this.#block(blockOf(document));
    const at = (document % BLOCK) * ROW_BYTES;
    return { id: decodeId(bytes, at), digest: bytes.readUInt32BE(at + ID_BYTES) };
  }

  #findIn(block: number, id: string): Placed | undefined {
    const bytes = this.#block(block);
    const place = this.#lowerBoundIn(block, id);
    const at = place * ROW_BYTES;
    if (at >= bytes.length || decodeId(bytes, at) !== id) return undefined;
    return { document: block * BLOCK + place, digest: bytes.readUInt32BE(at + ID_BYTES) };
  }

  #lowerBoundIn(block: number, bound: string): number {
    const bytes = this.#block(block);
    let low = 0;
    let high = bytes.length / ROW_BYTES;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (decodeId(bytes, middle * ROW_BYTES) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function blockOf(document: number): number {
  return Math.floor(document / BLOCK);
}

/** How many of the ids are not above a bound. */
function countUpTo(ids: readonly string[], bound: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
