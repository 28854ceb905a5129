import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { FeedbackLink, JsonObject } from '../../feedback/links.js';
import { memoizeByIdentity } from '../../memoize-by-identity.js';
import type { FeedbackType, ValidationStatus } from '../../model/facets.js';
import type { Feedback, Finding, Review } from '../../model/feedback.js';
import { type WireEntry, storedToWire } from '../../model/wire-entry.js';
import type { RequestContext } from '../context.js';
import { connectionType } from './connection.js';
import { FeedbackDocument } from './feedback-document.js';
import { JSONObject } from './json.js';
import { Node } from './node.js';
import { FeedbackReview, ReviewClaim, ValidationFinding } from './review.js';

export const FeedbackTypeEnum = { POSITIVE: 'positive', NEGATIVE: 'negative' } as const;
registerEnumType(FeedbackTypeEnum, {
  name: 'FeedbackType',
  description: 'The judgement: a thumb up or down.',
  valuesConfig: {
    POSITIVE: { description: 'The answer was good.' },
    NEGATIVE: { description: 'The answer was not good.' },
  },
});

const ValidationStatusEnum = {
  PENDING: 'pending',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  FLAGGED: 'flagged',
} as const;
registerEnumType(ValidationStatusEnum, {
  name: 'ValidationStatus',
  description: 'What validation says of a feedback.',
  valuesConfig: {
    PENDING: { description: 'Awaits validation.' },
    APPROVED: { description: 'Passed validation.' },
    REJECTED: { description: 'Failed validation: spam, too short and the like.' },
    FLAGGED: { description: 'Needs manual review.' },
  },
});

/** What a feedback says in each of its versions. */
@ObjectType({ simpleResolvers: true, description: 'What a feedback says in one of its versions.' })
export abstract class FeedbackContent {
  @Field(() => FeedbackTypeEnum, { description: 'The judgement.' })
  type!: FeedbackType;

  @Field(() => String, { description: 'The original question.' })
  question!: string;

  @Field(() => String, { description: "The model's response." })
  answer!: string;

  @Field(() => String, { nullable: true, description: 'The correct answer.' })
  correction?: string;

  @Field(() => String, { nullable: true, description: 'An additional comment.' })
  comment?: string;

  @Field(() => String, { nullable: true, description: 'Who gave the feedback, as the client named them.' })
  userId?: string;

  @Field(() => String, { nullable: true, description: 'The interaction with the model that it is about.' })
  interactionId?: string;

  @Field(() => String, { nullable: true, description: 'The version of the model that answered.' })
  modelVersion?: string;

  @Field(() => String, { nullable: true, description: 'The adapter that the submission named; links may add others.' })
  adapterId?: string;

  @Field(() => String, { nullable: true, description: 'The version of that adapter.' })
  adapterVersion?: string;

  @Field(() => ValidationStatusEnum, { description: 'What validation says of it.' })
  validationStatus!: ValidationStatus;

  @Field(() => [String], { description: 'Why it was flagged or rejected; empty where approved.' })
  validationReasons!: readonly string[];

  @Field(() => FeedbackReview, { nullable: true, description: 'What a reviewer has decided; null without a review.' })
  review?: Review;

  @Field(() => Boolean, { description: 'Whether a training batch has used it.' })
  usedForTraining!: boolean;

  @Field(() => Int, { description: 'The training batch that holds or used it; 0 while unused.' })
  trainingBatchId!: number;

  @Field(() => Int, { description: 'The number of this version; every change makes a new one.' })
  version!: number;

  @Field(() => GraphQLDateTime, { description: 'When it was submitted.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'When this version was made.' })
  updatedAt!: number;

  @Field(() => String, { description: 'The `sub` of the token that submitted it.' })
  submittedBy!: string;

  @Field(() => String, { nullable: true, description: "The client's own id, if it gave one." })
  externalId?: string;
}

@ObjectType('Feedback', {
  simpleResolvers: true,
  description: 'One judgement of one answer of a language model.',
  implements: Node,
})
export class FeedbackNode extends FeedbackContent implements Node {
  @Field(() => ID, { description: '`feedback-` and a time-ordered UUID; opaque.' })
  id!: string;

  @Field(() => ReviewClaim, { nullable: true, description: 'Which reviewer has it, if one does; it may have lapsed.' })
  reviewClaim?: ReviewClaim;

  @Field(() => [ValidationFinding], { description: 'What the validation plugins said beside accepting it.' })
  findings!: readonly ValidationFinding[];

  @Field(() => FeedbackDocument, { description: 'All that it says, as REST answers and exports write it.' })
  document!: WireEntry;
}

/** A stored feedback as the schema shows it; made once for each that is read often. */
export const toFeedbackNode = memoizeByIdentity((feedback: Feedback): FeedbackNode =>
  Object.assign(new WithDocument(feedback), feedback, {
    findings: (feedback.findings ?? []).map(toFinding),
    usedForTraining: feedback.use === 'used',
  }),
);

/** A class for its getter, for the same reason as the context of a request has one. */
class WithDocument {
  readonly #feedback: Feedback;

  constructor(feedback: Feedback) {
    this.#feedback = feedback;
  }

  get document(): WireEntry {
    return storedToWire(this.#feedback);
  }
}

@InputType({ description: 'What is different now in the mind of who submitted a feedback.' })
export class ReviseFeedbackInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'The judgement.' })
  type?: FeedbackType | null;

