/**
 * The state of an organization's search index: its place in the change feed, and its segments. Whatever changes the index
 * changes this record in the same transaction, so that nothing in it can be half done.
 */
import { BEFORE_ALL } from '../../audit/change-feed.js';
import type { Reader, Transaction } from '../../store/contract.js';
import { searchIndexKey } from '../../store/layout.js';
import { decodeRecord, encodeRecord } from '../../store/record.js';
import { WORD_RULES } from './words.js';

/** Some entries and their words, stored together. */
export interface Segment {
  readonly number: number;
  /** How many entries it was written with; they are numbered in the order of their ids. */
  readonly documents: number;
  /** How many of them are still there. */
  readonly live: number;
  /** The ids of the first and the last of them. */
  readonly first: string;
  readonly last: string;
  /** By what rules its words are told apart, if not by those of the index. */
  readonly rules?: string;
}

/** Segments whose keys are gone, while files may still have them until they are rewritten (`Store.purge`). */
export interface EmptiedSegments {
  /** Their numbers, both included; there may be others in between. */
  readonly from: number;
  readonly to: number;
  /** How many there were at most. */
  readonly count: number;
  /** No entry with another id was in them. */
  readonly first: string;
  readonly last: string;
}

/** Segments that are being written anew as one. */
export interface Merge {
  readonly target: Segment;
  readonly sources: readonly number[];
  /** The last word that the target has, as keys have it; absent before the first. */
  readonly through?: string;
}

export interface SearchIndex {
  /** By what rules its words are told apart (`WORD_RULES`). */
  readonly rules: string;
  /** The last change of the organization that it knows. */
  readonly position: string;
  readonly nextSegment: number;
  /** What is searched. No entry is live in two of them. */
  readonly segments: readonly Segment[];
  readonly merge?: Merge;
  /** Segments that nothing searches any more, whose keys are being removed. */
  readonly garbage: readonly Segment[];
  /** {@link MAX_EMPTIED} at most, by their numbers; absent in stores that did not note them. */
  readonly emptied?: readonly EmptiedSegments[];
  /** Segments below this number are of an index that was given up: their keys are being removed without being read. */
  readonly discardedBelow?: number;
  /** Which server has indexed or merged last, and when (epoch ms); absent where none did. */
  readonly indexer?: { readonly server: string; readonly at: number };
}

/** A server that indexes a store which others may use as well. */
export interface IndexingServer {
  readonly serverName: string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** How long after its last step an index is left to the server that did it, ms: a step takes a second or two at most. */
export const INDEXER_KEEPS = 3_000;

/**
 * The same of a server that tells words apart otherwise, as one with another version of Node.js does, ms: whoever takes its
 * index over has to build it anew, and it would do the same.
 */
export const OTHER_RULES_KEPT_FOR = 60 * 60_000;

/**
 * Whether another server is at an index: if both indexed the same, one would lose each time.
 * @param by nobody if no other server can use the store
 */
export function isAnothersTurn(index: SearchIndex | undefined, by: IndexingServer | undefined): boolean {
  if (index?.indexer === undefined || by === undefined) return false;
  const { server, at } = index.indexer;
  const keeps = index.rules === WORD_RULES ? INDEXER_KEEPS : OTHER_RULES_KEPT_FOR;
  // A time far ahead was written by a clock that was wrong.
  return server !== by.serverName && Math.abs(by.now() - at) < keeps;
}

/** The same index, as a server has left it. */
export function indexedBy(index: SearchIndex, by: IndexingServer | undefined): SearchIndex {
  return by === undefined ? index : { ...index, indexer: { server: by.serverName, at: by.now() } };
}

/** Behind the id of every entry. */
const AFTER_ALL_IDS = '~';

/** An index without entries, whose segments will have numbers from `nextSegment` on. */
export function emptyIndex(nextSegment: number): SearchIndex {
  return { rules: WORD_RULES, position: BEFORE_ALL, nextSegment, segments: [], garbage: [], emptied: [] };
}

/** The highest number that the keys of segments can have. */
const LAST_SEGMENT = 9_999_999_999;

/** All segments that may have been there when the next one was to have this number. */
export function everySegment(nextSegment: number): EmptiedSegments {
  return { from: 0, to: LAST_SEGMENT, count: nextSegment, first: '', last: AFTER_ALL_IDS };
}

/** More of them become fewer ones, because the state is read with every search. */
const MAX_EMPTIED = 64;

export function emptiedOf({ emptied, nextSegment }: SearchIndex): readonly EmptiedSegments[] {
  return emptied ?? [everySegment(nextSegment)];
}

/** The same index, with a note of more segments whose keys are gone. */
export function withEmptied(index: SearchIndex, more: EmptiedSegments): SearchIndex {
  const emptied = [...emptiedOf(index), more].sort((one, other) => one.from - other.from);
  while (emptied.length > MAX_EMPTIED) {
    const joined = emptied.slice(1).map((after, nth) => joinEmptied(emptied[nth] ?? after, after));
    const widths = joined.map(({ from, to }) => to - from);
    const narrowest = widths.indexOf(Math.min(...widths));
    emptied.splice(narrowest, 2, ...joined.slice(narrowest, narrowest + 1));
  }
  return { ...index, emptied };
}

function joinEmptied(one: EmptiedSegments, other: EmptiedSegments): EmptiedSegments {
  return {
    from: one.from,
    to: Math.max(one.to, other.to),
    count: one.count + other.count,
    first: one.first < other.first ? one.first : other.first,
    last: one.last > other.last ? one.last : other.last,
  };
}

/** Undefined where nothing was ever indexed. */
export async function readSearchIndex(reader: Reader, org: string): Promise<SearchIndex | undefined> {
  const stored = await reader.get(searchIndexKey(org));
  // The checksum of the record vouches for its shape: only `putSearchIndex` writes under this key.
  return stored === undefined ? undefined : (decodeRecord(stored) as SearchIndex);
}

export function putSearchIndex(transaction: Transaction, org: string, index: SearchIndex): void {
  transaction.put(searchIndexKey(org), encodeRecord(index));
}

/** All segments that have keys, searched or not. */
export function storedSegments({ segments, merge, garbage }: SearchIndex): readonly Segment[] {
  return [...segments, ...(merge === undefined ? [] : [merge.target]), ...garbage];
}

/** The same index, in which a segment has lost some of its entries, and those without any are no longer searched. */
export function withoutDocuments(index: SearchIndex, lost: ReadonlyMap<number, number>): SearchIndex {
  const shrunk = (segment: Segment): Segment => ({
    ...segment,
    live: segment.live - (lost.get(segment.number) ?? 0),
  });
  const segments = index.segments.map(shrunk);
  const merged = new Set(index.merge?.sources);
  const isEmpty = ({ live, number }: Segment): boolean => live <= 0 && !merged.has(number);
  return {
    ...index,
    segments: segments.filter((segment) => !isEmpty(segment)),
    ...(index.merge !== undefined && { merge: { ...index.merge, target: shrunk(index.merge.target) } }),
    garbage: [...index.garbage, ...segments.filter(isEmpty)],
  };
}
