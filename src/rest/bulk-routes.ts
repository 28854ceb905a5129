import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import {
  BULK_EXAMPLES,
  BulkListAnswer,
  BulkListQuery,
  BulkOperationAnswer,
  BulkParameters,
  BulkPreviewAnswer,
  BulkPreviewBody,
  BulkStartBody,
} from './bulk-schemas.js';
import { BASE } from './feedback-routes.js';
import { FILTER_FIELD_NAMES, toFilterInput } from './filter-body.js';
import { fromEnum, toEnum } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  type BulkOperationEntryFragment,
  type BulkSkipReason,
  CancelBulkOperationDocument,
  GetBulkOperationDocument,
  ListBulkOperationsDocument,
  PreviewBulkOperationDocument,
  StartBulkOperationDocument,
  UndoBulkOperationDocument,
} from './operations.generated.js';

const BULK = `${BASE}/bulk`;
/** A request may have 10,000 ids. */
const BODIES_OF_MANY_IDS = 4;
const FIELD_NAMES = new Map([
  ...FILTER_FIELD_NAMES,
  ['first', 'limit'],
  ['after', 'cursor'],
  ['change.reason', 'reason'],
  ['change.addTags', 'add_tags'],
  ['change.removeTags', 'remove_tags'],
  ['change.adapterId', 'adapter_id'],
  ['tags', 'add_tags'],
]);

