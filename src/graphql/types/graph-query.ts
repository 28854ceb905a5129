import type { JsonValue, PlanStep } from '@feedback-graph/cypher';
import { GraphQLJSON } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'What a graph query answers.' })
export class GraphQueryResult {
  @Field(() => [String], { description: 'The names of the columns, in their order.' })
  columns!: readonly string[];

  @Field(() => [GraphQLJSON], {
    description:
      'Each row is a list with a value for each column. A node is `{id, labels, properties}`, a relationship ' +
      '`{id, type, from, to, properties}`, a path `{nodes, relationships}`.',
  })
  rows!: readonly (readonly JsonValue[])[];

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'The steps of a query that starts with EXPLAIN, which is not run, or with PROFILE, which tells what each step did.',
  })
  plan?: PlanStep;
}
