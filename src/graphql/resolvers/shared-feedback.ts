import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { sharedFeedbackPairs } from '../../graph/shared-feedback.js';
import type { RequestContext } from '../context.js';
import { createCursors, readNumberedPlace, writeNumberedPlace } from '../cursors.js';
import { AdapterNode } from '../types/adapter.js';
import { checkPageSize, type ConnectionSource, PageArguments } from '../types/connection.js';
import { SharedFeedbackConnection, SharedFeedbackPairConnection } from '../types/shared-feedback.js';

@ArgsType()
class SharedArguments extends PageArguments {
  @Field(() => Int, { defaultValue: 1, description: 'Minimum number of shared entries; at least 1.' })
  minShared!: number;
}

@Resolver(() => AdapterNode)
export class SharedFeedbackResolver {
  @FieldResolver(() => SharedFeedbackConnection, {
    description:
      'Adapters that share feedback entries with this one, most shared entries first. An entry is shared if it ' +
      'is linked to both adapters.',
  })
  sharedFeedback(
    @Root() { id }: AdapterNode,
    @Args(() => SharedArguments) page: SharedArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof SharedFeedbackConnection> {
    const { loaders, actor } = context;
    return new SharedFeedbackConnection(
      rankedSource(context, [actor.org, 'sharedFeedback', id], page, {
        ranked: () => loaders.sharedFeedback.load(id),
        nameOf: ({ adapterId }) => adapterId,
        adaptersOf: ({ adapterId }) => [adapterId],
        toEdge: ({ sharedCount }, cursor, adapters) => adapters.map((node) => ({ cursor, node, sharedCount })),
      }),
    );
  }

  @Query(() => SharedFeedbackPairConnection, {
    description:
      'Pairs of adapters that share feedback entries, most shared entries first. Rate-limited per user per minute.',
  })
  sharedFeedbackPairs(
    @Args(() => SharedArguments) page: SharedArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof SharedFeedbackPairConnection> {
    const { loaders, actor } = context;
    return new SharedFeedbackPairConnection(
      rankedSource(context, [actor.org, 'sharedFeedbackPairs'], page, {
        ranked: () => loaders.longRead(['sharedFeedbackPairs'], (read) => sharedFeedbackPairs({ read }, actor.org)),
        // In the order of the ids, none of which has this character.
        nameOf: ({ adapterIds }) => adapterIds.join('\0'),
        adaptersOf: ({ adapterIds }) => adapterIds,
        toEdge: ({ sharedCount }, cursor, adapters) => [{ cursor, node: { adapters, sharedCount } }],
      }),
    );
  }
}

interface Ranking<Ranked, Edge> {
  readonly ranked: () => Promise<readonly Ranked[]>;
  /** What tells one from those that share as much, which come in the order of their names. */
  readonly nameOf: (ranked: Ranked) => string;
  readonly adaptersOf: (ranked: Ranked) => readonly string[];
  readonly toEdge: (ranked: Ranked, cursor: string, adapters: readonly AdapterNode[]) => readonly Edge[];
}

/**
 * A list by descending counts as a connection. A cursor is the count and the name of the last entry: a page begins with
 * what comes behind that place, whatever has been counted since.
 */
function rankedSource<Ranked extends { readonly sharedCount: number }, Edge extends { readonly cursor: string }>(
  { loaders }: RequestContext,
  list: readonly unknown[],
  { first, after, minShared }: SharedArguments,
  { ranked, nameOf, adaptersOf, toEdge }: Ranking<Ranked, Edge>,
): ConnectionSource<Edge> {
  if (minShared < 1) throw new InvalidInputError([{ field: 'minShared', problem: 'must be an integer from 1' }]);
  const cursors = createCursors([...list, minShared]);
  const last = after === undefined || after === null ? undefined : readNumberedPlace(cursors.decode(after));
  const limit = checkPageSize(first);
  const follows = (each: Ranked): boolean =>
    last === undefined ||
    each.sharedCount < last.number ||
    (each.sharedCount === last.number && nameOf(each) > last.name);
  /** How many there are that share enough. */
  const countSelected = (all: readonly Ranked[]): number =>
    firstIndex(all, ({ sharedCount }) => sharedCount < minShared);
  const edgesOf = async (each: Ranked): Promise<readonly Edge[]> => {
    const adapters = await Promise.all(adaptersOf(each).map((id) => loaders.adapters.load(id)));
    const cursor = cursors.encode(writeNumberedPlace({ number: each.sharedCount, name: nameOf(each) }));
    return toEdge(
      each,
      cursor,
      adapters.filter((adapter) => adapter !== undefined),
    );
  };
  return {
    continued: last !== undefined,
    page: async () => {
      const all = await ranked();
      const [start, end] = [firstIndex(all, follows), countSelected(all)];
      const edges = await Promise.all(all.slice(start, Math.min(start + limit, end)).map(edgesOf));
      return { edges: edges.flat(), hasNext: end - start > limit };
    },
    total: async () => countSelected(await ranked()),
  };
}

/** Where a list goes over to what `isPast` holds of, by halves: there may be hundreds of thousands of pairs. */
function firstIndex<Item>(list: readonly Item[], isPast: (item: Item) => boolean): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const item = list[middle];
    if (item === undefined || isPast(item)) to = middle;
    else from = middle + 1;
  }
  return from;
}
