/** Links that bulk operations have taken away, kept for their undo beside the entry, with which they are erased. */
import type { Key, Reader, Transaction } from '../store/contract.js';
import { prefixRange } from '../store/keys.js';
import { expiryKey, removedLinkKey, removedLinkPrefix } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import type { FeedbackLink } from './links.js';

/** Stored under {@link removedLinkKey}. */
export interface RemovedLink extends FeedbackLink {
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** Of what an entry is linked to, and by which operation it was taken away. */
interface RemovedFrom {
  readonly org: string;
  readonly feedbackId: string;
  readonly operation: string;
}

/** @param expiresAt epoch ms */
export function keepRemovedLink(
  transaction: Transaction,
  { org, feedbackId, operation }: RemovedFrom,
  link: FeedbackLink,
  expiresAt: number,
): void {
  const key = removedLinkKey(org, feedbackId, operation);
  transaction.put(key, encodeRecord({ ...link, expiresAt } satisfies RemovedLink));
  transaction.put(expiryKey(expiresAt, key), Buffer.alloc(0));
}

/** The link, which is kept no longer; undefined if it was erased or has expired. */
export async function takeRemovedLink(
  transaction: Transaction,
  { org, feedbackId, operation }: RemovedFrom,
): Promise<FeedbackLink | undefined> {
  const key = removedLinkKey(org, feedbackId, operation);
  const stored = await transaction.get(key);
  if (stored === undefined) return undefined;
  const { expiresAt, ...link } = decodeRemovedLink(stored);
  transaction.delete(key);
  transaction.delete(expiryKey(expiresAt, key));
  return link;
}

/** All keys of the links that were taken away from an entry. */
export async function removedLinkKeys(reader: Reader, org: string, feedbackId: string): Promise<Key[]> {
  const entries = await reader.scan({ ...prefixRange(removedLinkPrefix(org, feedbackId)), limit: Infinity });
  return entries.flatMap(({ key, value }) => [key, expiryKey(decodeRemovedLink(value).expiresAt, key)]);
}

function decodeRemovedLink(value: Buffer): RemovedLink {
  return decodeRecord(value) as RemovedLink;
}
