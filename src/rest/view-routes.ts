import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { ApiError } from '../errors.js';
import { MAX_VIEW_BYTES, MAX_VIEW_COLUMNS, MAX_VIEWS } from '../feedback/saved-views.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { BASE } from './feedback-routes.js';
import { FILTER_FIELD_NAMES, FilterAnswer, FilterBody, fromFilter, toFilterInput } from './filter-body.js';
import { fromEnum, toEnum } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  CreateSavedViewDocument,
  DeleteSavedViewDocument,
  GetSavedViewDocument,
  ListSavedViewsDocument,
  type SavedViewEntryFragment,
  UpdateSavedViewDocument,
} from './operations.generated.js';
import { closed, nextCursor } from './schemas.js';

const VIEWS = `${BASE}/views`;

const OrderSchema = Type.Enum(['asc', 'desc'], {
  type: 'string',
  description: 'asc: oldest first; desc: newest first; absent: the default of the list.',
});

const content = {
  name: Type.String({ description: 'Name of the view: 1 to 256 bytes, not blank.' }),
  order: Type.Optional(OrderSchema),
  columns: Type.Array(Type.String(), {
    description: `Names of the columns to show, at most ${MAX_VIEW_COLUMNS}; what they mean is up to the client.`,
  }),
  shared: Type.Boolean({ description: 'Whether everybody in the organization who reads feedback can read the view.' }),
};

const ViewAnswer = Type.Object(
  {
    id: Type.String({ description: 'Id of the view.' }),
    ...content,
    filter: FilterAnswer,
    revision: Type.Integer({ description: 'Revision number of the view, incremented by every change.' }),
    created_by: Type.String({ description: 'The `sub` claim of the token of the user who owns the view.' }),
    created_at: Type.Integer({ description: 'Time the view was saved first, in epoch milliseconds.' }),
    updated_at: Type.Integer({ description: 'Time of the last change, in epoch milliseconds.' }),
  },
  { title: 'SavedView' },
);

const FILTER = { status: 'flagged', model: 'llama-2-7b' } as const;
const VIEW = {
  id: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  name: 'Flagged this month',
  filter: FILTER,
  order: 'desc',
  columns: ['created_at', 'question', 'tags'],
  shared: true,
  revision: 1,
  created_by: 'reviewer-1',
  created_at: 1_234_567_890_000,
  updated_at: 1_234_567_890_000,
};
const EXAMPLES = {
  create: {
    shared: {
      summary: 'A shared view',
      value: { name: VIEW.name, filter: FILTER, order: 'desc', columns: VIEW.columns, shared: true },
    },
  },
  rename: { rename: { summary: 'Rename a view', value: { name: 'To be reviewed' } } },
  view: { view: { summary: 'A saved view', value: VIEW } },
  list: { one: { summary: 'One view', value: { views: [VIEW], count: 1 } } },
  deleted: { deleted: { summary: 'The view is gone', value: { id: VIEW.id } } },
};

const CreateBody = Type.Object(
  {
    name: content.name,
    filter: Type.Optional(FilterBody),
    order: content.order,
    columns: Type.Optional(content.columns),
    shared: Type.Optional(content.shared),
  },
  { ...closed, title: 'SavedViewRequest', 'x-examples': EXAMPLES.create },
);

const ChangeBody = Type.Object(
  {
    ...Type.Partial(CreateBody).properties,
    order: Type.Optional(
      Type.Unsafe<'asc' | 'desc' | null>({
        type: ['string', 'null'],
        enum: ['asc', 'desc', null],
        description: 'Order of the list; null for the default of the list.',
      }),
    ),
    revision: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'Expected current revision of the view.' }),
    ),
  },
  { ...closed, minProperties: 1, title: 'SavedViewChange', 'x-examples': EXAMPLES.rename },
);

const ListQuery = Type.Object(
  {
    scope: Type.Enum(['own', 'shared'], {
      type: 'string',
      default: 'own',
      description: "own: the user's own views; shared: those that users share with the organization.",
    }),
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of views to return.' }),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
  },
  closed,
);

const ListAnswer = Type.Object(
  {
    views: Type.Array(ViewAnswer, { description: 'Views of the page, oldest first.' }),
    count: Type.Integer({ description: 'Number of views returned.' }),
    next_cursor: nextCursor,
  },
  { title: 'SavedViewList' },
);

const Parameters = Type.Object({ id: Type.String({ description: 'Id of the view.' }) });

const FIELD_NAMES = new Map([...FILTER_FIELD_NAMES, ['first', 'limit'], ['after', 'cursor']]);

