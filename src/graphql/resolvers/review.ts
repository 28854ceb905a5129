import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { ApiError } from '../../errors.js';
import { planFilter } from '../../feedback/index/filter.js';
import {
  queueLength,
  queuePage,
  type QueuePlace,
  REVIEWED_STATUSES,
  reviewFeedback,
  undoReview,
} from '../../feedback/review.js';
import { reviseFeedback } from '../../feedback/revise.js';
import type { Review } from '../../model/feedback.js';
import { omitNullish } from '../../omit-nullish.js';
import { readsOwnOnly } from '../../principal.js';
import type { RequestContext } from '../context.js';
import { createCursors, readNumberedPlace, writeNumberedPlace } from '../cursors.js';
import { toFilter } from '../feedback-lists.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import { FeedbackConnection, FeedbackEdge } from '../types/feedback-connections.js';
import { FeedbackFilterInput } from '../types/feedback-content.js';
import { ReviseFeedbackInput } from '../types/feedback-revision.js';
import { FeedbackNode, toFeedbackNode } from '../types/feedback.js';
import { ReviewVerdictEnum } from '../types/review.js';

@Resolver()
export class ReviewResolver {
  @Query(() => FeedbackConnection, {
    description:
      'Entries awaiting a decision: flagged ones, then pending ones, each oldest first. With a ' +
      '`validationStatus` in the filter, entries with that status.',
  })
  reviewQueue(
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: 'Filter applied to the queue.' })
    filter: FeedbackFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof FeedbackConnection> {
    const { actor, loaders, services } = context;
    const narrowed = toFilter(services, { filter });
    const statuses = narrowed.validationStatus === undefined ? REVIEWED_STATUSES : [narrowed.validationStatus];
    const plans = statuses.map((validationStatus) =>
      planFilter(actor.org, { ...narrowed, validationStatus }, services.keyedHash),
    );
    const limit = checkPageSize(first);
    const cursors = createCursors([actor.org, 'reviewQueue', narrowed]);
    const place = typeof after === 'string' ? readNumberedPlace(cursors.decode(after)) : undefined;
    const last = place && { plan: place.number, id: place.name };
    const toCursor = ({ plan, id }: QueuePlace): string =>
      cursors.encode(writeNumberedPlace({ number: plan, name: id }));
    const queued =
      narrowed.search === undefined
        ? () => loaders.batchedRead((reader) => queueLength(reader, plans))
        : () => loaders.longRead(['queueLength', plans], (read) => read((reader) => queueLength(reader, plans)));
    return new FeedbackConnection({
      continued: last !== undefined,
      page: async () => {
        const page = await loaders.batchedRead((reader) => queuePage(reader, plans, limit, last));
        return {
          edges: page.entries.map(({ feedback, plan }) =>
            Object.assign(new FeedbackEdge(), {
              cursorOf: () => toCursor({ plan, id: feedback.id }),
              node: toFeedbackNode(feedback),
            }),
          ),
          hasNext: page.hasNext,
          ...(page.end !== undefined && { end: toCursor(page.end) }),
        };
      },
      total: async () => (await queued()).count,
      ...(narrowed.search !== undefined && { isTotalExact: async () => (await queued()).isExact }),
    });
  }

  @Mutation(() => FeedbackNode, {
    description:
      'Approves or rejects an entry that no training batch holds or has used. By default, it is not validated again.',
  })
  async reviewFeedback(
    @Arg('id', () => ID, { description: 'Id of the feedback entry.' }) id: string,
    @Arg('verdict', () => ReviewVerdictEnum, { description: 'The decision.' }) verdict: Review['verdict'],
    @Arg('reason', () => String, {
      nullable: true,
      description: 'Reason for the decision, up to 500 characters; stored with the entry.',
    })
    reason: string | null | undefined,
    @Arg('correction', () => String, {
      nullable: true,
      description: 'The correct answer. Replaces any existing correction.',
    })
    correction: string | null | undefined,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Expected current version of the entry.' })
    expectedVersion: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    const { services, actor, idempotency } = context;
    const request = { verdict, ...omitNullish({ reason, correction, expectedVersion }) };
    await reviewFeedback(services, actor, id, request, idempotency('reviewFeedback', { id, ...request }));
    return loadFeedback(context, id);
  }

  @Mutation(() => FeedbackNode, {
    description:
      'Undoes a review, restoring the previous status, reasons and correction. Both the review and the undo ' +
      'remain in the audit trail.',
  })
  async undoReview(
    @Arg('id', () => ID, { description: 'Id of the feedback entry.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Expected current version of the entry.' })
    expectedVersion: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    const { services, actor, idempotency } = context;
    const once = idempotency('undoReview', { id, expectedVersion });
    await undoReview(services, actor, id, expectedVersion ?? undefined, once);
    return loadFeedback(context, id);
  }

  @Mutation(() => FeedbackNode, {
    description:
      'Revises an entry that no training batch holds or has used: reverses the judgement, changes or clears the ' +
      'correction or comment, or withdraws the entry. It is validated again. Only the `sub` that submitted the ' +
      'entry may revise it.',
  })
  async reviseFeedback(
    @Arg('id', () => ID, { description: 'Id of the feedback entry.' }) id: string,
    @Arg('input', () => ReviseFeedbackInput, {
      description: 'The fields to change. Omitted fields keep their values; null or a blank text clears one.',
    })
    input: ReviseFeedbackInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Expected current version of the entry.' })
    expectedVersion: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    const { services, actor } = context;
    const { type, withdrawn, ...clearable } = input;
    const revision = { ...omitNullish({ type, withdrawn }), ...omitUndefined(clearable) };
    const idempotency = context.idempotency('reviseFeedback', { id, revision, expectedVersion });
    // That another's entry is there is nothing to tell.
    if (readsOwnOnly(context.principal) && (await context.loaders.feedback.load(id)) === undefined) {
      throw new ApiError('NOT_FOUND', 'Feedback entry not found');
    }
    context.loaders.feedback.clear(id);
    await reviseFeedback(services, actor, id, revision, omitNullish({ expectedVersion, idempotency }));
    return loadFeedback(context, id);
  }
}

/** Null means something else than an absent field here: it clears. */
function omitUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

async function loadFeedback({ loaders }: RequestContext, id: string): Promise<FeedbackNode> {
  const feedback = await loaders.feedback.load(id);
  if (feedback === undefined) throw new Error('A feedback entry that was just changed is missing');
  return toFeedbackNode(feedback);
}
