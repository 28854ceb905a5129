import type { Reader, Transaction } from '../store/contract.js';
import { lastComponent, prefixEnd, prefixRange, splitKey } from '../store/keys.js';
import { edgeOutKey, edgeOutPrefix } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/** The most adapters that one feedback may be linked to: a change of class moves an index entry for each. */
export const MAX_LINKS = 32;

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = Record<string, JsonValue>;

/** Properties of a `FEEDBACK_FOR` edge. Times are epoch ms. */
export interface FeedbackLink {
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The token's `sub` of who linked it. */
  readonly createdBy: string;
  /** Of the adapter, as the submission named it. */
  readonly adapterVersion?: string;
  readonly metadata?: JsonObject;
}

export function putLink(
  transaction: Transaction,
  org: string,
  feedbackId: string,
  adapterId: string,
  link: FeedbackLink,
): void {
  transaction.put(edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId), encodeRecord(link));
}

export function decodeLink(value: Buffer): FeedbackLink {
  return decodeRecord(value) as FeedbackLink;
}

/** All adapters that a feedback is linked to: at most {@link MAX_LINKS}. */
export async function linkedAdapters(reader: Reader, org: string, feedbackId: string): Promise<string[]> {
  const keys = await reader.scanKeys({
    ...prefixRange(edgeOutPrefix(org, 'FEEDBACK_FOR', feedbackId)),
    limit: MAX_LINKS,
  });
  return keys.map(lastComponent);
}

/** Above so many keys read for each entry that was asked for, reading each entry's own is cheaper. */
const DENSE = 8;

/**
 * As {@link linkedAdapters}, of many entries, in the order of `feedbackIds`. What lies side by side in time is one read of
 * the store; how much is read follows the number of ids, however far apart they are.
 */
export async function linkedAdaptersOf(
  reader: Reader,
  org: string,
  feedbackIds: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const adapters = new Map<string, string[]>(feedbackIds.map((id) => [id, []]));
  const sorted = [...adapters.keys()].sort();
  const last = sorted.at(-1) ?? '';
  for (let at = 0; at < sorted.length;) {
    const rest = sorted.slice(at);
    // More than one entry can have, so that each read ends at least one.
    const limit = 2 * rest.length + MAX_LINKS;
    const keys = await reader.scanKeys({
      gte: edgeOutPrefix(org, 'FEEDBACK_FOR', rest[0] ?? '').slice(0, -1),
      lt: prefixEnd(edgeOutPrefix(org, 'FEEDBACK_FOR', last)),
      limit,
    });
    let reached = '';
    for (const key of keys) {
      const [adapterId = '', feedbackId = ''] = splitKey(key).reverse();
      reached = feedbackId;
      adapters.get(feedbackId)?.push(adapterId);
    }
    if (keys.length < limit) break;
    const ended = rest.filter((id) => id < reached).length;
    at += ended;
    // The last one may have more than was read of it.
    adapters.get(reached)?.splice(0);
    if (ended * DENSE >= limit) continue;
    const others = sorted.slice(at);
    const found = await Promise.all(others.map((id) => linkedAdapters(reader, org, id)));
    others.forEach((id, index) => adapters.set(id, found[index] ?? []));
    break;
  }
  return feedbackIds.map((id) => adapters.get(id) ?? []);
}
