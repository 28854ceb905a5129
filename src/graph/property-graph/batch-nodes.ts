import type { NodeValue } from '@feedback-graph/cypher';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import {
  batchPage,
  findBatches,
  stateAt,
  type TrainingBatch,
  trainingBatchNode,
  trainingBatchNumber,
} from '../../training/batch.js';
import type { GraphSource } from './source.js';
import { nodeValue } from './values.js';

/** Training batches as nodes, in the order of `ids`; `undefined` for one that is not there. One read of the store. */
export async function findBatchNodes(
  reader: Reader,
  { org, now }: GraphSource,
  ids: readonly string[],
): Promise<(NodeValue | undefined)[]> {
  const found = await findBatches(
    reader,
    org,
    ids.map((id) => trainingBatchNumber(id) ?? 0),
  );
  return found.map((batch) => (batch === undefined ? undefined : batchNode(batch, now)));
}

/** One page of all training batches as nodes, from behind the node `after` on; the highest number first. */
export async function batchNodePage(
  reader: Reader,
  { org, now }: GraphSource,
  limit: number,
  after: string | undefined,
): Promise<{ readonly nodes: readonly NodeValue[]; readonly hasNext: boolean }> {
  const before = after === undefined ? undefined : trainingBatchNumber(after);
  const { batches, hasNext } = await batchPage(reader, org, limit, before);
  return { nodes: batches.map((batch) => batchNode(batch, now)), hasNext };
}

/** With the properties that REST shows of a batch, by its names. */
function batchNode(batch: TrainingBatch, now: number): ReturnType<typeof nodeValue> {
  const { number, feedbackCount, createdAt, updatedAt } = batch;
  const id = trainingBatchNode(number);
  const common = {
    id,
    training_batch_id: number,
    state: stateAt(batch, now),
    count: feedbackCount,
    created_at: createdAt,
    updated_at: updatedAt,
  };
  if (batch.state === 'external') return nodeValue(id, common);
  const { training, filter } = batch;
  return nodeValue(id, {
    ...common,
    claimed: batch.claimed,
    filter: omitNullish({
      type: filter.type,
      model: filter.modelVersion,
      adapter: filter.adapterId,
      lineage: filter.lineage,
      since: filter.since,
      until: filter.until,
    }),
    order: batch.newestFirst ? 'newest' : 'oldest',
    limit: batch.limit,
    holdout: batch.holdout,
    lease_until: batch.leaseUntil,
    created_by: batch.createdBy,
    ...omitNullish({
      max_per_user: batch.maxPerUser,
      produced_adapter: training?.producedAdapter,
      version: training?.version,
      base_adapter: training?.baseAdapter,
      metrics: training?.metrics,
      committed_at: training?.committedAt,
      digest: batch.state === 'committed' ? batch.digest : undefined,
    }),
  });
}
