import type { Adapter } from '../adapters/adapters.js';
import { omitNullish } from '../omit-nullish.js';
import { prefixRange } from '../store/keys.js';
import type { RequestContext } from './context.js';
import { cursorsOf } from './cursors.js';
import { checkPageSize, type ConnectionSource, type PageArguments } from './types/connection.js';

export interface NeighbourList<Edge> {
  /** Key prefix of the edges; with the organization it also says which list this is. */
  readonly prefix: string;
  readonly total: () => Promise<number>;
  readonly toEdge: (adapter: Adapter, cursor: string) => Edge;
}

/** The adapters at the far ends of a node's edges, in the order of their ids, as a connection. */
export function neighbourSource<Edge extends { readonly cursor: string }>(
  { loaders }: RequestContext,
  { first, after }: PageArguments,
  { prefix, total, toEdge }: NeighbourList<Edge>,
): ConnectionSource<Edge> {
  const cursors = cursorsOf([prefix]);
  const lastId = after === undefined || after === null ? undefined : cursors.decode(after);
  const limit = checkPageSize(first);
  return {
    continued: lastId !== undefined,
    page: async () => {
      const page = await loaders.neighbours.load({ prefix, limit, ...omitNullish({ after: lastId }) });
      return {
        edges: page.adapters.map((adapter) => toEdge(adapter, cursors.encode(adapter.id))),
        hasNext: page.hasNext,
      };
    },
    total,
  };
}

/** How many keys there are below a prefix, for lists that are short by rule. */
export async function countKeys({ loaders }: RequestContext, prefix: string, atMost: number): Promise<number> {
  const keys = await loaders.batchedRead((reader) => reader.scanKeys({ ...prefixRange(prefix), limit: atMost }));
  return keys.length;
}
