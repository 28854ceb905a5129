/** Follows the change feed of an organization, and indexes what its changes made of entries. */
import { type Change, CHANGES_AT_ONCE, changesAfter } from '../../audit/change-feed.js';
import type { AuditAction } from '../../audit/events.js';
import { decodeFeedbackOnce, type Feedback } from '../../model/feedback.js';
import { isFeedbackId } from '../../model/ids.js';
import type { Reader, Store, Transaction } from '../../store/contract.js';
import { erasedFeedbackKey, feedbackKey } from '../../store/layout.js';
import { CorruptRecordError } from '../../store/record.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { beginAnew } from './discard.js';
import { encodeDocuments } from './document-set.js';
import { type Placed, putDocuments, SegmentDocuments } from './documents.js';
import { type DocumentEdit, editDocuments, type IndexedTexts } from './edit.js';
import { decodePosting, EVERY_DOCUMENT, postingKey } from './postings.js';
import {
  emptiedOf,
  emptyIndex,
  indexedBy,
  type IndexingServer,
  putSearchIndex,
  readSearchIndex,
  type SearchIndex,
  type Segment,
  withoutDocuments,
} from './state.js';
import { digestOfTexts, distinctWords, searchedTexts } from './texts.js';
import { WORD_RULES } from './words.js';

/**
 * Different words that are written together, about: each is a key. One entry may have more. A transaction waits for the disk,
 * so many small ones would take longer than one.
 */
const WORDS_AT_ONCE = 8_000;
/** Words of all entries together, and UTF-16 units of their texts, that are written together, about: all are in memory. */
const POSTINGS_AT_ONCE = 200_000;
const UNITS_AT_ONCE = 8 * 1024 * 1024;
/** Changes that are read for them at most. */
const MAX_CHANGES = 20 * CHANGES_AT_ONCE;
/** Entries that are read at once. */
const ENTRIES_AT_ONCE = 50;

/** Changes that leave the texts of an entry alone. */
const WITHOUT_TEXTS: ReadonlySet<AuditAction> = new Set<AuditAction>([
  'feedback.link',
  'feedback.unlink',
  'feedback.use',
  'feedback.claim',
  'feedback.release',
]);

/** What is to be indexed of an entry. */
interface Indexed {
  readonly id: string;
  readonly after: IndexedTexts;
}

/** Entries and their words, up to a place in the change feed. */
interface Batch {
  readonly position: string;
  /** Whether nothing came behind it when it was read. */
  readonly isLast: boolean;
  readonly entries: readonly Indexed[];
  /** Entries that are in the index, or were, and that are gone: one erased by a version that knew no index is still in it. */
  readonly gone: ReadonlySet<string>;
}

/** The entries of a batch while they are gathered, by their ids. */
class Gathered {
  readonly entries = new Map<string, Indexed>();
  readonly gone = new Set<string>();
  readonly #words = new Set<string>();
  #postings = 0;
  #units = 0;

  get isFull(): boolean {
    return this.#words.size >= WORDS_AT_ONCE || this.#postings >= POSTINGS_AT_ONCE || this.#units >= UNITS_AT_ONCE;
  }

  add(entry: Indexed, texts: readonly string[]): void {
    this.entries.set(entry.id, entry);
    for (const word of entry.after.words) this.#words.add(word);
    this.#postings += entry.after.words.size;
    for (const text of texts) this.#units += text.length;
  }
}

/**
 * Indexes the next changes of an organization: some hundred at most, in one transaction with the place in the feed behind
 * them. Repeats nothing that is indexed, whoever did it.
 * @param by the server that does, if others may use the store
 * @returns whether there may be more to do
 * @throws {UnavailableError} if the store cannot be written now
 */
export async function indexChanges(store: Store, org: string, by?: IndexingServer): Promise<boolean> {
  const index = (await store.read((reader) => readSearchIndex(reader, org))) ?? emptyIndex(1);
  if (index.rules !== WORD_RULES) {
    await indexAnew(store, org, { by, rules: index.rules });
    return true;
  }
  const batch = await gather(store, org, index.position);
  if (batch.position === index.position) return false;
  const isIndexed = await store.transact(async (transaction) => {
    const current = (await readSearchIndex(transaction, org)) ?? (await beginAnew(transaction, org));
    if (current.position !== index.position || current.rules !== index.rules) return false;
    putSearchIndex(transaction, org, indexedBy(await putBatch(transaction, org, current, batch), by));
    return true;
  });
  // Whoever was faster may have indexed less.
  return !isIndexed || !batch.isLast;
}

