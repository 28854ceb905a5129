/**
 * Writes many small segments anew as one, some words at a time: each step is one short transaction that says how far it is,
 * so it can end anywhere and go on later. Then removes the keys of those that nothing searches any more.
 */
import { compareKeys } from '../../store/byte-order.js';
import type { Entry, Key, Reader, Store, Transaction } from '../../store/contract.js';
import { searchWordsPrefix } from '../../store/layout.js';
import { sortYielding, startStretches } from '../../yield-to-event-loop.js';
import { removeDiscarded } from './discard.js';
import { decodeDocuments, encodeDocuments, MAX_DOCUMENTS } from './document-set.js';
import { documentKeys, type DocumentRow, putDocuments, SegmentDocuments } from './documents.js';
import { EVERY_DOCUMENT, postingKey, postingRange } from './postings.js';
import {
  indexedBy,
  type IndexingServer,
  isAnothersTurn,
  type Merge,
  putSearchIndex,
  readSearchIndex,
  type SearchIndex,
  type Segment,
  withEmptied,
} from './state.js';

/** So many segments of about the same size become one: each level has segments that many times as large as the one below. */
const MERGED_AT_LEAST = 8;
const MERGED_AT_MOST = 32;
/** Words that one step reads of each segment, and keys that one step removes: each step waits for the disk. */
const WORDS_AT_ONCE = 1_000;
const REMOVED_AT_ONCE = 5_000;
/** Entries of a segment that are looked at in one stretch: about a millisecond. */
const ROWS_AT_ONCE = 512;

/** The segments that are to be merged next, if any. */
export function segmentsToMerge({ segments }: SearchIndex): readonly Segment[] | undefined {
  const levels = new Map<number, Segment[]>();
  for (const segment of segments) {
    const level = Math.floor(Math.log2(Math.max(segment.live, 1)) / Math.log2(MERGED_AT_LEAST));
    levels.set(level, [...(levels.get(level) ?? []), segment]);
  }
  for (const [, ofLevel] of [...levels].sort(([one], [other]) => one - other)) {
    if (ofLevel.length < MERGED_AT_LEAST) continue;
    // Neighbours, so that segments stay apart in the order of ids as far as they can.
    const inOrder = [...ofLevel].sort((one, other) => compareKeys(one.first, other.first));
    const some: Segment[] = [];
    let documents = 0;
    for (const segment of inOrder) {
      documents += segment.live;
      if (documents > MAX_DOCUMENTS || some.length === MERGED_AT_MOST) break;
      some.push(segment);
    }
    if (some.length > 1) return some;
  }
  // A segment that has lost most of its entries costs as if they were there.
  const sparse = segments.find(({ documents, live }) => documents >= MIN_SPARSE && live < documents / 2);
  return sparse && [sparse];
}

const MIN_SPARSE = 1_024;

/** Merges the segments of a store's organizations. */
export interface Merger {
  /**
   * Does one step of the work that is due for an organization.
   * @returns whether there was any, and no other server is at it
   * @throws {UnavailableError} if the store cannot be written now
   */
  readonly step: (org: string) => Promise<boolean>;
}

/** By the number of a source: which document of the target each of its documents is, -1 for those that are gone. */
type Renumbering = ReadonlyMap<number, Int32Array>;

/** @param by the server that merges, if others may use the store */
export function createMerger(store: Store, by?: IndexingServer): Merger {
  /** Of the merge that was worked on last; it stays as it is as long as that merge lasts. */
  let known: { readonly org: string; readonly target: number; readonly renumbering: Renumbering } | undefined;

  const renumberingOf = async (reader: Reader, org: string, index: SearchIndex, merge: Merge): Promise<Renumbering> => {
    if (known?.org === org && known.target === merge.target.number) return known.renumbering;
    const renumbering = await readRenumbering(reader, org, index, merge);
    known = { org, target: merge.target.number, renumbering };
    return renumbering;
  };

  return {
    step: async (org) => {
      const index = await store.read((reader) => readSearchIndex(reader, org));
      if (index === undefined || nextWork(index) === undefined) return false;
      return store.transact(async (transaction) => {
        const current = await readSearchIndex(transaction, org);
        const work = current && nextWork(current);
        if (isAnothersTurn(current, by)) return false;
        if (current === undefined || work === undefined) return true;
        if (work === 'discard') {
          putSearchIndex(transaction, org, indexedBy(await removeDiscarded(transaction, org, current), by));
          return true;
        }
        const next =
          work === 'merge' && current.merge !== undefined
            ? await mergeWords(
                transaction,
                org,
                current,
                current.merge,
                await renumberingOf(transaction, org, current, current.merge),
              )
            : work === 'begin'
              ? await beginMerge(transaction, org, current, segmentsToMerge(current) ?? [])
              : await removeGarbage(transaction, org, current);
        putSearchIndex(transaction, org, indexedBy(next, by));
        return true;
      });
    },
  };
}

function nextWork(index: SearchIndex): 'discard' | 'merge' | 'begin' | 'clean' | undefined {
  if (index.discardedBelow !== undefined) return 'discard';
  if (index.merge !== undefined) return 'merge';
  // Garbage first: it takes room, and what is erased is looked for in it.
  if (index.garbage.length > 0) return 'clean';
  return segmentsToMerge(index) === undefined ? undefined : 'begin';
}

interface SourceRow extends DocumentRow {
  readonly source: number;
  readonly document: number;
}