/** Saved views of the list of feedback. */
export function viewRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.get(
    VIEWS,
    {
      config: { failure: 'Failed to list saved views', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'listSavedViews',
        summary: 'List saved views',
        description: 'Lists the views of the list of entries that the user has saved, or those that users share.',
        tags: [TAGS.feedback],
        querystring: ListQuery,
        response: { 200: answer(ListAnswer, 'A page of saved views.', EXAMPLES.list) },
      },
    },
    async (request) => {
      const { scope, limit, cursor } = request.query;
      const variables = { scope: toEnum(scope), first: limit, after: cursor ?? null };
      const { savedViews } = await run(ListSavedViewsDocument, variables, contextOf(request));
      const { edges, pageInfo } = savedViews;
      return {
        views: edges.map(({ node }) => toView(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.post(
    VIEWS,
    {
      config: { failure: 'Failed to save the view', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'createSavedView',
        summary: 'Save a view',
        description:
          `Saves a filter, an order and columns of the list of entries under a name: at most ${MAX_VIEWS} views for each ` +
          `user, of ${MAX_VIEW_BYTES} bytes of JSON each.`,
        tags: [TAGS.feedback],
        body: CreateBody,
        response: { 201: answer(ViewAnswer, 'The view was saved.', EXAMPLES.view) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const { name, filter, order, columns, shared } = request.body;
      const input = {
        name,
        filter: filter === undefined ? null : toFilterInput(filter),
        order: order === undefined ? null : toEnum(order),
        columns: columns ?? null,
        isShared: shared ?? null,
      };
      const { createSavedView: view } = await run(CreateSavedViewDocument, { input }, contextOf(request));
      return reply.code(201).header('location', `${VIEWS}/${view.id}`).send(toView(view));
    },
  );

  application.get(
    `${VIEWS}/:id`,
    {
      config: { failure: 'Failed to read the view' },
      schema: {
        operationId: 'getSavedView',
        summary: 'Read a saved view',
        description: "Returns one of the user's own views, or a shared one.",
        tags: [TAGS.feedback],
        params: Parameters,
        response: { 200: answer(ViewAnswer, 'The view.', EXAMPLES.view) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { savedView } = await run(GetSavedViewDocument, { id: request.params.id }, contextOf(request));
      if (savedView === null) throw new ApiError('NOT_FOUND', 'Saved view not found');
      return toView(savedView);
    },
  );

  application.patch(
    `${VIEWS}/:id`,
    {
      config: {
        failure: 'Failed to change the view',
        fieldNames: new Map([...FIELD_NAMES, ['expectedRevision', 'revision']]),
      },
      schema: {
        operationId: 'updateSavedView',
        summary: 'Change a saved view',
        description:
          'Changes the name, filter, order or columns of a view, or whether it is shared; omitted fields stay as they are. A ' +
          'shared view of another user can only be changed with the permission `org:admin`.',
        tags: [TAGS.feedback],
        params: Parameters,
        body: ChangeBody,
        response: { 200: answer(ViewAnswer, 'The view was changed.', EXAMPLES.view) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const { id } = request.params;
      const { revision, ...change } = request.body;
      const variables = { id, input: toChange(change), expectedRevision: revision ?? null };
      const { updateSavedView: view } = await run(UpdateSavedViewDocument, variables, contextOf(request));
      return toView(view);
    },
  );

  application.delete(
    `${VIEWS}/:id`,
    {
      config: { failure: 'Failed to delete the view' },
      schema: {
        operationId: 'deleteSavedView',
        summary: 'Delete a saved view',
        description:
          'Deletes a view. A shared view of another user can only be deleted with the permission `org:admin`.',
        tags: [TAGS.feedback],
        params: Parameters,
        response: {
          200: answer(
            Type.Object({ id: Type.String({ description: 'Id of the view.' }) }, { title: 'DeletedView' }),
            'The view was deleted.',
            EXAMPLES.deleted,
          ),
        },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { deleteSavedView: id } = await run(DeleteSavedViewDocument, { id: request.params.id }, contextOf(request));
      return { id };
    },
  );
}

function toChange({ name, filter, order, columns, shared }: Omit<Static<typeof ChangeBody>, 'revision'>) {
  return {
    ...omitNullish({ name, columns, isShared: shared }),
    ...(filter !== undefined && { filter: toFilterInput(filter) }),
    ...(order !== undefined && { order: order === null ? null : toEnum(order) }),
  };
}

function toView(view: SavedViewEntryFragment): Static<typeof ViewAnswer> {
  const { order } = view;
  return {
    id: view.id,
    name: view.name,
    filter: fromFilter(view.filter),
    ...omitNullish({ order: order && fromEnum(order) }),
    columns: view.columns,
    shared: view.isShared,
    revision: view.revision,
    created_by: view.createdBy,
    created_at: view.createdAt.getTime(),
    updated_at: view.updatedAt.getTime(),
  };
}
