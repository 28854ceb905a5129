import type { ComparisonOperator, Expression } from '../ast.js';
import type { PropertyFilter } from '../property-graph.js';
import { isList, type Value } from '../value.js';
import { evaluateConstant, type PlanContext } from './context.js';
import type { NodeElement } from './match-graph.js';

/** The conditions that a condition is made of: all of them have to be true. */
export function splitConjuncts(expression: Expression): readonly Expression[] {
  if (expression.kind === 'logical' && expression.operator === 'and')
    return expression.operands.flatMap(splitConjuncts);
  // a < b < c says a < b AND b < c.
  if (expression.kind === 'comparison' && expression.rest.length > 1) {
    let first = expression.first;
    return expression.rest.map((link) => {
      const part: Expression = { kind: 'comparison', at: expression.at, first, rest: [link] };
      first = link.operand;
      return part;
    });
  }
  return [expression];
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

type NodeFor = (object: Expression) => NodeElement | undefined;

/** The condition as a filter on one node, if it is one on a property of it and a value that no row decides. */
export function toFilter(
  expression: Expression,
  nodeFor: NodeFor,
  context: PlanContext,
): { readonly node: NodeElement; readonly filter: PropertyFilter } | undefined {
  const found = (
    side: Expression,
    operator: PropertyFilter['operator'],
    other: Expression,
    takes: (value: Value) => boolean,
  ): { node: NodeElement; filter: PropertyFilter } | undefined => {
    if (side.kind !== 'property') return undefined;
    const node = nodeFor(side.object);
    const value = node === undefined ? undefined : evaluateConstant(other, context);
    if (node === undefined || value === undefined || !takes(value)) return undefined;
    return { node, filter: { property: side.name, operator, value } };
  };
  switch (expression.kind) {
    case 'comparison': {
      const [link] = expression.rest;
      if (link === undefined || expression.rest.length > 1 || link.operator === '<>') return undefined;
      const mirrored = MIRRORED[link.operator];
      const isValue = (value: Value): boolean => value !== null;
      return (
        found(expression.first, link.operator, link.operand, isValue) ??
        (mirrored === '<>' ? undefined : found(link.operand, mirrored, expression.first, isValue))
      );
    }
    case 'in':
      return found(expression.item, 'in', expression.list, isList);
    case 'text':
      if (expression.operator !== 'starts with') return undefined;
      return found(expression.left, 'starts with', expression.right, (value) => typeof value === 'string');
    case 'logical':
      return expression.operator === 'or' ? toAlternativesFilter(expression.operands, nodeFor, context) : undefined;
    default:
      return undefined;
  }
}

/** `n.a = 1 OR n.a = 2` is `n.a IN [1, 2]`. */
function toAlternativesFilter(
  operands: readonly Expression[],
  nodeFor: NodeFor,
  context: PlanContext,
): { readonly node: NodeElement; readonly filter: PropertyFilter } | undefined {
  const values: Value[] = [];
  let about: { node: NodeElement; property: string } | undefined;
  for (const operand of operands) {
    if (operand.kind === 'logical') return undefined;
    const found = toFilter(operand, nodeFor, context);
    if (found === undefined) return undefined;
    const { node, filter } = found;
    if (filter.operator === '=') values.push(filter.value);
    else if (filter.operator === 'in' && isList(filter.value)) values.push(...filter.value);
    else return undefined;
    about ??= { node, property: filter.property };
    if (about.node !== node || about.property !== filter.property) return undefined;
  }
  return about === undefined
    ? undefined
    : { node: about.node, filter: { property: about.property, operator: 'in', value: values } };
}

/** An equality of a node's property and anything else. */
export function toLookup(
  expression: Expression,
  nodeFor: NodeFor,
): { readonly node: NodeElement; readonly property: string; readonly value: Expression } | undefined {
  if (expression.kind !== 'comparison') return undefined;
  const [link] = expression.rest;
  if (link?.operator !== '=' || expression.rest.length > 1) return undefined;
  for (const [side, value] of [
    [expression.first, link.operand],
    [link.operand, expression.first],
  ] as const) {
    const node = side.kind === 'property' ? nodeFor(side.object) : undefined;
    if (node !== undefined && !node.bound && side.kind === 'property') return { node, property: side.name, value };
  }
  return undefined;
}
