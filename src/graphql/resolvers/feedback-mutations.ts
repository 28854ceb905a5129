import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { type ApiError, InvalidInputError } from '../../errors.js';
import { eraseFeedback, eraseFeedbackOfUser } from '../../feedback/erase.js';
import { linkFeedback } from '../../feedback/link-feedback.js';
import type { JsonObject } from '../../feedback/links.js';
import { MAX_BATCH, submitBatch, submitFeedback } from '../../feedback/submit.js';
import { checkField, idProblem } from '../../model/input.js';
import type { Submission } from '../../model/submission.js';
import { omitNullish } from '../../omit-nullish.js';
import { markUsedForTraining } from '../../training/mark-used.js';
import { type RequestContext, requireRole } from '../context.js';
import { FeedbackAdapterEdge } from '../types/adapter.js';
import { FeedbackNode, SubmitFeedbackInput, toFeedbackNode } from '../types/feedback.js';
import { JSONObject } from '../types/json.js';

@ObjectType({ simpleResolvers: true, description: 'What linking a feedback to an adapter did.' })
export class LinkFeedbackPayload {
  @Field(() => FeedbackNode, { description: 'The feedback, whose version the link has raised.' })
  feedback!: FeedbackNode;

  @Field(() => FeedbackAdapterEdge, { description: 'The edge.' })
  edge!: FeedbackAdapterEdge;

  @Field(() => Boolean, { description: 'Whether the edge is new; otherwise its metadata was replaced.' })
  created!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What marking feedback as used did.' })
export class MarkUsedPayload {
  @Field(() => Int, { description: 'How many entries are now used.' })
  marked!: number;

  @Field(() => Int, { description: 'The batch that they are now used by.' })
  trainingBatchId!: number;
}

@ObjectType({ simpleResolvers: true, description: 'One thing that is wrong with an entry.' })
export class SubmissionIssue {
  @Field(() => String, { description: 'The field.' })
  field!: string;

  @Field(() => String, { description: 'What is wrong with it.' })
  problem!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Why one entry of a batch was refused.' })
export class SubmissionError {
  @Field(() => String, { description: 'The code, as in `extensions.code`.' })
  code!: string;

  @Field(() => String, { description: 'What is wrong, naming the field.' })
  message!: string;

  @Field(() => [SubmissionIssue], { description: 'Each thing that is wrong.' })
  issues!: readonly SubmissionIssue[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'What became of one entry of a batch: either the feedback or the error.',
})
export class SubmissionResult {
  @Field(() => FeedbackNode, { nullable: true, description: 'The feedback, if it was stored or there already.' })
  feedback?: FeedbackNode;

  @Field(() => SubmissionError, { nullable: true, description: 'Why it was refused.' })
  error?: SubmissionError;
}

@ObjectType({ simpleResolvers: true, description: 'What became of the entries of a batch, in their order.' })
export class SubmitFeedbackBatchPayload {
  @Field(() => [SubmissionResult], { description: 'One for each entry.' })
  results!: readonly SubmissionResult[];
}

@ObjectType({ simpleResolvers: true, description: 'What erasing one feedback did.' })
export class EraseFeedbackPayload {
  @Field(() => ID, { description: 'The id, which answers 410 from now on.' })
  id!: string;

  @Field(() => GraphQLDateTime, { description: 'When it was erased.' })
  erasedAt!: number;

  @Field(() => [ID], { description: 'The training batches that include it.' })
  trainingBatchIds!: readonly string[];

  @Field(() => [ID], { description: 'The adapters that were trained on those.' })
  adapterIds!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: "What erasing a user's feedback did." })
export class EraseFeedbackOfUserPayload {
  @Field(() => Int, { description: 'How many entries were erased.' })
  erasedCount!: number;

  @Field(() => [ID], { description: 'The training batches that include some of it.' })
  trainingBatchIds!: readonly string[];

