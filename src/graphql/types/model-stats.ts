import { Field, ID, ObjectType } from 'type-graphql';
import { connectionType, ListEdge } from './connection.js';
import { FeedbackStatsNode } from './stats.js';

@ObjectType({ description: "Counts of the feedback entries on one model version's answers." })
export class ModelStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The model version, as named in submissions.' })
  modelVersion!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Statistics of a model version in a list.' })
export class ModelStatsEdge extends ListEdge {
  @Field(() => ModelStats, { description: 'Statistics of the model version.' })
  node!: ModelStats;
}

export const ModelStatsConnection = connectionType(
  'ModelStatsConnection',
  () => ModelStatsEdge,
  'A page of statistics by model version, ordered by name.',
);

@ObjectType({ description: "Counts of the feedback entries on one model version's answers with one adapter." })
export class ModelAdapterStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The model version, as named in submissions.' })
  modelVersion!: string;

  @Field(() => ID, { description: 'Id of the adapter.' })
  adapterId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Statistics of an adapter with a model version, in a list.' })
export class ModelAdapterStatsEdge extends ListEdge {
  @Field(() => ModelAdapterStats, { description: 'Statistics of the adapter with the model version.' })
  node!: ModelAdapterStats;
}

export const ModelAdapterStatsConnection = connectionType(
  'ModelAdapterStatsConnection',
  () => ModelAdapterStatsEdge,
  'A page of statistics by adapter for one model version, ordered by id.',
);
