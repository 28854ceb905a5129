import type { NodePattern } from '../property-graph.js';
import type { PlanContext } from './context.js';
import { type MatchGraph, type NodeElement, toNodePattern, type RelationshipElement } from './match-graph.js';

/** What is bound next, and how many rows are expected after it. */
export type Action =
  | { readonly kind: 'scan'; readonly node: NodeElement; readonly rows: number }
  | {
      readonly kind: 'expand';
      readonly relationship: RelationshipElement;
      /** Whether it is followed from the right end of the pattern to the left. */
      readonly backwards: boolean;
      readonly into: boolean;
      readonly rows: number;
    }
  | { readonly kind: 'ends'; readonly relationship: RelationshipElement; readonly rows: number };

export interface MatchOrder {
  readonly actions: readonly Action[];
  readonly rows: number;
  /** Rows of all actions together. */
  readonly cost: number;
}

/** What counters say of the parts of a pattern. */
interface Estimates {
  readonly nodes: ReadonlyMap<NodeElement, number>;
  /** Relationships for each node at the left and at the right end. */
  readonly relationships: ReadonlyMap<RelationshipElement, { readonly fromLeft: number; readonly fromRight: number }>;
}

/** How many starts are compared; those with the fewest nodes. */
const MAX_STARTS = 8;

/** The order that is expected to read least, given `rows` to start from; and the one that starts at `first`. */
export async function chooseOrder(
  graph: MatchGraph,
  rows: number,
  context: PlanContext,
  first: NodeElement | undefined,
): Promise<{ readonly best: MatchOrder; readonly fromFirst: MatchOrder | undefined }> {
  const estimates = await estimate(graph, context);
  const unbound = graph.nodes.filter(({ bound }) => !bound);
  const isAnchored = unbound.length < graph.nodes.length || graph.relationships.some(({ bound }) => bound);
  const starts = isAnchored
    ? [undefined]
    : [...unbound]
        .sort((left, right) => (estimates.nodes.get(left) ?? 0) - (estimates.nodes.get(right) ?? 0))
        .slice(0, MAX_STARTS);
  const orders = starts.map((start) => orderFrom(start, graph, rows, estimates));
  const [one = { actions: [], rows, cost: 0 }, ...others] = orders;
  const best = others.reduce((least, order) => (order.cost < least.cost ? order : least), one);
  const fromFirst = first === undefined || isAnchored ? undefined : orderFrom(first, graph, rows, estimates);
  return { best, fromFirst };
}

function orderFrom(
  start: NodeElement | undefined,
  { nodes, relationships }: MatchGraph,
  startRows: number,
  estimates: Estimates,
): MatchOrder {
  const bound = new Set(nodes.filter((node) => node.bound));
  const boundSlots = new Set<number>();
  let left = relationships;
  let rows = startRows;
  let cost = 0;
  const actions: Action[] = [];
  const add = (action: Action): void => {
    actions.push(action);
    rows = action.rows;
    cost += rows;
  };
  const scan = (node: NodeElement): void => {
    bound.add(node);
    boundSlots.add(node.slot);
    add({ kind: 'scan', node, rows: rows * (estimates.nodes.get(node) ?? 0) });
  };
  if (start !== undefined) scan(start);
  for (;;) {
    const next = nextRelationship(left, bound, rows, estimates);
    if (next !== undefined) {
      const { relationship } = next;
      left = left.filter((each) => each !== relationship);
      bound.add(relationship.left).add(relationship.right);
      add(next);
      continue;
    }
    const free = nodes.filter((node) => !bound.has(node));
    const [first, ...others] = free;
    if (first === undefined) break;
    // What another part of the query can be looked up by comes before what has to be gone through.
    const cheaper = (one: NodeElement, other: NodeElement): NodeElement =>
      (estimates.nodes.get(other) ?? 0) < (estimates.nodes.get(one) ?? 0) ? other : one;
    const ready = free.filter(({ lookups }) =>
      lookups.some(({ slots }) => [...slots].every((slot) => boundSlots.has(slot))),
    );
    const [firstReady, ...otherReady] = ready;
    scan(firstReady === undefined ? others.reduce(cheaper, first) : otherReady.reduce(cheaper, firstReady));
  }
  return { actions, rows, cost };
}

