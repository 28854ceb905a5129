import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { sharedFeedbackPairs } from '../../graph/shared-feedback.js';
import type { RequestContext } from '../context.js';
import { cursorsOf } from '../cursors.js';
import { AdapterNode } from '../types/adapter.js';
import { checkPageSize, type ConnectionSource, PageArguments } from '../types/connection.js';
import { SharedFeedbackConnection, SharedFeedbackPairConnection } from '../types/shared-feedback.js';

@ArgsType()
class SharedArguments extends PageArguments {
  @Field(() => Int, { defaultValue: 1, description: 'Only those that share at least so much feedback, from 1.' })
  minShared!: number;
}

@Resolver(() => AdapterNode)
export class SharedFeedbackResolver {
  @FieldResolver(() => SharedFeedbackConnection, {
    description: 'The adapters that share feedback with it, most first: entries that are linked to both.',
  })
  sharedFeedback(
    @Root() { id }: AdapterNode,
    @Args(() => SharedArguments) page: SharedArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof SharedFeedbackConnection> {
    const { loaders, actor } = context;
    return new SharedFeedbackConnection(
      rankedSource([actor.org, 'sharedFeedback', id], page, {
        ranked: () => loaders.sharedFeedback.load(id),
        nameOf: ({ adapterId }) => adapterId,
        toEdges: async (shown) => {
          const adapters = await loadAdapters(
            context,
            shown.map(({ adapterId }) => adapterId),
          );
          return shown.flatMap(({ adapterId, sharedCount }) => {
            const node = adapters.get(adapterId);
            return node === undefined ? [] : [{ node, sharedCount }];
          });
        },
      }),
    );
  }

  @Query(() => SharedFeedbackPairConnection, {
    description: 'The pairs of adapters that share feedback, most first. Only so often by one user in a minute.',
  })
  sharedFeedbackPairs(
    @Args(() => SharedArguments) page: SharedArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof SharedFeedbackPairConnection> {
    const { loaders, actor } = context;
    let pairs: ReturnType<typeof sharedFeedbackPairs> | undefined;
    return new SharedFeedbackPairConnection(
      rankedSource([actor.org, 'sharedFeedbackPairs'], page, {
        ranked: () => (pairs ??= loaders.together((reader) => sharedFeedbackPairs(reader, actor.org))),
        nameOf: ({ adapterIds }) => JSON.stringify(adapterIds),
        toEdges: async (shown) => {
          const adapters = await loadAdapters(
            context,
            shown.flatMap(({ adapterIds }) => adapterIds),
          );
          return shown.map(({ adapterIds, sharedCount }) => ({
            node: {
              adapters: adapterIds.map((id) => adapters.get(id)).filter((each) => each !== undefined),
              sharedCount,
            },
          }));
        },
      }),
    );
  }
}

async function loadAdapters(
  { loaders }: RequestContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AdapterNode>> {
  const distinct = [...new Set(ids)];
  const adapters = await loaders.adapters.loadMany(distinct);
  const found = new Map<string, AdapterNode>();
  adapters.forEach((adapter, index) => {
    if (adapter instanceof Error) throw adapter;
    const id = distinct[index];
    if (adapter !== undefined && id !== undefined) found.set(id, adapter);
  });
  return found;
}

interface Ranking<Ranked, Edge> {
  readonly ranked: () => Promise<readonly Ranked[]>;
  /** What tells one from those that share as much. */
  readonly nameOf: (ranked: Ranked) => string;
  readonly toEdges: (shown: readonly Ranked[]) => Promise<readonly Omit<Edge, 'cursor'>[]>;
}

/**
 * A list by descending counts as a connection. A cursor is the count and the name of the last entry: a page begins with
 * what comes behind that place, whatever has been counted since.
 */
function rankedSource<Ranked extends { readonly sharedCount: number }, Edge extends { readonly cursor: string }>(
  list: readonly unknown[],
  { first, after, minShared }: SharedArguments,
  { ranked, nameOf, toEdges }: Ranking<Ranked, Edge>,
): ConnectionSource<Edge> {
  if (minShared < 1) throw new InvalidInputError([{ field: 'minShared', problem: 'must be an integer from 1' }]);
  const cursors = cursorsOf([...list, minShared]);
  const last = after === undefined || after === null ? undefined : parseRank(cursors.decode(after));
  const limit = checkPageSize(first);
  const selected = async (): Promise<readonly Ranked[]> =>
    (await ranked()).filter(({ sharedCount }) => sharedCount >= minShared);
  const follows = (each: Ranked): boolean =>
    last === undefined ||
    each.sharedCount < last.count ||
    (each.sharedCount === last.count && nameOf(each) > last.name);
  return {
    continued: last !== undefined,
    page: async () => {
      const rest = (await selected()).filter(follows);
      const shown = rest.slice(0, limit);
      const edges = await toEdges(shown);
      return {
        edges: edges.map((edge, index) => {
          const each = shown[index];
          const cursor = each === undefined ? '' : cursors.encode(`${each.sharedCount}:${nameOf(each)}`);
          return { ...edge, cursor } as Edge;
        }),
        hasNext: rest.length > limit,
      };
    },
    total: async () => (await selected()).length,
  };
}

function parseRank(text: string): { readonly count: number; readonly name: string } {
  const colon = text.indexOf(':');
  return { count: Number(text.slice(0, colon)), name: text.slice(colon + 1) };
}
