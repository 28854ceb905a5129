/** Takes entries out of the segments that have them, and gives entries there other words. */
import { UnavailableError } from '../../errors.js';
import type { Feedback } from '../../model/feedback.js';
import type { KeyRange, Reader, Transaction } from '../../store/contract.js';
import { lastComponent } from '../../store/keys.js';
import { findEarlierVersion } from '../versions.js';
import { decodeDocuments } from './document-set.js';
import { documentRange, SegmentDocuments } from './documents.js';
import { eachPosting, EVERY_DOCUMENT, PostingEdits, postingRange } from './postings.js';
import {
  putSearchIndex,
  readSearchIndex,
  type SearchIndex,
  type Segment,
  storedSegments,
  withoutDocuments,
} from './state.js';
import { digestOfTexts, distinctWords, searchedTexts } from './texts.js';
import { WORD_RULES } from './words.js';

/** What is indexed of an entry. */
export interface IndexedTexts {
  readonly digest: number;
  readonly words: ReadonlySet<string>;
}

/** An entry, and what is to be indexed of it from now on; nothing if it goes. */
export interface DocumentEdit {
  readonly feedback: Feedback;
  readonly after?: IndexedTexts;
}

/** The digest of an entry that is gone. */
const NO_DIGEST = 0;

/**
 * Takes entries that are being erased out of the search index, with all words of whatever version is indexed.
 * @returns the segments in which they stood, for the files to be rid of them: whole, as RocksDB logs between which keys it
 *   rewrites files, and these may be words
 */
export async function removeFromSearch(
  transaction: Transaction,
  org: string,
  entries: readonly Feedback[],
): Promise<readonly KeyRange[]> {
  if (entries.length === 0) return [];
  const index = await readSearchIndex(transaction, org);
  if (index === undefined) return [];
  const lost = await editDocuments(
    transaction,
    org,
    index,
    entries.map((feedback) => ({ feedback })),
  );
  if (lost.size > 0) putSearchIndex(transaction, org, withoutDocuments(index, lost));
  return [...lost.keys()].flatMap((number) => [postingRange(org, number), documentRange(org, number)]);
}

/**
 * Edits entries wherever they are: in a segment, in the one that it is merged into, and, where they go, in those that are no
 * longer searched.
 * @returns how many entries each segment has lost
 */
export async function editDocuments(
  transaction: Transaction,
  org: string,
  index: SearchIndex,
  edits: readonly DocumentEdit[],
): Promise<ReadonlyMap<number, number>> {
  const postings = new PostingEdits();
  const lost = new Map<number, number>();
  const ids = edits.map(({ feedback }) => feedback.id);
  const wordsBefore = new IndexedWords(transaction, org, index);
  for (const segment of storedSegments(index)) {
    const documents = new SegmentDocuments(transaction, org, segment);
    const places = await documents.find(ids);
    const digests = new Map<number, number>();
    const unknown = new Set<number>();
    for (const [nth, { feedback, after }] of edits.entries()) {
      const place = places[nth];
      if (place === undefined || (after !== undefined && index.garbage.includes(segment))) continue;
      const { document } = place;
      const before = await wordsBefore.of(feedback, place.digest);
      if (before === undefined) unknown.add(document);
      for (const word of before ?? []) if (after?.words.has(word) !== true) postings.remove(segment, word, document);
      for (const word of after?.words ?? []) if (before?.has(word) !== true) postings.add(segment, word, document);
      if (after === undefined) {
        postings.remove(segment, EVERY_DOCUMENT, document);
        lost.set(segment.number, (lost.get(segment.number) ?? 0) + 1);
      }
      digests.set(document, after?.digest ?? NO_DIGEST);
    }
    if (unknown.size > 0) await removeWhereverTheyAre(transaction, org, segment, unknown, postings);
    await documents.putDigests(transaction, digests);
  }
  await postings.apply(transaction, org);
  return lost;
}

/** The words of entries as they are indexed, told from the version whose texts were. */
class IndexedWords {
  readonly #reader: Reader;
  readonly #org: string;
  readonly #index: SearchIndex;
  readonly #known = new Map<string, ReadonlySet<string> | undefined>();

  constructor(reader: Reader, org: string, index: SearchIndex) {
    this.#reader = reader;
    this.#org = org;
    this.#index = index;
  }

  /** Undefined if that version cannot be told, or had other words by the rules of then. */
  async of(feedback: Feedback, digest: number): Promise<ReadonlySet<string> | undefined> {
    if (this.#index.rules !== WORD_RULES) return undefined;
    const name = `${feedback.id} ${digest}`;
    if (!this.#known.has(name)) {
      const version = await this.#find(feedback, digest);
      this.#known.set(name, version && (await distinctWords(searchedTexts(version))));
    }
    return this.#known.get(name);
  }

  async #find(feedback: Feedback, digest: number): Promise<Feedback | undefined> {
    const isIndexed = (version: Feedback): boolean => digestOfTexts(searchedTexts(version)) === digest;
    if (isIndexed(feedback)) return feedback;
    try {
      return await findEarlierVersion(this.#reader, this.#org, feedback, isIndexed);
    } catch (error) {
      // An entry whose earlier versions are damaged can be erased all the same.
      if (error instanceof UnavailableError) throw error;
      return undefined;
    }
  }
}

/** Looks through all words of a segment for documents whose words are not known, which takes as long as the segment is. */
async function removeWhereverTheyAre(
  reader: Reader,
  org: string,
  segment: Segment,
  documents: ReadonlySet<number>,
  postings: PostingEdits,
): Promise<void> {
  for await (const { key, value } of eachPosting(reader, org, segment)) {
    const word = lastComponent(key);
    if (word === EVERY_DOCUMENT) continue;
    for (const document of decodeDocuments(segment.documents, value)) {
      if (documents.has(document)) postings.remove(segment, word, document);
    }
  }
}
