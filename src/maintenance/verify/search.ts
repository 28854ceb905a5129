/**
 * The search index against the entries: every entry is in one segment, which has its words and no others. What does not agree
 * is not mended: the whole index is built anew.
 */
import { BEFORE_ALL, CHANGES_AT_ONCE, changesAfter } from '../../audit/change-feed.js';
import { beginAnew, finishDiscarding } from '../../feedback/search/discard.js';
import { decodeDocuments, DocumentSet } from '../../feedback/search/document-set.js';
import { type DocumentRow, SegmentDocuments } from '../../feedback/search/documents.js';
import { finishSearchIndex } from '../../feedback/search/indexer.js';
import { EVERY_DOCUMENT } from '../../feedback/search/postings.js';
import { type SearchIndex, type Segment, storedSegments } from '../../feedback/search/state.js';
import { distinctWords, hasDigest, searchedTexts } from '../../feedback/search/texts.js';
import { WORD_RULES } from '../../feedback/search/words.js';
import { findEarlierVersion } from '../../feedback/versions.js';
import { fnv1a, mix } from '../../hash32.js';
import type { Feedback } from '../../model/feedback.js';
import { isFeedbackId } from '../../model/ids.js';
import type { Key, Reader } from '../../store/contract.js';
import { keyPrefix, prefixRange } from '../../store/keys.js';
import { feedbackKey, feedbackPrefix, searchIndexKey } from '../../store/layout.js';
import { CorruptRecordError, encodeRecord } from '../../store/record.js';
import { type Check, components, eachChunk, malformed, MAX_REMEMBERED, reportInconsistency } from './check.js';
import type { KeyKind } from './report.js';
import { isSearchIndex, readFeedback, readRecord } from './shapes.js';

export async function checkSearchIndex(whole: Check, entries: number | undefined): Promise<void> {
  const { store, org } = whole;
  const check = { ...whole, begun: encodeRecord(await store.read((reader) => stateToBeginAnew(reader, org))) };
  check.progress.phase('search index', entries);
  const found = await readState(check);
  const { postings, isDamaged } = await readPostings(check, found.index);
  const isStray = await checkDocumentKeys(check, found.index);
  let isWrong = found.isDamaged || isDamaged || isStray;
  // One whose words are told apart otherwise is built anew at the next start.
  if (found.index?.rules === WORD_RULES) {
    isWrong = (await checkSegments(check, found.index, postings)) || isWrong;
  }
  if (isWrong && check.repairs !== undefined) await rebuild(check);
}

/** An index to check, and the state with which another one begins in its place. */
interface IndexCheck extends Check {
  readonly begun: Buffer;
}

/** Reports what is wrong with the index; it can be built anew, whatever it is. */
function report(check: IndexCheck, kind: KeyKind, node: string, problem: string): true {
  reportInconsistency(check, kind, node, problem, [{ key: searchIndexKey(check.org), value: check.begun }]);
  return true;
}

/** Its segments have numbers of which nothing is stored, even if a damaged state knew more of them than there are. */
async function stateToBeginAnew(reader: Reader, org: string): Promise<SearchIndex> {
  const stored = await reader.get(searchIndexKey(org));
  const { record } = stored === undefined ? {} : readRecord(stored, isSearchIndex);
  return beginAnew(reader, org, record?.nextSegment);
}

async function readState(check: IndexCheck): Promise<{ readonly index?: SearchIndex; readonly isDamaged: boolean }> {
  const { org } = check;
  let index: SearchIndex | undefined;
  let isDamaged = false;
  await eachChunk(check, 'search_index', prefixRange(keyPrefix('search_index', org)), (entries) => {
    for (const { key, value } of entries) {
      if (key !== searchIndexKey(org)) {
        malformed(check, 'search_index', key);
        continue;
      }
      const { record, problem } = readRecord(value, isSearchIndex);
      index = record;
      if (problem !== undefined) isDamaged = report(check, 'search_index', 'state', problem);
    }
  });
  return { isDamaged, ...(index !== undefined && { index }) };
}

/** What a segment says of its words: so much that no other words of its entries say the same. */
class Checksum {
  #count = 0;
  #one = 0;
  #other = 0;

  add(word: string, document: number): void {
    const hash = fnv1a(word);
    this.#count += 1;
    this.#one = (this.#one + mix(hash, document)) % 2 ** 32;
    this.#other = (this.#other + mix(document + 1, hash)) % 2 ** 32;
  }

  equals(other: Checksum): boolean {
    return this.#count === other.#count && this.#one === other.#one && this.#other === other.#other;
  }
}

interface Postings {
  readonly checksum: Checksum;
  /** The documents that are still there. */
  live: DocumentSet;
}