  @Field(() => String, { nullable: true, description: 'The correct answer, up to 10,000 characters.' })
  correction?: string | null;

  @Field(() => String, { nullable: true, description: 'An additional comment, up to 10,000 characters.' })
  comment?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'true takes the feedback back, false brings it back.' })
  withdrawn?: boolean | null;
}

/** The checksum of the record vouches for data that was parsed out of JSON. */
function toFinding({ data, ...finding }: Finding): ValidationFinding {
  return { ...finding, ...(data === undefined ? {} : { data: data as JsonObject }) };
}

@InputType({ description: 'What a list of feedback is narrowed to; every field combines with every other.' })
export class FeedbackFilterInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only this judgement.' })
  type?: FeedbackType | null;

  @Field(() => ValidationStatusEnum, { nullable: true, description: 'Only this status.' })
  validationStatus?: ValidationStatus | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: neither used nor held by a training batch; false: used.',
  })
  unused?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Only answers of this model version.' })
  modelVersion?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only what is linked to this adapter.' })
  adapterId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only what was submitted for this version of `adapterId`, or of the adapter whose list it is.',
  })
  adapterVersion?: string | null;

  @Field(() => String, { nullable: true, description: "Only this user's, as the client named them." })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only what is about this interaction.' })
  interactionId?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Submitted at this time or later.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Submitted before this time.' })
  until?: Date | null;
}

@InputType({ description: "A judgement of a model's answer." })
export class SubmitFeedbackInput {
  @Field(() => FeedbackTypeEnum, { description: 'The judgement.' })
  type!: FeedbackType;

  @Field(() => String, { description: 'The original question: 1 to 10,000 characters, not blank.' })
  question!: string;

  @Field(() => String, { description: "The model's response: 1 to 10,000 characters, not blank." })
  answer!: string;

  @Field(() => String, { nullable: true, description: 'The correct answer, up to 10,000 characters.' })
  correction?: string | null;

  @Field(() => String, { nullable: true, description: 'An additional comment, up to 10,000 characters.' })
  comment?: string | null;

  @Field(() => String, { nullable: true, description: 'Who gives the feedback: 1 to 256 bytes, as are all ids.' })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: 'The interaction with the model that it is about.' })
  interactionId?: string | null;

  @Field(() => String, { nullable: true, description: 'The version of the model that answered.' })
  modelVersion?: string | null;

  @Field(() => ID, { nullable: true, description: 'The adapter that answered; linked, and made if it is not known.' })
  adapterId?: string | null;

  @Field(() => String, { nullable: true, description: 'The version of that adapter.' })
  adapterVersion?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'An id of your own: submitting it again returns the entry that is there.',
  })
  externalId?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'An entry of a list.' })
abstract class LazyCursor {
  cursorOf!: () => string;

  /** Made when it is asked for: most who read a list ask for its last one alone. */
  @Field(() => String, { description: 'To go on after this entry.' })
  get cursor(): string {
    return this.cursorOf();
  }
}

@ObjectType({ simpleResolvers: true, description: 'A feedback in a list.' })
export class FeedbackEdge extends LazyCursor {
  @Field(() => FeedbackNode, { description: 'The feedback.' })
  node!: FeedbackNode;
}

export const FeedbackConnection = connectionType(
  'FeedbackConnection',
  () => FeedbackEdge,
  'A page of a list of feedback.',
);

/** The properties of a `FEEDBACK_FOR` edge, read when one of them is asked for. */
@ObjectType({ simpleResolvers: true, description: 'What an edge between a feedback and an adapter says.' })
export abstract class FeedbackForEdge extends LazyCursor {
  feedbackId!: string;
  adapterId!: string;

  @Field(() => JSONObject, { nullable: true, description: 'What was said when the link was made by hand.' })
  async metadata(@Ctx() context: RequestContext): Promise<JsonObject | null> {
    return (await this.link(context))?.metadata ?? null;
  }

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the link was made.' })
  async createdAt(@Ctx() context: RequestContext): Promise<number | null> {
    return (await this.link(context))?.createdAt ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The version of the adapter that the submission named.' })
  async adapterVersion(@Ctx() context: RequestContext): Promise<string | null> {
    return (await this.link(context))?.adapterVersion ?? null;
  }

  private link({ loaders }: RequestContext): Promise<FeedbackLink | undefined> {
    return loaders.links.load({ from: this.feedbackId, to: this.adapterId });
  }
}

@ObjectType({
  simpleResolvers: true,
  description: "A feedback in an adapter's list, with the properties of its `FEEDBACK_FOR` edge.",
})
export class AdapterFeedbackEdge extends FeedbackForEdge {
  @Field(() => FeedbackNode, { description: 'The feedback.' })
  node!: FeedbackNode;
}

export const AdapterFeedbackConnection = connectionType(
  'AdapterFeedbackConnection',
  () => AdapterFeedbackEdge,
  'A page of the feedback that is linked to an adapter.',
);
