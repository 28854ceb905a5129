import type { JsonValue, PlanStep } from '@feedback-graph/cypher';
import { GraphQLJSON } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'The result of a graph query.' })
export class GraphQueryResult {
  @Field(() => [String], { description: 'Column names, in order.' })
  columns!: readonly string[];

  @Field(() => [GraphQLJSON], {
    description:
      'Rows, each a list with one value per column. A node is `{id, labels, properties}`, a relationship `{id, ' +
      'type, from, to, properties}` and a path `{nodes, relationships}`.',
  })
  rows!: readonly (readonly JsonValue[])[];

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'The query plan, for a query that starts with EXPLAIN (which is not executed) or PROFILE (which reports ' +
      'what each step did).',
  })
  plan?: PlanStep;
}
