import type { Expression } from '../ast.js';
import { kindOf, type ValueKind } from '../value.js';

/** What is known of an expression's values before the query runs; null is always possible. */
export type StaticType = 'any' | Exclude<ValueKind, 'null' | 'list'> | { readonly list: StaticType };

export function isListType(type: StaticType): type is { readonly list: StaticType } {
  return typeof type === 'object';
}

export function kindOfType(type: StaticType): Exclude<ValueKind, 'null'> | 'any' {
  return isListType(type) ? 'list' : type;
}

/** What both are. */
export function commonType(left: StaticType, right: StaticType): StaticType {
  if (isListType(left) && isListType(right)) return { list: commonType(left.list, right.list) };
  return left === right ? left : 'any';
}

export function inferLiteralType({ value }: Extract<Expression, { kind: 'literal' }>): StaticType {
  const kind = kindOf(value);
  return kind === 'null' ? 'any' : kind === 'list' ? { list: 'any' } : kind;
}