/** The entries that are still there of some segments, in the order of their ids. */
async function liveRows(reader: Reader, org: string, segments: readonly Segment[]): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  const stretches = startStretches();
  for (const segment of segments) {
    const stored = await reader.get(postingKey(org, segment.number, EVERY_DOCUMENT));
    const live = stored === undefined ? [] : decodeDocuments(segment.documents, stored);
    const documents = new SegmentDocuments(reader, org, segment);
    for (let from = 0; from < live.length; from += ROWS_AT_ONCE) {
      const some = live.slice(from, from + ROWS_AT_ONCE);
      for (const [nth, { id, digest }] of (await documents.rows(some)).entries()) {
        rows.push({ id, digest, source: segment.number, document: some[nth] ?? 0 });
      }
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
  }
  return sortYielding(rows, (one, other) => (one.id < other.id ? -1 : 1), stretches);
}

async function beginMerge(
  transaction: Transaction,
  org: string,
  index: SearchIndex,
  sources: readonly Segment[],
): Promise<SearchIndex> {
  const rows = await liveRows(transaction, org, sources);
  const number = index.nextSegment;
  const target = await putDocuments(transaction, org, number, rows);
  return { ...index, nextSegment: number + 1, merge: { target, sources: sources.map((source) => source.number) } };
}

function sourcesOf({ segments }: SearchIndex, { sources }: Merge): Segment[] {
  return segments.filter(({ number }) => sources.includes(number));
}

async function readRenumbering(reader: Reader, org: string, index: SearchIndex, merge: Merge): Promise<Renumbering> {
  const { target } = merge;
  const sources = sourcesOf(index, merge);
  const renumbering = new Map(
    sources.map(({ number, documents }) => [number, new Int32Array(documents).fill(-1)] as const),
  );
  const documents = new SegmentDocuments(reader, org, target);
  const rows = await liveRows(reader, org, sources);
  const stretches = startStretches();
  // Both are in the order of ids, and the target has all of these rows: nothing is added to sources.
  let next = 0;
  for (let from = 0; from < target.documents; from += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, target.documents - from);
    const some = await documents.rows(Array.from({ length }, (_, nth) => from + nth));
    for (const [nth, { id }] of some.entries()) {
      for (let row = rows[next]; row !== undefined && row.id <= id; row = rows[next]) {
        const numbers = renumbering.get(row.source);
        if (row.id === id && numbers !== undefined) numbers[row.document] = from + nth;
        next += 1;
      }
    }
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return renumbering;
}

/** Writes the next words of the target; after the last of them, the target takes the place of its sources. */
async function mergeWords(
  transaction: Transaction,
  org: string,
  index: SearchIndex,
  merge: Merge,
  renumbering: Renumbering,
): Promise<SearchIndex> {
  const { target, through } = merge;
  const sources = sourcesOf(index, merge);
  const read = await Promise.all(sources.map((source) => nextWords(transaction, org, source, through)));
  // Up to here the words of all sources are known; those behind come with the next step.
  const ends = read.flatMap((words) => (words.length < WORDS_AT_ONCE ? [] : (words.at(-1)?.word ?? [])));
  const end = ends.length === 0 ? undefined : ends.reduce((one, other) => (compareKeys(other, one) < 0 ? other : one));
  const merged = new Map<string, number[]>();
  const stretches = startStretches();
  for (const [nth, words] of read.entries()) {
    const source = sources[nth];
    const numbers = source && renumbering.get(source.number);
    if (source === undefined || numbers === undefined) throw new Error('A segment is merged that was not renumbered');
    for (const { word, value } of words) {
      if (end !== undefined && compareKeys(word, end) > 0) break;
      const documents = merged.get(word) ?? [];
      merged.set(word, documents);
      for (const document of decodeDocuments(source.documents, value)) {
        const number = numbers[document] ?? -1;
        if (number >= 0) documents.push(number);
      }
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
  }
  const prefix = searchWordsPrefix(org, target.number);
  for (const [word, documents] of merged) {
    if (documents.length > 0)
      transaction.put(prefix + word, encodeDocuments(target.documents, documents.sort(byNumber)));
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  if (end !== undefined) return { ...index, merge: { ...merge, through: end } };
  const { merge: _finished, ...rest } = index;
  const isSource = ({ number }: Segment): boolean => merge.sources.includes(number);
  const others = index.segments.filter((segment) => !isSource(segment));
  return {
    ...rest,
    segments: target.live > 0 ? [...others, target] : others,
    garbage: [...index.garbage, ...index.segments.filter(isSource), ...(target.live > 0 ? [] : [target])],
  };
}

function byNumber(one: number, other: number): number {
  return one - other;
}

interface StoredWord {
  /** As keys have it. */
  readonly word: string;
  readonly value: Buffer;
}

async function nextWords(
  reader: Reader,
  org: string,
  { number }: Segment,
  through: string | undefined,
): Promise<StoredWord[]> {
  const { gte: prefix, lt } = postingRange(org, number);
  const gte: Key = through === undefined ? prefix : `${prefix}${through}\0`;
  const entries: readonly Entry[] = await reader.scan({ gte, lt, limit: WORDS_AT_ONCE });
  return entries.map(({ key, value }) => ({ word: key.slice(prefix.length), value }));
}

/** Removes keys of the oldest segment that nothing searches; which entries it had goes last. */
async function removeGarbage(transaction: Transaction, org: string, index: SearchIndex): Promise<SearchIndex> {
  const [segment, ...others] = index.garbage;
  if (segment === undefined) return index;
  const keys = await transaction.scanKeys({ ...postingRange(org, segment.number), limit: REMOVED_AT_ONCE });
  for (const key of keys) transaction.delete(key);
  if (keys.length === REMOVED_AT_ONCE) return index;
  for (const key of documentKeys(org, segment)) transaction.delete(key);
  const { number, first, last } = segment;
  return withEmptied({ ...index, garbage: others }, { from: number, to: number, count: 1, first, last });
}
