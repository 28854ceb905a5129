import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { formatDay } from '../../feedback/index/table.js';
import { linkedAdapterList } from '../../feedback/links.js';
import { refuseErased } from '../../feedback/read.js';
import { feedbackVersion, findVersionAt } from '../../feedback/versions.js';
import type { Feedback } from '../../model/feedback.js';
import { readsOwnOnly } from '../../principal.js';
import type { Reader } from '../../store/contract.js';
import { neighbourSource } from '../adapter-lists.js';
import type { RequestContext } from '../context.js';
import { daysBetween, withDays } from '../days.js';
import { feedbackSource } from '../feedback-lists.js';
import { FeedbackAdapterConnection, FeedbackAdapterEdge } from '../types/adapter.js';
import { OrderedPageArguments, PageArguments } from '../types/connection.js';
import { FeedbackConnection, FeedbackEdge } from '../types/feedback-connections.js';
import { FeedbackFilterInput } from '../types/feedback-content.js';
import { FeedbackNode, toFeedbackNode } from '../types/feedback.js';
import { DailyFeedbackStats, FeedbackStatsNode } from '../types/stats.js';

@Resolver(() => FeedbackNode)
export class FeedbackResolver {
  @Query(() => FeedbackNode, { nullable: true, description: 'A feedback entry by id. Null if there is none.' })
  async feedback(
    @Arg('id', () => ID, { description: 'Id of the entry, as returned on submission.' }) id: string,
    @Arg('version', () => Int, { nullable: true, description: 'Returns this version instead of the current one.' })
    version: number | null | undefined,
    @Arg('asOf', () => GraphQLDateTime, { nullable: true, description: 'Returns the entry as of this time.' })
    asOf: Date | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<FeedbackNode | null> {
    const current = await currentEntry(context, id);
    if (current === undefined) return null;
    const {
      loaders,
      actor: { org },
    } = context;
    if ((version ?? asOf ?? null) === null) return toFeedbackNode(current);
    const found = await loaders.batchedRead((reader) => versionAt(reader, org, current, version, asOf));
    return found === undefined ? null : toFeedbackNode(found);
  }

  @Query(() => FeedbackConnection, { description: 'Feedback entries of the organization, oldest first by default.' })
  feedbackList(
    @Args(() => OrderedPageArguments) page: OrderedPageArguments,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: 'Filter applied to the list.' })
    filter: FeedbackFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof FeedbackConnection> {
    return new FeedbackConnection(
      feedbackSource(context, { filter }, page, (feedback, cursorOf) =>
        Object.assign(new FeedbackEdge(), { cursorOf, node: toFeedbackNode(feedback) }),
      ),
    );
  }

  @Query(() => FeedbackStatsNode, { description: 'Statistics of all feedback entries of the organization.' })
  feedbackStats(@Ctx() { loaders }: RequestContext): Promise<FeedbackStatsNode> {
    return loaders.stats.load({ kind: 'all' });
  }

  @Query(() => [DailyFeedbackStats], {
    description:
      'Statistics for each UTC day from `since` to `until`, by the current state of the entries submitted on ' +
      'it; suited to charts. Counters are kept per day, so the cost depends only on the number of days: at ' +
      'most 366. Rate-limited per user per minute.',
  })
  async feedbackStatsByDay(
    @Arg('since', () => GraphQLDateTime, { description: 'Any time on the first day.' }) since: Date,
    @Arg('until', () => GraphQLDateTime, { description: 'Any time on the last day.' }) until: Date,
    @Ctx() { loaders }: RequestContext,
  ): Promise<DailyFeedbackStats[]> {
    const days = daysBetween(since, until);
    const stats = await Promise.all(days.map((day) => loaders.stats.load({ kind: 'day', day: formatDay(day) })));
    return withDays(days, stats);
  }

  @FieldResolver(() => FeedbackAdapterConnection, { description: 'Adapters the entry is linked to, ordered by id.' })
  adapters(
    @Root() feedback: FeedbackNode,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof FeedbackAdapterConnection> {
    return new FeedbackAdapterConnection(
      neighbourSource(context, page, {
        list: linkedAdapterList(context.actor.org, feedback.id),
        toEdge: (adapter, cursor) =>
          Object.assign(new FeedbackAdapterEdge(), {
            cursorOf: () => cursor,
            node: adapter,
            feedbackId: feedback.id,
            adapterId: adapter.id,
          }),
      }),
    );
  }
}

/**
 * The current version of an entry, or undefined if there is none that the token may read.
 * @throws {ApiError} GONE if it was erased
 */
export async function currentEntry(
  { loaders, principal, actor: { org } }: RequestContext,
  id: string,
): Promise<Feedback | undefined> {
  const current = await loaders.feedback.load(id);
  // That another's entry has been there is nothing to tell.
  if (current === undefined && !readsOwnOnly(principal)) {
    await loaders.batchedRead((reader) => refuseErased(reader, org, id));
  }
  return current;
}

/** The version that is asked for: by number, by time, or the current one. */
async function versionAt(
  reader: Reader,
  org: string,
  current: Feedback,
  version: number | null | undefined,
  asOf: Date | null | undefined,
): Promise<Feedback | undefined> {
  if (typeof version === 'number' && asOf instanceof Date) {
    throw new InvalidInputError([{ field: 'asOf', problem: "must not be given together with 'version'" }]);
  }
  if (typeof version === 'number') return feedbackVersion(reader, org, current, version);
  return asOf instanceof Date ? findVersionAt(reader, org, current, asOf.getTime()) : current;
}
