import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { planFilter } from '../../feedback/index/filter.js';
import {
  claimForReview,
  queueLength,
  queuePage,
  REVIEWED_STATUSES,
  reviewFeedback,
  undoReview,
} from '../../feedback/review.js';
import { reviseFeedback } from '../../feedback/revise.js';
import type { Review } from '../../model/feedback.js';
import { omitNullish } from '../../omit-nullish.js';
import { type RequestContext, requireRole } from '../context.js';
import { cursorsOf, readNumberedPlace, writeNumberedPlace } from '../cursors.js';
import { toFilter } from '../feedback-lists.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import {
  FeedbackConnection,
  FeedbackEdge,
  FeedbackFilterInput,
  FeedbackNode,
  ReviseFeedbackInput,
  toFeedbackNode,
} from '../types/feedback.js';
import { ReviewVerdictEnum } from '../types/review.js';

@Resolver()
export class ReviewResolver {
  @Query(() => FeedbackConnection, {
    description:
      'What waits for a decision: flagged feedback, then pending one, each oldest first; with a `validationStatus` in the ' +
      'filter, what has that. Role: reviewer.',
  })
  reviewQueue(
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: 'What the queue is narrowed to.' })
    filter: FeedbackFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof FeedbackConnection> {
    requireRole(context, 'reviewer');
    const { actor, loaders, services } = context;
    const narrowed = toFilter({ filter });
    const statuses = narrowed.validationStatus === undefined ? REVIEWED_STATUSES : [narrowed.validationStatus];
    const plans = statuses.map((validationStatus) =>
      planFilter(actor.org, { ...narrowed, validationStatus }, services.keyedHash),
    );
    const limit = checkPageSize(first);
    const cursors = cursorsOf([actor.org, 'reviewQueue', narrowed]);
    const place = typeof after === 'string' ? readNumberedPlace(cursors.decode(after)) : undefined;
    const last = place && { plan: place.number, id: place.name };
    return new FeedbackConnection({
      continued: last !== undefined,
      page: async () => {
        const page = await loaders.batchedRead((reader) => queuePage(reader, plans, limit, last));
        return {
          edges: page.entries.map(({ feedback, plan }) =>
            Object.assign(new FeedbackEdge(), {
              cursorOf: () => cursors.encode(writeNumberedPlace({ number: plan, name: feedback.id })),
              node: toFeedbackNode(feedback),
            }),
          ),
          hasNext: page.hasNext,
        };
      },
      total: () => loaders.batchedRead((reader) => queueLength(reader, plans)),
    });
  }

  @Mutation(() => [FeedbackNode], {
    description:
      'Claims the oldest flagged feedback that nobody has claimed: no other reviewer gets it until the claim lapses by ' +
      'itself. Role: reviewer.',
  })
  async claimForReview(
    @Arg('count', () => Int, { description: 'How many at most: 1 to 100.' }) count: number,
    @Arg('minutes', () => Int, { defaultValue: 30, description: 'For how long: 1 to 1440.' }) minutes: number,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode[]> {
    requireRole(context, 'reviewer');
    const { services, actor, idempotency, loaders } = context;
    const asked = { count, minutes };
    const ids = await claimForReview(services, actor, asked, idempotency('claimForReview', asked));
    const found = await Promise.all(ids.map((id) => loaders.feedback.load(id)));
    return found.filter((feedback) => feedback !== undefined).map(toFeedbackNode);
  }

  @Mutation(() => FeedbackNode, {
    description:
      'Decides on a feedback that training does not have. Validation plugins do not judge it again unless they are told ' +
      'to. Role: reviewer.',
  })
  async reviewFeedback(
    @Arg('id', () => ID, { description: 'The feedback.' }) id: string,
    @Arg('verdict', () => ReviewVerdictEnum, { description: 'The decision.' }) verdict: Review['verdict'],
    @Arg('reason', () => String, { nullable: true, description: 'Why, up to 500 characters; kept with the feedback.' })
    reason: string | null | undefined,
    @Arg('correction', () => String, {
      nullable: true,
      description: 'The correct answer, up to 10,000 characters, in place of the one that is there.',
    })
    correction: string | null | undefined,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'The version that the feedback must be at.' })
    expectedVersion: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    requireRole(context, 'reviewer');
    const { services, actor, idempotency } = context;
    const request = { verdict, ...omitNullish({ reason, correction, expectedVersion }) };
    await reviewFeedback(services, actor, id, request, idempotency('reviewFeedback', { id, ...request }));
    return loadFeedback(context, id);
  }

  @Mutation(() => FeedbackNode, {
    description:
      'Takes a review back: status, reasons and correction are again what they were before it. Both stay in the audit ' +
      'trail. Role: reviewer.',
  })
  async undoReview(
    @Arg('id', () => ID, { description: 'The feedback.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'The version that the feedback must be at.' })
    expectedVersion: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    requireRole(context, 'reviewer');
    const { services, actor, idempotency } = context;
    const once = idempotency('undoReview', { id, expectedVersion });
    await undoReview(services, actor, id, expectedVersion ?? undefined, once);
    return loadFeedback(context, id);
  }

  @Mutation(() => FeedbackNode, {
    description:
      'Changes the mind of who submitted a feedback, while training does not have it: reverses the thumb, says more, or ' +
      'withdraws it. It is validated again. Only for the `sub` that submitted it.',
  })
  async reviseFeedback(
    @Arg('id', () => ID, { description: 'The feedback.' }) id: string,
    @Arg('input', () => ReviseFeedbackInput, { description: 'What is different now; what is absent stays.' })
    input: ReviseFeedbackInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'The version that the feedback must be at.' })
    expectedVersion: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode> {
    const { services, actor } = context;
    const revision = omitNullish(input);
    const idempotency = context.idempotency('reviseFeedback', { id, revision, expectedVersion });
    await reviseFeedback(services, actor, id, revision, omitNullish({ expectedVersion, idempotency }));
    return loadFeedback(context, id);
  }
}

async function loadFeedback({ loaders }: RequestContext, id: string): Promise<FeedbackNode> {
  const feedback = await loaders.feedback.load(id);
  if (feedback === undefined) throw new Error('A feedback that was just changed is missing');
  return toFeedbackNode(feedback);
}