  @Field(() => [ID], { description: 'The adapters that were trained on those.' })
  adapterIds!: readonly string[];
}

@Resolver()
export class FeedbackMutations {
  @Mutation(() => FeedbackNode, {
    description:
      'Validates and stores a feedback, and links it to its adapter. A known `externalId` returns the entry that is there.',
  })
  async submitFeedback(
    @Arg('input', () => SubmitFeedbackInput, { description: 'The judgement.' }) input: SubmitFeedbackInput,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<FeedbackNode> {
    const once = idempotency('submitFeedback', input);
    const { feedback } = await submitFeedback(services, actor, toSubmission(input), once);
    return toFeedbackNode(feedback);
  }

  @Mutation(() => SubmitFeedbackBatchPayload, {
    description: 'Submits up to 1,000 entries in one commit, each judged on its own.',
  })
  async submitFeedbackBatch(
    @Arg('input', () => [SubmitFeedbackInput], { description: 'At most 1000 judgements.' })
    input: SubmitFeedbackInput[],
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<SubmitFeedbackBatchPayload> {
    if (input.length > MAX_BATCH) {
      throw new InvalidInputError([{ field: 'input', problem: `must be a list of at most ${MAX_BATCH} entries` }]);
    }
    const once = idempotency('submitFeedbackBatch', input);
    const outcomes = await submitBatch(services, actor, input.map(toSubmission), once);
    return {
      results: outcomes.map((outcome) =>
        'error' in outcome
          ? { error: toSubmissionError(outcome.error) }
          : { feedback: toFeedbackNode(outcome.feedback) },
      ),
    };
  }

  @Mutation(() => LinkFeedbackPayload, {
    description: 'Links a feedback to an adapter, made if it is not known; again: replaces the metadata.',
  })
  async linkFeedback(
    @Arg('id', () => ID, { description: 'The feedback.' }) feedbackId: string,
    @Arg('adapterId', () => ID, { description: 'The adapter.' }) adapterId: string,
    @Arg('metadata', () => JSONObject, {
      nullable: true,
      description: 'Properties of the edge: at most 4096 bytes of JSON.',
    })
    metadata: JsonObject | null | undefined,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'The version that the feedback must be at.' })
    expectedVersion: number | null | undefined,
    @Ctx() { services, actor, loaders, idempotency }: RequestContext,
  ): Promise<LinkFeedbackPayload> {
    const asked = { feedbackId, adapterId, ...omitNullish({ metadata, expectedVersion }) };
    const linked = await linkFeedback(services, actor, asked, idempotency('linkFeedback', asked));
    const [feedback, adapter] = await Promise.all([
      loaders.feedback.load(feedbackId),
      loaders.adapters.load(adapterId),
    ]);
    if (feedback === undefined || adapter === undefined) throw new Error('A linked node is missing');
    const edge = Object.assign(new FeedbackAdapterEdge(), {
      cursorOf: () => '',
      node: adapter,
      feedbackId,
      adapterId,
    });
    return { feedback: toFeedbackNode(feedback), edge, created: linked.created };
  }

  @Mutation(() => MarkUsedPayload, {
    description: 'Marks approved and unused feedback as used by a training batch, all or nothing. Role: trainer.',
  })
  markUsedForTraining(
    @Arg('feedbackIds', () => [ID], { description: '1 to 1000 entries.' }) feedbackIds: string[],
    @Arg('trainingBatchId', () => Int, { description: 'The number of the training batch.' }) trainingBatchId: number,
    @Arg('expectedVersions', () => [Int], {
      nullable: true,
      description: 'The version that each entry must be at, in the order of `feedbackIds`.',
    })
    expectedVersions: number[] | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<MarkUsedPayload> {
    requireRole(context, 'trainer');
    const request = { feedbackIds, trainingBatchId, ...omitNullish({ expectedVersions }) };
    const once = context.idempotency('markUsedForTraining', request);
    return markUsedForTraining(context.services, context.actor, request, once);
  }

  @Mutation(() => EraseFeedbackPayload, {
    description:
      'Erases what was said and by whom, from the entry and all its versions, for good; a tombstone and the audit trail ' +
      'stay. Role: admin.',
  })
  async eraseFeedback(
    @Arg('id', () => ID, { description: 'The feedback.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'The version that the feedback must be at.' })
    expectedVersion: number | null | undefined,
    @Arg('reason', () => String, {
      nullable: true,
      description: 'Kept in the audit trail: must not hold what is erased.',
    })
    reason: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<EraseFeedbackPayload> {
    requireRole(context, 'admin');
    checkField('reason', reason ?? undefined, idProblem);
    const { services, actor } = context;
    const done = await eraseFeedback(services, actor, id, omitNullish({ expectedVersion, reason }));
    return {
      id,
      erasedAt: done.erased.erasedAt,
      trainingBatchIds: done.trainingBatches,
      adapterIds: done.adapters,
    };
  }

  @Mutation(() => EraseFeedbackOfUserPayload, {
    description: 'Erases everything that a user, as clients name them, has given so far. Role: admin.',
  })
  async eraseFeedbackOfUser(
    @Arg('userId', () => String, { description: 'The user, as clients name them.' }) userId: string,
    @Arg('reason', () => String, {
      nullable: true,
      description: 'Kept in the audit trail: must not hold what is erased.',
    })
    reason: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<EraseFeedbackOfUserPayload> {
    requireRole(context, 'admin');
    checkField('userId', userId, idProblem);
    checkField('reason', reason ?? undefined, idProblem);
    const done = await eraseFeedbackOfUser(context.services, context.actor, userId, reason ?? undefined);
    return { erasedCount: done.erasedCount, trainingBatchIds: done.trainingBatches, adapterIds: done.adapters };
  }
}

function toSubmission(input: SubmitFeedbackInput): Submission {
  const { type, question, answer } = input;
  return { ...omitNullish(input), type, question, answer };
}

function toSubmissionError(error: ApiError): SubmissionError {
  const issues = error instanceof InvalidInputError ? error.issues : [];
  return { code: error.code, message: error.message, issues };
}