/** All words of the segments that are searched. */
async function readPostings(
  check: IndexCheck,
  index: SearchIndex | undefined,
): Promise<{ readonly postings: ReadonlyMap<number, Postings>; readonly isDamaged: boolean }> {
  const { org } = check;
  const searched = new Map(index?.segments.map((segment) => [segment.number, segment]));
  const isStored = storedNumbers(index);
  const postings = new Map<number, Postings>();
  for (const { number, documents } of searched.values()) {
    postings.set(number, { checksum: new Checksum(), live: DocumentSet.empty(documents) });
  }
  let isDamaged = false;
  await eachChunk(check, 'search_words', prefixRange(keyPrefix('search_words', org)), (entries) => {
    for (const { key, value } of entries) {
      const [, , digits = '', word = ''] = components(key, 4) ?? [];
      const number = Number(digits);
      const segment = searched.get(number);
      if (!isStored(number)) isDamaged = report(check, 'search_words', key, 'is of no segment');
      const ofSegment = postings.get(number);
      if (segment === undefined || ofSegment === undefined) continue;
      try {
        for (const document of decodeDocuments(segment.documents, value)) {
          ofSegment.checksum.add(word, document);
          if (word === EVERY_DOCUMENT) ofSegment.live.add(document);
        }
      } catch (error) {
        if (!(error instanceof CorruptRecordError)) throw error;
        isDamaged = report(check, 'search_words', segmentNode(segment), 'has a damaged list of entries');
      }
    }
  });
  return { postings, isDamaged };
}

/** Tells the numbers of segments that may have keys. */
function storedNumbers(index: SearchIndex | undefined): (number: number) => boolean {
  const stored = new Set((index === undefined ? [] : storedSegments(index)).map(({ number }) => number));
  return (number) => stored.has(number) || number < (index?.discardedBelow ?? 0);
}

function segmentNode({ number }: Segment): string {
  return `segment ${number}`;
}

/** Whether entries are listed of segments that there are not. */
async function checkDocumentKeys(check: IndexCheck, index: SearchIndex | undefined): Promise<boolean> {
  const { org } = check;
  const isStored = storedNumbers(index);
  let isStray = false;
  await eachChunk(check, 'search_documents', prefixRange(keyPrefix('search_documents', org)), (entries) => {
    for (const { key } of entries) {
      const [, , digits = ''] = components(key, 4) ?? [];
      if (!isStored(Number(digits))) isStray = report(check, 'search_documents', key, 'is of no segment');
    }
  });
  return isStray;
}

async function checkSegments(
  check: IndexCheck,
  index: SearchIndex,
  postings: ReadonlyMap<number, Postings>,
): Promise<boolean> {
  const waiting = await changedSince(check, index);
  let indexed = 0;
  let isWrong = false;
  for (const segment of index.segments) {
    const ofSegment = postings.get(segment.number);
    if (ofSegment === undefined) continue;
    const live = ofSegment.live.count();
    if (live !== segment.live) {
      isWrong = report(check, 'search_index', segmentNode(segment), `has ${live} entries, not ${segment.live}`);
    }
    indexed += live;
    try {
      const expected = await expectedWords(check, segment, ofSegment.live, waiting);
      if (expected === undefined) isWrong = true;
      else if (!expected.equals(ofSegment.checksum)) {
        isWrong = report(check, 'search_words', segmentNode(segment), 'does not have the words of its entries');
      }
      for (const id of waiting?.keys() ?? []) {
        if (waiting?.get(id) !== true && (await isLiveIn(check, segment, ofSegment.live, id))) waiting?.set(id, true);
      }
    } catch (error) {
      if (!(error instanceof CorruptRecordError)) throw error;
      isWrong = report(
        check,
        'search_documents',
        segmentNode(segment),
        `is damaged: ${error.message.replace(/^.*: /, '')}`,
      );
    }
  }
  // Where very much is still to be indexed, what is missing cannot be told.
  if (waiting === undefined) return isWrong;
  const missing = [...waiting.values()].filter((isIndexed) => !isIndexed).length;
  const entries = await countEntries(check);
  if (indexed + missing !== entries) {
    isWrong = report(check, 'search_index', 'state', `has ${indexed} entries; it should have ${entries - missing}`);
  }
  return isWrong;
}

const KEYS_AT_ONCE = 1_000;

async function countEntries({ store, org }: Check): Promise<number> {
  const { gte, lt } = prefixRange(feedbackPrefix(org));
  let count = 0;
  for (let from: Key = gte; ;) {
    const start = from;
    const keys = await store.read((reader) => reader.scanKeys({ gte: start, lt, limit: KEYS_AT_ONCE }));
    count += keys.length;
    const last = keys.at(-1);
    if (last === undefined || keys.length < KEYS_AT_ONCE) return count;
    from = `${last}\0`;
  }
}

