import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { reviewsOnDays } from '../../feedback/index/review-days.js';
import { formatDay } from '../../feedback/index/table.js';
import { claimForReview, MAX_HELD } from '../../feedback/review/claims.js';
import { planHeld, releaseReviewClaims, renewReviewClaims, skipReviews } from '../../feedback/review/held.js';
import { MAX_SKIPS } from '../../feedback/review/skips.js';
import { omitNullish } from '../../omit-nullish.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { daysBetween, withDays } from '../days.js';
import { toFilter } from '../feedback-lists.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import { FeedbackConnection, FeedbackEdge } from '../types/feedback-connections.js';
import { FeedbackFilterInput } from '../types/feedback-content.js';
import { FeedbackNode, toFeedbackNode } from '../types/feedback.js';
import {
  ClaimReviewsPayload,
  DailyReviews,
  ReleaseReviewClaimsPayload,
  RenewReviewClaimsPayload,
  SkipReviewsPayload,
} from '../types/review-claims.js';

const COUNT = { description: 'Maximum number of entries to claim, from 1 to 100.' };
const DEFAULT_MINUTES = 30;
const MINUTES = {
  defaultValue: DEFAULT_MINUTES,
  description: 'Duration of the claim in minutes, from 1 to 1440.',
};

@Resolver()
export class ReviewClaimsResolver {
  @Query(() => FeedbackConnection, {
    description:
      'Entries that the reviewer has claimed, oldest first, with the time each claim expires in `reviewClaim`. Expired ' +
      'claims are listed until another reviewer takes the entry.',
  })
  reviewClaims(
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { actor, loaders, services }: RequestContext,
  ): InstanceType<typeof FeedbackConnection> {
    const plan = planHeld(actor, services.keyedHash);
    const limit = checkPageSize(first);
    const cursors = createCursors([actor.org, 'reviewClaims', actor.sub]);
    const lastId = typeof after === 'string' ? cursors.decode(after) : undefined;
    return new FeedbackConnection({
      continued: lastId !== undefined,
      page: async () => {
        const { feedback, hasNext } = await loaders.pages(plan, {
          limit,
          descending: false,
          ...omitNullish({ after: lastId }),
        });
        return {
          edges: feedback.map((each) =>
            Object.assign(new FeedbackEdge(), {
              cursorOf: () => cursors.encode(each.id),
              node: toFeedbackNode(each),
            }),
          ),
          hasNext,
        };
      },
      total: async () => (await loaders.counts(plan)).count,
    });
  }

  @Query(() => [DailyReviews], {
    description:
      'How many entries the reviewer has decided on each UTC day from `since` to `until`, at most 366 days. An entry counts ' +
      'on the day of its present review: not once that is undone, replaced by a later one or erased with the entry.',
  })
  async reviewsByDay(
    @Arg('since', () => GraphQLDateTime, { description: 'Any time on the first day.' }) since: Date,
    @Arg('until', () => GraphQLDateTime, { description: 'Any time on the last day.' }) until: Date,
    @Ctx() { actor: { org, sub }, loaders, services }: RequestContext,
  ): Promise<DailyReviews[]> {
    const days = daysBetween(since, until);
    const reviewer = services.keyedHash(org, sub);
    const names = days.map(formatDay);
    const counts = await loaders.batchedRead((reader) => reviewsOnDays(reader, org, reviewer, names));
    return withDays(
      days,
      counts.map((count) => ({ count })),
    );
  }

