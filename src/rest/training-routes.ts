import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { MAX_TRAINING_BATCH_ID } from '../training/batch.js';
import { DEFAULT_LEASE_MINUTES } from '../training/claim.js';
import { toMetrics } from '../training/commit.js';
import { fromEnum, toEnum } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  CommitTrainingBatchDocument,
  CreateTrainingBatchDocument,
  GetTrainingBatchDocument,
  ListTrainingBatchesDocument,
  ReleaseTrainingBatchDocument,
  RenewTrainingBatchDocument,
  type TrainingBatchEntryFragment,
} from './operations.generated.js';
import { accepted, prefersAsync } from './preferences.js';
import { TRAINING_EXAMPLES } from './training-examples.js';
import {
  BatchAnswerSchema,
  BatchesAnswer,
  BatchesQuery,
  BatchParameters,
  CommitBody,
  CreateBatchBody,
  RenewBody,
} from './training-schemas.js';

/** Where training batches are. */
export const TRAINING_BASE = '/api/v1/llm/training/batches';

const FIELD_NAMES = new Map([
  ['first', 'limit'],
  ['after', 'cursor'],
  ['leaseMinutes', 'lease_minutes'],
  ['maxPerUser', 'max_per_user'],
  ['adapterId', 'filter.adapter'],
  ['modelVersion', 'filter.model'],
  ['lineage', 'filter.lineage'],
  ['conversationId', 'filter.conversation'],
  ['tag', 'filter.tag'],
  ['scores', 'filter.scores'],
  ['since', 'filter.since'],
  ['producedAdapter', 'produced_adapter'],
  ['baseAdapter', 'base_adapter'],
]);

/** @throws {ApiError} NOT_FOUND for what is no number of a batch */
export function batchNumber(text: string): number {
  const number = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_TRAINING_BATCH_ID) throw new ApiError('NOT_FOUND', 'Training batch not found');
  return number;
}

/** Whether a batch goes on in the background after the answer. */
function isUnderWay({ state }: TrainingBatchEntryFragment): boolean {
  return state === 'CLAIMING' || state === 'COMMITTING' || state === 'RELEASING';
}

const IN_BACKGROUND =
  ' With `Prefer: respond-async`, a training batch of many entries is answered 202 at once and goes on in the background: ' +
  'its resource tells the `progress`.';

