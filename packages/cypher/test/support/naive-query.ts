/**
 * Queries of a small part of the language as data, and the plainest way to answer them: every row by going through all
 * nodes and relationships. What the planner and the executor do cleverly is held against it.
 */
import type { NodeValue, RelationshipValue } from '../../src/value.js';

export interface NaiveGraph {
  readonly nodes: readonly NodeValue[];
  readonly relationships: readonly RelationshipValue[];
}

type Scalar = bigint | string | null;
type Row = ReadonlyMap<string, NodeValue | null>;

export interface NodePart {
  readonly variable: string;
  readonly label?: string;
  /** What its property `x` must be. */
  readonly x?: bigint;
}

export interface HopPart {
  readonly type?: string;
  readonly direction: 'out' | 'in' | 'both';
  readonly length?: readonly [least: number, most: number];
}

export interface Chain {
  readonly first: NodePart;
  readonly hops: readonly { readonly hop: HopPart; readonly node: NodePart }[];
}

export type Condition =
  | {
      readonly kind: 'value';
      readonly variable: string;
      readonly operator: '=' | '<' | '>=' | '<>';
      readonly value: bigint;
    }
  | { readonly kind: 'same'; readonly variable: string; readonly other: string }
  | { readonly kind: 'label'; readonly variable: string; readonly label: string }
  | { readonly kind: 'absent'; readonly variable: string }
  | { readonly kind: 'hop'; readonly variable: string; readonly type: string };

export interface Match {
  readonly optional: boolean;
  readonly chains: readonly Chain[];
  readonly where: readonly Condition[];
}

export type Aggregate = 'count(*)' | 'count' | 'count distinct' | 'sum' | 'min' | 'max';

export interface Projection {
  readonly keys: readonly { readonly variable: string; readonly property: 'x' | 's' | 'n' }[];
  readonly aggregates: readonly { readonly function: Aggregate; readonly variable: string }[];
  readonly distinct: boolean;
  /** Of all columns, with which the rows have one order but for those that are the same. */
  readonly order?: { readonly descending: boolean; readonly skip: number; readonly limit: number };
}

export interface NaiveQuery {
  readonly matches: readonly Match[];
  readonly projection: Projection;
}

export function textOf({ matches, projection }: NaiveQuery): string {
  const { keys, aggregates, distinct, order } = projection;
  const columns = [
    ...keys.map(({ variable, property }) => `${variable}.${property}`),
    ...aggregates.map(({ function: name, variable }) =>
      name === 'count(*)'
        ? name
        : name === 'count'
          ? `count(${variable})`
          : name === 'count distinct'
            ? `count(DISTINCT ${variable}.x)`
            : `${name}(${variable}.x)`,
    ),
  ].map((text, index) => `${text} AS c${index}`);
  const direction = order?.descending === true ? ' DESC' : '';
  return [
    ...matches.map(({ optional, chains, where }) => {
      const conditions = where.length === 0 ? '' : ` WHERE ${where.map(conditionText).join(' AND ')}`;
      return `${optional ? 'OPTIONAL ' : ''}MATCH ${chains.map(chainText).join(', ')}${conditions}`;
    }),
    `RETURN ${distinct ? 'DISTINCT ' : ''}${columns.join(', ')}`,
    ...(order === undefined
      ? []
      : [
          `ORDER BY ${columns.map((_, index) => `c${index}${direction}`).join(', ')}`,
          `SKIP ${order.skip} LIMIT ${order.limit}`,
        ]),
  ].join('\n');
}

function chainText({ first, hops }: Chain): string {
  return nodeText(first) + hops.map(({ hop, node }) => hopText(hop) + nodeText(node)).join('');
}

function nodeText({ variable, label, x }: NodePart): string {
  return `(${variable}${label === undefined ? '' : `:${label}`}${x === undefined ? '' : ` {x: ${x}}`})`;
}

function hopText({ type, direction, length }: HopPart): string {
  const inside = (type === undefined ? '' : `:${type}`) + (length === undefined ? '' : `*${length[0]}..${length[1]}`);
  return `${direction === 'in' ? '<' : ''}-[${inside}]-${direction === 'out' ? '>' : ''}`;
}

function conditionText(condition: Condition): string {
  const { variable } = condition;
  switch (condition.kind) {
    case 'value':
      return `${variable}.x ${condition.operator} ${condition.value}`;
    case 'same':
      return `${variable}.x = ${condition.other}.x`;
    case 'label':
      return `${variable}:${condition.label}`;
    case 'absent':
      return `${variable}.s IS NULL`;
    case 'hop':
      return `(${variable})-[:${condition.type}]->()`;
  }
}

export function answerNaively(graph: NaiveGraph, { matches, projection }: NaiveQuery): Scalar[][] {
  let rows: Row[] = [new Map()];
  for (const match of matches) {
    rows = rows.flatMap((row) => {
      const found = matched(graph, match, row);
      if (found.length > 0 || !match.optional) return found;
      return [new Map([...variablesOf(match).map((name) => [name, null] as const), ...row])];
    });
  }
  return project(rows, projection);
}

function variablesOf({ chains }: Match): string[] {
  return chains.flatMap(({ first, hops }) => [first.variable, ...hops.map(({ node }) => node.variable)]);
}

function matched(graph: NaiveGraph, { chains, where }: Match, row: Row): Row[] {
  let partials: { readonly row: Row; readonly used: ReadonlySet<string> }[] = [{ row, used: new Set() }];
  for (const { first, hops } of chains) {
    partials = partials.flatMap(({ row: before, used }) =>
      graph.nodes.flatMap((node) => {
        const bound = bind(before, first, node);
        return bound === undefined ? [] : walk(graph, hops, node, bound, used);
      }),
    );
  }
  return partials.map((partial) => partial.row).filter((found) => where.every((each) => holds(graph, each, found)));
}

