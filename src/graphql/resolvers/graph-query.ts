import { hash } from 'node:crypto';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { GRAPH_PERMISSIONS, type Permission, RELATIONSHIP_PERMISSIONS } from '../../permissions.js';
import { hasPermission, type Principal, requirePermission } from '../../principal.js';
import type { EdgeType } from '../../store/layout.js';
import { type RequestContext, unlessGone } from '../context.js';
import { createGraphQueries, DEFAULT_QUERY_SETTINGS } from '../graph-queries.js';
import { GraphQueryResult } from '../types/graph-query.js';
import { JSONObject } from '../types/json.js';

const GUARDED_RELATIONSHIPS = Object.entries(RELATIONSHIP_PERMISSIONS) as readonly [
  keyof typeof RELATIONSHIP_PERMISSIONS,
  Permission,
][];

function hiddenFrom(principal: Principal): ReadonlySet<EdgeType> {
  return new Set(
    GUARDED_RELATIONSHIPS.flatMap(([type, permission]) => (hasPermission(principal, permission) ? [] : [type])),
  );
}

@Resolver()
export class GraphQueryResolver {
  @Query(() => GraphQueryResult, {
    description:
      'Runs a read-only openCypher query over feedback entries, adapters and training batches; see ' +
      'docs/graph-queries.md.',
  })
  async graphQuery(
    @Arg('query', () => String, { description: 'The query, such as `MATCH (a:Adapter) RETURN a.id`.' }) query: string,
    @Arg('parameters', () => JSONObject, {
      nullable: true,
      description: "Values of the query's `$` parameters.",
    })
    parameters: Readonly<Record<string, unknown>> | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<GraphQueryResult> {
    const { services, actor, graphQueries, principal, budget } = context;
    // A query reads along all edges, and its plan tells of all counts.
    for (const permission of GRAPH_PERMISSIONS) requirePermission(principal, permission);
    const run = services.graphQueries ?? createGraphQueries(services, DEFAULT_QUERY_SETTINGS);
    const leave = await graphQueries.enter();
    try {
      budget?.check();
      const result = await unlessGone(context, (gone) =>
        run(actor.org, {
          query,
          parameters: parameters ?? {},
          hidden: hiddenFrom(principal),
          taken: graphQueries.taken,
          signal: budget === undefined ? gone : AbortSignal.any([gone, budget.over]),
        }),
      );
      services.accessTrail?.count(actor, 'graph.query', hash('sha256', query), { rows: result.rows.length });
      return result;
    } finally {
      leave();
    }
  }
}
