import { Arg, Args, Ctx, FieldResolver, Float, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { findFeedback } from '../../feedback/read.js';
import { omitNullish } from '../../omit-nullish.js';
import { startClaim, startCommit, startRelease } from '../../training/background.js';
import {
  type BatchState,
  batchPage,
  countBatches,
  countBatchesIn,
  listInclusions,
  stateAt,
} from '../../training/batch.js';
import { DEFAULT_LEASE_MINUTES, MAX_BATCH_ROWS, MAX_LEASE_MINUTES } from '../../training/claim.js';
import { toMetrics } from '../../training/commit.js';
import { renewTrainingBatch } from '../../training/renew.js';
import { commitTrainingBatch, createTrainingBatch, releaseTrainingBatch } from '../../training/work.js';
import { type RequestContext, unlessGone } from '../context.js';
import { createCursors } from '../cursors.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import { toFeedbackNode } from '../types/feedback.js';
import { JSONObject } from '../types/json.js';
import { toClaimFilter, TrainingFilterInput } from '../types/training-filter.js';
import {
  ClaimOrder,
  toTrainingBatchNode,
  TrainingBatchConnection,
  TrainingBatchNode,
  TrainingBatchStateEnum,
  TrainingInclusionConnection,
} from '../types/training.js';

const MAX_PER_USER =
  `Maximum number of entries of one user, from 1 to ${MAX_BATCH_ROWS}; no bound by default. An entry without ` +
  '`userId` counts for its submitter.';

const IN_BACKGROUND =
  'Whether to answer at once where there are many entries: the training batch is then `CLAIMING`, `COMMITTING` or ' +
  '`RELEASING`, and `progress` tells how far it is. False by default.';

@Resolver(() => TrainingBatchNode)
export class TrainingResolver {
  @Query(() => TrainingBatchNode, { nullable: true, description: 'A training batch by number. Null if there is none.' })
  async trainingBatch(
    @Arg('number', () => Int, { description: 'Number of the training batch within the organization.' }) number: number,
    @Ctx() { loaders, services }: RequestContext,
  ): Promise<TrainingBatchNode | null> {
    const batch = await loaders.trainingBatches.load(number);
    return batch === undefined ? null : toTrainingBatchNode(batch, services.now());
  }

  @Query(() => TrainingBatchConnection, { description: 'Training batches, highest number first.' })
  trainingBatches(
    @Arg('state', () => TrainingBatchStateEnum, {
      nullable: true,
      description: 'Only training batches in this state. The others are read as well until the page is full.',
    })
    state: BatchState | null | undefined,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, services, actor: { org } }: RequestContext,
  ): InstanceType<typeof TrainingBatchConnection> {
    const wanted = state ?? undefined;
    const cursors = createCursors([org, 'trainingBatches', ...(wanted === undefined ? [] : [wanted])]);
    const before = after === undefined || after === null ? undefined : Number(cursors.decode(after));
    const limit = checkPageSize(first);
    return new TrainingBatchConnection({
      continued: before !== undefined,
      page: async () => {
        const page = await (wanted === undefined
          ? loaders.batchedRead((reader) => batchPage(reader, org, limit, before))
          : loaders.longRead(['trainingBatches', wanted, limit, before], (read) => {
              const at = services.now();
              return read((reader) => batchPage(reader, org, limit, before, (batch) => stateAt(batch, at) === wanted));
            }));
        return {
          edges: page.batches.map((batch) => ({
            cursor: cursors.encode(String(batch.number)),
            node: toTrainingBatchNode(batch, services.now()),
          })),
          hasNext: page.hasNext,
        };
      },
      total: () =>
        wanted === undefined
          ? loaders.batchedRead((reader) => countBatches(reader, org))
          : loaders.longRead(['countTrainingBatches', wanted], (read) =>
              read((reader) => countBatchesIn(reader, org, wanted, services.now())),
            ),
    });
  }

  @FieldResolver(() => TrainingInclusionConnection, {
    description: 'Entries included in the training batch, oldest first.',
  })
  includes(
    @Root() batch: TrainingBatchNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof TrainingInclusionConnection> {
    const cursors = createCursors([org, 'includes', batch.id]);
    const lastId = after === undefined || after === null ? undefined : cursors.decode(after);
    const limit = checkPageSize(first);
    return new TrainingInclusionConnection({
      continued: lastId !== undefined,
      page: async () => {
        const page = await loaders.batchedRead(async (reader) => {
          const included = await listInclusions(reader, org, batch.id, limit + 1, lastId);
          const shown = included.slice(0, limit);
          const found = await findFeedback(
            reader,
            org,
            shown.map(({ feedbackId }) => feedbackId),
          );
          return { shown, found, hasNext: included.length > limit };
        });
        return {
          edges: page.shown.map((inclusion, index) => {
            const feedback = page.found[index];
            return {
              ...inclusion,
              cursor: cursors.encode(inclusion.feedbackId),
              node: feedback === undefined ? null : toFeedbackNode(feedback),
            };
          }),
          hasNext: page.hasNext,
        };
      },
      total: () => Promise.resolve(batch.feedbackCount),
    });
  }

  @Mutation(() => TrainingBatchNode, {
    description:
      'Claims approved, unused and unclaimed entries under a new number, exclusively until the training batch ' +
      'is committed or released or its lease expires.',
  })
  async createTrainingBatch(
    @Arg('filter', () => TrainingFilterInput, {
      nullable: true,
      description: 'Filter for the entries to claim; all eligible entries by default.',
    })
    filter: TrainingFilterInput | null | undefined,
    @Arg('limit', () => Int, { description: `Maximum number of entries to claim, from 1 to ${MAX_BATCH_ROWS}.` })
    limit: number,
    @Arg('order', () => ClaimOrder, { defaultValue: ClaimOrder.OLDEST, description: 'Which entries to claim first.' })
    order: ClaimOrder,
    @Arg('holdout', () => Float, {
      defaultValue: 0,
      description: 'Share of the entries to hold out of training, from 0 to 0.5.',
    })
    holdout: number,
    @Arg('leaseMinutes', () => Int, {
      defaultValue: DEFAULT_LEASE_MINUTES,
      description: `Duration of the lease in minutes, from 1 to ${MAX_LEASE_MINUTES}.`,
    })
    leaseMinutes: number,
    @Arg('maxPerUser', () => Int, { nullable: true, description: MAX_PER_USER })
    maxPerUser: number | null | undefined,
    @Arg('inBackground', () => Boolean, { nullable: true, description: IN_BACKGROUND })
    inBackground: boolean | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<TrainingBatchNode> {
    const { services, actor } = context;
    const request = {
      filter: toClaimFilter(filter),
      newestFirst: order === ClaimOrder.NEWEST,
      limit,
      holdout,
      leaseMinutes,
      ...omitNullish({ maxPerUser }),
    };
    const once = context.idempotency('createTrainingBatch', request);
    const create = inBackground === true ? startClaim : createTrainingBatch;
    const batch = await unlessGone(context, (gone) => create(services, actor, request, once, gone));
    return toTrainingBatchNode(batch, services.now());
  }

  @Mutation(() => TrainingBatchNode, {
    description:
      'Marks all entries of a training batch as used, all or nothing, and records the adapter produced from ' +
      'it. Repeating the same commit returns the same result.',
  })
  async commitTrainingBatch(
    @Arg('number', () => Int, { description: 'Number of the training batch.' }) number: number,
    @Arg('producedAdapter', () => ID, { description: 'Id of the produced adapter; registered if it does not exist.' })
    producedAdapter: string,
    @Arg('version', () => String, { nullable: true, description: 'Version of the produced adapter.' })
    version: string | null | undefined,
    @Arg('baseAdapter', () => ID, {
      nullable: true,
      description:
        'Id of the adapter or base model the produced adapter was derived from; created if it does not exist.',
    })
    baseAdapter: string | null | undefined,
    @Arg('metrics', () => JSONObject, {
      nullable: true,
      description: 'Metrics reported by the trainer: at most 100 numbers by name.',
    })
    metrics: Record<string, unknown> | null | undefined,
    @Arg('inBackground', () => Boolean, { nullable: true, description: IN_BACKGROUND })
    inBackground: boolean | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<TrainingBatchNode> {
    const { services, actor } = context;
    const request = {
      producedAdapter,
      ...omitNullish({ version, baseAdapter }),
      ...(metrics === undefined || metrics === null ? {} : { metrics: toMetrics(metrics) }),
    };
    const once = context.idempotency('commitTrainingBatch', { number, ...request });
    const commit = inBackground === true ? startCommit : commitTrainingBatch;
    return toTrainingBatchNode(await commit(services, actor, number, request, once), services.now());
  }

  @Mutation(() => TrainingBatchNode, {
    description:
      'Renews the lease of a training batch that is open or exported, counted from now. A lease never becomes shorter.',
  })
  async renewTrainingBatch(
    @Arg('number', () => Int, { description: 'Number of the training batch.' }) number: number,
    @Arg('leaseMinutes', () => Int, {
      defaultValue: DEFAULT_LEASE_MINUTES,
      description: `Duration of the lease in minutes, from 1 to ${MAX_LEASE_MINUTES}.`,
    })
    leaseMinutes: number,
    @Ctx() context: RequestContext,
  ): Promise<TrainingBatchNode> {
    const { services, actor } = context;
    const once = context.idempotency('renewTrainingBatch', { number, leaseMinutes });
    return toTrainingBatchNode(await renewTrainingBatch(services, actor, number, leaseMinutes, once), services.now());
  }

  @Mutation(() => TrainingBatchNode, {
    description:
      'Releases all entries of a training batch that is not committed. Repeating the release returns the same ' +
      'result.',
  })
  async releaseTrainingBatch(
    @Arg('number', () => Int, { description: 'Number of the training batch.' }) number: number,
    @Arg('inBackground', () => Boolean, { nullable: true, description: IN_BACKGROUND })
    inBackground: boolean | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<TrainingBatchNode> {
    const { services, actor } = context;
    const once = context.idempotency('releaseTrainingBatch', { number });
    const release = inBackground === true ? startRelease : releaseTrainingBatch;
    return toTrainingBatchNode(await release(services, actor, number, once), services.now());
  }
}
