import { childExpressions } from '../ast-walk.js';
import type { Expression, MatchClause, ProjectionClause } from '../ast.js';
import { newSlot, type Scope } from '../evaluate/scope.js';
import type { Step } from '../execute/execution.js';
import { countStep, neighbourGroupsStep, neighbourPairsStep, nodeGroupsStep } from '../execute/from-counters.js';
import { resolveShape } from '../projection.js';
import type { Direction, NeededProperties } from '../property-graph.js';
import type { PlanContext } from './context.js';
import {
  type MatchGraph,
  buildMatchGraph,
  type NodeElement,
  toNodePattern,
  type RelationshipElement,
} from './match-graph.js';
import { conjunctsStep, planMatchGraph } from './match.js';

export interface CounterPlan {
  readonly steps: readonly Step[];
  readonly scope: Scope;
  readonly weightSlot: number;
  readonly rows: number;
}

/**
 * Answers a `MATCH` that is only counted or grouped from counters, if they hold what it asks for: then no node or
 * relationship is read that only its number matters of. Each row says for how many it stands.
 */
export async function planFromCounters(
  match: MatchClause,
  projection: ProjectionClause,
  context: PlanContext,
): Promise<CounterPlan | undefined> {
  if (match.optional || projection.everything) return undefined;
  const graph = buildMatchGraph(match.patterns, match.where, new Map(), context);
  if (!resolveShape(projection, graph.scope.keys()).grouping || graph.paths.length > 0) return undefined;
  const uses = usesIn(projection);
  if (uses === undefined) return undefined;
  return (
    (await planCount(graph, uses, context)) ??
    planNodeGroups(graph, uses, context) ??
    planNeighbourPairs(graph, uses, context) ??
    planNeighbourGroups(graph, uses, context)
  );
}

/** By variable the properties that are read; `undefined` of a variable that is itself. */
type Uses = ReadonlyMap<string, ReadonlySet<string> | undefined>;

function usesIn({ items, groupBy, having, orderBy }: ProjectionClause): Uses | undefined {
  const uses = new Map<string, Set<string> | undefined>();
  const unknown: Expression[] = [];
  const visit = (expression: Expression): void => {
    switch (expression.kind) {
      case 'variable':
        uses.set(expression.name, undefined);
        return;
      case 'property':
        if (expression.object.kind !== 'variable') visit(expression.object);
        else if (!uses.has(expression.object.name)) uses.set(expression.object.name, new Set([expression.name]));
        else uses.get(expression.object.name)?.add(expression.name);
        return;
      case 'call': {
        const [arg] = expression.args;
        const isCount = expression.name.toLowerCase() === 'count' && !expression.distinct;
        if (isCount && arg?.kind === 'variable') {
          if (!uses.has(arg.name)) uses.set(arg.name, new Set());
        } else expression.args.forEach(visit);
        return;
      }
      case 'exists':
      case 'patternPredicate':
      case 'patternComprehension':
        unknown.push(expression);
        return;
      default:
        childExpressions(expression).forEach(visit);
    }
  };
  items.forEach(({ expression }) => visit(expression));
  groupBy?.forEach(visit);
  orderBy.forEach(({ expression }) => visit(expression));
  if (having !== undefined) visit(having);
  return unknown.length === 0 ? uses : undefined;
}

/** The properties that are read of what an element stands for; `undefined` if it is needed itself. */
function listReadProperties(name: string, uses: Uses): readonly string[] | undefined {
  if (name === '' || !uses.has(name)) return [];
  const properties = uses.get(name);
  return properties === undefined ? undefined : [...properties];
}

function isOnlyCounted(name: string, uses: Uses): boolean {
  return listReadProperties(name, uses)?.length === 0;
}

async function planCount(graph: MatchGraph, uses: Uses, context: PlanContext): Promise<CounterPlan | undefined> {
  const { nodes, relationships, conjuncts } = graph;
  const elements = [...nodes, ...relationships];
  if (conjuncts.length > 0 || !elements.every(({ name }) => isOnlyCounted(name, uses))) return undefined;
  const [node] = nodes;
  const [relationship] = relationships;
  if (node === undefined || relationships.length > 1) return undefined;
  if (relationship === undefined) {
    if (nodes.length > 1) return undefined;
    const { count, exact } = await context.graph.countNodes(toNodePattern(node));
    return exact ? counted(count, graph, `nodes${describeLabels(node)}`, context) : undefined;
  }
  const { left, right, types, direction, length } = relationship;
  if (nodes.length !== 2 || left === right || length !== undefined) return undefined;
  const request = { from: toNodePattern(left), types, direction, far: toNodePattern(right) };
  const { count, exact } = await context.graph.countRelationships(request, 'answer');
  return exact ? counted(count, graph, `relationships ${types.join(', ')}`.trim(), context) : undefined;
}

function counted(count: number, graph: MatchGraph, detail: string, context: PlanContext): CounterPlan {
  const weightSlot = newSlot(context.slots);
  const stand = [...graph.nodes, ...graph.relationships].map(({ slot }) => slot);
  const steps = [countStep(count, { node: undefined, weight: weightSlot }, stand, detail)];
  return { steps, scope: graph.scope, weightSlot, rows: 1 };
}

function planNodeGroups(graph: MatchGraph, uses: Uses, context: PlanContext): CounterPlan | undefined {
  const [node] = graph.nodes;
  if (node === undefined || graph.nodes.length > 1 || graph.relationships.length > 0 || graph.conjuncts.length > 0) {
    return undefined;
  }
  const properties = listReadProperties(node.name, uses);
  const pattern = toNodePattern(node);
  const { counters } = context.graph;
  if (properties === undefined || counters?.canGroupNodes(pattern, properties) !== true) return undefined;
  const weightSlot = newSlot(context.slots);
  const detail = `(${node.name}${describeLabels(node)}) by ${properties.join(', ')}`;
  const steps = [nodeGroupsStep(counters, pattern, properties, { node: node.slot, weight: weightSlot }, detail)];
  return { steps, scope: graph.scope, weightSlot, rows: 1 };
}

