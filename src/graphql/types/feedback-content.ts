/** The fields of an entry, as they are shown, submitted and filtered by: the classes that a new field goes into. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { SEARCH_DESCRIPTION } from '../../feedback/search/query.js';
import type { ChatMessage as Message } from '../../model/conversation.js';
import type { FeedbackType, ValidationStatus } from '../../model/facets.js';
import type { FeedbackSource } from '../../model/feedback-fields.js';
import type { Review } from '../../model/feedback.js';
import type { Scores } from '../../model/field-kinds.js';
import type { JsonObject } from '../../model/json-object.js';
import type { Candidate, Preferred } from '../../model/preference.js';
import type { WireEntry } from '../../model/wire-entry.js';
import { CandidateInput, CandidateNode } from './candidate.js';
import { FeedbackSourceEnum, FeedbackTypeEnum, ValidationStatusEnum } from './feedback-enums.js';
import { ChatMessage, FeedbackDocument, JSONObject } from './json.js';
import { PreferredCandidate } from './preferred-candidate.js';
import { FeedbackReview } from './review.js';

/** The fields that an entry shares with each of its versions. */
@ObjectType({ simpleResolvers: true, description: 'Content of a feedback entry in one of its versions.' })
export abstract class FeedbackContent {
  @Field(() => FeedbackTypeEnum, { description: 'The judgement.' })
  type!: FeedbackType;

  @Field(() => String, { description: 'The original question.' })
  question!: string;

  @Field(() => String, { description: "The model's response." })
  answer!: string;

  @Field(() => [ChatMessage], {
    description:
      'The conversation; its last message is the judged answer. For an entry submitted as `question` and `answer`, these ' +
      'two as messages.',
  })
  messages!: readonly Message[];

  @Field(() => String, { nullable: true, description: 'The system prompt of the conversation.' })
  systemPrompt?: string | undefined;

  @Field(() => [JSONObject], { nullable: true, description: 'Definitions of the tools the model could call.' })
  tools?: readonly JsonObject[];

  @Field(() => [CandidateNode], {
    nullable: true,
    description: 'The answers of a preference. `answer` is the preferred one, or the first of a tie.',
  })
  candidates?: readonly Candidate[];

  @Field(() => PreferredCandidate, {
    nullable: true,
    description: 'The place of the preferred candidate, counted from 0, or `"tie"`.',
  })
  preferred?: Preferred;

  @Field(() => String, { nullable: true, description: 'The correct answer.' })
  correction?: string;

  @Field(() => String, { nullable: true, description: 'An additional comment.' })
  comment?: string;

  @Field(() => String, { nullable: true, description: 'The user who gave the feedback, as identified by the client.' })
  userId?: string;

  @Field(() => String, { nullable: true, description: 'The interaction with the model that the feedback is about.' })
  interactionId?: string;

  @Field(() => String, { nullable: true, description: 'The conversation that the interaction belongs to.' })
  conversationId?: string;

  @Field(() => String, { nullable: true, description: "The user's reason." })
  reason?: string;

  @Field(() => [String], { nullable: true, description: 'Tags of the entry.' })
  tags?: readonly string[];

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Scores by name: each a number, a boolean or a category.',
  })
  scores?: Scores;

  @Field(() => JSONObject, { nullable: true, description: 'Other data that the client stores with the entry.' })
  metadata?: JsonObject;

  @Field(() => FeedbackSourceEnum, { nullable: true, description: 'Who or what gave the judgement.' })
  source?: FeedbackSource;

  @Field(() => String, { nullable: true, description: 'Id of the response, as assigned by the model or its provider.' })
  responseId?: string;

  @Field(() => String, { nullable: true, description: 'The OpenTelemetry trace in which the answer was generated.' })
  traceId?: string;

  @Field(() => String, { nullable: true, description: 'The span within that trace.' })
  spanId?: string;

  @Field(() => String, { nullable: true, description: 'Version of the model that gave the answer.' })
  modelVersion?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The adapter named in the submission. The entry may be linked to others as well.',
  })
  adapterId?: string;

  @Field(() => String, { nullable: true, description: 'Version of the adapter.' })
  adapterVersion?: string;

  @Field(() => ValidationStatusEnum, { description: 'Validation status of the entry.' })
  validationStatus!: ValidationStatus;

  @Field(() => [String], { description: 'Why the entry was flagged or rejected; empty otherwise.' })
  validationReasons!: readonly string[];

  @Field(() => FeedbackReview, {
    nullable: true,
    description: "The reviewer's decision. Null if the entry has not been reviewed.",
  })
  review?: Review;

  @Field(() => Boolean, { description: 'Whether a training batch has used the entry.' })
  usedForTraining!: boolean;

  @Field(() => Int, {
    description: 'Number of the training batch that holds or has used the entry; 0 if there is none.',
  })
  trainingBatchId!: number;

  @Field(() => Int, { description: 'Version number, starting at 1 and incremented by every change.' })
  version!: number;

  @Field(() => GraphQLDateTime, { description: 'Time the entry was submitted.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time this version was created.' })
  updatedAt!: number;

  @Field(() => String, { description: 'The `sub` claim of the token that submitted the entry.' })
  submittedBy!: string;

  @Field(() => String, { nullable: true, description: "The client's own id for the entry, if it supplied one." })
  externalId?: string;

  @Field(() => FeedbackDocument, { description: 'The complete entry in the format of the REST API and of exports.' })
  document!: WireEntry;
}

