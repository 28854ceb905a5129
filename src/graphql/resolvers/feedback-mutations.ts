import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ApiError, InvalidInputError } from '../../errors.js';
import { linkFeedback } from '../../feedback/link-feedback.js';
import type { TimedSubmission } from '../../feedback/prepare-submission.js';
import { MAX_BATCH, submitBatch, submitFeedback, type SubmitOutcome, type Submitted } from '../../feedback/submit.js';
import { unlinkFeedback } from '../../feedback/unlink-feedback.js';
import type { JsonObject } from '../../model/json-object.js';
import { omitBlank } from '../../model/submission.js';
import { omitNullish } from '../../omit-nullish.js';
import { hasPermission, readsOwnOnly } from '../../principal.js';
import { markUsedForTraining } from '../../training/mark-used.js';
import { mapYielding } from '../../yield-to-event-loop.js';
import { type BoundSubmission, boundSubmission } from '../bound-submission.js';
import type { RequestContext } from '../context.js';
import { FeedbackAdapterEdge } from '../types/adapter.js';
import { SubmitFeedbackInput } from '../types/feedback-content.js';
import { FeedbackNode, toFeedbackNode } from '../types/feedback.js';
import { JSONObject } from '../types/json.js';

@ObjectType({ simpleResolvers: true, description: 'Result of linking a feedback entry to an adapter.' })
export class LinkFeedbackPayload {
  @Field(() => FeedbackNode, { description: 'The feedback entry. Linking increments its version.' })
  feedback!: FeedbackNode;

  @Field(() => FeedbackAdapterEdge, { description: 'The link.' })
  edge!: FeedbackAdapterEdge;

  @Field(() => Boolean, {
    description: 'Whether the link is new. If false, the metadata of an existing link was replaced.',
  })
  created!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'Result of marking entries as used for training.' })
export class MarkUsedPayload {
  @Field(() => Int, { description: 'Number of entries marked as used.' })
  marked!: number;

  @Field(() => Int, { description: 'Number of the training batch that used them.' })
  trainingBatchId!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A problem with one field of an entry.' })
export class SubmissionIssue {
  @Field(() => String, { description: 'Name of the field.' })
  field!: string;

  @Field(() => String, { description: 'What is wrong with the field.' })
  problem!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Why an entry of a batch submission was refused.' })
export class SubmissionError {
  @Field(() => String, { description: 'Error code, as in `extensions.code`.' })
  code!: string;

  @Field(() => String, { description: 'Error message that names the invalid field.' })
  message!: string;

  @Field(() => [SubmissionIssue], { description: 'All problems with the entry.' })
  issues!: readonly SubmissionIssue[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'Result for one entry of a batch submission: either the stored entry or an error.',
})
export class SubmissionResult {
  @Field(() => FeedbackNode, { nullable: true, description: 'The entry, if it was stored or already existed.' })
  feedback?: FeedbackNode;

  @Field(() => SubmissionError, { nullable: true, description: 'Why the entry was refused.' })
  error?: SubmissionError;

  @Field(() => Boolean, { description: 'Whether the entry is new.' })
  created!: boolean;

  @Field(() => Boolean, {
    description: 'Whether the submission was a change of mind: the entry existed, and this is its next version.',
  })
  updated!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'Results of a batch submission, in the order of its entries.' })
export class SubmitFeedbackBatchPayload {
  @Field(() => [SubmissionResult], { description: 'One result for each entry.' })
  results!: readonly SubmissionResult[];
}

@Resolver()
export class FeedbackMutations {
  @Mutation(() => FeedbackNode, {
    description:
      'Validates and stores a feedback entry, given as question and answer, as `messages` or as `candidates`, and links ' +
      'it to its adapters. ' +
      'If there is an entry of the same `externalId`, or of the same user on the same answer of the same interaction, that ' +
      'entry is returned: with a new version if the submission says something else. An entry that was used for training, ' +
      'reviewed or claimed does not change (`CONFLICT`).',
  })
  submitFeedback(
    @Arg('input', () => SubmitFeedbackInput, { description: 'The feedback entry to submit.' })
    input: SubmitFeedbackInput,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    return PLAIN_RESOLVERS.submitFeedback(undefined, { input }, context);
  }

