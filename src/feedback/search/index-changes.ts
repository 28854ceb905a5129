/** Follows the change feed of an organization, and indexes what its changes made of entries. */
import { BEFORE_ALL, type Change, CHANGES_AT_ONCE, changesAfter } from '../../audit/change-feed.js';
import type { AuditAction } from '../../audit/events.js';
import { decodeFeedbackOnce, type Feedback } from '../../model/feedback.js';
import { isFeedbackId } from '../../model/ids.js';
import type { Reader, Store, Transaction } from '../../store/contract.js';
import { erasedFeedbackKey, feedbackKey } from '../../store/layout.js';
import { CorruptRecordError } from '../../store/record.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { encodeDocuments } from './document-set.js';
import { type Placed, putDocuments, SegmentDocuments } from './documents.js';
import { type DocumentEdit, editDocuments } from './edit.js';
import { EVERY_DOCUMENT, postingKey } from './postings.js';
import { putSearchIndex, readSearchIndex, type SearchIndex, type Segment } from './state.js';
import { digestOfTexts, distinctWords, searchedTexts } from './texts.js';
import { WORD_RULES } from './words.js';

/**
 * Different words that are written together, about: each is a key. One entry may have more. A transaction waits for the disk,
 * so many small ones would take longer than one.
 */
const WORDS_AT_ONCE = 8_000;
/** Changes that are read for them at most. */
const MAX_CHANGES = 20 * CHANGES_AT_ONCE;
/** Entries that are read at once. */
const ENTRIES_AT_ONCE = 50;

/** Changes that leave the texts of an entry alone. What an erasure takes away it takes away itself. */
const WITHOUT_TEXTS: ReadonlySet<AuditAction> = new Set<AuditAction>([
  'feedback.link',
  'feedback.unlink',
  'feedback.use',
  'feedback.claim',
  'feedback.release',
  'feedback.erase',
]);

const NOTHING_INDEXED: SearchIndex = {
  rules: WORD_RULES,
  position: BEFORE_ALL,
  nextSegment: 1,
  segments: [],
  garbage: [],
};

/** Entries and their words, up to a place in the change feed. */
interface Batch {
  readonly position: string;
  /** Whether nothing came behind it when it was read. */
  readonly isLast: boolean;
  readonly edits: readonly Required<DocumentEdit>[];
}

/**
 * Indexes the next changes of an organization: some hundred at most, in one transaction with the place in the feed behind
 * them. Repeats nothing that is indexed, whoever did it.
 * @returns whether there may be more to do
 * @throws {UnavailableError} if the store cannot be written now
 */
export async function indexChanges(store: Store, org: string): Promise<boolean> {
  const index = (await store.read((reader) => readSearchIndex(reader, org))) ?? NOTHING_INDEXED;
  if (index.rules !== WORD_RULES) {
    await indexAnew(store, org);
    return true;
  }
  const batch = await gather(store, org, index.position);
  if (batch.position === index.position) return false;
  await store.transact(async (transaction) => {
    const current = (await readSearchIndex(transaction, org)) ?? NOTHING_INDEXED;
    if (current.position !== index.position || current.rules !== index.rules) return;
    putSearchIndex(transaction, org, await putBatch(transaction, org, current, batch));
  });
  return !batch.isLast;
}

/** Begins the index of an organization again from the first change. */
export async function indexAnew(store: Store, org: string): Promise<void> {
  await store.transact(async (transaction) => {
    const index = await readSearchIndex(transaction, org);
    if (index === undefined) return;
    const { segments, merge, garbage, nextSegment } = index;
    const targets = merge === undefined ? [] : [merge.target];
    putSearchIndex(transaction, org, {
      ...NOTHING_INDEXED,
      nextSegment,
      garbage: [...garbage, ...segments, ...targets],
    });
  });
}

/** The entries that the next changes are about, as they are now, with their words: as many as can be written together. */
async function gather(store: Store, org: string, after: string): Promise<Batch> {
  const edits = new Map<string, Required<DocumentEdit>>();
  const words = new Set<string>();
  let position = after;
  for (let read = 0; read < MAX_CHANGES; read += CHANGES_AT_ONCE) {
    const from = position;
    const changes = await store.read((reader) => changesAfter(reader, org, from, CHANGES_AT_ONCE));
    const last = changes.at(-1)?.id ?? from;
    position = (await gatherFrom(store, org, changes, edits, words)) ?? last;
    if (position !== last) break;
    if (changes.length < CHANGES_AT_ONCE) return { position, isLast: true, edits: [...edits.values()] };
  }
  return { position, isLast: false, edits: [...edits.values()] };
}

/** Adds the entries that changes are about. @returns the last change that was looked at, if it was not the last of them */
async function gatherFrom(
  store: Store,
  org: string,
  changes: readonly Change[],
  edits: Map<string, Required<DocumentEdit>>,
  words: Set<string>,
): Promise<string | undefined> {
  const stretches = startStretches();
  const read = new Set<string>();
  for (let from = 0; from < changes.length; from += ENTRIES_AT_ONCE) {
    const some = changes.slice(from, from + ENTRIES_AT_ONCE);
    // What was read after these changes has all of them; what was read for changes before may have changed since.
    const ids = [...new Set(some.filter(isAboutTexts).map(({ node }) => node))].filter((id) => !read.has(id));
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
      edits.delete(node);
      const { stored, place } = entry;
      const feedback = decodeUnlessDamaged(stored);
      const texts = feedback === undefined ? [] : searchedTexts(feedback);
      const digest = digestOfTexts(texts);
      if (feedback === undefined || place?.digest === digest) continue;
      const ofEntry = await distinctWords(texts, stretches);
      edits.set(node, { feedback, after: { digest, words: ofEntry } });
      for (const word of ofEntry) words.add(word);
      if (words.size >= WORDS_AT_ONCE) return id;
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
  { position, edits }: Batch,
): Promise<SearchIndex> {
  const ids = edits.map(({ feedback }) => feedback.id);
  // What was erased since its words were read must not come back with them.
  const erased = await transaction.getMany(ids.map((id) => erasedFeedbackKey(org, id)));
  const places = await findPlaces(transaction, org, index.segments, ids);
  const there = edits.map((edit, nth) => ({ edit, place: places[nth], isErased: erased[nth] !== undefined }));
  const added = there.flatMap(({ edit, place, isErased }) => (isErased || place !== undefined ? [] : [edit]));
  const changed = there.flatMap(({ edit, place, isErased }) =>
    isErased || place === undefined || place.digest === edit.after.digest ? [] : [edit],
  );
  if (changed.length > 0) await editDocuments(transaction, org, index, changed);
  if (added.length === 0) return { ...index, position };
  const segment = await putSegment(transaction, org, index.nextSegment, added);
  return { ...index, position, nextSegment: index.nextSegment + 1, segments: [...index.segments, segment] };
}

async function putSegment(
  transaction: Transaction,
  org: string,
  number: number,
  edits: readonly Required<DocumentEdit>[],
): Promise<Segment> {
  const stretches = startStretches();
  const inOrder = [...edits].sort((one, other) => (one.feedback.id < other.feedback.id ? -1 : 1));
  const rows = inOrder.map(({ feedback, after }) => ({ id: feedback.id, digest: after.digest }));
  await putDocuments(transaction, org, number, rows);
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
  return {
    number,
    documents: rows.length,
    live: rows.length,
    first: rows[0]?.id ?? '',
    last: rows.at(-1)?.id ?? '',
  };
}
