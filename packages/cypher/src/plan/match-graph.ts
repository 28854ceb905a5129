import { childExpressions, namesIn } from '../ast-walk.js';
import type { Expression, PathPattern, RelationshipPatternAst } from '../ast.js';
import { newSlot, type Scope } from '../evaluate/scope.js';
import type { PathSlots } from '../execute/path.js';
import type { Direction, NeededProperties, NodePattern, PropertyFilter } from '../property-graph.js';
import type { Value } from '../value.js';
import { splitConjuncts, toFilter, toLookup } from './conjuncts.js';
import { evaluateConstant, type PlanContext } from './context.js';

/** A node of the patterns of one clause; one that is named several times is one. */
export interface NodeElement {
  readonly name: string;
  readonly slot: number;
  /** Whether an earlier clause has bound it. */
  readonly bound: boolean;
  readonly labels: string[];
  readonly filters: PropertyFilter[];
  /** Properties that must equal what depends on other variables. */
  readonly lookups: { readonly property: string; readonly value: Expression; readonly slots: ReadonlySet<number> }[];
  needed: NeededProperties;
}

export interface RelationshipElement {
  readonly name: string;
  readonly slot: number;
  readonly bound: boolean;
  readonly types: readonly string[];
  readonly direction: Direction;
  readonly length: { readonly least: number; readonly most: number } | undefined;
  readonly left: NodeElement;
  readonly right: NodeElement;
  readonly betweenSlot: number | undefined;
  /** Whether its properties are read. */
  readonly needed: boolean;
  /** Of a variable-length relationship: what its properties must be. */
  readonly filters: readonly { readonly property: string; readonly value: Value }[];
}

/** A condition, and the slots of this clause that it depends on. */
export interface Conjunct {
  readonly expression: Expression;
  readonly slots: ReadonlySet<number>;
}

/** The patterns and conditions of one clause, taken apart. */
export interface MatchGraph {
  readonly nodes: readonly NodeElement[];
  readonly relationships: readonly RelationshipElement[];
  readonly conjuncts: readonly Conjunct[];
  readonly paths: readonly { readonly name: string; readonly slot: number; readonly parts: PathSlots }[];
  /** With the variables that the clause binds. */
  readonly scope: Scope;
  /** Slots that the clause fills. */
  readonly newSlots: readonly number[];
}

export function toNodePattern({ labels, filters }: NodeElement): NodePattern {
  return { labels, filters };
}

export function buildMatchGraph(
  patterns: readonly PathPattern[],
  where: Expression | undefined,
  outer: Scope,
  context: PlanContext,
): MatchGraph {
  const scope = new Map(outer);
  const newSlots: number[] = [];
  const bind = (variable: string | undefined): { slot: number; bound: boolean } => {
    const known = variable === undefined ? undefined : outer.get(variable);
    if (known !== undefined) return { slot: known, bound: true };
    const slot = newSlot(context.slots);
    newSlots.push(slot);
    if (variable !== undefined) scope.set(variable, slot);
    return { slot, bound: false };
  };

  const nodes: NodeElement[] = [];
  const named = new Map<string, NodeElement>();
  const relationships: RelationshipElement[] = [];
  const paths: { name: string; slot: number; parts: PathSlots }[] = [];
  const conditions: Expression[] = [];

  const addNode = ({ variable, labels, properties }: PathPattern['nodes'][number]): NodeElement => {
    const known = variable === undefined ? undefined : named.get(variable);
    const node = known ?? { name: variable ?? '', ...bind(variable), labels: [], filters: [], lookups: [], needed: [] };
    if (known === undefined) nodes.push(node);
    if (variable !== undefined) named.set(variable, node);
    const object: Expression = { kind: 'slot', at: 0, slot: node.slot };
    if (node.bound && labels.length > 0) conditions.push({ kind: 'labels', at: 0, object, labels });
    node.labels.push(...labels.filter((label) => !node.labels.includes(label)));
    conditions.push(...equalities(properties, object));
    return node;
  };

  for (const pattern of patterns) {
    const { variable } = pattern;
    const isRead = variable !== undefined && context.needs.isRead(variable);
    const pathNodes = pattern.nodes.map(addNode);
    const pathRelationships = pattern.relationships.flatMap((each, index): RelationshipElement[] => {
      const [left, right] = [pathNodes[index], pathNodes[index + 1]];
      if (left === undefined || right === undefined) return [];
      const { slot, bound } = bind(each.variable);
      const betweenSlot = isRead && each.length !== undefined ? newSlot(context.slots) : undefined;
      const object: Expression = { kind: 'slot', at: each.at, slot };
      conditions.push(...relationshipConditions(each, object));
      const { types, direction } = each;
      const length =
        each.length === undefined ? undefined : { least: each.length.least, most: each.length.most ?? Infinity };
      const filters = each.length === undefined ? [] : constantFilters(each.properties, context);
      const name = each.variable ?? '';
      const needs = each.variable === undefined ? [] : context.needs.of(each.variable, []);
      const needed = isRead || each.properties !== undefined || needs === 'all' || needs.length > 0;
      return [{ name, slot, bound, types, direction, length, left, right, betweenSlot, needed, filters }];
    });
    relationships.push(...pathRelationships);
    if (isRead) for (const node of pathNodes) node.needed = 'all';
    if (variable === undefined) continue;
    const { slot } = bind(variable);
    const parts: PathSlots = {
      nodes: pathNodes.map((node) => node.slot),
      relationships: pathRelationships.map((each) => ({
        slot: each.slot,
        ...(each.betweenSlot !== undefined && { between: each.betweenSlot }),
      })),
    };
    paths.push({ name: variable, slot, parts });
  }

  if (where !== undefined) conditions.push(...splitConjuncts(where));
  const among = new Set(newSlots);
  const conjuncts = conditions.flatMap((expression): Conjunct[] => {
    if (pushDown(expression, nodes, named, context)) return [];
    const slots = slotsIn(expression, scope, among);
    const lookup = toLookup(expression, (object) => nodeFor(object, nodes, named));
    if (lookup !== undefined && !lookup.node.bound) {
      lookup.node.lookups.push({ ...lookup, slots: slotsIn(lookup.value, scope, among) });
    }
    return [{ expression, slots }];
  });
  // Also conditions on nodes without a name read their properties.
  const read = new Map<number, Set<string>>();
  for (const { expression } of conjuncts) addSlotProperties(expression, read);
  for (const node of nodes) {
    const own = [...node.filters, ...node.lookups].map(({ property }) => property);
    const compared = read.get(node.slot) ?? [];
    if (node.needed !== 'all') {
      node.needed = context.needs.of(node.name === '' ? undefined : node.name, [...own, ...compared]);
    }
  }
  return { nodes, relationships, conjuncts, paths, scope, newSlots };
}