  @Mutation(() => ClaimReviewsPayload, {
    description:
      'Claims the oldest unclaimed flagged entries that match a filter. Other reviewers cannot claim or decide them until ' +
      `the claim expires or is released. A reviewer holds at most ${MAX_HELD} entries, and gets entries they have skipped ` +
      'only when no others match.',
  })
  async claimReviews(
    @Arg('count', () => Int, COUNT) count: number,
    @Arg('minutes', () => Int, MINUTES) minutes: number,
    @Arg('filter', () => FeedbackFilterInput, {
      nullable: true,
      description: 'Filter for the entries to claim. Only flagged entries can be claimed.',
    })
    filter: FeedbackFilterInput | null | undefined,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The `endCursor` of an earlier claim with the same filter: only later entries are claimed.',
    })
    after: string | null | undefined,
    @Arg('ids', () => [ID], {
      nullable: true,
      description:
        'Only these entries, from 1 to 100, as far as they are unclaimed, flagged and match the filter; also those the ' +
        'reviewer has skipped. Not allowed with `after`.',
    })
    only: readonly string[] | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ClaimReviewsPayload> {
    const narrowed = toFilter(context.services, { filter });
    const cursors = createCursors([context.actor.org, 'claimReviews', narrowed]);
    const asked = {
      count,
      minutes,
      filter: narrowed,
      ...omitNullish({ after: typeof after === 'string' ? cursors.decode(after) : undefined, ids: only }),
    };
    const { ids, hasMore, lookedUntil, areSkipped } = await claimForReview(context.services, context.actor, asked, {
      idempotency: context.idempotency('claimReviews', asked),
      read: context.loaders.batchedRead,
    });
    return {
      entries: await loadEntries(context, ids),
      hasMore,
      endCursor: lookedUntil === undefined ? null : cursors.encode(lookedUntil),
      areSkipped,
    };
  }

  @Mutation(() => [FeedbackNode], {
    deprecationReason: 'Use `claimReviews`, which takes a filter.',
    description:
      'Claims the oldest unclaimed flagged entries. Other reviewers cannot claim them until the claim expires.',
  })
  async claimForReview(
    @Arg('count', () => Int, COUNT) count: number,
    @Arg('minutes', () => Int, MINUTES) minutes: number,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode[]> {
    const asked = { count, minutes };
    const { ids } = await claimForReview(context.services, context.actor, asked, {
      idempotency: context.idempotency('claimForReview', asked),
      read: context.loaders.batchedRead,
    });
    return loadEntries(context, ids);
  }

  @Mutation(() => RenewReviewClaimsPayload, {
    description:
      "Renews all of the reviewer's claims, counted from now. A claim never becomes shorter, and one that has expired is " +
      'valid again if no other reviewer has taken the entry.',
  })
  async renewReviewClaims(
    @Arg('minutes', () => Int, MINUTES) minutes: number,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<RenewReviewClaimsPayload> {
    return { claims: await renewReviewClaims(services, actor, minutes, idempotency('renewReviewClaims', { minutes })) };
  }

  @Mutation(() => ReleaseReviewClaimsPayload, {
    description: "Releases the reviewer's claims, so that the entries are back in the queue.",
  })
  async releaseReviewClaims(
    @Arg('ids', () => [ID], {
      nullable: true,
      description:
        'Ids of the entries to release, from 1 to 100; all that the reviewer has claimed by default. Entries that the ' +
        'reviewer has not claimed are left alone.',
    })
    ids: readonly string[] | null | undefined,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<ReleaseReviewClaimsPayload> {
    const asked = ids ?? undefined;
    const once = idempotency('releaseReviewClaims', { ids: asked });
    return { releasedIds: await releaseReviewClaims(services, actor, asked, once) };
  }

  @Mutation(() => SkipReviewsPayload, {
    description:
      'Releases entries and keeps them from this reviewer: for 24 hours, `claimReviews` gives them to others, and to this ' +
      `reviewer only when no others match. The last ${MAX_SKIPS} skipped entries are remembered.`,
  })
  async skipReviews(
    @Arg('ids', () => [ID], { description: 'Ids of the entries to skip, from 1 to 100.' }) ids: readonly string[],
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<SkipReviewsPayload> {
    return { skippedIds: await skipReviews(services, actor, ids, idempotency('skipReviews', { ids })) };
  }
}

async function loadEntries({ loaders }: RequestContext, ids: readonly string[]): Promise<FeedbackNode[]> {
  // What was found for the claim was read before it.
  for (const id of ids) loaders.feedback.clear(id);
  const found = await Promise.all(ids.map((id) => loaders.feedback.load(id)));
  return found.filter((feedback) => feedback !== undefined).map(toFeedbackNode);
}