/** Two neighbours of a node of which only the number matters. */
function planNeighbourPairs(graph: MatchGraph, uses: Uses, context: PlanContext): CounterPlan | undefined {
  const { nodes, relationships, conjuncts } = graph;
  const [one, other] = relationships;
  if (nodes.length !== 3 || relationships.length !== 2 || one === undefined || other === undefined) return undefined;
  const through = [one.left, one.right].find((node) => node === other.left || node === other.right);
  if (through === undefined) return undefined;
  const [first, second] = [otherEnd(one, through), otherEnd(other, through)];
  const directions = [directionFrom(one, through), directionFrom(other, through)];
  const [type] = one.types;
  const isPair =
    type !== undefined &&
    [one, other].every(({ types, length, name }) => types.join() === type && length === undefined && !uses.has(name)) &&
    directions[0] === directions[1] &&
    first.labels.join() === second.labels.join() &&
    [first, second].every(({ filters, lookups }) => filters.length + lookups.length === 0) &&
    isOnlyCounted(through.name, uses) &&
    !conjuncts.some(({ slots }) => [through, one, other].some(({ slot }) => slots.has(slot)));
  if (!isPair || through.lookups.length > 0) return undefined;
  const request = {
    through: toNodePattern(through),
    type,
    direction: directions[0] ?? 'both',
    far: { labels: first.labels, filters: [] },
  };
  const { counters } = context.graph;
  if (counters?.canPairNeighbours(request) !== true) return undefined;
  const weightSlot = newSlot(context.slots);
  const slots = { node: through.slot, weight: weightSlot, first: first.slot, second: second.slot };
  const detail = `(${first.name}), (${second.name}) by (${through.name}${describeLabels(through)})`;
  const steps = [neighbourPairsStep(counters, request, slots, bothNeeded(first.needed, second.needed), detail)];
  if (conjuncts.length > 0) steps.push(conjunctsStep(conjuncts, graph.scope, context));
  return { steps, scope: graph.scope, weightSlot, rows: 1 };
}

function otherEnd({ left, right }: RelationshipElement, near: NodeElement): NodeElement {
  return left === near ? right : left;
}

function directionFrom({ left, direction }: RelationshipElement, near: NodeElement): Direction {
  return left === near ? direction : TURNED[direction];
}

function bothNeeded(one: NeededProperties, other: NeededProperties): NeededProperties {
  return one === 'all' || other === 'all' ? 'all' : [...new Set([...one, ...other])];
}

/** A node at the end of a pattern, of which only some properties and the number matter. */
async function planNeighbourGroups(
  graph: MatchGraph,
  uses: Uses,
  context: PlanContext,
): Promise<CounterPlan | undefined> {
  for (const relationship of graph.relationships) {
    for (const leaf of [relationship.left, relationship.right]) {
      const found = planNeighbourGroupsAt(relationship, leaf, graph, uses, context);
      if (found === undefined) continue;
      const rest: MatchGraph = {
        ...graph,
        nodes: graph.nodes.filter((node) => node !== leaf),
        relationships: graph.relationships.filter((each) => each !== relationship),
      };
      const plan = await planMatchGraph(rest, 1, context, {});
      return { steps: [...plan.steps, found.step], scope: graph.scope, weightSlot: found.weightSlot, rows: plan.rows };
    }
  }
  return undefined;
}

const TURNED: Readonly<Record<Direction, Direction>> = { out: 'in', in: 'out', both: 'both' };

function planNeighbourGroupsAt(
  relationship: RelationshipElement,
  leaf: NodeElement,
  graph: MatchGraph,
  uses: Uses,
  context: PlanContext,
): { readonly step: Step; readonly weightSlot: number } | undefined {
  const { left, right, types, length, slot } = relationship;
  const near = leaf === left ? right : left;
  const others = graph.relationships.filter((each) => each !== relationship);
  const isLeaf = near !== leaf && !others.some((other) => other.left === leaf || other.right === leaf);
  const isFree = !graph.conjuncts.some(({ slots }) => slots.has(leaf.slot) || slots.has(slot));
  const properties = listReadProperties(leaf.name, uses);
  const apart = others.every((other) => areApart(types, other.types));
  if (!isLeaf || !isFree || !apart || length !== undefined || properties === undefined) return undefined;
  // Nothing stands in for the relationship, so that count() of it would find none.
  if (uses.has(relationship.name)) return undefined;
  const direction = leaf === left ? TURNED[relationship.direction] : relationship.direction;
  const request = { types, direction, far: toNodePattern(leaf), properties };
  const { counters } = context.graph;
  if (counters?.canGroupNeighbours({ ...request, from: toNodePattern(near) }) !== true) return undefined;
  const weightSlot = newSlot(context.slots);
  const detail = `of (${near.name}) to (${leaf.name}${describeLabels(leaf)}) by ${properties.join(', ')}`;
  const step = neighbourGroupsStep(counters, request, near.slot, { node: leaf.slot, weight: weightSlot }, detail);
  return { step, weightSlot };
}

/** Whether no relationship can be both, so that none would have been matched twice. */
function areApart(types: readonly string[], others: readonly string[]): boolean {
  return types.length > 0 && others.length > 0 && !types.some((type) => others.includes(type));
}

function describeLabels({ labels }: NodeElement): string {
  return labels.map((label) => `:${label}`).join('');
}
