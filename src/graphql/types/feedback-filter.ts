import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType } from 'type-graphql';
import { SEARCH_DESCRIPTION } from '../../feedback/search/query.js';
import type { FeedbackType, ValidationStatus } from '../../model/facets.js';
import type { FeedbackSource } from '../../model/feedback-fields.js';
import { FeedbackSourceEnum, FeedbackTypeEnum, ValidationStatusEnum } from './feedback-enums.js';

@InputType({ description: 'A score that entries must have: `min` and `max` for numbers, or `is`.' })
export class ScoreFilterInput {
  @Field(() => String, { description: 'Name of the score.' })
  name!: string;

  @Field(() => Float, { nullable: true, description: 'Smallest matching number.' })
  min?: number | null;

  @Field(() => Float, { nullable: true, description: 'Largest matching number.' })
  max?: number | null;

  @Field(() => String, { nullable: true, description: 'A category, or `true` or `false` for a boolean.' })
  is?: string | null;
}

@InputType({ description: 'Filter for a list of feedback entries. An entry must match every field that is set.' })
export class FeedbackFilterInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only entries with this judgement.' })
  type?: FeedbackType | null;

  @Field(() => ValidationStatusEnum, { nullable: true, description: 'Only entries with this validation status.' })
  validationStatus?: ValidationStatus | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: only entries neither used nor held by a training batch; false: only used entries.',
  })
  unused?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Only entries about answers from this model version.' })
  modelVersion?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only entries linked to this adapter.' })
  adapterId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only entries submitted for this version of `adapterId`, or of the adapter whose list this is.',
  })
  adapterVersion?: string | null;

  @Field(() => String, { nullable: true, description: 'Only entries from this user, as identified by the client.' })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only entries about this interaction.' })
  interactionId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only entries about interactions of this conversation.' })
  conversationId?: string | null;

  @Field(() => FeedbackSourceEnum, { nullable: true, description: 'Only entries from this source.' })
  source?: FeedbackSource | null;

  @Field(() => String, { nullable: true, description: 'Only entries with this tag.' })
  tag?: string | null;

  @Field(() => [ScoreFilterInput], { nullable: true, description: 'Only entries with each of these scores, up to 8.' })
  scores?: readonly ScoreFilterInput[] | null;

  @Field(() => String, { nullable: true, description: SEARCH_DESCRIPTION })
  search?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted at or after this time.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted before this time.' })
  until?: Date | null;
}
