import type { FastifyRequest } from 'fastify';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { listEntries, listEntriesOfAdapter, readEntry, sendJson } from './entry-reads.js';
import { EXAMPLES } from './examples.js';
import { LIST_FIELD_NAMES, listVariables, toStats, toSubmitInput } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import { GetFeedbackStatsDocument } from './operations.generated.js';
import { entityTag } from './preconditions.js';
import {
  AdapterParameters,
  ByAdapterAnswer,
  ByAdapterQuery,
  EntryAnswer,
  EntryParameters,
  ListAnswer,
  ListQuery,
  StatsAnswer,
  SubmitAnswer,
  SubmitBody,
} from './schemas.js';
import { statusOf, submitOne } from './submissions.js';

/** Where the documented routes are. */
export const BASE = '/api/v1/llm/feedback';

/** Submit, read, list and count. Each maps its request onto an operation of schema/operations/ and the answer back. */
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
          'validation rejects or flags are stored too, as `validation_status` and `validation_reasons` show. A submission ' +
          'with a known `external_id`, or from the same user on the same answer of the same `interaction_id`, changes that ' +
          'entry if it says something else.',
        tags: [TAGS.feedback],
        body: SubmitBody,
        response: {
          200: answer(
            SubmitAnswer,
            'The entry already existed; `updated` tells whether it changed.',
            EXAMPLES.resubmitted,
          ),
          201: answer(SubmitAnswer, 'The entry was stored.', EXAMPLES.submitted),
        },
        refusals: ['GONE', 'CONFLICT'],
        entityTag: 'given',
      },
    },
    async (request, reply) => {
      const input = toSubmitInput(request.body);
      const submitted = await run(submitOne, { input }, contextOf(request));
      return reply.code(statusOf(submitted)).header('etag', entityTag(submitted.version)).send(submitted);
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
      const entry = await run(readEntry, { id: request.params.id }, contextOf(request));
      if (entry === null) throw new ApiError('NOT_FOUND', 'Feedback entry not found');
      return sendJson(reply.header('etag', entityTag(entry.version)), entry.body);
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
          'the next page; a search for a phrase may go on before a page is full. Concurrent writes neither repeat nor ' +
          'skip entries.',
        tags: [TAGS.feedback],
        querystring: ListQuery,
        response: { 200: answer(ListAnswer, 'A page of entries.', EXAMPLES.list) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const page = await run(listEntries, listVariables(query), contextOf(request));
      return sendJson(reply, page.body({ limit: query.limit }));
    },
  );

  application.get(
    `${BASE}/stats`,
    {
      config: { failure: 'Failed to read statistics' },
      schema: {
        operationId: 'getFeedbackStats',
        summary: 'Count entries',
        description: 'Counts all entries of the organization, excluding erased and withdrawn ones.',
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
        listEntriesOfAdapter,
        { filter: { ...filter, adapterId }, linked: { adapterId }, ...page },
        contextOf(request),
      );
      return sendJson(reply, listed.body({ adapter_id: adapterId, total_linked: listed.total }));
    },
  );
}
