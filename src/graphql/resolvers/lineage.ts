import { Arg, Args, Ctx, FieldResolver, ID, Int, Resolver, Root } from 'type-graphql';
import type { LineageDirection as WalkDirection } from '../../adapters/lineage-reader.js';
import type { Walked } from '../../adapters/lineage-walk.js';
import { InvalidInputError } from '../../errors.js';
import { checkField, idProblem } from '../../model/input.js';
import type { RequestContext } from '../context.js';
import { createCursors, readNumberedPlace, writeNumberedPlace } from '../cursors.js';
import { AdapterNode } from '../types/adapter.js';
import { checkPageSize } from '../types/connection.js';
import {
  checkMaxDepth,
  Lineage,
  LineageAdapterConnection,
  LineageArguments,
  LineageDirection,
  LineageEdge,
  LineagePaths,
  LineageStatsNode,
} from '../types/lineage.js';

const MAX_PATHS = 100;

const DIRECTIONS: Readonly<Record<LineageDirection, readonly WalkDirection[]>> = {
  [LineageDirection.ANCESTORS]: ['ancestors'],
  [LineageDirection.DESCENDANTS]: ['descendants'],
  [LineageDirection.BOTH]: ['ancestors', 'descendants'],
};

@Resolver(() => AdapterNode)
export class LineageResolver {
  @FieldResolver(() => LineageAdapterConnection, {
    description: 'All direct and indirect ancestors of the adapter, each listed once, nearest first.',
  })
  ancestors(
    @Root() { id }: AdapterNode,
    @Args(() => LineageArguments) page: LineageArguments,
    @Ctx() context: RequestContext,
  ): LineageAdapterConnection {
    return lineageConnection(context, id, 'ancestors', page);
  }

  @FieldResolver(() => LineageAdapterConnection, {
    description: 'All direct and indirect descendants of the adapter, each listed once, nearest first.',
  })
  descendants(
    @Root() { id }: AdapterNode,
    @Args(() => LineageArguments) page: LineageArguments,
    @Ctx() context: RequestContext,
  ): LineageAdapterConnection {
    return lineageConnection(context, id, 'descendants', page);
  }

  @FieldResolver(() => Lineage, { description: "The adapter's lineage as a graph of nodes and edges, for drawing." })
  async lineage(
    @Root() { id }: AdapterNode,
    @Arg('direction', () => LineageDirection, {
      defaultValue: LineageDirection.BOTH,
      description: 'Direction in which to follow `DERIVED_FROM` edges.',
    })
    direction: LineageDirection,
    @Arg('maxDepth', () => Int, {
      nullable: true,
      description: 'Maximum number of generations to follow, from 1 to 1000.',
    })
    maxDepth: number | null | undefined,
    @Arg('first', () => Int, {
      defaultValue: 1_000,
      description: 'Maximum number of nodes to return, from 1 to 1000, nearest first.',
    })
    first: number,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Lineage> {
    const { nodes, edges, truncated } = await loaders.lineage.subgraphs.load({
      adapterId: id,
      directions: DIRECTIONS[direction],
      first: checkPageSize(first),
      ...checkMaxDepth(maxDepth),
    });
    return { nodes, edges: edges.map((edge) => Object.assign(new LineageEdge(), edge)), truncated };
  }

  @FieldResolver(() => LineagePaths, {
    description:
      'All distinct paths along `DERIVED_FROM` edges from the adapter to an ancestor. Rate-limited per user per minute.',
  })
  async lineagePaths(
    @Root() { id }: AdapterNode,
    @Arg('to', () => ID, { description: 'Id of the ancestor.' }) to: string,
    @Arg('maxDepth', () => Int, { nullable: true, description: 'Maximum number of edges in a path, from 1 to 1000.' })
    maxDepth: number | null | undefined,
    @Arg('first', () => Int, { defaultValue: 10, description: 'Maximum number of paths to return, from 1 to 100.' })
    first: number,
    @Ctx() { loaders }: RequestContext,
  ): Promise<LineagePaths> {
    checkField('to', to, idProblem);
    if (first < 1 || first > MAX_PATHS) {
      throw new InvalidInputError([{ field: 'first', problem: `must be an integer from 1 to ${MAX_PATHS}` }]);
    }
    const request = { adapterId: id, to, first, ...checkMaxDepth(maxDepth) };
    const { paths, truncated } = await loaders.lineage.paths.load(request);
    return { paths: paths.map((adapters) => ({ length: adapters.length - 1, adapters })), truncated };
  }

  @FieldResolver(() => LineageStatsNode, {
    description:
      'Statistics of the adapter and all its descendants. An entry linked to several of them is counted once.',
  })
  lineageStats(@Root() { id }: AdapterNode, @Ctx() { loaders }: RequestContext): Promise<LineageStatsNode> {
    return loaders.lineage.stats.load(id);
  }
}

function lineageConnection(
  { loaders, actor: { org } }: RequestContext,
  adapterId: string,
  direction: WalkDirection,
  { first, after, maxDepth }: LineageArguments,
): LineageAdapterConnection {
  const depthOf = checkMaxDepth(maxDepth);
  const cursors = createCursors([org, direction, adapterId, depthOf]);
  const place = after === undefined || after === null ? undefined : readNumberedPlace(cursors.decode(after));
  const last: Walked | undefined = place && { depth: place.number, id: place.name };
  const limit = checkPageSize(first);
  const list = { adapterId, direction, ...depthOf };
  return new LineageAdapterConnection({
    continued: last !== undefined,
    page: async () => {
      const { entries, hasNext } = await loaders.lineage.pages.load({
        ...list,
        first: limit,
        ...(last === undefined ? {} : { after: last }),
      });
      const edges = entries.map(({ adapter, depth }) => ({
        cursor: cursors.encode(writeNumberedPlace({ number: depth, name: adapter.id })),
        depth,
        node: adapter,
      }));
      return { edges, hasNext };
    },
    all: () => loaders.lineage.pages.load(list),
  });
}
