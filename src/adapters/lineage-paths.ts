import type { Reader } from '../store/contract.js';
import { mapYielding } from '../yield-to-event-loop.js';
import type { Adapter } from './adapters.js';
import { adaptersById } from './lineage-lists.js';
import { type LineageReader, lineageReader } from './lineage-reader.js';
import { MAX_DEPTH, type Visits, walkLineages } from './lineage-walk.js';

/** The most adapters that the paths of one answer have together. */
export const MAX_PATH_ADAPTERS = 10_000;

export interface LineagePathsRequest {
  readonly adapterId: string;
  /** The ancestor that the paths lead to. */
  readonly to: string;
  /** The most edges of a path. */
  readonly maxDepth?: number;
  /** How many paths to show. */
  readonly first: number;
}

export interface LineagePaths {
  /** Each from the adapter to the ancestor, both included, in the order of the ids along the way. */
  readonly paths: readonly (readonly Adapter[])[];
  /** Whether there are more. */
  readonly truncated: boolean;
  readonly visited: number;
}

/** The `DERIVED_FROM` paths from adapters up to an ancestor, each once. */
export async function lineagePaths(
  reader: Reader,
  org: string,
  requests: readonly LineagePathsRequest[],
  visits: Visits,
): Promise<LineagePaths[]> {
  const lineage = lineageReader(reader, org);
  const walks = await walkLineages(
    lineage,
    requests.map(({ adapterId, maxDepth }) => ({
      adapterId,
      direction: 'ancestors',
      ...(maxDepth === undefined ? {} : { maxDepth }),
    })),
    visits,
  );
  const found = await mapYielding(requests, (request, index) => {
    const walked = walks[index]?.adapters.map(({ id }) => id) ?? [];
    return findPaths(lineage, [request.adapterId, ...walked], request);
  });
  const adapters = await adaptersById(
    reader,
    org,
    found.flatMap(({ paths }) => paths.flat()),
  );
  return found.map(({ paths, truncated }, index) => ({
    paths: paths.map((path) => path.map((id) => adapters.get(id)).filter((adapter) => adapter !== undefined)),
    truncated: truncated || (walks[index]?.truncated ?? false),
    visited: walks[index]?.adapters.length ?? 0,
  }));
}

/**
 * Goes only where the ancestor can still be reached, so that every step is part of a path that is shown, and the work
 * follows the answer.
 */
function findPaths(
  lineage: LineageReader,
  ids: readonly string[],
  { adapterId, to, maxDepth = MAX_DEPTH, first }: LineagePathsRequest,
): { readonly paths: readonly (readonly string[])[]; readonly truncated: boolean } {
  const distance = distancesTo(lineage, ids, to);
  const parentsOnTheWay = (id: string, taken: number): string[] =>
    lineage.neighbours('ancestors', id).filter((parent) => taken + 1 + (distance.get(parent) ?? Infinity) <= maxDepth);

  const paths: string[][] = [];
  let shown = 0;
  /** The path so far, and the adapters still to be tried at each of its steps. */
  const path = [adapterId];
  const untried = [adapterId === to ? [] : parentsOnTheWay(adapterId, 0)];
  while (untried.length > 0) {
    const next = untried.at(-1)?.shift();
    if (next === undefined) {
      untried.pop();
      path.pop();
      continue;
    }
    path.push(next);
    if (next !== to) {
      untried.push(parentsOnTheWay(next, path.length - 1));
      continue;
    }
    shown += path.length;
    if (paths.length === first || shown > MAX_PATH_ADAPTERS) return { paths, truncated: true };
    paths.push([...path]);
    path.pop();
  }
  return { paths, truncated: false };
}

/** How few edges lead from each of these adapters up to `to`, of those from which any do. */
function distancesTo(lineage: LineageReader, ids: readonly string[], to: string): ReadonlyMap<string, number> {
  const children = new Map<string, string[]>();
  for (const id of ids) {
    for (const parent of lineage.neighbours('ancestors', id)) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [id]);
      else known.push(id);
    }
  }
  const distance = new Map([[to, 0]]);
  // A map may grow while it is iterated; new keys come last.
  for (const [id, edges] of distance) {
    for (const child of children.get(id) ?? []) if (!distance.has(child)) distance.set(child, edges + 1);
  }
  return distance;
}
