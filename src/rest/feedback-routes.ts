import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import { omitNullish } from '../omit-nullish.js';
import { entryText, JSON_TYPE, sendList } from './entry-text.js';
import { EXAMPLES } from './examples.js';
import { LIST_FIELD_NAMES, listVariables, toList, toStats, toSubmitInput, toSubmitted } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  GetFeedbackDocument,
  GetFeedbackStatsDocument,
  LinkFeedbackDocument,
  ListFeedbackByAdapterDocument,
  type ListFeedbackByAdapterQuery,
  ListFeedbackDocument,
  type ListFeedbackQuery,
  MarkUsedForTrainingDocument,
  SubmitFeedbackDocument,
  UnlinkFeedbackDocument,
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
  LinkParameters,
  ListAnswer,
  ListQuery,
  MarkUsedAnswer,
  MarkUsedBody,
  StatsAnswer,
  SubmitAnswer,
  SubmitBody,
  UnlinkAnswer,
} from './schemas.js';

const listAnswer = memoizeByIdentity(
  ({ feedbackList }: ListFeedbackQuery, limit: number): Static<typeof ListAnswer> => ({
    ...toList(feedbackList),
    limit,
  }),
);

const byAdapterAnswer = memoizeByIdentity(
  ({ feedbackList, linked }: ListFeedbackByAdapterQuery, adapterId: string): Static<typeof ByAdapterAnswer> => ({
    adapter_id: adapterId,
    ...toList(feedbackList),
    total_linked: linked.totalCount,
  }),
);

/** Where the documented routes are. */
export const BASE = '/api/v1/llm/feedback';

