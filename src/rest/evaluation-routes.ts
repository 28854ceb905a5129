import type { FastifyRequest } from 'fastify';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { ADAPTERS, unknownAdapter } from './adapter-routes.js';
import { AdapterIdParameters } from './adapter-schemas.js';
import { LIST_FIELD_NAMES } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import { ListEvaluationsDocument, RecordEvaluationsDocument } from './operations.generated.js';
import { EXAMPLES } from './promotion-examples.js';
import { fromEvaluation } from './promotion-mapping.js';
import { EvaluationsAnswer, EvaluationsBody, PageQuery } from './promotion-schemas.js';

/** What was measured of adapters outside this server. */
export function evaluationRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    `${ADAPTERS}/:id/evaluations`,
    {
      config: { failure: 'Failed to record the evaluations' },
      schema: {
        operationId: 'recordEvaluations',
        summary: 'Record evaluations of an adapter',
        description:
          'Records what was measured of an adapter elsewhere, such as on a benchmark. Promotion rules and documents use the ' +
          'newest evaluation of each metric and dataset. At most 10,000 evaluations of 200 metrics per adapter.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        body: EvaluationsBody,
        response: { 201: answer(EvaluationsAnswer, 'The recorded evaluations.', EXAMPLES.evaluations) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const evaluations = request.body.evaluations.map(({ name, value, measured_at: at, ...rest }) => ({
        name,
        value,
        ...omitNullish(rest),
        ...omitNullish({ measuredAt: at === undefined ? undefined : new Date(at) }),
      }));
      const variables = { adapterId: request.params.id, evaluations };
      const { recordEvaluations } = await run(RecordEvaluationsDocument, variables, contextOf(request));
      const recorded = recordEvaluations.evaluations.map(fromEvaluation);
      return reply.code(201).send({ evaluations: recorded, count: recorded.length });
    },
  );

  application.get(
    `${ADAPTERS}/:id/evaluations`,
    {
      config: { failure: 'Failed to list the evaluations', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listEvaluations',
        summary: 'List evaluations of an adapter',
        description: 'Lists the evaluations of an adapter, the last recorded first.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        querystring: PageQuery,
        response: { 200: answer(EvaluationsAnswer, 'A page of evaluations.', EXAMPLES.evaluations) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { limit: first, cursor: after = null } = request.query;
      const variables = { id: request.params.id, first, after };
      const { adapter } = await run(ListEvaluationsDocument, variables, contextOf(request));
      if (adapter === null) throw unknownAdapter();
      const { edges, pageInfo } = adapter.evaluations;
      return {
        evaluations: edges.map(({ node }) => fromEvaluation(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );
}
