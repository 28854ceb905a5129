import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { ScoreFilter } from '../../feedback/index/scores.js';
import type { FeedbackType } from '../../model/facets.js';
import type { FeedbackSource } from '../../model/feedback-fields.js';
import { omitNullish } from '../../omit-nullish.js';
import type { ClaimFilter, Lineage } from '../../training/batch.js';
import { toScoreFilters } from '../feedback-lists.js';
import { ScoreFilterInput } from './feedback-content.js';
import { FeedbackSourceEnum, FeedbackTypeEnum } from './feedback-enums.js';

const LineageEnum = {
  SELF: 'self',
  ANCESTORS: 'ancestors',
  DESCENDANTS: 'descendants',
} as const satisfies Record<string, Lineage>;
registerEnumType(LineageEnum, {
  name: 'TrainingLineage',
  description: 'Relatives of an adapter whose entries a training batch claims too.',
  valuesConfig: {
    SELF: { description: 'No relatives; only the adapter itself.' },
    ANCESTORS: { description: 'All ancestors of the adapter.' },
    DESCENDANTS: { description: 'All descendants of the adapter.' },
  },
});

@InputType({
  description: 'Filter for the entries a training batch claims from all approved, unused and unclaimed entries.',
})
export class TrainingFilterInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only entries with this judgement.' })
  type?: FeedbackType | null;

  @Field(() => String, { nullable: true, description: 'Only entries about answers from this model version.' })
  modelVersion?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only entries linked to this adapter.' })
  adapterId?: string | null;

  @Field(() => LineageEnum, { nullable: true, description: 'Relatives of `adapterId` whose entries are claimed too.' })
  lineage?: Lineage | null;

  @Field(() => String, { nullable: true, description: 'Only entries about interactions of this conversation.' })
  conversationId?: string | null;

  @Field(() => FeedbackSourceEnum, { nullable: true, description: 'Only entries from this source.' })
  source?: FeedbackSource | null;

  @Field(() => String, { nullable: true, description: 'Only entries with this tag.' })
  tag?: string | null;

  @Field(() => [ScoreFilterInput], { nullable: true, description: 'Only entries with each of these scores, up to 8.' })
  scores?: readonly ScoreFilterInput[] | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted at or after this time.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted before this time.' })
  until?: Date | null;
}

export function toClaimFilter(filter: TrainingFilterInput | null | undefined): ClaimFilter {
  const { scores, since, until, ...given } = filter ?? {};
  return {
    ...omitNullish({ ...given, since: since?.getTime(), until: until?.getTime() }),
    ...omitNullish({ scores: toScoreFilters(scores) }),
  };
}

@ObjectType('ScoreFilter', { simpleResolvers: true, description: 'A score that entries must have.' })
export class ScoreFilterNode implements ScoreFilter {
  @Field(() => String, { description: 'Name of the score.' })
  name!: string;

  @Field(() => Float, { nullable: true, description: 'Smallest matching number.' })
  min?: number;

  @Field(() => Float, { nullable: true, description: 'Largest matching number.' })
  max?: number;

  @Field(() => String, { nullable: true, description: 'A category, or `true` or `false` for a boolean.' })
  is?: string;
}

@ObjectType({ simpleResolvers: true, description: 'Filter for the entries a training batch claims.' })
export class TrainingFilter {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only entries with this judgement.' })
  type?: FeedbackType;

  @Field(() => String, { nullable: true, description: 'Only entries about answers from this model version.' })
  modelVersion?: string;

  @Field(() => ID, { nullable: true, description: 'Only entries linked to this adapter.' })
  adapterId?: string;

  @Field(() => LineageEnum, { nullable: true, description: 'Relatives of `adapterId` whose entries are claimed too.' })
  lineage?: Lineage;

  @Field(() => String, { nullable: true, description: 'Only entries about interactions of this conversation.' })
  conversationId?: string;

  @Field(() => FeedbackSourceEnum, { nullable: true, description: 'Only entries from this source.' })
  source?: FeedbackSource;

  @Field(() => String, { nullable: true, description: 'Only entries with this tag.' })
  tag?: string;

  @Field(() => [ScoreFilterNode], { nullable: true, description: 'Only entries with each of these scores.' })
  scores?: readonly ScoreFilterNode[];

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted at or after this time.' })
  since?: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted before this time.' })
  until?: number;
}
