/** Findings of validation plugins and decisions of reviewers. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import type { Review } from '../../model/feedback.js';
import type { JsonObject } from '../../model/json-object.js';
import { JSONObject } from './json.js';

export const ReviewVerdictEnum = { APPROVE: 'approve', REJECT: 'reject' } as const;
registerEnumType(ReviewVerdictEnum, {
  name: 'ReviewVerdict',
  description: "A reviewer's decision.",
  valuesConfig: {
    APPROVE: { description: 'The entry may be used for training.' },
    REJECT: { description: 'The entry is kept out of training.' },
  },
});

@ObjectType({ simpleResolvers: true, description: "A reviewer's decision on a feedback entry." })
export class FeedbackReview {
  @Field(() => ReviewVerdictEnum, { description: 'The decision.' })
  verdict!: Review['verdict'];

  @Field(() => String, { description: "The `sub` claim of the reviewer's token." })
  reviewer!: string;

  @Field(() => String, { nullable: true, description: "The reviewer's reason." })
  reason?: string;

  @Field(() => GraphQLDateTime, { description: 'Time of the decision.' })
  at!: number;
}

@ObjectType({ simpleResolvers: true, description: "A reviewer's temporary claim on a feedback entry." })
export class ReviewClaim {
  @Field(() => String, { description: "The `sub` claim of the reviewer's token." })
  reviewer!: string;

  @Field(() => GraphQLDateTime, {
    description: 'Time the claim expires. After that, other reviewers may claim the entry.',
  })
  until!: number;
}

@ObjectType({ simpleResolvers: true, description: 'The finding of one validation plugin on a feedback entry.' })
export class ValidationFinding {
  @Field(() => String, { description: 'Name of the plugin.' })
  plugin!: string;

  @Field(() => String, { nullable: true, description: 'Version of the plugin.' })
  version?: string;

  @Field(() => String, {
    description: '`accept`, `flag`, `reject` or `modify`; `failed` if the plugin reached no verdict.',
  })
  verdict!: string;

  @Field(() => Float, { nullable: true, description: 'Confidence in the verdict, from 0 to 1.' })
  confidence?: number;

  @Field(() => JSONObject, { nullable: true, description: 'Additional data from the plugin.' })
  data?: JsonObject;
}