/** The documented routes. Each maps its request onto an operation of schema/operations/ and the answer back. */
export function feedbackRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    BASE,
    {
      config: { failure: 'Failed to store feedback' },
      schema: {
        operationId: 'submitFeedback',
        summary: 'Submit feedback',
        description:
          'Validates and stores one judgement of one answer and links it to its adapter. Entries that ' +
          'validation rejects or flags are stored too, as `validation_status` and `validation_reasons` show.',
        tags: [TAGS.feedback],
        body: SubmitBody,
        response: { 201: answer(SubmitAnswer, 'The entry was stored.', EXAMPLES.submitted) },
        refusals: ['GONE'],
        entityTag: 'given',
      },
    },
    async (request, reply) => {
      const input = toSubmitInput(request.body);
      const { submitFeedback: stored } = await run(SubmitFeedbackDocument, { input }, contextOf(request));
      return reply.code(201).header('etag', entityTag(stored.version)).send(toSubmitted(stored));
    },
  );

  application.get(
    `${BASE}/:id`,
    {
      config: { failure: 'Failed to read feedback' },
      schema: {
        operationId: 'getFeedback',
        summary: 'Retrieve an entry',
        description: 'Returns the current version of an entry.',
        tags: [TAGS.feedback],
        params: EntryParameters,
        response: { 200: answer(EntryAnswer, 'The entry.', EXAMPLES.entry) },
        refusals: ['NOT_FOUND', 'GONE'],
        entityTag: 'given',
      },
    },
    async (request, reply) => {
      const { feedback } = await run(GetFeedbackDocument, { id: request.params.id }, contextOf(request));
      if (feedback === null) throw new ApiError('NOT_FOUND', 'Feedback entry not found');
      return reply
        .header('etag', entityTag(feedback.version))
        .type(JSON_TYPE)
        .serializer(entryText)
        .send(feedback.document);
    },
  );

  application.get(
    BASE,
    {
      config: { failure: 'Failed to list feedback', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listFeedback',
        summary: 'List entries',
        description:
          'Lists entries that match every given filter. If there are more than `limit`, `next_cursor` leads to ' +
          'the next page. Concurrent writes neither repeat nor skip entries.',
        tags: [TAGS.feedback],
        querystring: ListQuery,
        response: { 200: answer(ListAnswer, 'A page of entries.', EXAMPLES.list) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const listed = await run(ListFeedbackDocument, listVariables(query), contextOf(request));
      return sendList(reply, listAnswer(listed, query.limit));
    },
  );

  application.get(
    `${BASE}/stats`,
    {
      config: { failure: 'Failed to read statistics' },
      schema: {
        operationId: 'getFeedbackStats',
        summary: 'Count entries',
        description: 'Counts all entries of the organization, excluding erased ones.',
        tags: [TAGS.feedback],
        response: { 200: answer(StatsAnswer, 'The counts.', EXAMPLES.stats) },
      },
    },
    async (request) => {
      const { feedbackStats: stats } = await run(GetFeedbackStatsDocument, {}, contextOf(request));
      return toStats(stats);
    },
  );

  application.get(
    `${BASE}/by-adapter/:adapter_id`,
    {
      config: { failure: 'Failed to list feedback', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listFeedbackByAdapter',
        summary: 'List entries of an adapter',
        description: 'Lists the entries linked to an adapter. The list is empty if the adapter does not exist.',
        tags: [TAGS.adapters],
        params: AdapterParameters,
        querystring: ByAdapterQuery,
        response: { 200: answer(ByAdapterAnswer, 'A page of entries.', EXAMPLES.byAdapter) },
      },
    },
    async (request, reply) => {
      const adapterId = request.params.adapter_id;
      const { filter, ...page } = listVariables(request.query);
      const listed = await run(
        ListFeedbackByAdapterDocument,
        { filter: { ...filter, adapterId }, linked: { adapterId }, ...page },
        contextOf(request),
      );
      return sendList(reply, byAdapterAnswer(listed, adapterId));
    },
  );

  application.post(
    `${BASE}/:id/link`,
    {
      config: { failure: 'Failed to link feedback' },
      schema: {
        operationId: 'linkFeedback',
        summary: 'Link an entry to an adapter',
        description:
          'Links an entry to an adapter, creating the adapter if it does not exist. Linking them again replaces ' +
          'the metadata.',
        tags: [TAGS.adapters],
        params: EntryParameters,
        body: LinkBody,
        response: {
          200: answer(LinkAnswer, 'The link already existed; its metadata was replaced.', EXAMPLES.linked),
          201: answer(LinkAnswer, 'The link was created.', EXAMPLES.linked),
        },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
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
        ...omitNullish({ adapter_version: edge.adapterVersion, metadata: edge.metadata }),
        created_at: edge.createdAt?.getTime() ?? 0,
      });
    },
  );

  application.delete(
    `${BASE}/:id/link/:adapter_id`,
    {
      config: { failure: 'Failed to unlink feedback' },
      schema: {
        operationId: 'unlinkFeedback',
        summary: 'Remove the link of an entry to an adapter',
        description:
          'Removes the link and its metadata; the adapter stays. The link to the adapter named in the submission cannot ' +
          'be removed, and without the permission `adapters:write` only links that the same `sub` made can.',
        tags: [TAGS.adapters],
        params: LinkParameters,
        response: { 200: answer(UnlinkAnswer, 'The link was removed.', EXAMPLES.unlinked) },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { id, adapter_id: adapterId } = request.params;
      const { unlinkFeedback: entry } = await ifMatch(request, (expectedVersion) =>
        run(UnlinkFeedbackDocument, { id, adapterId, expectedVersion }, contextOf(request)),
      );
      reply.header('etag', entityTag(entry.version));
      return { feedback_id: id, adapter_id: adapterId, version: entry.version };
    },
  );

  application.post(
    `${BASE}/mark-used`,
    {
      config: {
        failure: 'Failed to mark feedback as used',
        fieldNames: new Map([['expectedVersions', 'expected_versions']]),
      },
      schema: {
        operationId: 'markFeedbackAsUsed',
        summary: 'Mark entries as used for training',
        description:
          'Marks entries as used by a training batch, all or nothing. Only approved, unused entries can be ' +
          'marked.',
        tags: [TAGS.training],
        body: MarkUsedBody,
        response: { 200: answer(MarkUsedAnswer, 'The entries were marked as used.', EXAMPLES.markedUsed) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const { feedback_ids: feedbackIds, training_batch_id: trainingBatchId, expected_versions } = request.body;
      const { markUsedForTraining } = await run(
        MarkUsedForTrainingDocument,
        { feedbackIds, trainingBatchId, expectedVersions: expected_versions ?? null },
        contextOf(request),
      );
      return { marked: markUsedForTraining.marked, training_batch_id: markUsedForTraining.trainingBatchId };
    },
  );
}