type RelationshipAction = Exclude<Action, { kind: 'scan' }>;

/** Of the relationships that can be followed, the one that makes the fewest rows. */
function nextRelationship(
  left: readonly RelationshipElement[],
  bound: ReadonlySet<NodeElement>,
  rows: number,
  { nodes, relationships }: Estimates,
): RelationshipAction | undefined {
  let best: RelationshipAction | undefined;
  for (const relationship of left) {
    if (relationship.bound) {
      // A list may be empty, and then has no ends of its own.
      const needsEnd = relationship.length !== undefined;
      if (!needsEnd || bound.has(relationship.left) || bound.has(relationship.right)) {
        return { kind: 'ends', relationship, rows };
      }
      continue;
    }
    const [hasLeft, hasRight] = [bound.has(relationship.left), bound.has(relationship.right)];
    if (!hasLeft && !hasRight) continue;
    const { fromLeft = 0, fromRight = 0 } = relationships.get(relationship) ?? {};
    const backwards = hasRight && (!hasLeft || fromRight < fromLeft);
    const into = hasLeft && hasRight;
    const far = nodes.get(backwards ? relationship.left : relationship.right) ?? 1;
    const followed = rows * (backwards ? fromRight : fromLeft);
    const made = into ? Math.min(rows, followed / Math.max(1, far)) : followed;
    if (best === undefined || made < best.rows) {
      best = { kind: 'expand', relationship, backwards, into, rows: made };
    }
  }
  return best;
}

async function estimate({ nodes, relationships }: MatchGraph, { graph }: PlanContext): Promise<Estimates> {
  const counts = new Map<NodeElement, number>();
  for (const node of nodes) {
    const { count } = await graph.countNodes(toNodePattern(node));
    counts.set(node, count);
  }
  const fans = new Map<RelationshipElement, { fromLeft: number; fromRight: number }>();
  for (const relationship of relationships) {
    const { left, right, types, direction, length } = relationship;
    const [from, far] =
      length === undefined
        ? [toNodePattern(left), toNodePattern(right)]
        : [withoutFilters(left), withoutFilters(right)];
    const { count } = await graph.countRelationships({ from, types, direction, far }, 'estimate');
    if (length === undefined) {
      const [atLeft, atRight] = [counts.get(left) ?? 1, counts.get(right) ?? 1];
      fans.set(relationship, { fromLeft: count / Math.max(1, atLeft), fromRight: count / Math.max(1, atRight) });
      continue;
    }
    const { count: allLeft } = await graph.countNodes(from);
    const { count: allRight } = await graph.countNodes(far);
    const most = Math.min(length.most, 4);
    fans.set(relationship, {
      fromLeft: repeated(count / Math.max(1, allLeft), most) * computeShare(counts.get(right), allRight),
      fromRight: repeated(count / Math.max(1, allRight), most) * computeShare(counts.get(left), allLeft),
    });
  }
  // A value that is not known yet names few nodes, if any.
  for (const node of nodes) {
    if (node.lookups.length > 0) counts.set(node, Math.min(counts.get(node) ?? 1, LOOKED_UP));
  }
  return { nodes: counts, relationships: fans };
}

const LOOKED_UP = 10;

function withoutFilters({ labels }: NodeElement): NodePattern {
  return { labels, filters: [] };
}

function repeated(fan: number, times: number): number {
  let sum = 0;
  for (let length = 1; length <= times; length += 1) sum += fan ** length;
  return Math.min(sum, 1e9);
}

function computeShare(part: number | undefined, all: number): number {
  return all === 0 ? 0 : Math.min(1, (part ?? all) / all);
}
