import type { BatchNodes } from '../graph/property-graph/source.js';
import { nodeValue } from '../graph/property-graph/values.js';
import { omitNullish } from '../omit-nullish.js';
import { trainingBatchCounter } from '../store/layout.js';
import {
  batchPage,
  findBatches,
  stateAt,
  type TrainingBatch,
  trainingBatchNode,
  trainingBatchNumber,
} from './batch.js';

/** Training batches as nodes of the graph that queries run over, the highest number first. */
export function batchNodes(now: () => number): BatchNodes {
  return {
    find: async (reader, org, ids) => {
      const found = await findBatches(
        reader,
        org,
        ids.map((id) => trainingBatchNumber(id) ?? 0),
      );
      return found.map((batch) => (batch === undefined ? undefined : batchNode(batch, now())));
    },
    page: async (reader, org, limit, after) => {
      const before = after === undefined ? undefined : trainingBatchNumber(after);
      const { batches, hasNext } = await batchPage(reader, org, limit, before);
      return { nodes: batches.map((batch) => batchNode(batch, now())), hasNext };
    },
    counter: trainingBatchCounter,
  };
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
      produced_adapter: training?.producedAdapter,
      version: training?.version,
      base_adapter: training?.baseAdapter,
      metrics: training?.metrics,
      committed_at: training?.committedAt,
      digest: batch.state === 'committed' ? batch.digest : undefined,
    }),
  });
}
