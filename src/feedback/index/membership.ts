/** Which indexes a feedback entry is in, and how it is moved between them. */
import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { Feedback } from '../../model/feedback.js';
import type { Transaction } from '../../store/contract.js';
import { DEFINITIONS, INDEX_KINDS, indexCounterKey, indexKeys, toIndex } from './index-keys.js';
import type { IndexKind, SecondaryIndex } from './table.js';

/** The kinds of indexes that an entry is in because of what it is linked to. */
export const LINK_INDEX_KINDS = INDEX_KINDS.filter(dependsOnLinks);

export function dependsOnLinks(kind: IndexKind): boolean {
  return DEFINITIONS[kind].dependsOn.includes('links');
}

/**
 * The indexes that an entry is in.
 * @param adapters all that it is linked to
 */
export function listIndexes(
  org: string,
  feedback: Feedback,
  adapters: readonly string[],
  keyedHash: KeyedHash,
  kinds: readonly IndexKind[] = INDEX_KINDS,
): SecondaryIndex[] {
  const context = { adapters, hash: (text: string): string => keyedHash(org, text) };
  const indexes: SecondaryIndex[] = [];
  for (const kind of kinds) {
    for (const values of DEFINITIONS[kind].holds(feedback, context)) indexes.push(toIndex(kind, values));
  }
  return indexes;
}

/** The kinds of indexes in which the fields of one version of an entry may have another place than those of another. */
export function affectedIndexKinds(before: Feedback, after: Feedback): readonly IndexKind[] {
  return INDEX_KINDS.filter((kind) =>
    DEFINITIONS[kind].dependsOn.some((field) => field !== 'links' && before[field] !== after[field]),
  );
}

const EMPTY = Buffer.alloc(0);

export function addToIndex(
  transaction: Transaction,
  org: string,
  index: SecondaryIndex,
  facet: string,
  feedbackId: string,
): void {
  const { entry, counter } = indexKeys(org, index, facet, feedbackId);
  if (entry !== undefined) transaction.put(entry, EMPTY);
  transaction.add(counter, 1);
}

export function removeFromIndex(
  transaction: Transaction,
  org: string,
  index: SecondaryIndex,
  facet: string,
  feedbackId: string,
): void {
  const { entry, counter } = indexKeys(org, index, facet, feedbackId);
  if (entry !== undefined) transaction.delete(entry);
  transaction.add(counter, -1);
}

/** Takes an entry out of the indexes that only `before` names, and puts it into those that only `after` names. */
export function moveBetweenIndexes(
  transaction: Transaction,
  org: string,
  facet: string,
  feedbackId: string,
  before: readonly SecondaryIndex[],
  after: readonly SecondaryIndex[],
): void {
  const keyOf = (index: SecondaryIndex): string => indexCounterKey(org, index, facet);
  const [was, is] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  for (const index of before) if (!is.has(keyOf(index))) removeFromIndex(transaction, org, index, facet, feedbackId);
  for (const index of after) if (!was.has(keyOf(index))) addToIndex(transaction, org, index, facet, feedbackId);
}
