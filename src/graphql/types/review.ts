/** What plugins and reviewers have said of a feedback. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import type { JsonObject } from '../../feedback/links.js';
import type { Review } from '../../model/feedback.js';
import { JSONObject } from './json.js';

export const ReviewVerdictEnum = { APPROVE: 'approve', REJECT: 'reject' } as const;
registerEnumType(ReviewVerdictEnum, {
  name: 'ReviewVerdict',
  description: 'What a reviewer decides.',
  valuesConfig: {
    APPROVE: { description: 'Training may have it.' },
    REJECT: { description: 'Training does not get it.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'What a reviewer has decided of a feedback.' })
export class FeedbackReview {
  @Field(() => ReviewVerdictEnum, { description: 'The decision.' })
  verdict!: Review['verdict'];

  @Field(() => String, { description: "The `sub` of the reviewer's token." })
  reviewer!: string;

  @Field(() => String, { nullable: true, description: 'Why, in words.' })
  reason?: string;

  @Field(() => GraphQLDateTime, { description: 'When.' })
  at!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Which reviewer has a feedback until when.' })
export class ReviewClaim {
  @Field(() => String, { description: "The `sub` of the reviewer's token." })
  reviewer!: string;

  @Field(() => GraphQLDateTime, { description: 'When the claim lapses; what has lapsed, others may claim.' })
  until!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What one validation plugin has said of a feedback.' })
export class ValidationFinding {
  @Field(() => String, { description: 'The name of the plugin.' })
  plugin!: string;

  @Field(() => String, { nullable: true, description: 'Its version.' })
  version?: string;

  @Field(() => String, { description: '`accept`, `flag`, `reject`, `modify`, or `failed` where it had no verdict.' })
  verdict!: string;

  @Field(() => Float, { nullable: true, description: 'How sure it is, 0 to 1.' })
  confidence?: number;

  @Field(() => JSONObject, { nullable: true, description: 'What else it has found.' })
  data?: JsonObject;
}
