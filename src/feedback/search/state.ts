/**
 * The state of an organization's search index: its place in the change feed, and its segments. Whatever changes the index
 * changes this record in the same transaction, so that nothing in it can be half done.
 */
import type { Reader, Transaction } from '../../store/contract.js';
import { searchIndexKey } from '../../store/layout.js';
import { decodeRecord, encodeRecord } from '../../store/record.js';

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
