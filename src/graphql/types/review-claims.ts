/** What claims of the review queue answer. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { FeedbackNode } from './feedback.js';

@ObjectType({ simpleResolvers: true, description: 'Result of claiming entries for review.' })
export class ClaimReviewsPayload {
  @Field(() => [FeedbackNode], { description: 'The claimed entries, oldest first; with `ids`, in their order.' })
  entries!: readonly FeedbackNode[];

  @Field(() => Boolean, {
    description:
      'Whether more entries may match. If true and `entries` is empty, no match was found within what one request may ' +
      'look through: claim again with `endCursor`.',
  })
  hasMore!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the search ended, for use as `after`. Null if the next claim starts at the front of the queue. A claim with ' +
      '`after` does not find older entries that others have released meanwhile.',
  })
  endCursor?: string | null;

  @Field(() => Boolean, {
    description: 'Whether the entries are ones the reviewer has skipped, because no others match.',
  })
  areSkipped!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'How many entries the reviewer has decided on a day.' })
export class DailyReviews {
  @Field(() => String, { description: 'The UTC day, such as `2030-01-31`.' })
  day!: string;

  @Field(() => Int, { description: 'Number of entries.' })
  count!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A claim that was renewed.' })
export class RenewedReviewClaim {
  @Field(() => ID, { description: 'Id of the claimed entry.' })
  id!: string;

  @Field(() => GraphQLDateTime, { description: 'Time the claim expires.' })
  until!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Result of renewing claims.' })
export class RenewReviewClaimsPayload {
  @Field(() => [RenewedReviewClaim], {
    description: "All of the reviewer's claims. An entry that is missing was decided, or taken by another reviewer.",
  })
  claims!: readonly RenewedReviewClaim[];
}

@ObjectType({ simpleResolvers: true, description: 'Result of releasing claims.' })
export class ReleaseReviewClaimsPayload {
  @Field(() => [ID], { description: 'Ids of the entries that are back in the queue.' })
  releasedIds!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: 'Result of skipping entries.' })
export class SkipReviewsPayload {
  @Field(() => [ID], { description: 'Ids of the skipped entries: those that still await a decision.' })
  skippedIds!: readonly string[];
}
