import { Field, ID, ObjectType } from 'type-graphql';
import { memoizeByIdentity } from '../../memoize-by-identity.js';
import { systemPromptOf, toMessages } from '../../model/conversation.js';
import type { Feedback, Finding } from '../../model/feedback.js';
import type { JsonObject } from '../../model/json-object.js';
import { type WireEntry, storedToWire } from '../../model/wire-entry.js';
import { LastingObject } from '../written-json.js';
import { FeedbackContent } from './feedback-content.js';
import { Node } from './node.js';
import { ReviewClaim, ValidationFinding } from './review.js';

@ObjectType('Feedback', {
  simpleResolvers: true,
  description: "A user's judgement of one answer from a language model.",
  implements: Node,
})
export class FeedbackNode extends FeedbackContent implements Node {
  @Field(() => ID, { description: 'Opaque id: `feedback-` followed by a time-ordered UUID.' })
  id!: string;

  @Field(() => ReviewClaim, {
    nullable: true,
    description: "The reviewer's claim on the entry, if there is one. It may have expired.",
  })
  reviewClaim?: ReviewClaim;

  @Field(() => [ValidationFinding], { description: 'Findings of the validation plugins, except plain acceptances.' })
  findings!: readonly ValidationFinding[];
}

/** A stored entry as the schema shows it, cached by identity for entries that are read often. */
export const toFeedbackNode = memoizeByIdentity((feedback: Feedback): FeedbackNode =>
  Object.assign(toContent(feedback), { findings: (feedback.findings ?? []).map(toFinding) }),
);

/** A version of an entry, without what only the entry itself has. */
export function toContent(feedback: Feedback) {
  return Object.assign(new WithDocument(feedback), feedback, {
    messages: toMessages(feedback),
    usedForTraining: feedback.use === 'used',
  });
}

/** A class for its getter, for the reason given at `LoadingContext` (src/graphql/context.ts). */
class WithDocument extends LastingObject {
  readonly #feedback: Feedback;

  constructor(feedback: Feedback) {
    super();
    this.#feedback = feedback;
  }

  get document(): WireEntry {
    return storedToWire(this.#feedback);
  }

  get systemPrompt(): string | undefined {
    return systemPromptOf(this.#feedback);
  }
}

/** The checksum of the record vouches for data that was parsed out of JSON. */
function toFinding({ data, ...finding }: Finding): ValidationFinding {
  return { ...finding, ...(data === undefined ? {} : { data: data as JsonObject }) };
}
