import { Field, Float, Int, ObjectType } from 'type-graphql';
import { connectionType, ListEdge } from './connection.js';

@ObjectType('FeedbackStats', {
  simpleResolvers: true,
  description: 'Counts of feedback entries by judgement, validation status and use for training.',
})
export class FeedbackStatsNode {
  @Field(() => Int, { description: 'Number of entries, excluding erased and withdrawn ones.' })
  totalFeedback!: number;

  @Field(() => Int, { description: 'Number of positive entries.' })
  positiveCount!: number;

  @Field(() => Int, { description: 'Number of negative entries.' })
  negativeCount!: number;

  @Field(() => Int, { description: 'Number of preferences between several answers.' })
  preferenceCount!: number;

  @Field(() => Int, { description: 'Number of entries awaiting validation.' })
  pendingValidation!: number;

  @Field(() => Int, { description: 'Number of entries that passed validation.' })
  approvedCount!: number;

  @Field(() => Int, { description: 'Number of entries that failed validation.' })
  rejectedCount!: number;

  @Field(() => Int, { description: 'Number of entries awaiting manual review.' })
  flaggedCount!: number;

  @Field(() => Int, { description: 'Number of entries neither used nor held by a training batch.' })
  unusedForTraining!: number;

  @Field(() => Int, { description: 'Number of entries held by an open training batch.' })
  claimedForTraining!: number;

  @Field(() => Int, { description: 'Number of entries used by a training batch.' })
  usedForTraining!: number;

  @Field(() => Float, {
    description: '`positiveCount / (positiveCount + negativeCount)`; 0 if there are no such entries.',
  })
  positiveRatio!: number;
}

@ObjectType({ description: 'Counts of the feedback entries submitted on one day, by their current state.' })
export class DailyFeedbackStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The UTC day, such as `2030-01-31`.' })
  day!: string;
}

@ObjectType({ description: 'Counts of the feedback entries submitted for one version of an adapter.' })
export class AdapterVersionStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The adapter version, as named in submissions.' })
  adapterVersion!: string;
}

@ObjectType({ description: 'Statistics of an adapter version in a list.' })
export class AdapterVersionStatsEdge extends ListEdge {
  @Field(() => AdapterVersionStats, { description: 'Statistics of the adapter version.' })
  node!: AdapterVersionStats;
}

export const AdapterVersionStatsConnection = connectionType(
  'AdapterVersionStatsConnection',
  () => AdapterVersionStatsEdge,
  'A page of statistics by adapter version.',
);
