import { Field, ID, ObjectType } from 'type-graphql';
import { connectionType } from './connection.js';
import { FeedbackStatsNode } from './stats.js';

@ObjectType({ description: 'How much feedback the answers of one model version got.' })
export class ModelStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The model version, as submissions named it.' })
  modelVersion!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The statistics of a model version in a list.' })
export class ModelStatsEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => ModelStats, { description: 'The statistics of the model version.' })
  node!: ModelStats;
}

export const ModelStatsConnection = connectionType(
  'ModelStatsConnection',
  () => ModelStatsEdge,
  'A page of the statistics of model versions, by name.',
);

@ObjectType({ description: 'How much feedback the answers of one model version with one adapter got.' })
export class ModelAdapterStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The model version, as submissions named it.' })
  modelVersion!: string;

  @Field(() => ID, { description: 'The id of the adapter.' })
  adapterId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The statistics of an adapter on a model version in a list.' })
export class ModelAdapterStatsEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => ModelAdapterStats, { description: 'The statistics of the adapter on the model version.' })
  node!: ModelAdapterStats;
}

export const ModelAdapterStatsConnection = connectionType(
  'ModelAdapterStatsConnection',
  () => ModelAdapterStatsEdge,
  "A page of the statistics of a model version's adapters, by id.",
);
