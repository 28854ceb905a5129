/** What was measured of adapters outside this server. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { connectionType, ListEdge } from './connection.js';

@ObjectType('Evaluation', { simpleResolvers: true, description: 'A value of a metric measured of an adapter.' })
export class EvaluationNode {
  @Field(() => ID, { description: 'Id of the evaluation. Ids are in the order of recording.' })
  id!: string;

  @Field(() => String, { description: 'Name of the metric.' })
  name!: string;

  @Field(() => Float, { description: 'The value.' })
  value!: number;

  @Field(() => String, { nullable: true, description: 'Dataset it was measured on.' })
  dataset?: string;

  @Field(() => String, { nullable: true, description: 'Id or URL of the run that measured it.' })
  run?: string;

  @Field(() => String, { nullable: true, description: 'Registered version of the adapter when it was recorded.' })
  adapterVersion?: string;

  @Field(() => GraphQLDateTime, { description: 'Time of the measurement.' })
  measuredAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time it was recorded.' })
  createdAt!: number;

  @Field(() => String, { description: "Who recorded it: the token's `sub`." })
  createdBy!: string;
}

@ObjectType({ simpleResolvers: true, description: 'An evaluation in a list.' })
export class EvaluationEdge extends ListEdge {
  @Field(() => EvaluationNode, { description: 'The evaluation.' })
  node!: EvaluationNode;
}

export const EvaluationConnection = connectionType(
  'EvaluationConnection',
  () => EvaluationEdge,
  'A page of the evaluations of an adapter, the last recorded first.',
);

@InputType({ description: 'A value of a metric measured of an adapter.' })
export class EvaluationInput {
  @Field(() => String, { description: 'Name of the metric, 1 to 256 bytes.' })
  name!: string;

  @Field(() => Float, { description: 'The value, a finite number.' })
  value!: number;

  @Field(() => String, { nullable: true, description: 'Dataset it was measured on, 1 to 256 bytes.' })
  dataset?: string | null;

  @Field(() => String, { nullable: true, description: 'Id or URL of the run that measured it, 1 to 256 bytes.' })
  run?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time of the measurement; now by default.' })
  measuredAt?: Date | null;
}

@ObjectType({ simpleResolvers: true, description: 'Result of recording evaluations.' })
export class RecordEvaluationsPayload {
  @Field(() => [EvaluationNode], { description: 'The recorded evaluations, in the order of the request.' })
  evaluations!: readonly EvaluationNode[];
}