/** Gives the condition to the node that it is about, if the graph can look for it. */
function pushDown(
  expression: Expression,
  nodes: readonly NodeElement[],
  named: ReadonlyMap<string, NodeElement>,
  context: PlanContext,
): boolean {
  if (expression.kind === 'labels') {
    const node = nodeFor(expression.object, nodes, named);
    if (node === undefined || node.bound) return false;
    node.labels.push(...expression.labels.filter((label) => !node.labels.includes(label)));
    return true;
  }
  const found = toFilter(expression, (object) => nodeFor(object, nodes, named), context);
  if (found === undefined || found.node.bound) return false;
  found.node.filters.push(found.filter);
  return true;
}

function nodeFor(
  object: Expression,
  nodes: readonly NodeElement[],
  named: ReadonlyMap<string, NodeElement>,
): NodeElement | undefined {
  if (object.kind === 'slot') return nodes.find(({ slot }) => slot === object.slot);
  return object.kind === 'variable' ? named.get(object.name) : undefined;
}

/** `{name: value}` of a pattern, as conditions on what it stands at. */
function equalities(properties: Expression | undefined, object: Expression): Expression[] {
  if (properties?.kind !== 'map') return [];
  return properties.entries.map(({ key, value }) => ({
    kind: 'comparison',
    at: value.at,
    first: { kind: 'property', at: value.at, object, name: key },
    rest: [{ operator: '=', operand: value }],
  }));
}

/** A name that no query can write. */
const EACH = ' each';

function relationshipConditions({ at, properties, length }: RelationshipPatternAst, object: Expression): Expression[] {
  if (length === undefined) return equalities(properties, object);
  return equalities(properties, { kind: 'variable', at, name: EACH }).map((where) => ({
    kind: 'quantifier',
    at,
    quantifier: 'all',
    variable: EACH,
    list: object,
    where,
  }));
}

/** What of the properties is known before the query runs, so that it is not followed where they differ. */
function constantFilters(
  properties: Expression | undefined,
  context: PlanContext,
): readonly { readonly property: string; readonly value: Value }[] {
  if (properties?.kind !== 'map') return [];
  return properties.entries.flatMap(({ key, value }) => {
    const constant = evaluateConstant(value, context);
    return constant === undefined ? [] : [{ property: key, value: constant }];
  });
}

/** Slots among `among` that the expression depends on. */
function slotsIn(expression: Expression, scope: Scope, among: ReadonlySet<number>): ReadonlySet<number> {
  const slots = new Set<number>();
  const add = (slot: number | undefined): void => {
    if (slot !== undefined && among.has(slot)) slots.add(slot);
  };
  for (const name of namesIn(expression)) add(scope.get(name));
  const visit = (part: Expression): void => {
    if (part.kind === 'slot') add(part.slot);
    childExpressions(part).forEach(visit);
  };
  visit(expression);
  return slots;
}

/** Adds the properties that an expression reads of what slots hold. */
function addSlotProperties(expression: Expression, properties: Map<number, Set<string>>): void {
  if (expression.kind === 'property' && expression.object.kind === 'slot') {
    const { slot } = expression.object;
    properties.set(slot, (properties.get(slot) ?? new Set()).add(expression.name));
  } else for (const child of childExpressions(expression)) addSlotProperties(child, properties);
}
