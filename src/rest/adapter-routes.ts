import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { documentedAdapter } from '../adapters/documented-adapter.js';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import {
  AdapterAnswer,
  AdapterBody,
  AdapterIdParameters,
  AdaptersAnswer,
  AdaptersQuery,
  AdapterStatsAnswer,
  AdapterStatsQuery,
  LineageAnswer,
  LineageQuery,
} from './adapter-schemas.js';
import { EXAMPLES } from './examples.js';
import { fromEnum, LIST_FIELD_NAMES, toEnum, toStats } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  type AdapterEntryFragment,
  type AdapterWithParentsFragment,
  GetAdapterDocument,
  GetAdapterLineageDocument,
  GetAdapterStatsDocument,
  type GetAdapterStatsQuery,
  ListAdaptersDocument,
  RegisterAdapterDocument,
  type RegisterAdapterMutationVariables,
} from './operations.generated.js';
import { entityTag, ifMatch } from './preconditions.js';

/** Where the routes of adapters are. */
export const ADAPTERS = '/api/v1/llm/adapters';

export function unknownAdapter(): ApiError {
  return new ApiError('NOT_FOUND', 'Adapter not found');
}

/** Adapters: registered, read, listed, counted. */
export function adapterRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.put(
    `${ADAPTERS}/:id`,
    {
      config: { failure: 'Failed to register the adapter' },
      schema: {
        operationId: 'registerAdapter',
        summary: 'Register an adapter',
        description:
          'Registers an adapter or base model, or updates the given fields of an existing one; omitted fields ' +
          'are unchanged. Parents that do not exist are created. An adapter cannot become its own ancestor.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        body: AdapterBody,
        response: {
          200: answer(AdapterAnswer, 'The existing adapter was updated.', EXAMPLES.adapter),
          201: answer(AdapterAnswer, 'The adapter was registered.', EXAMPLES.adapter),
        },
        refusals: ['CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const variables = { id, ...toRegistration(request.body) };
      const { registerAdapter: adapter } = await ifMatch(request, (expectedRevision) =>
        run(RegisterAdapterDocument, { ...variables, expectedRevision }, contextOf(request)),
      );
      reply.header('etag', entityTag(adapter.revision));
      return reply.code(adapter.revision === 1 ? 201 : 200).send(toAdapter(adapter));
    },
  );

  application.get(
    ADAPTERS,
    {
      config: { failure: 'Failed to list adapters', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listAdapters',
        summary: 'List adapters',
        description:
          'Lists all adapters and base models, or those at a stage, ordered by id. If there are more than `limit`, `next_cursor` ' +
          'leads to the next page.',
        tags: [TAGS.adapters],
        querystring: AdaptersQuery,
        response: { 200: answer(AdaptersAnswer, 'A page of adapters.', EXAMPLES.adapters) },
      },
    },
    async (request) => {
      const { limit, cursor: after = null, stage: given } = request.query;
      const stage = given === undefined ? null : toEnum(given);
      const { adapters } = await run(ListAdaptersDocument, { first: limit, after, stage }, contextOf(request));
      const { edges, pageInfo } = adapters;
      return {
        adapters: edges.map(({ node }) => toListed(node)),
        count: edges.length,
        limit,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.get(
    `${ADAPTERS}/:id`,
    {
      config: { failure: 'Failed to read the adapter' },
      schema: {
        operationId: 'getAdapter',
        summary: 'Retrieve an adapter',
        description: 'Returns an adapter and its parents.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        response: { 200: answer(AdapterAnswer, 'The adapter.', EXAMPLES.adapter) },
        refusals: ['NOT_FOUND'],
        entityTag: 'given',
      },
    },
    async (request, reply) => {
      const { adapter } = await run(GetAdapterDocument, { id: request.params.id }, contextOf(request));
      if (adapter === null) throw unknownAdapter();
      return reply.header('etag', entityTag(adapter.revision)).send(toAdapter(adapter));
    },
  );

  application.get(
    `${ADAPTERS}/:id/lineage`,
    {
      config: {
        failure: 'Failed to read the lineage',
        fieldNames: new Map([
          ['first', 'limit'],
          ['maxDepth', 'max_depth'],
        ]),
      },
      schema: {
        operationId: 'getAdapterLineage',
        summary: 'Retrieve the lineage of an adapter',
        description: 'Returns the ancestors and descendants of an adapter as a graph for drawing.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        querystring: LineageQuery,
        response: { 200: answer(LineageAnswer, 'The lineage.', EXAMPLES.lineage) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { id } = request.params;
      const { direction, max_depth: maxDepth = null, limit: first } = request.query;
      const variables = { id, direction: toEnum(direction), maxDepth, first };
      const { adapter } = await run(GetAdapterLineageDocument, variables, contextOf(request));
      if (adapter === null) throw unknownAdapter();
      const { nodes, edges, truncated } = adapter.lineage;
      return {
        id,
        nodes: nodes.map((node) => ({
          id: node.adapter.id,
          ...omitNullish({ version: node.adapter.version }),
          depth: node.depth,
        })),
        edges: edges.map(({ childId, parentId, createdAt }) => ({
          child_id: childId,
          parent_id: parentId,
          created_at: createdAt?.getTime() ?? 0,
        })),
        truncated,
      };
    },
  );

  application.get(
    `${ADAPTERS}/:id/stats`,
    {
      config: { failure: 'Failed to read statistics', fieldNames: new Map([['adapterVersion', 'version']]) },
      schema: {
        operationId: 'getAdapterStats',
        summary: 'Count the entries of an adapter',
        description: 'Counts all entries linked to the adapter, excluding erased and withdrawn ones.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        querystring: AdapterStatsQuery,
        response: { 200: answer(AdapterStatsAnswer, 'The counts.', EXAMPLES.adapterStats) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { id } = request.params;
      const adapterVersion = request.query.version ?? null;
      const { adapter } = await run(GetAdapterStatsDocument, { id, adapterVersion }, contextOf(request));
      if (adapter === null) throw unknownAdapter();
      const ofVersion = omitNullish({ version: adapterVersion });
      const preferences = adapterVersion === null ? { preferences: toPreferences(adapter.preferences) } : {};
      return { id, ...ofVersion, ...toStats(adapter.stats), ...preferences };
    },
  );
}

function toPreferences({ wonCount, lostCount, tiedCount, ...rates }: AdapterPreferences): PreferencesAnswer {
  return {
    won_count: wonCount,
    lost_count: lostCount,
    tied_count: tiedCount,
    ...omitNullish({ win_rate: rates.winRate, win_rate_low: rates.winRateLow, win_rate_high: rates.winRateHigh }),
  };
}

type AdapterPreferences = NonNullable<GetAdapterStatsQuery['adapter']>['preferences'];
type PreferencesAnswer = NonNullable<Static<typeof AdapterStatsAnswer>['preferences']>;

/** A registration as the schema takes it. */
function toRegistration(body: Static<typeof AdapterBody>): Omit<RegisterAdapterMutationVariables, 'id'> {
  return omitNullish({
    version: body.version,
    baseModel: body.base_model,
    derivedFrom: body.derived_from,
    relation: body.relation === undefined ? undefined : toEnum(body.relation),
    peftType: body.peft_type,
    rank: body.rank,
    loraAlpha: body.lora_alpha,
    targetModules: body.target_modules,
    datasets: body.datasets,
  });
}

function toListed(adapter: AdapterEntryFragment): Static<typeof AdaptersAnswer>['adapters'][number] {
  const { createdAt, updatedAt } = adapter;
  return documentedAdapter(adapter, { createdAt: createdAt.getTime(), updatedAt: updatedAt.getTime() });
}

function toAdapter(adapter: AdapterWithParentsFragment): Static<typeof AdapterAnswer> {
  return {
    ...toListed(adapter),
    derived_from: adapter.derivedFrom.edges.map(({ node, relation, revision, createdAt }) => ({
      id: node.id,
      ...omitNullish({ relation: relation === null ? null : fromEnum(relation), revision }),
      created_at: createdAt?.getTime() ?? 0,
    })),
  };
}
