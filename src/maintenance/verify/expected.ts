/** Which index entries and incoming edges a feedback entry has by its record and its links. */
import { DEFINITIONS, INDEX_KINDS, indexKeys } from '../../feedback/index/index-keys.js';
import { listIndexes } from '../../feedback/index/membership.js';
import type { SecondaryIndex } from '../../feedback/index/table.js';
import { type Feedback, feedbackFacet } from '../../model/feedback.js';
import type { Key } from '../../store/contract.js';
import type { Check } from './check.js';

export interface ExpectedEntry {
  readonly key: Key;
  /** What counts it. */
  readonly counter: Key;
  readonly index: SecondaryIndex;
}

/** Of users' indexes only those that can be told: see {@link StoreCheck.keyedHash}. */
export function expectedEntries(
  { org, keyedHash }: Check,
  feedback: Feedback,
  adapters: readonly string[],
): ExpectedEntry[] {
  const kinds = keyedHash === undefined ? INDEX_KINDS.filter((kind) => !DEFINITIONS[kind].isHashed) : INDEX_KINDS;
  const indexes = listIndexes(org, feedback, adapters, keyedHash ?? (() => ''), kinds);
  return indexes.flatMap((index): ExpectedEntry[] => {
    const { entry, counter } = indexKeys(org, index, feedbackFacet(feedback), feedback.id);
    return entry === undefined ? [] : [{ key: entry, counter, index }];
  });
}

/** What verify calls the entries of an index: the incoming edges are the index of an adapter. */
export function entryKind({ kind }: Pick<SecondaryIndex, 'kind'>): 'edge' | 'index' {
  return DEFINITIONS[kind].entries === 'edge' ? 'edge' : 'index';
}
