import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import {
  countGroups,
  groupedKeys,
  groupedStatsPage,
  hasGroupCounters,
  MAX_COUNTED_VALUES,
  type NamedStats,
  type StatsGrouping,
} from '../../feedback/grouped-stats.js';
import { type FilterPlan, planFilter } from '../../feedback/index/filter.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { checkPageSize, type ConnectionSource, PageArguments } from '../types/connection.js';
import { ModelAdapterStatsConnection, ModelStats, ModelStatsConnection } from '../types/model-stats.js';

@Resolver(() => ModelStats)
export class ModelStatsResolver {
  @Query(() => ModelStatsConnection, {
    description: 'Statistics for each model version named in feedback entries, ordered by name.',
  })
  modelStats(
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof ModelStatsConnection> {
    return new ModelStatsConnection(
      statsSource(context, { of: 'model' }, page, ({ name: _, value, ...stats }) => ({
        ...stats,
        modelVersion: value,
      })),
    );
  }

  @FieldResolver(() => ModelAdapterStatsConnection, {
    description: "Statistics for each adapter linked to entries on this model version's answers, ordered by id.",
  })
  adapters(
    @Root() { modelVersion }: ModelStats,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof ModelAdapterStatsConnection> {
    return new ModelAdapterStatsConnection(
      statsSource(context, { of: 'adapters', model: modelVersion }, page, ({ name: _, value, ...stats }) => ({
        ...stats,
        modelVersion,
        adapterId: value,
      })),
    );
  }
}

/**
 * A list of statistics as a connection whose nodes `toNode` makes.
 * @param plan the entries that count; all of them if it is left out
 */
export function statsSource<Node>(
  { loaders, services, actor: { org } }: RequestContext,
  grouping: StatsGrouping,
  { first, after }: PageArguments,
  toNode: (stats: NamedStats) => Node,
  plan: FilterPlan = planFilter(org, {}, services.keyedHash),
): ConnectionSource<{ readonly cursor: string; readonly node: Node }> {
  const cursors = createCursors([org, 'groupedStats', grouping]);
  const last = after === undefined || after === null ? undefined : cursors.decode(after);
  const limit = checkPageSize(first);
  const isCounted = !hasGroupCounters(plan);
  if (isCounted && limit > MAX_COUNTED_VALUES) {
    throw new InvalidInputError([
      { field: 'first', problem: `must be at most ${MAX_COUNTED_VALUES} with such a filter` },
    ]);
  }
  return {
    continued: last !== undefined,
    page: async () => {
      const request = { grouping, plan, limit, after: last };
      const page = !isCounted
        ? await loaders.batchedRead((reader) => groupedStatsPage(reader, request))
        : await loaders.longRead(
            ['groupedStats', request],
            (read) => read((reader) => groupedStatsPage(reader, request)),
            (reader) => groupedKeys(reader, request),
          );
      return {
        edges: page.entries.map((entry) => ({ cursor: cursors.encode(entry.name), node: toNode(entry) })),
        hasNext: page.hasNext,
      };
    },
    total: () => loaders.batchedRead((reader) => countGroups(reader, org, grouping)),
  };
}