/** Changes of many entries at once. @param bodyLimit bytes */
export function bulkRoutes(application: Application, run: RunOperation, services: Services, bodyLimit: number): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    `${BULK}/preview`,
    {
      bodyLimit: bodyLimit * BODIES_OF_MANY_IDS,
      config: { failure: 'Failed to preview the operation', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'previewBulkOperation',
        summary: 'Preview a bulk operation',
        description: 'Counts the entries that an operation would change now, and those that it would skip, by reason.',
        tags: [TAGS.review],
        body: BulkPreviewBody,
        response: { 200: answer(BulkPreviewAnswer, 'What the operation would do now.', BULK_EXAMPLES.previewed) },
        readOnly: true,
      },
    },
    async (request) => {
      const variables = toVariables(request.body);
      const { previewBulkOperation: preview } = await run(PreviewBulkOperationDocument, variables, contextOf(request));
      return { selected: preview.selected, changed: preview.changed, skipped: toSkipped(preview.skipped) };
    },
  );

  application.post(
    BULK,
    {
      bodyLimit: bodyLimit * BODIES_OF_MANY_IDS,
      config: { failure: 'Failed to start the operation', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'startBulkOperation',
        summary: 'Start a bulk operation',
        description:
          'Starts to review, tag, link or unlink up to 10,000 entries and answers at once; the server carries it out in the ' +
          'background, also after a restart. At most 10 operations of an organization are under way at a time.',
        tags: [TAGS.review],
        body: BulkStartBody,
        response: { 202: answer(BulkOperationAnswer, 'The operation was started.', BULK_EXAMPLES.started) },
        refusals: ['CONFLICT'],
      },
    },
    async (request, reply) => {
      const { expected_count: expectedCount, ...body } = request.body;
      const variables = { ...toVariables(body), expectedCount: expectedCount ?? null };
      const { startBulkOperation: operation } = await run(StartBulkOperationDocument, variables, contextOf(request));
      return reply.code(202).header('location', `${BULK}/${operation.id}`).send(toOperation(operation));
    },
  );

  application.get(
    BULK,
    {
      config: { failure: 'Failed to list bulk operations', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'listBulkOperations',
        summary: 'List bulk operations',
        description:
          'Lists the bulk operations of the user, newest first; with the permission `org:admin` those of all users.',
        tags: [TAGS.review],
        querystring: BulkListQuery,
        response: { 200: answer(BulkListAnswer, 'A page of bulk operations.', BULK_EXAMPLES.list) },
      },
    },
    async (request) => {
      const variables = { first: request.query.limit, after: request.query.cursor ?? null };
      const { bulkOperations } = await run(ListBulkOperationsDocument, variables, contextOf(request));
      const { edges, pageInfo } = bulkOperations;
      return {
        operations: edges.map(({ node }) => toOperation(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.get(
    `${BULK}/:id`,
    {
      config: { failure: 'Failed to read the operation' },
      schema: {
        operationId: 'getBulkOperation',
        summary: 'Read a bulk operation',
        description:
          'Returns the state and progress of an operation. Its author and tokens with the permission `org:admin` can read it.',
        tags: [TAGS.review],
        params: BulkParameters,
        response: { 200: answer(BulkOperationAnswer, 'The operation.', BULK_EXAMPLES.operation) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { bulkOperation } = await run(GetBulkOperationDocument, { id: request.params.id }, contextOf(request));
      if (bulkOperation === null) throw new ApiError('NOT_FOUND', 'Bulk operation not found');
      return toOperation(bulkOperation);
    },
  );

  application.post(
    `${BULK}/:id/cancel`,
    {
      config: { failure: 'Failed to cancel the operation' },
      schema: {
        operationId: 'cancelBulkOperation',
        summary: 'Cancel a bulk operation',
        description:
          'Ends an operation that is running; entries that it has changed stay changed until it is undone. Canceling one that ' +
          'has ended returns it as it is.',
        tags: [TAGS.review],
        params: BulkParameters,
        response: { 200: answer(BulkOperationAnswer, 'The operation has ended.', BULK_EXAMPLES.canceled) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const variables = { id: request.params.id };
      const { cancelBulkOperation: operation } = await run(CancelBulkOperationDocument, variables, contextOf(request));
      return toOperation(operation);
    },
  );

  application.post(
    `${BULK}/:id/undo`,
    {
      config: { failure: 'Failed to undo the operation' },
      schema: {
        operationId: 'undoBulkOperation',
        summary: 'Undo a bulk operation',
        description:
          'Starts to give each entry that nobody has changed since what it had before, as a new version, and answers at once. ' +
          'An operation that is running ends first. Undoing one again returns it as it is.',
        tags: [TAGS.review],
        params: BulkParameters,
        response: { 202: answer(BulkOperationAnswer, 'The operation is being undone.', BULK_EXAMPLES.undoing) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const variables = { id: request.params.id };
      const { undoBulkOperation: operation } = await run(UndoBulkOperationDocument, variables, contextOf(request));
      return reply.code(202).send(toOperation(operation));
    },
  );
}

function toVariables({
  action,
  reason,
  add_tags,
  remove_tags,
  adapter_id,
  ids,
  filter,
}: Static<typeof BulkPreviewBody>) {
  return {
    selection: { ids: ids ?? null, filter: filter === undefined ? null : toFilterInput(filter) },
    change: {
      action: toEnum(action),
      reason: reason ?? null,
      addTags: add_tags ?? null,
      removeTags: remove_tags ?? null,
      adapterId: adapter_id ?? null,
    },
  };
}

type Skips = readonly { readonly reason: BulkSkipReason; readonly count: number }[];

function toSkipped(skips: Skips): Record<string, number> {
  return Object.fromEntries(skips.map(({ reason, count }) => [fromEnum(reason), count]));
}

function toOperation(operation: BulkOperationEntryFragment): Static<typeof BulkOperationAnswer> {
  const { undo } = operation;
  return {
    id: operation.id,
    state: fromEnum(operation.state),
    action: fromEnum(operation.action),
    ...omitNullish({
      reason: operation.reason,
      add_tags: operation.addTags,
      remove_tags: operation.removeTags,
      adapter_id: operation.adapterId,
    }),
    total: operation.total,
    done: operation.done,
    changed: operation.changed,
    skipped: toSkipped(operation.skipped),
    ...(undo !== null && {
      undo: {
        created_by: undo.createdBy,
        total: undo.total,
        done: undo.done,
        restored: undo.restored,
        skipped: toSkipped(undo.skipped),
      },
    }),
    created_by: operation.createdBy,
    created_at: operation.createdAt.getTime(),
    updated_at: operation.updatedAt.getTime(),
    expires_at: operation.expiresAt.getTime(),
  };
}