@InputType({ description: 'A feedback entry to submit.' })
export class SubmitFeedbackInput {
  @Field(() => FeedbackTypeEnum, {
    nullable: true,
    description: 'The judgement. With `candidates`, it is a preference.',
  })
  type?: FeedbackType | null;

  @Field(() => String, {
    nullable: true,
    description: 'The original question, not blank. Omit it if there are `messages`: it is the last user message.',
  })
  question?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The model's response, not blank. Omit it if there are `messages`: it is the last one.",
  })
  answer?: string | null;

  @Field(() => [ChatMessage], {
    nullable: true,
    description:
      "Instead of `question` and `answer`: 2 to 500 messages in the form of OpenAI's chat API, of which the last one is the " +
      'judged answer.',
  })
  messages?: readonly Message[] | null;

  @Field(() => [JSONObject], {
    nullable: true,
    description: "Definitions of the tools the model could call, in the format of OpenAI's chat API: at most 128.",
  })
  tools?: readonly JsonObject[] | null;

  @Field(() => [CandidateInput], {
    nullable: true,
    description:
      'Instead of `answer`: 2 to 8 different answers to the same question, of which one is preferred, or none (`preferred`).',
  })
  candidates?: readonly CandidateInput[] | null;

  @Field(() => PreferredCandidate, {
    nullable: true,
    description: 'The place of the preferred candidate, counted from 0, or `"tie"` if none is better than the others.',
  })
  preferred?: Preferred | null;

  @Field(() => String, { nullable: true, description: 'The correct answer, for negative feedback.' })
  correction?: string | null;

  @Field(() => String, { nullable: true, description: 'An additional comment.' })
  comment?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The user who gave the feedback, as identified by the client. Like all ids, 1 to 256 bytes.',
  })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: 'The interaction with the model that the feedback is about.' })
  interactionId?: string | null;

  @Field(() => String, { nullable: true, description: 'The conversation that the interaction belongs to.' })
  conversationId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The user's reason, often one of the choices in a form.",
  })
  reason?: string | null;

  @Field(() => [String], { nullable: true, description: 'Distinct tags: at most 32, of 1 to 256 bytes each.' })
  tags?: readonly string[] | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Scores by name, at most 32: each a number, a boolean or a category.',
  })
  scores?: Scores | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Other data to store with the entry: a JSON object of at most 16 KiB.',
  })
  metadata?: JsonObject | null;

  @Field(() => FeedbackSourceEnum, { nullable: true, description: 'Who or what gave the judgement.' })
  source?: FeedbackSource | null;

  @Field(() => String, { nullable: true, description: 'Id of the response, as assigned by the model or its provider.' })
  responseId?: string | null;

  @Field(() => String, { nullable: true, description: 'The OpenTelemetry trace in which the answer was generated.' })
  traceId?: string | null;

  @Field(() => String, { nullable: true, description: 'The span within that trace.' })
  spanId?: string | null;

  @Field(() => String, { nullable: true, description: 'Version of the model that gave the answer.' })
  modelVersion?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of the adapter that gave the answer. The entry is linked to it, and it is created if it does not exist.',
  })
  adapterId?: string | null;

  @Field(() => String, { nullable: true, description: 'Version of the adapter.' })
  adapterVersion?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The client's own id for the entry. Submitting the same id again returns the existing entry, updated if the submission differs.",
  })
  externalId?: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'Time of the judgement, for what happened earlier; now by default, and never in the future.',
  })
  createdAt?: Date | null;
}

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
