/**
 * What a query computes with. Integers are `bigint` (64-bit, overflow is an error) and floats are `number`, so that `1`
 * and `1.0` are told apart and no integer loses a digit. `null` is the only missing value.
 */
export type Value =
  null | boolean | bigint | number | string | readonly Value[] | MapValue | NodeValue | RelationshipValue | PathValue;

export type MapValue = ReadonlyMap<string, Value>;

/** Named values of a node or relationship. A property whose value would be null is absent. A `Map` is one. */
export interface Properties {
  get(name: string): Value | undefined;
  keys(): Iterable<string>;
}

export interface NodeValue {
  readonly kind: 'node';
  /** Identifies the node within its graph, whatever its label. */
  readonly id: string;
  readonly labels: readonly string[];
  readonly properties: Properties;
}

export interface RelationshipValue {
  readonly kind: 'relationship';
  /** Identifies the relationship within its graph. */
  readonly id: string;
  readonly type: string;
  /** Ids of the nodes that it leads from and to. */
  readonly start: string;
  readonly end: string;
  readonly properties: Properties;
}

/** `nodes` has one more than `relationships`; each relationship joins its two neighbours in either direction. */
export interface PathValue {
  readonly kind: 'path';
  readonly nodes: readonly NodeValue[];
  readonly relationships: readonly RelationshipValue[];
}

/** How a message names the kind of a value. */
export type ValueKind =
  'null' | 'boolean' | 'integer' | 'float' | 'string' | 'list' | 'map' | 'node' | 'relationship' | 'path';

export function kindOf(value: Value): ValueKind {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'bigint':
      return 'integer';
    case 'number':
      return 'float';
    case 'string':
      return 'string';
    default:
      return isList(value) ? 'list' : value instanceof Map || !('kind' in value) ? 'map' : value.kind;
  }
}

/** As a message names it: `a string`, `an integer`. */
export function withArticle(kind: ValueKind | 'any'): string {
  return `${kind === 'integer' ? 'an' : 'a'} ${kind}`;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is MapValue {
  return value instanceof Map;
}

export function isNode(value: Value): value is NodeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'node';
}

export function isRelationship(value: Value): value is RelationshipValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'relationship';
}

export function isPath(value: Value): value is PathValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'path';
}

export function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Integers have 64 bits. */
export const MAX_INTEGER = 9_223_372_036_854_775_807n;
export const MIN_INTEGER = -MAX_INTEGER - 1n;

export function fitsInteger(value: bigint): boolean {
  return value <= MAX_INTEGER && value >= MIN_INTEGER;
}
