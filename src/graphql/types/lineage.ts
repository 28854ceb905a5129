import { GraphQLDateTime } from 'graphql-scalars';
import { ArgsType, Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { MAX_DEPTH } from '../../adapters/lineage-walk.js';
import { InvalidInputError } from '../../errors.js';
import type { RequestContext } from '../context.js';
import { AdapterNode } from './adapter.js';
import { ListEdge, PageArguments, PageInfo, toPageInfo } from './connection.js';
import { FeedbackStatsNode } from './stats.js';

/** Direction in which to follow `DERIVED_FROM` edges. */
export enum LineageDirection {
  ANCESTORS = 'ancestors',
  DESCENDANTS = 'descendants',
  BOTH = 'both',
}

registerEnumType(LineageDirection, {
  name: 'LineageDirection',
  description: 'Direction in which to follow `DERIVED_FROM` edges.',
  valuesConfig: {
    ANCESTORS: { description: 'Up, to ancestors.' },
    DESCENDANTS: { description: 'Down, to descendants.' },
    BOTH: { description: 'Up and down, to both.' },
  },
});

@ArgsType()
export class LineageArguments extends PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: 'Maximum number of generations to follow, from 1 to 1000. Unlimited by default.',
  })
  maxDepth?: number | null;
}

/** @throws {InvalidInputError} outside 1 to 1000 */
export function checkMaxDepth(maxDepth: number | null | undefined): { readonly maxDepth?: number } {
  if (maxDepth === null || maxDepth === undefined) return {};
  if (maxDepth < 1 || maxDepth > MAX_DEPTH) {
    throw new InvalidInputError([{ field: 'maxDepth', problem: `must be an integer from 1 to ${MAX_DEPTH}` }]);
  }
  return { maxDepth };
}

@ObjectType({ description: 'An ancestor or descendant in a list.' })
export class LineageAdapterEdge extends ListEdge {
  @Field(() => Int, { description: 'Length of the shortest path of `DERIVED_FROM` edges to the adapter; at least 1.' })
  depth!: number;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

/** The data behind a list of ancestors or descendants, read on demand. */
export interface LineageListSource {
  readonly page: () => Promise<{
    readonly edges: readonly LineageAdapterEdge[];
    readonly hasNext: boolean;
  }>;
  readonly all: () => Promise<{ readonly total: number; readonly truncated: boolean }>;
  readonly continued: boolean;
}

@ObjectType({ description: 'A page of ancestors or descendants, each listed once, ordered by depth and then by id.' })
export class LineageAdapterConnection {
  private loaded: ReturnType<LineageListSource['page']> | undefined;

  constructor(private readonly source: LineageListSource) {}

  @Field(() => [LineageAdapterEdge], { description: 'Items on this page.' })
  async edges(): Promise<readonly LineageAdapterEdge[]> {
    return (await this.page()).edges;
  }

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  async pageInfo(): Promise<PageInfo> {
    const { edges, hasNext } = await this.page();
    return toPageInfo(edges, hasNext, this.source.continued);
  }

  @Field(() => Int, { description: 'Total number of items in the list; computed only when requested.' })
  async totalCount(): Promise<number> {
    return (await this.source.all()).total;
  }

  @Field(() => Boolean, {
    description:
      'Whether the list was cut off at 10,000 adapters, 100,000 edges or 1,000 generations, leaving further ' +
      'adapters out.',
  })
  async truncated(): Promise<boolean> {
    return (await this.source.all()).truncated;
  }

  private page(): ReturnType<LineageListSource['page']> {
    this.loaded ??= this.source.page();
    return this.loaded;
  }
}

@ObjectType({ description: 'An adapter in a lineage graph.' })
export class LineageNode {
  @Field(() => Int, {
    description:
      'Number of generations from the adapter: 0 for the adapter itself, positive for ancestors, negative for ' +
      'descendants.',
  })
  depth!: number;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  adapter!: AdapterNode;
}

@ObjectType({ description: 'A `DERIVED_FROM` edge in a lineage graph.' })
export class LineageEdge {
  @Field(() => ID, { description: 'Id of the derived adapter.' })
  childId!: string;

  @Field(() => ID, { description: 'Id of the parent.' })
  parentId!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time the derivation was registered.' })
  async createdAt(@Ctx() { loaders }: RequestContext): Promise<number | null> {
    return (await loaders.derivations.load({ from: this.childId, to: this.parentId }))?.createdAt ?? null;
  }
}

@ObjectType({ description: 'A lineage as a graph for drawing: its nodes and every derivation between two of them.' })
export class Lineage {
  @Field(() => [LineageNode], { description: 'Adapters in the graph: the adapter itself first, then the nearest.' })
  nodes!: readonly LineageNode[];

  @Field(() => [LineageEdge], { description: 'Derivations between the nodes.' })
  edges!: readonly LineageEdge[];

  @Field(() => Boolean, { description: 'Whether the lineage has more nodes than `first`.' })
  truncated!: boolean;
}

@ObjectType({ description: 'A path along `DERIVED_FROM` edges from an adapter to an ancestor.' })
export class LineagePath {
  @Field(() => Int, { description: 'Number of edges in the path.' })
  length!: number;

  @Field(() => [AdapterNode], { description: 'Adapters along the path, from the adapter to the ancestor.' })
  adapters!: readonly AdapterNode[];
}

@ObjectType({ description: 'Distinct paths from an adapter to an ancestor.' })
export class LineagePaths {
  @Field(() => [LineagePath], { description: 'The paths, ordered by the ids along them.' })
  paths!: readonly LineagePath[];

  @Field(() => Boolean, {
    description: 'Whether there are further paths, beyond `first` or beyond a total of 10,000 adapters.',
  })
  truncated!: boolean;
}

@ObjectType('LineageStats', {
  description: 'Statistics of an adapter and all its descendants, with each feedback entry counted once.',
})
export class LineageStatsNode extends FeedbackStatsNode {
  @Field(() => Int, { description: 'Number of adapters included in the statistics, counting the adapter itself.' })
  adapterCount!: number;

  @Field(() => Boolean, { description: 'Whether the statistics include only the nearest 10,000 adapters.' })
  truncated!: boolean;
}
