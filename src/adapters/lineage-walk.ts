import { ApiError } from '../errors.js';
import { compareKeys } from '../store/byte-order.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { type LineageDirection, type LineageReader, MAX_WALKED, MAX_WALKED_EDGES } from './lineage-reader.js';

/** How many generations a walk goes at most. */
export const MAX_DEPTH = 1_000;

/** An adapter on a walk. */
export interface Walked {
  readonly id: string;
  /** The least number of edges that lead to it, from 1. */
  readonly depth: number;
}

export interface WalkRequest {
  readonly adapterId: string;
  readonly direction: LineageDirection;
  /** 1 to {@link MAX_DEPTH}. */
  readonly maxDepth?: number;
  /** Ends the walk after a generation that makes it true. */
  readonly isEnough?: (adapters: readonly Walked[]) => boolean;
}

/** How many adapters walks may visit together. */
export interface Visits {
  readonly most: number;
  /** What all walks of a request may visit, of which `most` is what others have left: errors name it. */
  readonly limit: number;
}

export interface Walk {
  /** Nearest first, those of one generation by id, each once. Without the adapter that the walk starts from. */
  readonly adapters: readonly Walked[];
  /** Whether the walk ended at a bound of ours, so that there are adapters that it did not come to. */
  readonly truncated: boolean;
}

interface Walking {
  readonly request: WalkRequest;
  readonly adapters: Walked[];
  readonly seen: Set<string>;
  frontier: readonly string[];
  depth: number;
  edges: number;
  truncated: boolean;
}

/**
 * Walks breadth-first, all walks in step: a generation of all of them costs one set of reads.
 * @throws {ApiError} UNPROCESSABLE if the walks visit more than `most` adapters together
 */
export async function walkLineages(
  lineage: LineageReader,
  requests: readonly WalkRequest[],
  { most, limit }: Visits,
): Promise<Walk[]> {
  const walks = requests.map((request): Walking => ({
    request,
    adapters: [],
    seen: new Set([request.adapterId]),
    frontier: [request.adapterId],
    depth: 0,
    edges: 0,
    truncated: false,
  }));
  for (;;) {
    const active = walks.filter(({ frontier }) => frontier.length > 0);
    if (active.length === 0) return walks;
    const followed = await Promise.all(active.map((walk) => followable(lineage, walk)));
    for (const direction of ['ancestors', 'descendants'] as const) {
      const ids = active.flatMap(({ request }, index) =>
        request.direction === direction ? (followed[index] ?? []) : [],
      );
      await lineage.load(direction, ids);
    }
    await mapYielding(active, (walk, index) => {
      advance(lineage, walk, followed[index] ?? []);
    });
    if (walks.reduce((visited, { adapters }) => visited + adapters.length, 0) > most) throw tooMuch(limit);
  }
}

function tooMuch(limit: number): ApiError {
  return new ApiError(
    'UNPROCESSABLE',
    `The lineages in a request may have at most ${limit} adapters together, counting five each if their statistics are read, ` +
      'and these have more; request fewer lineages at once or a smaller maxDepth',
  );
}

/** Those of the frontier whose edges may still be followed. */
async function followable(lineage: LineageReader, walk: Walking): Promise<readonly string[]> {
  const counts = await lineage.edges(walk.request.direction, walk.frontier);
  let edges = walk.edges;
  const end = walk.frontier.findIndex((_, index) => (edges += counts[index] ?? 0) > MAX_WALKED_EDGES);
  if (end < 0) return walk.frontier;
  walk.truncated = true;
  return walk.frontier.slice(0, end);
}

/** Goes on by one generation. */
function advance(lineage: LineageReader, walk: Walking, followed: readonly string[]): void {
  const { request, adapters, seen } = walk;
  const { direction, maxDepth = MAX_DEPTH, isEnough } = request;
  const found = new Set<string>();
  for (const id of followed) {
    const neighbours = lineage.neighbours(direction, id);
    walk.edges += neighbours.length;
    for (const neighbour of neighbours) if (!seen.has(neighbour)) found.add(neighbour);
  }
  walk.frontier = [];
  if (walk.depth === MAX_DEPTH) {
    walk.truncated ||= found.size > 0;
    return;
  }
  const inOrder = [...found].sort(compareKeys);
  const next = inOrder.slice(0, MAX_WALKED - adapters.length);
  walk.truncated ||= next.length < inOrder.length;
  walk.depth += 1;
  for (const id of next) {
    seen.add(id);
    adapters.push({ id, depth: walk.depth });
  }
  const goesOn = request.maxDepth === undefined || walk.depth < maxDepth;
  if (goesOn && !walk.truncated && isEnough?.(adapters) !== true) walk.frontier = next;
}
