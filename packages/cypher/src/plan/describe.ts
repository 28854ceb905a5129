import type { Expression, PathPattern } from '../ast.js';
import { isList, isMap, type Value } from '../value.js';

const MAX_TEXT = 120;

/** An expression on one line, for EXPLAIN; long ones are cut. */
export function describe(expression: Expression): string {
  return abridged(print(expression, 4));
}

export function describeAll(expressions: readonly Expression[]): string {
  return abridged(expressions.map((each) => print(each, 4)).join(', '));
}

function abridged(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}

/** `depth` bounds how deep it is gone into: what lies below is three dots. */
function print(expression: Expression, depth: number): string {
  if (depth < 0) return '...';
  const inner = (each: Expression): string => print(each, depth - 1);
  const some = (all: readonly Expression[]): string => all.slice(0, 8).map(inner).join(', ');
  switch (expression.kind) {
    case 'literal':
      return printValue(expression.value);
    case 'parameter':
      return `$${expression.name}`;
    case 'variable':
      return expression.name;
    case 'slot':
      return '_';
    case 'property':
      return `${inner(expression.object)}.${expression.name}`;
    case 'labels':
      return `${inner(expression.object)}${expression.labels.map((label) => `:${label}`).join('')}`;
    case 'index':
      return `${inner(expression.object)}[${inner(expression.index)}]`;
    case 'slice': {
      const { object, from, to } = expression;
      return `${inner(object)}[${from === undefined ? '' : inner(from)}..${to === undefined ? '' : inner(to)}]`;
    }
    case 'list':
      return `[${some(expression.items)}]`;
    case 'map':
      return `{${expression.entries.map(({ key, value }) => `${key}: ${inner(value)}`).join(', ')}}`;
    case 'not':
      return `NOT ${inner(expression.operand)}`;
    case 'logical':
      return `(${expression.operands.slice(0, 8).map(inner).join(` ${expression.operator.toUpperCase()} `)})`;
    case 'comparison':
    case 'arithmetic':
      return [
        inner(expression.first),
        ...expression.rest.slice(0, 8).map(({ operator, operand }) => `${operator} ${inner(operand)}`),
      ].join(' ');
    case 'negate':
      return `${expression.negative ? '-' : '+'}${inner(expression.operand)}`;
    case 'isNull':
      return `${inner(expression.operand)} IS ${expression.negated ? 'NOT ' : ''}NULL`;
    case 'text':
      return `${inner(expression.left)} ${expression.operator.toUpperCase()} ${inner(expression.right)}`;
    case 'in':
      return `${inner(expression.item)} IN ${inner(expression.list)}`;
    case 'case':
      return 'CASE ... END';
    case 'call':
      return `${expression.name}(${expression.distinct ? 'DISTINCT ' : ''}${some(expression.args)})`;
    case 'countAll':
      return 'count(*)';
    case 'listComprehension':
      return `[${expression.variable} IN ${inner(expression.list)} ...]`;
    case 'quantifier':
      return `${expression.quantifier}(${expression.variable} IN ${inner(expression.list)} ...)`;
    case 'reduce':
      return `reduce(... IN ${inner(expression.list)} ...)`;
    case 'exists':
      return 'EXISTS { ... }';
    case 'patternPredicate':
      return describePattern(expression.pattern);
    case 'patternComprehension':
      return `[${describePattern(expression.pattern)} | ...]`;
  }
}

export function printValue(value: Value): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}...` : value}'`;
  if (isList(value)) return value.length > 5 ? `${value.length} values` : `[${value.map(printValue).join(', ')}]`;
  if (isMap(value)) return `{${[...value.keys()].slice(0, 5).join(', ')}}`;
  return typeof value === 'object' && value !== null ? value.kind : String(value);
}

export function describePattern({ nodes, relationships }: PathPattern): string {
  return nodes
    .map(({ variable = '', labels }, index) => {
      const node = `(${variable}${labels.map((label) => `:${label}`).join('')})`;
      const relationship = relationships[index];
      if (relationship === undefined) return node;
      const { direction, types } = relationship;
      const inside = types.length === 0 ? '' : `[:${types.join('|')}]`;
      return `${node}${direction === 'in' ? '<-' : '-'}${inside}${direction === 'out' ? '->' : '-'}`;
    })
    .join('');
}
