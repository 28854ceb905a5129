import { GraphQLDateTime } from 'graphql-scalars';
import { ArgsType, Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { MAX_DEPTH } from '../../adapters/lineage-walk.js';
import { InvalidInputError } from '../../errors.js';
import type { RequestContext } from '../context.js';
import { AdapterNode } from './adapter.js';
import { PageArguments, PageInfo } from './connection.js';
import { FeedbackStatsNode } from './stats.js';

/** Which way to follow `DERIVED_FROM` edges. */
export enum LineageDirection {
  ANCESTORS = 'ancestors',
  DESCENDANTS = 'descendants',
  BOTH = 'both',
}

registerEnumType(LineageDirection, {
  name: 'LineageDirection',
  description: 'Which way to follow `DERIVED_FROM` edges.',
  valuesConfig: {
    ANCESTORS: { description: 'Up, to what it was derived from.' },
    DESCENDANTS: { description: 'Down, to what was derived from it.' },
    BOTH: { description: 'Up and down.' },
  },
});

@ArgsType()
export class LineageArguments extends PageArguments {
  @Field(() => Int, { nullable: true, description: 'How many generations to go: 1 to 1000. Without it, all.' })
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

@ObjectType({ description: 'An ancestor or a descendant in a list.' })
export class LineageAdapterEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => Int, { description: 'The least number of `DERIVED_FROM` edges that lead to it, from 1.' })
  depth!: number;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

/** What a list of ancestors or descendants shows, read when a field asks for it. */
export interface LineageListSource {
  readonly page: () => Promise<{
    readonly edges: readonly LineageAdapterEdge[];
    readonly hasNext: boolean;
  }>;
  readonly all: () => Promise<{ readonly total: number; readonly truncated: boolean }>;
  readonly continued: boolean;
}

@ObjectType({ description: 'A page of ancestors or descendants: nearest first, those of one depth by id, each once.' })
export class LineageAdapterConnection {
  private loaded: ReturnType<LineageListSource['page']> | undefined;

  constructor(private readonly source: LineageListSource) {}

  @Field(() => [LineageAdapterEdge], { description: 'The entries of this page.' })
  async edges(): Promise<readonly LineageAdapterEdge[]> {
    return (await this.page()).edges;
  }

  @Field(() => PageInfo, { description: 'Where this page stands.' })
  async pageInfo(): Promise<PageInfo> {
    const { edges, hasNext } = await this.page();
    return {
      hasNextPage: hasNext,
      hasPreviousPage: this.source.continued,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    };
  }

  @Field(() => Int, { description: 'How many entries the whole list has; computed only when asked for.' })
  async totalCount(): Promise<number> {
    return (await this.source.all()).total;
  }

  @Field(() => Boolean, {
    description:
      'Whether the list ends at 10,000 adapters, 100,000 edges or 1,000 generations, so that there are further ones.',
  })
  async truncated(): Promise<boolean> {
    return (await this.source.all()).truncated;
  }

  private page(): ReturnType<LineageListSource['page']> {
    this.loaded ??= this.source.page();
    return this.loaded;
  }
}

@ObjectType({ description: 'An adapter in the subgraph of a lineage.' })
export class LineageNode {
  @Field(() => Int, {
    description: 'Generations from the adapter: 0 itself, above 0 its ancestors, below 0 its descendants.',
  })
  depth!: number;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  adapter!: AdapterNode;
}

@ObjectType({ description: 'A `DERIVED_FROM` edge in the subgraph of a lineage.' })
export class LineageEdge {
  @Field(() => ID, { description: 'The adapter that was derived.' })
  childId!: string;

  @Field(() => ID, { description: 'What it was derived from.' })
  parentId!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the derivation was registered.' })
  async createdAt(@Ctx() { loaders }: RequestContext): Promise<number | null> {
    return (await loaders.derivations.load({ from: this.childId, to: this.parentId }))?.createdAt ?? null;
  }
}

@ObjectType({ description: 'A lineage as a graph to draw: its nodes, and every derivation between two of them.' })
export class Lineage {
  @Field(() => [LineageNode], { description: 'The adapters, itself first, then the nearest.' })
  nodes!: readonly LineageNode[];

  @Field(() => [LineageEdge], { description: 'The derivations.' })
  edges!: readonly LineageEdge[];

  @Field(() => Boolean, { description: 'Whether the lineage has more nodes than `first`.' })
  truncated!: boolean;
}

@ObjectType({ description: 'One way along `DERIVED_FROM` edges from an adapter up to an ancestor.' })
export class LineagePath {
  @Field(() => Int, { description: 'How many edges it has.' })
  length!: number;

  @Field(() => [AdapterNode], { description: 'The adapters along it, from the adapter to the ancestor.' })
  adapters!: readonly AdapterNode[];
}

@ObjectType({ description: 'The ways from an adapter up to an ancestor, each once.' })
export class LineagePaths {
  @Field(() => [LineagePath], { description: 'In the order of the ids along them.' })
  paths!: readonly LineagePath[];

  @Field(() => Boolean, {
    description: 'Whether there are more: than `first`, or than have 10,000 adapters together.',
  })
  truncated!: boolean;
}

@ObjectType('LineageStats', {
  description: 'Statistics of an adapter and all its descendants, each feedback counted once.',
})
export class LineageStatsNode extends FeedbackStatsNode {
  @Field(() => Int, { description: 'How many adapters are counted over, itself included.' })
  adapterCount!: number;

  @Field(() => Boolean, { description: 'Whether only the nearest 10,000 adapters are counted over.' })
  truncated!: boolean;
}