  @Mutation(() => SubmitFeedbackBatchPayload, {
    description: 'Submits up to 1,000 entries in one commit, each validated independently.',
  })
  submitFeedbackBatch(
    @Arg('input', () => [SubmitFeedbackInput], { description: 'At most 1000 entries.' })
    input: SubmitFeedbackInput[],
    @Arg('keepRevised', () => Boolean, {
      nullable: true,
      description:
        'Whether to leave an entry alone that was revised or withdrawn since it said the same: for imports that are run again.',
    })
    keepRevised: boolean | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<SubmitFeedbackBatchPayload> {
    return PLAIN_RESOLVERS.submitFeedbackBatch(undefined, { input, keepRevised }, context);
  }

  @Mutation(() => LinkFeedbackPayload, {
    description:
      'Links a feedback entry to an adapter, creating the adapter if it does not exist. Linking them again ' +
      'replaces the metadata.',
  })
  async linkFeedback(
    @Arg('id', () => ID, { description: 'Id of the feedback entry.' }) feedbackId: string,
    @Arg('adapterId', () => ID, { description: 'Id of the adapter.' }) adapterId: string,
    @Arg('metadata', () => JSONObject, {
      nullable: true,
      description: 'Properties of the edge: at most 4096 bytes of JSON.',
    })
    metadata: JsonObject | null | undefined,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Expected current version of the entry.' })
    expectedVersion: number | null | undefined,
    @Ctx() { services, actor, loaders, idempotency, principal }: RequestContext,
  ): Promise<LinkFeedbackPayload> {
    const asked = { feedbackId, adapterId, ...omitNullish({ metadata, expectedVersion }) };
    await findToChange({ loaders, principal }, feedbackId);
    const createsAdapters = hasPermission(principal, 'adapters:write') || hasPermission(principal, 'adapters:create');
    const linked = await linkFeedback(
      services,
      actor,
      { ...asked, createsAdapters },
      idempotency('linkFeedback', asked),
    );
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

  @Mutation(() => FeedbackNode, {
    description:
      'Removes the link between a feedback entry and an adapter; the adapter stays. The link to the adapter named in the ' +
      'submission cannot be removed, and without the permission `adapters:write` only links that the same `sub` made can.',
  })
  async unlinkFeedback(
    @Arg('id', () => ID, { description: 'Id of the feedback entry.' }) feedbackId: string,
    @Arg('adapterId', () => ID, { description: 'Id of the adapter.' }) adapterId: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Expected current version of the entry.' })
    expectedVersion: number | null | undefined,
    @Ctx() { services, actor, loaders, idempotency, principal }: RequestContext,
  ): Promise<FeedbackNode> {
    const asked = { feedbackId, adapterId, ...omitNullish({ expectedVersion }) };
    await findToChange({ loaders, principal }, feedbackId);
    const unlinksOthers = hasPermission(principal, 'adapters:write');
    await unlinkFeedback(services, actor, { ...asked, unlinksOthers }, idempotency('unlinkFeedback', asked));
    const feedback = await loaders.feedback.load(feedbackId);
    if (feedback === undefined) throw new Error('An unlinked entry is missing');
    return toFeedbackNode(feedback);
  }

  @Mutation(() => MarkUsedPayload, {
    description: 'Marks approved, unused entries as used by a training batch, all or nothing.',
  })
  markUsedForTraining(
    @Arg('feedbackIds', () => [ID], { description: 'Ids of 1 to 1000 entries.' }) feedbackIds: string[],
    @Arg('trainingBatchId', () => Int, { description: 'Number of the training batch.' }) trainingBatchId: number,
    @Arg('expectedVersions', () => [Int], {
      nullable: true,
      description: 'Expected current version of each entry, in the order of `feedbackIds`.',
    })
    expectedVersions: number[] | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<MarkUsedPayload> {
    const request = { feedbackIds, trainingBatchId, ...omitNullish({ expectedVersions }) };
    const once = context.idempotency('markUsedForTraining', request);
    return markUsedForTraining(context.services, context.actor, request, once);
  }
}

export interface SubmitArguments {
  readonly input: SubmitFeedbackInput;
}

export interface SubmitBatchArguments {
  readonly input: readonly SubmitFeedbackInput[];
  readonly keepRevised?: boolean | null | undefined;
}

/**
 * The resolvers of mutations that take entries as graphql-js reads them: TypeGraphQL would make an instance of each, those
 * of a batch all in one go.
 */
export const PLAIN_RESOLVERS = {
  submitFeedback: async (_root: unknown, args: SubmitArguments, context: RequestContext): Promise<FeedbackNode> =>
    toFeedbackNode((await submitEntry(context, args)).feedback),

  submitFeedbackBatch: async (
    _root: unknown,
    args: SubmitBatchArguments,
    context: RequestContext,
  ): Promise<SubmitFeedbackBatchPayload> => ({
    results: await mapYielding(await submitEntries(context, args), toResult),
  }),
};

/** What `submitFeedback` does. */
export async function submitEntry(
  { services, actor, idempotency, principal }: RequestContext,
  { input }: SubmitArguments,
): Promise<Submitted> {
  const bound = boundSubmission(principal);
  const once = idempotency('submitFeedback', asSubmitted(input, bound));
  const submitted = await submitFeedback(services, actor, toSubmission(input), once, bound?.bind);
  bound?.expectWithin(submitted.feedback);
  return submitted;
}

/** What `submitFeedbackBatch` does: the outcome of each entry, in their order. */
export async function submitEntries(
  { services, actor, idempotencyOfMuch, principal }: RequestContext,
  { input, keepRevised }: SubmitBatchArguments,
): Promise<readonly SubmitOutcome[]> {
  if (input.length > MAX_BATCH) {
    throw new InvalidInputError([{ field: 'input', problem: `must be a list of at most ${MAX_BATCH} entries` }]);
  }
  const bound = boundSubmission(principal);
  const submitted = asSubmitted(input, bound);
  const keepsRevised = keepRevised === true;
  const once = await idempotencyOfMuch('submitFeedbackBatch', keepsRevised ? { submitted, keepsRevised } : submitted);
  const submissions = await mapYielding(input, toSubmission);
  const outcomes = await submitBatch({ ...services, keepsRevised }, actor, submissions, once, bound?.bind);
  return bound === undefined ? outcomes : mapYielding(outcomes, (outcome) => within(outcome, bound));
}

function toResult(outcome: SubmitOutcome): SubmissionResult {
  if ('error' in outcome) return { error: toSubmissionError(outcome.error), created: false, updated: false };
  const { feedback, effect } = outcome;
  return { feedback: toFeedbackNode(feedback), created: effect === 'created', updated: effect === 'updated' };
}

function toSubmission(input: SubmitFeedbackInput): TimedSubmission {
  const { createdAt, candidates } = input;
  const inTheSameForm: Omit<SubmitFeedbackInput, 'createdAt' | 'candidates'> = input;
  const inAnotherForm = omitNullish({
    // Plain objects, as those that are stored: what is submitted again is compared with these.
    candidates: candidates?.map((each) => omitNullish(each)),
    createdAt: createdAt?.getTime(),
  });
  return omitBlank(Object.assign(omitNullish(inTheSameForm), inAnotherForm));
}

/**
 * Makes sure that an entry is there for whoever is to change it: that another's is there is nothing to tell.
 * @throws {ApiError} NOT_FOUND
 */
async function findToChange({ loaders, principal }: Pick<RequestContext, 'loaders' | 'principal'>, id: string) {
  if (readsOwnOnly(principal) && (await loaders.feedback.clear(id).load(id)) === undefined) {
    throw new ApiError('NOT_FOUND', 'Feedback entry not found');
  }
  loaders.feedback.clear(id);
}

/** What a repeated request must have in common: what is stored, and what is refused, depends on the token, too. */
function asSubmitted(input: unknown, bound: BoundSubmission | undefined): unknown {
  return bound === undefined ? input : { input, bound: bound.name };
}

function within(outcome: SubmitOutcome, bound: BoundSubmission): SubmitOutcome {
  if ('error' in outcome) return outcome;
  try {
    bound.expectWithin(outcome.feedback);
    return outcome;
  } catch (error) {
    if (error instanceof ApiError) return { error };
    throw error;
  }
}

function toSubmissionError(error: ApiError): SubmissionError {
  const issues = error instanceof InvalidInputError ? error.issues : [];
  return { code: error.code, message: error.message, issues };
}
