import type { Row } from '../evaluate/runtime.js';
import { hasType, createNodeMatcher } from '../pattern-match.js';
import type { Direction, NeededProperties, NodePattern } from '../property-graph.js';
import { typeFault } from '../query-error.js';
import {
  isList,
  isRelationship,
  kindOf,
  type NodeValue,
  type RelationshipValue,
  type Value,
  withArticle,
} from '../value.js';
import { type Batches, type Execution, type Step, type Tally } from './execution.js';
import { isAmong, requireNodeId } from './expand.js';

export interface BoundRelationshipOptions {
  readonly name: string;
  readonly slot: number;
  readonly types: readonly string[];
  readonly direction: Direction;
  /** Of a variable-length relationship, whose slot holds a list. */
  readonly length?: { readonly least: number; readonly most: number };
  readonly left: BoundEnd;
  readonly right: BoundEnd;
  readonly betweenSlot: number | undefined;
  readonly others: readonly number[];
}

export interface BoundEnd {
  readonly slot: number;
  readonly bound: boolean;
  readonly pattern: NodePattern;
  readonly needed: NeededProperties;
}

/** Finds both ends of a relationship, or of a list of them, that an earlier clause has bound. */
export function boundRelationshipStep(options: BoundRelationshipOptions): Step {
  return {
    name: 'EndNodes',
    detail: `of ${options.name}`,
    run: (input, execution, tally) => endNodes(options, input, execution, tally),
  };
}

interface Walk {
  readonly row: Row;
  /** Ids of the nodes that it passes, both ends among them. */
  readonly nodes: readonly string[];
}

async function* endNodes(
  options: BoundRelationshipOptions,
  input: Batches,
  { graph }: Execution,
  tally: Tally,
): Batches {
  for await (const rows of input) {
    const walks = rows.flatMap((row) => listWalks(row, options));
    const ids = [...new Set(walks.flatMap(({ nodes }) => nodes))];
    if (ids.length === 0) continue;
    const found = await graph.nodesById(ids, 'all');
    tally.reads += ids.length;
    const nodes = new Map(ids.map((id, index) => [id, found[index]]));
    const made = walks.flatMap((walk) => {
      const row = buildRow(walk, nodes, options);
      return row === undefined ? [] : [row];
    });
    if (made.length > 0) yield made;
  }
}

function buildRow(
  { row, nodes: ids }: Walk,
  nodes: ReadonlyMap<string, NodeValue | undefined>,
  { left, right, betweenSlot }: BoundRelationshipOptions,
): Row | undefined {
  const passed = ids.map((id) => nodes.get(id)).filter((node) => node !== undefined);
  const [first, last] = [passed[0], passed.at(-1)];
  if (passed.length !== ids.length || first === undefined || last === undefined) return undefined;
  const copy = row.slice();
  for (const [end, node] of [
    [left, first],
    [right, last],
  ] as const) {
    if (end.bound ? requireNodeId(copy[end.slot] ?? null) !== node.id : !createNodeMatcher(end.pattern)(node))
      return undefined;
    if (!end.bound) copy[end.slot] = node;
  }
  // Both ends may be one variable.
  if (left.slot === right.slot && first.id !== last.id) return undefined;
  if (betweenSlot !== undefined) copy[betweenSlot] = passed.slice(1, -1);
  return copy;
}

function listWalks(row: Row, options: BoundRelationshipOptions): readonly Walk[] {
  const value = row[options.slot] ?? null;
  if (value === null) return [];
  const relationships = requireRelationships(value, options);
  const { direction, length, types, others, left, right } = options;
  if (length !== undefined && (relationships.length < length.least || relationships.length > length.most)) return [];
  if (!relationships.every((each) => hasType(each, types) && !isAmong(row, others, each))) return [];
  const [first] = relationships;
  if (first === undefined) {
    const bound = left.bound ? left : right.bound ? right : undefined;
    const id = bound === undefined ? undefined : requireNodeId(row[bound.slot] ?? null);
    return id === undefined ? [] : [{ row, nodes: [id] }];
  }
  const starts = direction === 'out' ? [first.start] : direction === 'in' ? [first.end] : [first.start, first.end];
  return [...new Set(starts)].flatMap((start) => {
    const nodes = follow(start, relationships, direction);
    return nodes === undefined ? [] : [{ row, nodes }];
  });
}

function follow(
  start: string,
  relationships: readonly RelationshipValue[],
  direction: Direction,
): string[] | undefined {
  const nodes = [start];
  let at = start;
  for (const { start: from, end: to } of relationships) {
    if (direction !== 'in' && from === at) at = to;
    else if (direction !== 'out' && to === at) at = from;
    else return undefined;
    nodes.push(at);
  }
  return nodes;
}

function requireRelationships(value: Value, { length, name }: BoundRelationshipOptions): readonly RelationshipValue[] {
  if (length === undefined) {
    if (isRelationship(value)) return [value];
    throw typeFault(`'${name}' is ${withArticle(kindOf(value))}, not a relationship`, undefined, 'InvalidArgumentType');
  }
  if (isList(value) && value.every(isRelationship)) return value;
  throw typeFault(
    `'${name}' is ${withArticle(kindOf(value))}, not a list of relationships`,
    undefined,
    'InvalidArgumentType',
  );
}
