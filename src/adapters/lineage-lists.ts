/** Ancestors and descendants as pages, as a subgraph, and as paths. */
import { compareKeys } from '../store/byte-order.js';
import type { Reader } from '../store/contract.js';
import { type Adapter, findAdapters } from './adapters.js';
import { type LineageDirection, lineageReader } from './lineage-reader.js';
import { type Visits, walkLineages, type Walked } from './lineage-walk.js';

export interface LineagePageRequest {
  readonly adapterId: string;
  readonly direction: LineageDirection;
  readonly maxDepth?: number;
  /** How many to show; without it the whole list is counted and none is shown. */
  readonly first?: number;
  /** The last one of the page before. */
  readonly after?: Walked;
}

export interface LineagePage {
  readonly entries: readonly { readonly adapter: Adapter; readonly depth: number }[];
  readonly hasNext: boolean;
  /** How many there are, where they were counted. */
  readonly total: number;
  readonly truncated: boolean;
  readonly visited: number;
}

/** Many pages by one walk and one read of the adapters that they show. */
export async function lineagePages(
  reader: Reader,
  org: string,
  requests: readonly LineagePageRequest[],
  visits: Visits,
): Promise<LineagePage[]> {
  const walks = await walkLineages(
    lineageReader(reader, org),
    requests.map(({ adapterId, direction, maxDepth, first, after }) => ({
      adapterId,
      direction,
      ...(maxDepth === undefined ? {} : { maxDepth }),
      ...(first === undefined ? {} : { isEnough: (walked) => behind(walked, after).length > first }),
    })),
    visits,
  );
  const shown = walks.map(({ adapters }, index) => {
    const { first = 0, after } = requests[index] ?? {};
    const rest = behind(adapters, after);
    return { page: rest.slice(0, first), hasNext: rest.length > first };
  });
  const found = await adaptersById(
    reader,
    org,
    shown.flatMap(({ page }) => page.map(({ id }) => id)),
  );
  return walks.map(({ adapters, truncated }, index) => {
    const { page, hasNext } = shown[index] ?? { page: [], hasNext: false };
    const entries = page.flatMap(({ id, depth }) => {
      const adapter = found.get(id);
      return adapter === undefined ? [] : [{ adapter, depth }];
    });
    return { entries, hasNext, total: adapters.length, truncated, visited: adapters.length };
  });
}

/** What comes after an entry of a walk. */
function behind(walked: readonly Walked[], after: Walked | undefined): readonly Walked[] {
  if (after === undefined) return walked;
  const start = walked.findIndex(
    ({ id, depth }) => depth > after.depth || (depth === after.depth && compareKeys(id, after.id) > 0),
  );
  return start < 0 ? [] : walked.slice(start);
}

export async function adaptersById(
  reader: Reader,
  org: string,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Adapter>> {
  const distinct = [...new Set(ids)];
  const found = await findAdapters(reader, org, distinct);
  return new Map(
    distinct.flatMap((id, index): [string, Adapter][] => {
      const adapter = found[index];
      return adapter === undefined ? [] : [[id, adapter]];
    }),
  );
}

export interface SubgraphRequest {
  readonly adapterId: string;
  readonly directions: readonly LineageDirection[];
  readonly maxDepth?: number;
  /** How many nodes to show, itself included. */
  readonly first: number;
}

export interface Subgraph {
  /** Nearest first. Depth is 0 for itself, above 0 for ancestors and below 0 for descendants. */
  readonly nodes: readonly { readonly adapter: Adapter; readonly depth: number }[];
  /** Every derivation between two of the nodes. */
  readonly edges: readonly { readonly childId: string; readonly parentId: string }[];
  /** Whether there are more nodes. */
  readonly truncated: boolean;
  readonly visited: number;
}

export async function lineageSubgraphs(
  reader: Reader,
  org: string,
  requests: readonly SubgraphRequest[],
  visits: Visits,
): Promise<Subgraph[]> {
  const lineage = lineageReader(reader, org);
  const wanted = requests.flatMap(({ adapterId, directions, maxDepth, first }, request) =>
    directions.map((direction) => ({
      request,
      adapterId,
      direction,
      ...(maxDepth === undefined ? {} : { maxDepth }),
      isEnough: (walked: readonly Walked[]) => walked.length >= first,
    })),
  );
  const walks = await walkLineages(lineage, wanted, visits);
  const subgraphs = requests.map(({ adapterId, first }, request) => {
    const own = walks.map((walk, index) => ({ walk, of: wanted[index] })).filter(({ of }) => of?.request === request);
    const signed = own.flatMap(({ walk, of }) =>
      walk.adapters.map(({ id, depth }) => ({ id, depth: of?.direction === 'descendants' ? -depth : depth })),
    );
    const all = [{ id: adapterId, depth: 0 }, ...signed.sort((a, b) => Math.abs(a.depth) - Math.abs(b.depth))];
    return {
      nodes: all.slice(0, first),
      truncated: all.length > first || own.some(({ walk }) => walk.truncated),
      visited: all.length,
    };
  });
  const ids = subgraphs.flatMap(({ nodes }) => nodes.map(({ id }) => id));
  await lineage.load('ancestors', ids);
  const adapters = await adaptersById(reader, org, ids);
  return subgraphs.map(({ nodes, truncated, visited }) => {
    const inside = new Set(nodes.map(({ id }) => id));
    return {
      nodes: nodes.flatMap(({ id, depth }) => {
        const adapter = adapters.get(id);
        return adapter === undefined ? [] : [{ adapter, depth }];
      }),
      edges: nodes.flatMap(({ id: childId }) =>
        lineage
          .neighbours('ancestors', childId)
          .filter((parentId) => inside.has(parentId))
          .map((parentId) => ({ childId, parentId })),
      ),
      truncated,
      visited,
    };
  });
}