export interface IndexAnewOptions {
  readonly by?: IndexingServer | undefined;
  /** Only an index by these rules; another server may have done it already. */
  readonly rules?: string;
}

/** Begins the index of an organization again from the first change. */
export async function indexAnew(store: Store, org: string, { by, rules: only }: IndexAnewOptions = {}): Promise<void> {
  await store.transact(async (transaction) => {
    const index = await readSearchIndex(transaction, org);
    if (index === undefined || (only !== undefined && index.rules !== only)) return;
    const { segments, merge, garbage, rules } = index;
    const targets = merge === undefined ? [] : [merge.target];
    const begun = {
      ...emptyIndex(index.nextSegment),
      emptied: emptiedOf(index),
      ...(index.discardedBelow !== undefined && { discardedBelow: index.discardedBelow }),
      // They keep their own rules: an erasure has to find its words in them.
      garbage: [...garbage, ...segments, ...targets].map((segment) => ({ rules, ...segment })),
    };
    putSearchIndex(transaction, org, indexedBy(begun, by));
  });
}

/** The entries that the next changes are about, as they are now, with their words: as many as can be written together. */
async function gather(store: Store, org: string, after: string): Promise<Batch> {
  const gathered = new Gathered();
  let position = after;
  for (let read = 0; read < MAX_CHANGES; read += CHANGES_AT_ONCE) {
    const from = position;
    const changes = await store.read((reader) => changesAfter(reader, org, from, CHANGES_AT_ONCE));
    const last = changes.at(-1)?.id ?? from;
    position = (await gatherFrom(store, org, changes, gathered)) ?? last;
    if (position !== last) break;
    if (changes.length < CHANGES_AT_ONCE)
      return { position, isLast: true, entries: [...gathered.entries.values()], gone: gathered.gone };
  }
  return { position, isLast: false, entries: [...gathered.entries.values()], gone: gathered.gone };
}

/** Adds the entries that changes are about. @returns the last change that was looked at, if it was not the last of them */
async function gatherFrom(
  store: Store,
  org: string,
  changes: readonly Change[],
  gathered: Gathered,
): Promise<string | undefined> {
  const stretches = startStretches();
  const read = new Set<string>();
  for (let from = 0; from < changes.length; from += ENTRIES_AT_ONCE) {
    const some = changes.slice(from, from + ENTRIES_AT_ONCE);
    // What was read after these changes has all of them; what was read for changes before may have changed since.
    const ids = [...new Set(some.filter(isAboutTexts).map(({ node }) => node))].filter((id) => !read.has(id));
    if (ids.length === 0) continue;
    for (const id of ids) read.add(id);
    const { entries, places } = await store.read(async (reader) => {
      const index = await readSearchIndex(reader, org);
      return {
        entries: await reader.getMany(ids.map((id) => feedbackKey(org, id))),
        places: await findPlaces(reader, org, index?.segments ?? [], ids),
      };
    });
    const found = new Map(ids.map((id, nth) => [id, { stored: entries[nth], place: places[nth] }]));
    for (const { id, node } of some) {
      const entry = found.get(node);
      if (entry === undefined) continue;
      found.delete(node);
      gathered.entries.delete(node);
      const { stored, place } = entry;
      if (stored === undefined && place !== undefined) gathered.gone.add(node);
      const feedback = decodeUnlessDamaged(stored);
      const texts = feedback === undefined ? [] : searchedTexts(feedback);
      const digest = digestOfTexts(texts);
      if (feedback === undefined || place?.digest === digest) continue;
      gathered.add({ id: node, after: { digest, words: await distinctWords(texts, stretches) } }, texts);
      if (gathered.isFull) return id;
    }
  }
  return undefined;
}

/** Nobody can read a damaged entry, so nobody need find it; `verify` tells of it. */
function decodeUnlessDamaged(stored: Buffer | undefined): Feedback | undefined {
  try {
    return stored === undefined ? undefined : decodeFeedbackOnce(stored);
  } catch (error) {
    if (error instanceof CorruptRecordError) return undefined;
    throw error;
  }
}

