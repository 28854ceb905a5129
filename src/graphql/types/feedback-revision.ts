import { Field, InputType } from 'type-graphql';
import type { FeedbackType } from '../../model/facets.js';
import type { Scores } from '../../model/field-kinds.js';
import type { JsonObject } from '../../model/json-object.js';
import type { Preferred } from '../../model/preference.js';
import { FeedbackTypeEnum } from './feedback-enums.js';
import { JSONObject } from './json.js';
import { PreferredCandidate } from './preferred-candidate.js';

@InputType({ description: "The submitter's changes to a feedback entry." })
export class ReviseFeedbackInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'The judgement.' })
  type?: FeedbackType | null;

  @Field(() => PreferredCandidate, {
    nullable: true,
    description: 'The place of the preferred candidate, counted from 0, or `"tie"`.',
  })
  preferred?: Preferred | null;

  @Field(() => String, { nullable: true, description: 'The correct answer.' })
  correction?: string | null;

  @Field(() => String, { nullable: true, description: 'An additional comment.' })
  comment?: string | null;

  @Field(() => String, { nullable: true, description: "The user's reason." })
  reason?: string | null;

  @Field(() => [String], { nullable: true, description: 'All tags of the entry: at most 32, of 1 to 256 bytes each.' })
  tags?: readonly string[] | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'All scores of the entry by name, at most 32: each a number, a boolean or a category.',
  })
  scores?: Scores | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Other data to store with the entry: a JSON object of at most 16 KiB.',
  })
  metadata?: JsonObject | null;

  @Field(() => Boolean, { nullable: true, description: 'true withdraws the entry; false restores it.' })
  withdrawn?: boolean | null;
}
