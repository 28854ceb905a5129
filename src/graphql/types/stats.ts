import { Field, Float, Int, ObjectType } from 'type-graphql';
import { connectionType } from './connection.js';

@ObjectType('FeedbackStats', {
  simpleResolvers: true,
  description: 'How much feedback there is, by judgement, status and use.',
})
export class FeedbackStatsNode {
  @Field(() => Int, { description: 'All feedback, without what was erased.' })
  totalFeedback!: number;

  @Field(() => Int, { description: 'Positive feedback.' })
  positiveCount!: number;

  @Field(() => Int, { description: 'Negative feedback.' })
  negativeCount!: number;

  @Field(() => Int, { description: 'Awaiting validation.' })
  pendingValidation!: number;

  @Field(() => Int, { description: 'Passed validation.' })
  approvedCount!: number;

  @Field(() => Int, { description: 'Failed validation.' })
  rejectedCount!: number;

  @Field(() => Int, { description: 'Awaiting manual review.' })
  flaggedCount!: number;

  @Field(() => Int, { description: 'Neither used nor held by a training batch.' })
  unusedForTraining!: number;

  @Field(() => Int, { description: 'Held by an open training batch.' })
  claimedForTraining!: number;

  @Field(() => Int, { description: 'Used by a training batch.' })
  usedForTraining!: number;

  @Field(() => Float, { description: 'positiveCount / totalFeedback, 0 where there is none.' })
  positiveRatio!: number;
}

@ObjectType({ description: 'How much feedback was submitted on one day, by what it is now.' })
export class DailyFeedbackStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The day in UTC, as in `2030-01-31`.' })
  day!: string;
}

@ObjectType({ description: 'How much feedback was submitted for one version of an adapter.' })
export class AdapterVersionStats extends FeedbackStatsNode {
  @Field(() => String, { description: 'The version, as submissions named it.' })
  adapterVersion!: string;
}

@ObjectType({ description: 'The statistics of a version in a list.' })
export class AdapterVersionStatsEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => AdapterVersionStats, { description: 'The statistics of the version.' })
  node!: AdapterVersionStats;
}

export const AdapterVersionStatsConnection = connectionType(
  'AdapterVersionStatsConnection',
  () => AdapterVersionStatsEdge,
  "A page of the statistics of an adapter's versions.",
);
