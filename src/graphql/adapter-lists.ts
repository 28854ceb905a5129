import type { Adapter, NeighbourList } from '../adapters/adapters.js';
import { omitNullish } from '../omit-nullish.js';
import type { RequestContext } from './context.js';
import { createCursors } from './cursors.js';
import { checkPageSize, type ConnectionSource, type PageArguments } from './types/connection.js';

export interface NeighbourEdges<Edge> {
  readonly list: NeighbourList;
  readonly toEdge: (adapter: Adapter, cursor: string) => Edge;
}

/** The adapters at the far ends of a node's edges, in the order of their ids, as a connection. */
export function neighbourSource<Edge extends { readonly cursor: string }>(
  { loaders }: RequestContext,
  { first, after }: PageArguments,
  { list, toEdge }: NeighbourEdges<Edge>,
): ConnectionSource<Edge> {
  const cursors = createCursors([list.prefix]);
  const lastId = after === undefined || after === null ? undefined : cursors.decode(after);
  const limit = checkPageSize(first);
  return {
    continued: lastId !== undefined,
    page: async () => {
      const page = await loaders.neighbours.load({ list, limit, ...omitNullish({ after: lastId }) });
      return {
        edges: page.adapters.map((adapter) => toEdge(adapter, cursors.encode(adapter.id))),
        hasNext: page.hasNext,
      };
    },
    total: () => loaders.batchedRead(list.count),
  };
}
