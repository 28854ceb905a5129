/** Where the ids are that submitters give their entries. */
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback } from '../model/feedback.js';
import type { Key, Reader } from '../store/contract.js';
import { externalIdKey } from '../store/layout.js';
import { decodePointer } from './votes.js';

/** Begins the external ids of rows of an import that have none of their own. */
export const GENERATED_ID_PREFIX = 'import:';

/**
 * The keys that may lead to an entry by its external id: the one that is written, of the submitter's own ids, and the one
 * of stores of before, which kept one for the whole organization.
 */
export function externalIdKeys(
  hash: KeyedHash,
  org: string,
  { externalId, submittedBy }: { readonly externalId: string } & Pick<Feedback, 'submittedBy'>,
): readonly [Key, Key] {
  return [
    externalIdKey(org, hash(org, JSON.stringify([submittedBy, externalId]), true)),
    externalIdKey(org, hash(org, externalId, true)),
  ];
}

/** The keys that do lead to an entry by its external id. */
export async function externalIdKeysOf(
  reader: Reader,
  hash: KeyedHash,
  org: string,
  { id, externalId, submittedBy }: Pick<Feedback, 'id' | 'externalId' | 'submittedBy'>,
): Promise<Key[]> {
  if (externalId === undefined) return [];
  const keys = externalIdKeys(hash, org, { externalId, submittedBy });
  const pointers = await reader.getMany(keys);
  // The key of before may lead to another's entry.
  return keys.filter((_, index) => {
    const pointer = pointers[index];
    return pointer !== undefined && decodePointer(pointer) === id;
  });
}