/**
 * The entries that have changed since the index was last brought up to date, each with whether it was found in a segment;
 * undefined if they are very many.
 */
async function changedSince({ store, org }: Check, index: SearchIndex): Promise<Map<string, boolean> | undefined> {
  const changed = new Set<string>();
  for (let position = index.position; ;) {
    const from = position;
    const changes = await store.read((reader) => changesAfter(reader, org, from, CHANGES_AT_ONCE));
    for (const { node } of changes) if (isFeedbackId(node)) changed.add(node);
    if (changed.size > MAX_REMEMBERED) return undefined;
    position = changes.at(-1)?.id ?? BEFORE_ALL;
    if (changes.length < CHANGES_AT_ONCE) break;
  }
  const ids = [...changed];
  const stored = await store.read((reader) => reader.getMany(ids.map((id) => feedbackKey(org, id))));
  return new Map(ids.filter((_, nth) => stored[nth] !== undefined).map((id) => [id, false]));
}

async function isLiveIn({ store, org }: Check, segment: Segment, live: DocumentSet, id: string): Promise<boolean> {
  if (id < segment.first || id > segment.last) return false;
  const [place] = await store.read((reader) => new SegmentDocuments(reader, org, segment).find([id]));
  return place !== undefined && live.has(place.document);
}

/** Entries that are read at once: a block. */
const ROWS_AT_ONCE = 256;

/** The words that a segment should have; undefined if that cannot be told, which is reported. */
async function expectedWords(
  check: IndexCheck,
  segment: Segment,
  live: DocumentSet,
  waiting: ReadonlyMap<string, boolean> | undefined,
): Promise<Checksum | undefined> {
  const { store, org } = check;
  const checksum = new Checksum();
  let isWrong = false;
  let before = '';
  for (let from = 0; from < segment.documents; from += ROWS_AT_ONCE) {
    const places = Array.from({ length: Math.min(ROWS_AT_ONCE, segment.documents - from) }, (_, nth) => from + nth);
    const { rows, firstPlace, entries } = await store.read(async (reader) => {
      const documents = new SegmentDocuments(reader, org, segment);
      const rows = await documents.rows(places);
      const [firstPlace] = await documents.find(rows.slice(0, 1).map(({ id }) => id));
      return { rows, firstPlace, entries: await reader.getMany(rows.map(({ id }) => feedbackKey(org, id))) };
    });
    if (firstPlace?.document !== from) throw new CorruptRecordError('its entries are not found');
    for (const [nth, row] of rows.entries()) {
      if (row.id <= before) throw new CorruptRecordError('its entries are not in order');
      before = row.id;
      if (!live.has(from + nth)) continue;
      const stored = entries[nth];
      const feedback = stored === undefined ? undefined : readFeedback(stored, row.id);
      if (stored === undefined) isWrong = report(check, 'search_index', row.id, 'is indexed and has no record');
      // A damaged record cannot say which words it has.
      if (feedback === undefined) return undefined;
      const indexed = await indexedVersion(check, feedback, row, waiting);
      if (indexed === undefined) {
        isWrong = report(check, 'search_index', row.id, 'is not indexed as it is');
        continue;
      }
      checksum.add(EVERY_DOCUMENT, from + nth);
      for (const word of await distinctWords(searchedTexts(indexed))) checksum.add(word, from + nth);
    }
    check.progress.advance(rows.length);
  }
  const isWhole = before === segment.last;
  if (!isWhole) throw new CorruptRecordError('its last entry is another one');
  return isWrong ? undefined : checksum;
}

/** The version of an entry that is indexed: the current one, or an earlier one of an entry whose change is not indexed yet. */
async function indexedVersion(
  { store, org }: Check,
  feedback: Feedback,
  { digest }: DocumentRow,
  waiting: ReadonlyMap<string, boolean> | undefined,
): Promise<Feedback | undefined> {
  const isIndexed = (version: Feedback): boolean => hasDigest(version, digest);
  if (isIndexed(feedback)) return feedback;
  if (waiting?.has(feedback.id) === false) return undefined;
  return store.read((reader) => findEarlierVersion(reader, org, feedback, isIndexed));
}

/** Builds the index from the change feed, in place of the one that `report` has given up, whose keys go first. */
async function rebuild({ store, org, repairs }: Check): Promise<void> {
  await repairs?.flush();
  await finishDiscarding(store, org);
  await finishSearchIndex(store, org);
}