function bind(row: Row, { variable, label, x }: NodePart, node: NodeValue): Row | undefined {
  if (row.has(variable)) {
    if (row.get(variable)?.id !== node.id) return undefined;
  }
  if (label !== undefined && !node.labels.includes(label)) return undefined;
  if (x !== undefined && node.properties.get('x') !== x) return undefined;
  return new Map(row).set(variable, node);
}

function walk(
  graph: NaiveGraph,
  hops: Chain['hops'],
  from: NodeValue,
  row: Row,
  used: ReadonlySet<string>,
): { readonly row: Row; readonly used: ReadonlySet<string> }[] {
  const [next, ...rest] = hops;
  if (next === undefined) return [{ row, used }];
  const { hop, node } = next;
  const [least, most] = hop.length ?? [1, 1];
  const ends: { readonly end: NodeValue; readonly used: ReadonlySet<string>; readonly length: number }[] = [];
  const follow = (at: NodeValue, taken: ReadonlySet<string>, length: number): void => {
    if (length >= least) ends.push({ end: at, used: taken, length });
    if (length === most) return;
    for (const relationship of graph.relationships) {
      if (taken.has(relationship.id) || (hop.type !== undefined && relationship.type !== hop.type)) continue;
      const others = [
        ...(hop.direction !== 'in' && relationship.start === at.id ? [relationship.end] : []),
        ...(hop.direction !== 'out' && relationship.end === at.id ? [relationship.start] : []),
      ];
      for (const id of new Set(others)) {
        const end = graph.nodes.find((each) => each.id === id);
        if (end !== undefined) follow(end, new Set(taken).add(relationship.id), length + 1);
      }
    }
  };
  follow(from, used, 0);
  return ends.flatMap(({ end, used: taken }) => {
    const bound = bind(row, node, end);
    return bound === undefined ? [] : walk(graph, rest, end, bound, taken);
  });
}

function holds(graph: NaiveGraph, condition: Condition, row: Row): boolean {
  const node = row.get(condition.variable) ?? null;
  const x = valueOf(node, 'x');
  switch (condition.kind) {
    case 'value': {
      if (typeof x !== 'bigint') return false;
      const { operator, value } = condition;
      return operator === '='
        ? x === value
        : operator === '<'
          ? x < value
          : operator === '>='
            ? x >= value
            : x !== value;
    }
    case 'same':
      return x !== null && x === valueOf(row.get(condition.other) ?? null, 'x');
    case 'label':
      return node?.labels.includes(condition.label) === true;
    case 'absent':
      return valueOf(node, 's') === null;
    case 'hop':
      return graph.relationships.some(({ type, start }) => type === condition.type && start === node?.id);
  }
}

function valueOf(node: NodeValue | null, property: string): Scalar {
  return (node?.properties.get(property) ?? null) as Scalar;
}

function project(rows: readonly Row[], { keys, aggregates, distinct, order }: Projection): Scalar[][] {
  const keyed = rows.map((row) => ({
    row,
    values: keys.map(({ variable, property }) => valueOf(row.get(variable) ?? null, property)),
  }));
  let made: Scalar[][];
  if (aggregates.length === 0) made = keyed.map(({ values }) => values);
  else {
    const groups = new Map<string, { readonly values: Scalar[]; readonly rows: Row[] }>();
    if (keys.length === 0) groups.set(nameOf([]), { values: [], rows: [] });
    for (const { row, values } of keyed) {
      const group = groups.get(nameOf(values)) ?? { values, rows: [] };
      groups.set(nameOf(values), group);
      group.rows.push(row);
    }
    made = [...groups.values()].map(({ values, rows: own }) => [
      ...values,
      ...aggregates.map(({ function: name, variable }) => aggregated(name, own, variable)),
    ]);
  }
  if (distinct) made = [...new Map(made.map((values) => [nameOf(values), values])).values()];
  if (order === undefined) return made;
  const sign = order.descending ? -1 : 1;
  const inOrder = [...made].sort((one, other) => {
    for (const [index, value] of one.entries()) {
      const difference = compared(value, other[index] ?? null);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
  return inOrder.slice(order.skip, order.skip + order.limit);
}

export function nameOf(values: readonly Scalar[]): string {
  return JSON.stringify(values.map((value) => (value === null ? null : `${typeof value} ${String(value)}`)));
}

/** Null comes last. */
function compared(one: Scalar, other: Scalar): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : one > other ? 1 : 0;
}

function aggregated(name: Aggregate, rows: readonly Row[], variable: string): Scalar {
  const nodes = rows.map((row) => row.get(variable) ?? null);
  const values = nodes.map((node) => valueOf(node, 'x')).filter((value) => typeof value === 'bigint');
  switch (name) {
    case 'count(*)':
      return BigInt(rows.length);
    case 'count':
      return BigInt(nodes.filter((node) => node !== null).length);
    case 'count distinct':
      return BigInt(new Set(values).size);
    case 'sum':
      return values.reduce((sum, value) => sum + value, 0n);
    case 'min':
      return extreme(values, (value, other) => value < other);
    case 'max':
      return extreme(values, (value, other) => value > other);
  }
}

function extreme(values: readonly bigint[], wins: (value: bigint, other: bigint) => boolean): Scalar {
  const [first = null, ...others] = values;
  return first === null ? null : others.reduce((best, value) => (wins(value, best) ? value : best), first);
}