/** Training batches: claim, look, commit, release. */
export function trainingRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    TRAINING_BASE,
    {
      config: { failure: 'Failed to make a training batch', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'createTrainingBatch',
        summary: 'Claim entries for training',
        description:
          'Claims approved, unused and unclaimed entries under a new number, exclusively until the training ' +
          `batch is committed or released or its lease expires.${IN_BACKGROUND}`,
        tags: [TAGS.training],
        respondsAsync: true,
        body: CreateBatchBody,
        response: {
          201: answer(
            BatchAnswerSchema,
            'The training batch was created and holds the entries.',
            TRAINING_EXAMPLES.created,
          ),
          202: answer(BatchAnswerSchema, 'The training batch is claiming its entries.', TRAINING_EXAMPLES.claiming),
        },
        refusals: ['CONFLICT'],
      },
    },
    async (request, reply) => {
      const { filter = {}, limit, order = 'oldest', holdout = 0, lease_minutes, max_per_user } = request.body;
      const { type, model, adapter, lineage, conversation, source, tag, scores, since, until } = filter;
      const { createTrainingBatch: batch } = await run(
        CreateTrainingBatchDocument,
        {
          filter: {
            type: type === undefined ? null : toEnum(type),
            modelVersion: model ?? null,
            adapterId: adapter ?? null,
            lineage: lineage === undefined ? null : toEnum(lineage),
            conversationId: conversation ?? null,
            source: source === undefined ? null : toEnum(source),
            tag: tag ?? null,
            scores: scores?.map(({ name, min = null, max = null, is = null }) => ({ name, min, max, is })) ?? null,
            since: since === undefined ? null : new Date(since),
            until: until === undefined ? null : new Date(until),
          },
          limit,
          order: toEnum(order),
          holdout,
          leaseMinutes: lease_minutes ?? DEFAULT_LEASE_MINUTES,
          maxPerUser: max_per_user ?? null,
          inBackground: prefersAsync(request),
        },
        contextOf(request),
      );
      const location = `${TRAINING_BASE}/${batch.number}`;
      if (isUnderWay(batch)) return accepted(reply, location).send(toBatch(batch));
      return reply.code(201).header('location', location).send(toBatch(batch));
    },
  );

  application.get(
    TRAINING_BASE,
    {
      config: { failure: 'Failed to list training batches', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'listTrainingBatches',
        summary: 'List training batches',
        description: 'Lists the training batches of the organization, highest number first.',
        tags: [TAGS.training],
        querystring: BatchesQuery,
        response: { 200: answer(BatchesAnswer, 'A page of training batches.', TRAINING_EXAMPLES.list) },
      },
    },
    async (request) => {
      const { limit: first, cursor: after = null, state } = request.query;
      const variables = { state: state === undefined ? null : toEnum(state), first, after };
      const { trainingBatches } = await run(ListTrainingBatchesDocument, variables, contextOf(request));
      const { edges, pageInfo } = trainingBatches;
      return {
        training_batches: edges.map(({ node }) => toBatch(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.get(
    `${TRAINING_BASE}/:number`,
    {
      config: { failure: 'Failed to read the training batch' },
      schema: {
        operationId: 'getTrainingBatch',
        summary: 'Retrieve a training batch',
        description: 'Returns a training batch with its state, filter and produced adapter.',
        tags: [TAGS.training],
        params: BatchParameters,
        response: { 200: answer(BatchAnswerSchema, 'The training batch.', TRAINING_EXAMPLES.committed) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const number = batchNumber(request.params.number);
      const { trainingBatch } = await run(GetTrainingBatchDocument, { number }, contextOf(request));
      if (trainingBatch === null) throw new ApiError('NOT_FOUND', 'Training batch not found');
      return toBatch(trainingBatch);
    },
  );

  application.post(
    `${TRAINING_BASE}/:number/commit`,
    {
      config: { failure: 'Failed to commit the training batch', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'commitTrainingBatch',
        summary: 'Commit a training batch',
        description:
          'Marks all entries of a training batch as used, all or nothing, and records the adapter produced ' +
          `from it. Repeating the same commit returns the same result.${IN_BACKGROUND}`,
        tags: [TAGS.training],
        respondsAsync: true,
        params: BatchParameters,
        body: CommitBody,
        response: {
          200: answer(BatchAnswerSchema, 'The training batch was committed.', TRAINING_EXAMPLES.committed),
          202: answer(BatchAnswerSchema, 'The entries are being marked as used.', TRAINING_EXAMPLES.committing),
        },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const { produced_adapter: producedAdapter, version, base_adapter, metrics } = request.body;
      const { commitTrainingBatch: batch } = await run(
        CommitTrainingBatchDocument,
        {
          number: batchNumber(request.params.number),
          producedAdapter,
          version: version ?? null,
          baseAdapter: base_adapter ?? null,
          metrics: metrics ?? null,
          inBackground: prefersAsync(request),
        },
        contextOf(request),
      );
      if (isUnderWay(batch)) return accepted(reply, `${TRAINING_BASE}/${batch.number}`).send(toBatch(batch));
      return toBatch(batch);
    },
  );

  application.post(
    `${TRAINING_BASE}/:number/renew`,
    {
      config: { failure: 'Failed to renew the lease of the training batch', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'renewTrainingBatch',
        summary: 'Renew the lease of a training batch',
        description:
          'Lets a training batch that is open or exported hold its entries for `lease_minutes` from now. A lease ' +
          'never becomes shorter, and one that has expired cannot be renewed.',
        tags: [TAGS.training],
        params: BatchParameters,
        body: RenewBody,
        response: { 200: answer(BatchAnswerSchema, 'The lease was renewed.', TRAINING_EXAMPLES.renewed) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const number = batchNumber(request.params.number);
      const leaseMinutes = request.body.lease_minutes ?? DEFAULT_LEASE_MINUTES;
      const { renewTrainingBatch: batch } = await run(
        RenewTrainingBatchDocument,
        { number, leaseMinutes },
        contextOf(request),
      );
      return toBatch(batch);
    },
  );

  application.post(
    `${TRAINING_BASE}/:number/release`,
    {
      config: { failure: 'Failed to release the training batch' },
      schema: {
        operationId: 'releaseTrainingBatch',
        summary: 'Release a training batch',
        description:
          'Releases all entries of a training batch that is not committed. Repeating the release returns the ' +
          `same result. Takes no body.${IN_BACKGROUND}`,
        tags: [TAGS.training],
        respondsAsync: true,
        params: BatchParameters,
        response: {
          200: answer(
            BatchAnswerSchema,
            'The training batch was released and holds no entries.',
            TRAINING_EXAMPLES.released,
          ),
          202: answer(BatchAnswerSchema, 'The entries are being released.', TRAINING_EXAMPLES.releasing),
        },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const number = batchNumber(request.params.number);
      const { releaseTrainingBatch: batch } = await run(
        ReleaseTrainingBatchDocument,
        { number, inBackground: prefersAsync(request) },
        contextOf(request),
      );
      if (isUnderWay(batch)) return accepted(reply, `${TRAINING_BASE}/${batch.number}`).send(toBatch(batch));
      return toBatch(batch);
    },
  );
}

/** A batch in its documented names. */
export function toBatch(batch: TrainingBatchEntryFragment): Static<typeof BatchAnswerSchema> {
  const { filter, claimed, metrics, progress } = batch;
  return {
    training_batch_id: batch.number,
    state: fromEnum(batch.state),
    count: batch.feedbackCount,
    ...omitNullish({ progress, claimed }),
    ...(filter === null ? {} : { filter: toFilter(filter) }),
    ...omitNullish({
      order: batch.order === null ? null : fromEnum(batch.order),
      limit: batch.limit,
      holdout: batch.holdout,
      max_per_user: batch.maxPerUser,
      lease_until: batch.leaseUntil?.getTime(),
    }),
    created_at: batch.createdAt.getTime(),
    ...omitNullish({ created_by: batch.createdBy }),
    updated_at: batch.updatedAt.getTime(),
    ...omitNullish({
      produced_adapter: batch.producedAdapterId,
      version: batch.producedVersion,
      base_adapter: batch.baseAdapterId,
      metrics: metrics === null ? null : toMetrics(metrics),
      committed_at: batch.committedAt?.getTime(),
      digest: batch.digest,
    }),
  };
}

function toFilter(filter: NonNullable<TrainingBatchEntryFragment['filter']>) {
  const { type, modelVersion, adapterId, lineage, conversationId, source, tag, scores, since, until } = filter;
  return omitNullish({
    type: type === null ? null : fromEnum(type),
    model: modelVersion,
    adapter: adapterId,
    lineage: lineage === null ? null : fromEnum(lineage),
    conversation: conversationId,
    source: source === null ? null : fromEnum(source),
    tag,
    scores: scores?.map(({ name, min, max, is }) => ({ name, ...omitNullish({ min, max, is }) })),
    since: since?.getTime(),
    until: until?.getTime(),
  });
}
