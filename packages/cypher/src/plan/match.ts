import type { Expression, PathPattern } from '../ast.js';
import type { Scope } from '../evaluate/scope.js';
import { boundRelationshipStep } from '../execute/bound-relationship.js';
import type { Step } from '../execute/execution.js';
import { expandStep, type ExpandOptions } from '../execute/expand.js';
import { filterStep } from '../execute/filter.js';
import { pathStep } from '../execute/path.js';
import { scanStep } from '../execute/scan.js';
import { variableExpandStep } from '../execute/variable-expand.js';
import type { NodeOrder } from '../property-graph.js';
import { compileIn, type PlanContext } from './context.js';
import { describeAll } from './describe.js';
import {
  type Conjunct,
  type MatchGraph,
  buildMatchGraph,
  type NodeElement,
  toNodePattern,
  type RelationshipElement,
} from './match-graph.js';
import { type Action, chooseOrder, type MatchOrder } from './order.js';

/** What comes after the clause and can be done while it is matched. */
export interface MatchHints {
  /** Rows that are asked for, where no step in between takes some away. */
  readonly limit?: number;
  /** The order that rows are asked for in, by a property of a variable. */
  readonly order?: NodeOrder & { readonly variable: string };
}

export interface MatchPlan {
  readonly steps: readonly Step[];
  readonly scope: Scope;
  readonly newSlots: readonly number[];
  /** Rows that are expected. */
  readonly rows: number;
  /** Whether rows come in the order that was asked for. */
  readonly ordered: boolean;
}

export async function planMatch(
  patterns: readonly PathPattern[],
  where: Expression | undefined,
  scope: Scope,
  rows: number,
  context: PlanContext,
  hints: MatchHints = {},
): Promise<MatchPlan> {
  return planMatchGraph(buildMatchGraph(patterns, where, scope, context), rows, context, hints);
}

export async function planMatchGraph(
  graph: MatchGraph,
  rows: number,
  context: PlanContext,
  hints: MatchHints,
): Promise<MatchPlan> {
  const sorted = sortedNode(graph, context, hints);
  const { best, fromFirst } = await chooseOrder(graph, rows, context, sorted);
  const ordered = fromFirst !== undefined && isWorthwhile(fromFirst, best, hints.limit);
  const { actions, rows: expected } = ordered ? fromFirst : best;
  const steps = buildSteps(actions, graph, context, {
    ...(ordered && hints.order !== undefined && { order: hints.order }),
    ...(hints.limit !== undefined && (hints.order === undefined || ordered) && { firstPage: pageFor(hints.limit) }),
  });
  return { steps, scope: graph.scope, newSlots: graph.newSlots, rows: expected, ordered };
}

function pageFor(limit: number): number {
  return Math.max(16, limit);
}

/** The node whose order the rows are to come in, if the graph can answer in it and nothing after would mix it up. */
function sortedNode(graph: MatchGraph, context: PlanContext, { order }: MatchHints): NodeElement | undefined {
  if (order === undefined || graph.relationships.length > 1) return undefined;
  const node = graph.nodes.find(({ name }) => name === order.variable);
  const [relationship] = graph.relationships;
  if (node === undefined || node.bound || graph.nodes.length > 2) return undefined;
  if (graph.nodes.length === 2 && relationship === undefined) return undefined;
  if (relationship !== undefined && (relationship.length !== undefined || relationship.bound)) return undefined;
  const { property, descending } = order;
  return context.graph.canOrder?.(toNodePattern(node), { property, descending }) === true ? node : undefined;
}

/** Reading in order pays if it stops early, or costs no more than what would have to be sorted. */
function isWorthwhile(ordered: MatchOrder, best: MatchOrder, limit: number | undefined): boolean {
  const share = limit === undefined ? 1 : Math.min(1, limit / Math.max(1, ordered.rows));
  return ordered.cost * share <= best.cost;
}

interface ScanHints {
  readonly order?: NodeOrder;
  readonly firstPage?: number;
}

