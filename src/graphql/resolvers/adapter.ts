import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { adapterPage, type AdapterStage, countAdapters } from '../../adapters/adapters.js';
import { derivativeList, parentList } from '../../adapters/lineage.js';
import { adaptersAtStage, countAdaptersAtStage } from '../../adapters/stages.js';
import { adapterDayStats } from '../../feedback/index/adapter-days.js';
import { countVersions, versionStatsPage } from '../../feedback/index/adapter-versions.js';
import { formatDay } from '../../feedback/index/table.js';
import { checkField, idProblem } from '../../model/input.js';
import { neighbourSource } from '../adapter-lists.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { daysBetween, withDays } from '../days.js';
import { feedbackSource } from '../feedback-lists.js';
import { AdapterStageEnum } from '../types/adapter-stage.js';
import { AdapterConnection, AdapterNode, DerivationConnection, DerivationEdge } from '../types/adapter.js';
import { checkPageSize, OrderedPageArguments, PageArguments } from '../types/connection.js';
import { AdapterFeedbackConnection, AdapterFeedbackEdge } from '../types/feedback-connections.js';
import { FeedbackFilterInput } from '../types/feedback-content.js';
import { toFeedbackNode } from '../types/feedback.js';
import { PreferenceStatsNode } from '../types/preference-stats.js';
import { AdapterVersionStatsConnection, DailyFeedbackStats, FeedbackStatsNode } from '../types/stats.js';

@Resolver(() => AdapterNode)
export class AdapterResolver {
  @Query(() => AdapterNode, { nullable: true, description: 'An adapter by id. Null if there is none.' })
  async adapter(
    @Arg('id', () => ID, { description: 'Id of the adapter.' }) id: string,
    @Ctx() { loaders }: RequestContext,
  ): Promise<AdapterNode | null> {
    if (idProblem(id) !== undefined) return null;
    return (await loaders.adapters.load(id)) ?? null;
  }

  @Query(() => AdapterConnection, { description: 'All adapters and base models, ordered by id.' })
  adapters(
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Arg('stage', () => AdapterStageEnum, { nullable: true, description: 'Only adapters at this stage.' })
    given: AdapterStage | null | undefined,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof AdapterConnection> {
    const stage = given ?? undefined;
    const cursors = createCursors([org, 'adapters', ...(stage === undefined ? [] : [stage])]);
    const lastId = after === undefined || after === null ? undefined : cursors.decode(after);
    const limit = checkPageSize(first);
    return new AdapterConnection({
      continued: lastId !== undefined,
      page: async () => {
        const page = await loaders.batchedRead((reader) =>
          stage === undefined
            ? adapterPage(reader, org, limit, lastId)
            : adaptersAtStage(reader, org, stage, limit, lastId),
        );
        return {
          edges: page.adapters.map((node) => ({ cursor: cursors.encode(node.id), node })),
          hasNext: page.hasNext,
        };
      },
      total: () =>
        loaders.batchedRead((reader) =>
          stage === undefined ? countAdapters(reader, org) : countAdaptersAtStage(reader, org, stage),
        ),
    });
  }

  @FieldResolver(() => AdapterFeedbackConnection, {
    description: 'Feedback entries linked to the adapter, oldest first by default.',
  })
  feedback(
    @Root() adapter: AdapterNode,
    @Args(() => OrderedPageArguments) page: OrderedPageArguments,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: 'Filter applied to the list.' })
    filter: FeedbackFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof AdapterFeedbackConnection> {
    return new AdapterFeedbackConnection(
      feedbackSource(context, { filter, adapterId: adapter.id }, page, (feedback, cursorOf) =>
        Object.assign(new AdapterFeedbackEdge(), {
          cursorOf,
          node: toFeedbackNode(feedback),
          feedbackId: feedback.id,
          adapterId: adapter.id,
        }),
      ),
    );
  }

  @FieldResolver(() => FeedbackStatsNode, { description: 'Statistics of the feedback entries linked to the adapter.' })
  stats(
    @Root() adapter: AdapterNode,
    @Arg('adapterVersion', () => String, {
      nullable: true,
      description: 'Count only entries submitted for this version of the adapter.',
    })
    version: string | null | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<FeedbackStatsNode> {
    if (version === null || version === undefined) return loaders.stats.load({ kind: 'adapter', adapter: adapter.id });
    checkField('adapterVersion', version, idProblem);
    return loaders.stats.load({ kind: 'adapterVersion', adapter: adapter.id, version });
  }

  @FieldResolver(() => PreferenceStatsNode, {
    description:
      "Approved preferences between this adapter's answers and others. Each entry counts once. Entries in which all " +
      'answers are of this adapter do not count.',
  })
  preferences(@Root() { id }: AdapterNode, @Ctx() { loaders }: RequestContext): Promise<PreferenceStatsNode> {
    return loaders.preferences.load(id);
  }

  @FieldResolver(() => AdapterVersionStatsConnection, {
    description: 'Statistics for each version of the adapter that entries were submitted for, ordered by version name.',
  })
  statsByVersion(
    @Root() { id }: AdapterNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof AdapterVersionStatsConnection> {
    const cursors = createCursors([org, 'statsByVersion', id]);
    const last = after === undefined || after === null ? undefined : cursors.decode(after);
    const limit = checkPageSize(first);
    return new AdapterVersionStatsConnection({
      continued: last !== undefined,
      page: async () => {
        const page = await loaders.batchedRead((reader) => versionStatsPage(reader, org, id, limit, last));
        return {
          edges: page.versions.map((node) => ({ cursor: cursors.encode(node.adapterVersion), node })),
          hasNext: page.hasNext,
        };
      },
      total: () => loaders.batchedRead((reader) => countVersions(reader, org, id)),
    });
  }

  @FieldResolver(() => [DailyFeedbackStats], {
    description:
      'Statistics of the entries linked to the adapter for each UTC day from `since` to `until`, by the current state of ' +
      'the entries submitted on it; suited to charts. Counters are kept per adapter and day, so the cost depends only on ' +
      'the number of days: at most 366.',
  })
  async statsByDay(
    @Root() { id }: AdapterNode,
    @Arg('since', () => GraphQLDateTime, { description: 'Any time on the first day.' }) since: Date,
    @Arg('until', () => GraphQLDateTime, { description: 'Any time on the last day.' }) until: Date,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): Promise<DailyFeedbackStats[]> {
    const days = daysBetween(since, until);
    const names = days.map(formatDay);
    return withDays(days, await loaders.batchedRead((reader) => adapterDayStats(reader, org, id, names)));
  }

  @FieldResolver(() => DerivationConnection, { description: 'Parents of the adapter, ordered by id.' })
  derivedFrom(
    @Root() adapter: AdapterNode,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof DerivationConnection> {
    return new DerivationConnection(
      neighbourSource(context, page, {
        list: parentList(context.actor.org, adapter.id),
        toEdge: (node, cursor) =>
          Object.assign(new DerivationEdge(), { cursor, node, childId: adapter.id, parentId: node.id }),
      }),
    );
  }

  @FieldResolver(() => DerivationConnection, { description: 'Children of the adapter, ordered by id.' })
  derivatives(
    @Root() adapter: AdapterNode,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof DerivationConnection> {
    return new DerivationConnection(
      neighbourSource(context, page, {
        list: derivativeList(context.actor.org, adapter.id),
        toEdge: (node, cursor) =>
          Object.assign(new DerivationEdge(), { cursor, node, childId: node.id, parentId: adapter.id }),
      }),
    );
  }
}
