/** Where the ids are that submitters give their entries. */
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback } from '../model/feedback.js';
import type { Key } from '../store/contract.js';
import { externalIdKey } from '../store/layout.js';

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
    externalIdKey(org, hash(org, JSON.stringify([submittedBy, externalId]))),
    externalIdKey(org, hash(org, externalId)),
  ];
}
