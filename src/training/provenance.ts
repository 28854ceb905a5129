/** Which adapters learned from which feedback, in both directions. */
import { hash } from 'node:crypto';
import type { Reader } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { edgeInPrefix, edgeOutPrefix, NO_FACET } from '../store/layout.js';
import { decodeRecord } from '../store/record.js';
import { type Included, MAX_TRAINED_ON, producedBy, trainingBatchNumber } from './batch.js';
import type { TrainedOn } from './commit.js';

export interface TrainedOnBatch extends TrainedOn {
  /** The number of the batch. */
  readonly number: number;
}

/** The batches that an adapter was trained on, by number: at most {@link MAX_TRAINED_ON}. One range. */
export async function trainedOn(reader: Reader, org: string, adapterId: string): Promise<TrainedOnBatch[]> {
  const prefix = edgeOutPrefix(org, 'TRAINED_ON', adapterId);
  const entries = await reader.scan({ ...prefixRange(prefix), limit: MAX_TRAINED_ON });
  return entries
    .flatMap(({ key, value }) => {
      const number = trainingBatchNumber(lastComponent(key));
      return number === undefined ? [] : [{ ...(decodeRecord(value) as TrainedOn), number }];
    })
    .sort((one, other) => one.number - other.number);
}

/** Releases delete the edges, so these are few. */
const MAX_BATCHES = 1_000;

/** The adapters that were trained on a batch which includes a feedback entry, by id. */
export async function trainedAdapters(reader: Reader, org: string, feedbackId: string): Promise<string[]> {
  const prefix = edgeInPrefix(org, 'INCLUDES', feedbackId, NO_FACET);
  const batches = (await reader.scanKeys({ ...prefixRange(prefix), limit: MAX_BATCHES })).map(lastComponent);
  const adapters = await Promise.all(batches.map((batch) => producedBy(reader, org, batch)));
  return [...new Set(adapters.flat())].sort();
}

/**
 * Goes on with the digest of a batch: SHA-256 over the digest so far, which begins empty, and the ids and versions of
 * what it includes, in the order of ids. So two batches of the same entries have the same.
 */
export function extendDigest(digest: string, included: readonly Included[]): string {
  return included.reduce(
    (before, { feedbackId, version = 1 }) => hash('sha256', `${before}\n${feedbackId} ${version}`),
    digest,
  );
}
