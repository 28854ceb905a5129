import type { NeighbourList } from '../adapters/adapters.js';
import type { Actor } from '../audit/events.js';
import type { JsonObject } from '../model/json-object.js';
import { scanAdjacentPrefixes } from '../store/adjacent-prefixes.js';
import type { Reader, Transaction } from '../store/contract.js';
import { type EdgeEnds, readEdges } from '../store/edges.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { edgeOutKey, edgeOutPrefix } from '../store/layout.js';
import { RECORD_SHAPES } from '../store/record-shapes.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/** The most adapters that one feedback may be linked to: a change of facet moves an index entry for each. */
export const MAX_LINKS = 32;

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
  transaction.put(edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId), encodeLink(link));
}

/** Links entries of one transaction to their adapters: links that say the same are encoded once. @param at epoch ms */
export function createNewLinks(
  transaction: Pick<Transaction, 'put'>,
  { org, sub: createdBy }: Pick<Actor, 'org' | 'sub'>,
  at: number,
): (feedbackId: string, adapterId: string, adapterVersion: string | undefined) => void {
  const made = { createdAt: at, updatedAt: at, createdBy };
  const encoded = new Map<string | undefined, Buffer>();
  return (feedbackId, adapterId, adapterVersion) => {
    let value = encoded.get(adapterVersion);
    if (value === undefined) {
      value = encodeLink(adapterVersion === undefined ? made : { ...made, adapterVersion });
      encoded.set(adapterVersion, value);
    }
    transaction.put(edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId), value);
  };
}

function encodeLink(link: FeedbackLink): Buffer {
  return encodeRecord(link, RECORD_SHAPES.link);
}

export function decodeLink(value: Buffer): FeedbackLink {
  return decodeRecord(value) as FeedbackLink;
}

/** What edges say of links, in the order of `ends`; `undefined` for one that is not there. */
export async function findLinks(
  reader: Reader,
  org: string,
  ends: readonly EdgeEnds[],
): Promise<(FeedbackLink | undefined)[]> {
  const values = await readEdges(reader, org, 'FEEDBACK_FOR', ends);
  return values.map((value) => value && decodeLink(value));
}

/** The adapters that a feedback entry is linked to, as a list to page through. */
export function linkedAdapterList(org: string, feedbackId: string): NeighbourList {
  return {
    prefix: edgeOutPrefix(org, 'FEEDBACK_FOR', feedbackId),
    count: async (reader) => (await linkedAdapters(reader, org, feedbackId)).length,
  };
}

/** All adapters that a feedback entry is linked to: at most {@link MAX_LINKS}. */
export async function linkedAdapters(reader: Reader, org: string, feedbackId: string): Promise<string[]> {
  const keys = await reader.scanKeys({
    ...prefixRange(edgeOutPrefix(org, 'FEEDBACK_FOR', feedbackId)),
    limit: MAX_LINKS,
  });
  return keys.map(lastComponent);
}

/** As {@link linkedAdapters}, of many entries, in the order of `feedbackIds`. */
export function findLinkedAdapters(
  reader: Reader,
  org: string,
  feedbackIds: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const prefixes = feedbackIds.map((id) => edgeOutPrefix(org, 'FEEDBACK_FOR', id));
  return scanAdjacentPrefixes(reader, prefixes, MAX_LINKS);
}
