import type { FastifyRequest } from 'fastify';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { present } from '../present.js';
import { LIST_FIELD_NAMES, listVariables, toEntry, toList, toSubmission, toSubmitted } from './mapping.js';
import {
  GetFeedbackDocument,
  GetFeedbackStatsDocument,
  LinkFeedbackDocument,
  ListFeedbackByAdapterDocument,
  ListFeedbackDocument,
  MarkUsedForTrainingDocument,
  SubmitFeedbackDocument,
} from './operations.generated.js';
import { entityTag, ifMatch } from './preconditions.js';
import {
  AdapterParameters,
  ByAdapterAnswer,
  ByAdapterQuery,
  EntryAnswer,
  EntryParameters,
  LinkAnswer,
  LinkBody,
  ListAnswer,
  ListQuery,
  MarkUsedAnswer,
  MarkUsedBody,
  StatsAnswer,
  SubmitAnswer,
  SubmitBody,
} from './schemas.js';

/** Where the documented routes are. */
export const BASE = '/api/v1/llm/feedback';

/** The documented routes. Each maps its request onto an operation of schema/operations/ and the answer back. */
export function feedbackRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    BASE,
    {
      config: { failure: 'Failed to store feedback' },
      schema: { body: SubmitBody, response: { 201: SubmitAnswer } },
    },
    async (request, reply) => {
      const input = toSubmission(request.body);
      const { submitFeedback: stored } = await run(SubmitFeedbackDocument, { input }, contextOf(request));
      return reply.code(201).header('etag', entityTag(stored.version)).send(toSubmitted(stored));
    },
  );

  application.get(
    `${BASE}/:id`,
    {
      config: { failure: 'Failed to read feedback' },
      schema: { params: EntryParameters, response: { 200: EntryAnswer } },
    },
    async (request, reply) => {
      const { feedback } = await run(GetFeedbackDocument, { id: request.params.id }, contextOf(request));
      if (feedback === null) throw new ApiError('NOT_FOUND', 'Feedback entry not found');
      return reply.header('etag', entityTag(feedback.version)).send(toEntry(feedback));
    },
  );

  application.get(
    BASE,
    {
      config: { failure: 'Failed to list feedback', fieldNames: LIST_FIELD_NAMES },
      schema: { querystring: ListQuery, response: { 200: ListAnswer } },
    },
    async (request) => {
      const { query } = request;
      const { feedbackList } = await run(ListFeedbackDocument, listVariables(query), contextOf(request));
      return { ...toList(feedbackList), limit: query.limit };
    },
  );

  application.get(
    `${BASE}/stats`,
    { config: { failure: 'Failed to read statistics' }, schema: { response: { 200: StatsAnswer } } },
    async (request) => {
      const { feedbackStats: stats } = await run(GetFeedbackStatsDocument, {}, contextOf(request));
      return {
        total_feedback: stats.totalFeedback,
        positive_count: stats.positiveCount,
        negative_count: stats.negativeCount,
        pending_validation: stats.pendingValidation,
        approved_count: stats.approvedCount,
        rejected_count: stats.rejectedCount,
        flagged_count: stats.flaggedCount,
        unused_for_training: stats.unusedForTraining,
        used_for_training: stats.usedForTraining,
        positive_ratio: stats.positiveRatio,
      };
    },
  );

  application.get(
    `${BASE}/by-adapter/:adapter_id`,
    {
      config: { failure: 'Failed to list feedback', fieldNames: LIST_FIELD_NAMES },
      schema: { params: AdapterParameters, querystring: ByAdapterQuery, response: { 200: ByAdapterAnswer } },
    },
    async (request) => {
      const adapterId = request.params.adapter_id;
      const { filter, ...page } = listVariables(request.query);
      const { feedbackList, linked } = await run(
        ListFeedbackByAdapterDocument,
        { filter: { ...filter, adapterId }, linked: { adapterId }, ...page },
        contextOf(request),
      );
      return { adapter_id: adapterId, ...toList(feedbackList), total_linked: linked.totalCount };
    },
  );

  application.post(
    `${BASE}/:id/link`,
    {
      config: { failure: 'Failed to link feedback' },
      schema: { params: EntryParameters, body: LinkBody, response: { 200: LinkAnswer, 201: LinkAnswer } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { adapter_id: adapterId, metadata } = request.body;
      const { linkFeedback: linked } = await ifMatch(request, (expectedVersion) =>
        run(LinkFeedbackDocument, { id, adapterId, metadata: metadata ?? null, expectedVersion }, contextOf(request)),
      );
      const { edge } = linked;
      reply.header('etag', entityTag(linked.feedback.version));
      return reply.code(linked.created ? 201 : 200).send({
        type: 'FEEDBACK_FOR',
        feedback_id: id,
        adapter_id: adapterId,
        ...present({ adapter_version: edge.adapterVersion, metadata: edge.metadata }),
        created_at: edge.createdAt?.getTime() ?? 0,
      });
    },
  );

  application.post(
    `${BASE}/mark-used`,
    {
      config: { failure: 'Failed to mark feedback as used' },
      schema: { body: MarkUsedBody, response: { 200: MarkUsedAnswer } },
    },
    async (request) => {
      const { feedback_ids: feedbackIds, training_batch_id: trainingBatchId } = request.body;
      const { markUsedForTraining } = await run(
        MarkUsedForTrainingDocument,
        { feedbackIds, trainingBatchId },
        contextOf(request),
      );
      return { marked: markUsedForTraining.marked, training_batch_id: markUsedForTraining.trainingBatchId };
    },
  );
}
