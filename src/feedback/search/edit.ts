/** Takes entries out of the segments that have them, and gives entries there other words. */
import { UnavailableError } from '../../errors.js';
import type { Feedback } from '../../model/feedback.js';
import type { KeyRange, Reader, Transaction } from '../../store/contract.js';
import { lastComponent } from '../../store/keys.js';
import { CorruptRecordError } from '../../store/record.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { findEarlierVersion } from '../versions.js';
import { beginAnew, segmentRanges } from './discard.js';
import { decodeDocuments } from './document-set.js';
import { SegmentDocuments } from './documents.js';
import { eachPosting, EVERY_DOCUMENT, PostingEdits } from './postings.js';
import {
  type EmptiedSegments,
  emptiedOf,
  everySegment,
  putSearchIndex,
  readSearchIndex,
  type SearchIndex,
  type Segment,
  storedSegments,
  withoutDocuments,
} from './state.js';
import { distinctWords, hasDigest, searchedTexts } from './texts.js';
import { WORD_RULES } from './words.js';

/** What is indexed of an entry. */
export interface IndexedTexts {
  readonly digest: number;
  readonly words: ReadonlySet<string>;
}

/** An entry, and what is to be indexed of it from now on; nothing if it goes. */
export interface DocumentEdit {
  readonly id: string;
  /** Without it, what is indexed of the entry is looked for in all words of its segment. */
  readonly feedback?: Feedback;
  readonly after?: IndexedTexts;
}

/** The digest of an entry that is gone. */
const NO_DIGEST = 0;

/** What an erasure leaves to do once it is committed, for the files to be rid of its words (`purge`). */
export interface SearchRemoval {
  readonly org: string;
  /**
   * Where files may have words of the entries: whole segments, as RocksDB logs between which keys it rewrites files, and these
   * may be words.
   */
  readonly ranges: readonly KeyRange[];
  /** Of these, segments that have no keys any more: nothing is left of them once the ranges are rewritten. */
  readonly emptied: readonly EmptiedSegments[];
  /** Whether keys of an index that was given up must be removed first. */
  readonly isDiscarding: boolean;
}

/**
 * Takes entries that are being erased out of the search index, with all words of whatever version is indexed. An index that
 * is damaged is given up for it.
 */
export async function removeFromSearch(
  transaction: Transaction,
  org: string,
  entries: readonly Feedback[],
): Promise<SearchRemoval> {
  if (entries.length === 0) return { org, ranges: [], emptied: [], isDiscarding: false };
  const ids = entries.map(({ id }) => id);
  let index: SearchIndex | undefined;
  try {
    index = await readSearchIndex(transaction, org);
    if (index === undefined) {
      index = await beginAnew(transaction, org);
      // Keys of an index that nothing tells of.
      if (index.discardedBelow !== undefined) putSearchIndex(transaction, org, index);
      return removalOf(org, index, ids, []);
    }
    const edits = entries.map((feedback) => ({ id: feedback.id, feedback }));
    const lost = await editDocuments(transaction, org, index, edits);
    if (lost.size > 0) putSearchIndex(transaction, org, withoutDocuments(index, lost));
    return removalOf(org, index, ids, [...lost.keys()]);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    const begun = await beginAnew(transaction, org, index?.nextSegment);
    putSearchIndex(transaction, org, begun);
    return removalOf(org, begun, ids, []);
  }
}

/** @param lost the numbers of the segments in which the entries stood */
function removalOf(org: string, index: SearchIndex, ids: readonly string[], lost: readonly number[]): SearchRemoval {
  const { discardedBelow } = index;
  const emptied = emptiedOf(index).filter(({ first, last }) => ids.some((id) => id >= first && id <= last));
  if (discardedBelow !== undefined) emptied.push(everySegment(discardedBelow));
  const others = storedSegments(index).filter(({ number }) => !lost.includes(number));
  const isOtherBetween = (low: number, high: number): boolean =>
    others.some(({ number }) => number > low && number < high);
  const spans = [...emptied, ...lost.map((number) => ({ from: number, to: number }))]
    .map(({ from, to }) => ({ from, to }))
    .sort((one, other) => one.from - other.from);
  const joined: { readonly from: number; to: number }[] = [];
  for (const span of spans) {
    const before = joined.at(-1);
    if (before === undefined || isOtherBetween(before.to, span.from)) joined.push(span);
    else before.to = Math.max(before.to, span.to);
  }
  return {
    org,
    ranges: joined.flatMap(({ from, to }) => segmentRanges(org, from, to)),
    emptied,
    isDiscarding: discardedBelow !== undefined,
  };
}

/** Forgets segments of which files have nothing any more. */
export async function forgetEmptied(transaction: Transaction, removals: readonly SearchRemoval[]): Promise<void> {
  for (const org of new Set(removals.filter(({ emptied }) => emptied.length > 0).map((removal) => removal.org))) {
    const index = await readSearchIndex(transaction, org);
    if (index === undefined) continue;
    const clean = removals.filter((removal) => removal.org === org).flatMap(({ emptied }) => emptied);
    // What has grown since has segments whose keys went when the files were rewritten already.
    const isClean = ({ from, to, count }: EmptiedSegments): boolean =>
      clean.some((each) => each.from === from && each.to === to && each.count === count);
    putSearchIndex(transaction, org, { ...index, emptied: emptiedOf(index).filter((each) => !isClean(each)) });
  }
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
  const ids = edits.map(({ id }) => id);
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
      const before = feedback && (await wordsBefore.of(feedback, place.digest, segment));
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
  async of(feedback: Feedback, digest: number, segment: Segment): Promise<ReadonlySet<string> | undefined> {
    if ((segment.rules ?? this.#index.rules) !== WORD_RULES) return undefined;
    const name = `${feedback.id} ${digest}`;
    if (!this.#known.has(name)) {
      const version = await this.#find(feedback, digest);
      this.#known.set(name, version && (await distinctWords(searchedTexts(version))));
    }
    return this.#known.get(name);
  }

  async #find(feedback: Feedback, digest: number): Promise<Feedback | undefined> {
    const isIndexed = (version: Feedback): boolean => hasDigest(version, digest);
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
  const stretches = startStretches();
  for await (const { key, value } of eachPosting(reader, org, segment)) {
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    const word = lastComponent(key);
    if (word === EVERY_DOCUMENT) continue;
    for (const document of decodeDocuments(segment.documents, value)) {
      if (documents.has(document)) postings.remove(segment, word, document);
    }
  }
}
