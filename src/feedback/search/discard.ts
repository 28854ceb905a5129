/**
 * Gives up an index that cannot be read, or that nothing vouches for: another one begins behind it, and its keys are removed
 * without being read.
 */
import type { KeyRange, Reader, Store, Transaction } from '../../store/contract.js';
import { keyPrefix, prefixEnd, prefixRange, splitKey } from '../../store/keys.js';
import { searchDocumentsKey, searchWordsPrefix } from '../../store/layout.js';
import { emptyIndex, everySegment, putSearchIndex, readSearchIndex, type SearchIndex, withEmptied } from './state.js';

/** Keys that one step removes: each step waits for the disk. */
const REMOVED_AT_ONCE = 5_000;

/** All keys of the segments with these numbers, both included: their words, and their entries. */
export function segmentRanges(org: string, from: number, to: number): [words: KeyRange, documents: KeyRange] {
  return [
    { gte: searchWordsPrefix(org, from), lt: prefixEnd(searchWordsPrefix(org, to)) },
    { gte: searchDocumentsKey(org, from, ''), lt: prefixEnd(searchDocumentsKey(org, to, '')) },
  ];
}

/** An index to begin with, in place of all that is stored, if anything is. */
export async function beginAnew(reader: Reader, org: string, nextSegment = 1): Promise<SearchIndex> {
  let next = nextSegment;
  for (const kind of ['search_words', 'search_documents']) {
    const [key] = await reader.scanKeys({ ...prefixRange(keyPrefix(kind, org)), limit: 1, reverse: true });
    const number = key === undefined ? 0 : Number(splitKey(key)[2]);
    if (Number.isSafeInteger(number)) next = Math.max(next, number + 1);
  }
  return { ...emptyIndex(next), ...(next > 1 && { discardedBelow: next }) };
}

/** Removes some keys of what was given up. @returns the index as it is then */
export async function removeDiscarded(transaction: Transaction, org: string, index: SearchIndex): Promise<SearchIndex> {
  const { discardedBelow, ...rest } = index;
  if (discardedBelow === undefined) return index;
  for (const range of segmentRanges(org, 0, discardedBelow - 1)) {
    const keys = await transaction.scanKeys({ ...range, limit: REMOVED_AT_ONCE });
    for (const key of keys) transaction.delete(key);
    if (keys.length === REMOVED_AT_ONCE) return index;
  }
  return withEmptied(rest, everySegment(discardedBelow));
}

/** Removes all keys of what was given up, if anything was. */
export async function finishDiscarding(store: Store, org: string): Promise<void> {
  for (let isMore = true; isMore;) {
    isMore = await store.transact(async (transaction) => {
      const index = await readSearchIndex(transaction, org);
      if (index?.discardedBelow === undefined) return false;
      putSearchIndex(transaction, org, await removeDiscarded(transaction, org, index));
      return true;
    });
  }
}
