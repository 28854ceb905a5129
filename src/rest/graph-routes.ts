import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import { jsonInPieces, OVER_LIMIT } from '../graphql/scheduling/json-pieces.js';
import { createScheduler } from '../graphql/scheduling/scheduler.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { answer, TAGS } from './openapi.js';
import { RunGraphQueryDocument } from './operations.generated.js';

const QueryBody = Type.Object(
  {
    query: Type.String({ description: 'The query, such as `MATCH (a:Adapter) RETURN a.id`.' }),
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: "Values of the query's `$` parameters." }),
    ),
  },
  { title: 'GraphQuery', additionalProperties: false },
);

const QueryAnswer = Type.Object(
  {
    columns: Type.Array(Type.String(), { description: 'Column names, in order.' }),
    rows: Type.Array(Type.Array(Type.Unknown()), {
      description:
        'Rows, each with one value per column. A node is `{id, labels, properties}`, a relationship `{id, ' +
        'type, from, to, properties}` and a path `{nodes, relationships}`.',
    }),
    plan: Type.Optional(
      Type.Unknown({
        description:
          'The query plan, for a query that starts with EXPLAIN (which is not executed) or PROFILE (which reports ' +
          'what each step did).',
      }),
    ),
  },
  { title: 'GraphQueryResult' },
);

const EXAMPLE = {
  adapters: {
    summary: 'Number of entries for each adapter',
    value: {
      columns: ['adapter_id', 'total_feedback'],
      rows: [
        ['base_model', 12],
        ['themis_help_lora_v2', 150],
      ],
    },
  },
};

/** `POST …/graph/query` takes any read-only query: docs/graph-queries.md, "Example queries", shows the common ones. */
export function graphRoutes(application: Application, run: RunOperation, services: Services): void {
  const scheduler = createScheduler();
  application.post(
    '/api/v1/llm/graph/query',
    {
      config: { failure: 'Failed to run the query' },
      schema: {
        operationId: 'runGraphQuery',
        summary: 'Query the graph',
        description:
          'Runs a read-only openCypher query over feedback entries, adapters and training batches. Each query ' +
          'has a budget of time, rows, memory and paths; a query that exceeds it is refused with 400.',
        tags: [TAGS.graph],
        body: QueryBody,
        readOnly: true,
        response: { 200: answer(QueryAnswer, 'The result of the query.', EXAMPLE) },
      },
    },
    async (request, reply) => {
      const { query, parameters = null } = request.body;
      const { graphQuery } = await run(RunGraphQueryDocument, { query, parameters }, requestContext(request, services));
      const { columns, rows, plan } = graphQuery;
      const result = { columns, rows, ...(plan === null ? {} : { plan }) };
      // The budget of the query bounds its answer.
      const body = await jsonInPieces(result, Infinity, scheduler.start().giveWay);
      if (body === OVER_LIMIT) throw new Error('An answer without a limit is over it');
      const written: FastifyReply = reply.type('application/json; charset=utf-8');
      return written.send(body);
    },
  );
}