function isAboutTexts({ action, node }: Change): boolean {
  return isFeedbackId(node) && !WITHOUT_TEXTS.has(action);
}

/** Where entries are in the segments that are searched. */
async function findPlaces(
  reader: Reader,
  org: string,
  segments: readonly Segment[],
  ids: readonly string[],
): Promise<(Placed | undefined)[]> {
  const found = await Promise.all(segments.map((segment) => new SegmentDocuments(reader, org, segment).find(ids)));
  return ids.map((_, nth) => found.map((places) => places[nth]).find((place) => place !== undefined));
}

/** Writes what is new as a segment, and edits what is in one already. */
async function putBatch(
  transaction: Transaction,
  org: string,
  index: SearchIndex,
  { position, entries, gone }: Batch,
): Promise<SearchIndex> {
  const ids = entries.map(({ id }) => id);
  // What was erased since its words were read must not come back with them.
  const erased = await transaction.getMany(ids.map((id) => erasedFeedbackKey(org, id)));
  const places = await findPlaces(transaction, org, index.segments, ids);
  const there = entries.map((entry, nth) => ({ entry, place: places[nth], isErased: erased[nth] !== undefined }));
  const added = there.flatMap(({ entry, place, isErased }) => (isErased || place !== undefined ? [] : [entry]));
  const changed = there.flatMap(({ entry, place, isErased }) =>
    isErased || place === undefined || place.digest === entry.after.digest ? [] : [entry],
  );
  const leaving = await stillLive(transaction, org, index.segments, [...gone]);
  const lost = await editDocuments(transaction, org, index, [
    ...(await readEdits(transaction, org, changed)),
    ...leaving.map((id) => ({ id })),
  ]);
  const left = withoutDocuments(index, lost);
  if (added.length === 0) return { ...left, position };
  const segment = await putSegment(transaction, org, left.nextSegment, added);
  return { ...left, position, nextSegment: left.nextSegment + 1, segments: [...left.segments, segment] };
}

/** Those entries that searches find. */
async function stillLive(
  reader: Reader,
  org: string,
  segments: readonly Segment[],
  ids: readonly string[],
): Promise<string[]> {
  const live = new Set<string>();
  for (const segment of ids.length === 0 ? [] : segments) {
    const places = await new SegmentDocuments(reader, org, segment).find(ids);
    if (places.every((place) => place === undefined)) continue;
    const stored = await reader.get(postingKey(org, segment.number, EVERY_DOCUMENT));
    const documents = decodePosting(segment, stored);
    for (const [nth, id] of ids.entries()) {
      const place = places[nth];
      if (place !== undefined && documents.has(place.document)) live.add(id);
    }
  }
  return [...live];
}

/** Entries with what becomes of them: their versions tell which words they have in the index. */
async function readEdits(reader: Reader, org: string, changed: readonly Indexed[]): Promise<DocumentEdit[]> {
  const stored = await reader.getMany(changed.map(({ id }) => feedbackKey(org, id)));
  return changed.flatMap(({ after }, nth) => {
    const feedback = decodeUnlessDamaged(stored[nth]);
    return feedback === undefined ? [] : [{ id: feedback.id, feedback, after }];
  });
}

async function putSegment(
  transaction: Transaction,
  org: string,
  number: number,
  entries: readonly Indexed[],
): Promise<Segment> {
  const stretches = startStretches();
  const inOrder = [...entries].sort((one, other) => (one.id < other.id ? -1 : 1));
  const rows = inOrder.map(({ id, after }) => ({ id, digest: after.digest }));
  const segment = await putDocuments(transaction, org, number, rows);
  const documents = new Map<string, number[]>([[EVERY_DOCUMENT, rows.map((_, document) => document)]]);
  for (const [document, { after }] of inOrder.entries()) {
    for (const word of after.words) {
      const before = documents.get(word);
      if (before === undefined) documents.set(word, [document]);
      else before.push(document);
    }
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  for (const [word, list] of documents) {
    transaction.put(postingKey(org, number, word), encodeDocuments(rows.length, list));
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return segment;
}