function buildSteps(actions: readonly Action[], graph: MatchGraph, context: PlanContext, hints: ScanHints): Step[] {
  const steps: Step[] = [];
  const filled = new Set<number>();
  const followed: number[] = [];
  let waiting: readonly Conjunct[] = graph.conjuncts;
  const isFilled = (slots: ReadonlySet<number>): boolean => [...slots].every((slot) => filled.has(slot));
  const filter = (): void => {
    const ready = waiting.filter(({ slots }) => isFilled(slots));
    if (ready.length === 0) return;
    waiting = waiting.filter((each) => !ready.includes(each));
    steps.push(conjunctsStep(ready, graph.scope, context));
  };
  filter();
  for (const action of actions) {
    if (action.kind === 'scan') {
      steps.push(buildScanStep(action, graph.scope, isFilled, context, filled.size === 0 ? hints : {}));
      filled.add(action.node.slot);
    } else {
      const { relationship } = action;
      steps.push(
        action.kind === 'ends'
          ? buildBoundRelationshipStep(relationship, filled, followed)
          : buildExpandStep(action, followed, hints.firstPage),
      );
      for (const { slot } of [relationship, relationship.left, relationship.right]) filled.add(slot);
      followed.push(relationship.slot);
    }
    filter();
  }
  for (const { name, slot, parts } of graph.paths) {
    steps.push(pathStep(slot, parts, name));
    filled.add(slot);
  }
  filter();
  return steps;
}

/** Keeps the rows that meet conditions whose slots are filled. */
export function conjunctsStep(conjuncts: readonly Conjunct[], scope: Scope, context: PlanContext): Step {
  const conditions = conjuncts.map(({ expression }) => ({
    at: expression.at,
    evaluate: compileIn(expression, scope, context),
  }));
  return filterStep(conditions, describeAll(conjuncts.map(({ expression }) => expression)));
}

function buildScanStep(
  { node, rows }: Extract<Action, { kind: 'scan' }>,
  scope: Scope,
  isFilled: (slots: ReadonlySet<number>) => boolean,
  context: PlanContext,
  { order, firstPage }: ScanHints,
): Step {
  const lookup = order === undefined ? node.lookups.find(({ slots }) => isFilled(slots)) : undefined;
  return scanStep({
    variable: node.name,
    slot: node.slot,
    pattern: toNodePattern(node),
    needed: node.needed,
    expected: rows,
    ...(lookup !== undefined && {
      lookup: { property: lookup.property, value: compileIn(lookup.value, scope, context) },
    }),
    ...(order !== undefined && { order: { property: order.property, descending: order.descending } }),
    ...(firstPage !== undefined && { firstPage }),
  });
}

const TURNED = { out: 'in', in: 'out', both: 'both' } as const;

function buildExpandStep(
  { relationship, backwards, into, rows }: Extract<Action, { kind: 'expand' }>,
  followed: readonly number[],
  firstPage: number | undefined,
): Step {
  const { left, right, types, direction, length, slot, betweenSlot, needed, filters } = relationship;
  const [from, to] = backwards ? [right, left] : [left, right];
  const options: ExpandOptions = {
    from: from.name,
    to: to.name,
    fromSlot: from.slot,
    toSlot: to.slot,
    relationshipSlot: slot,
    into,
    types,
    direction: backwards ? TURNED[direction] : direction,
    far: toNodePattern(to),
    needed: to.needed,
    relationshipsNeeded: needed,
    others: [...followed],
    expected: rows,
    ...(firstPage !== undefined && { firstPage }),
  };
  if (length === undefined) return expandStep(options);
  return variableExpandStep({ ...options, ...length, relationshipFilters: filters, betweenSlot, backwards });
}

function buildBoundRelationshipStep(
  { name, slot, types, direction, length, left, right, betweenSlot }: RelationshipElement,
  filled: ReadonlySet<number>,
  followed: readonly number[],
): Step {
  const end = (node: NodeElement) => ({
    slot: node.slot,
    bound: node.bound || filled.has(node.slot),
    pattern: toNodePattern(node),
    needed: node.needed,
  });
  return boundRelationshipStep({
    name,
    slot,
    types,
    direction,
    left: end(left),
    right: end(right),
    betweenSlot,
    others: [...followed],
    ...(length !== undefined && { length }),
  });
}
