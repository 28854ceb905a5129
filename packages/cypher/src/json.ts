import { argumentFault } from './query-error.js';
import {
  isList,
  isMap,
  type MapValue,
  type NodeValue,
  type Properties,
  type RelationshipValue,
  type Value,
} from './value.js';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A value as clients get it: a node as `{id, labels, properties}`, a relationship as `{id, type, from, to, properties}`, a
 * path as `{nodes, relationships}`. An integer that a double does not hold, and a float that is no number, are strings.
 */
export function toJson(value: Value): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return isExact(value) ? Number(value) : String(value);
  if (isList(value)) return value.map(toJson);
  if (isMap(value)) return mapToJson(value);
  switch (value.kind) {
    case 'node':
      return nodeToJson(value);
    case 'relationship':
      return relationshipToJson(value);
    case 'path':
      return { nodes: value.nodes.map(nodeToJson), relationships: value.relationships.map(relationshipToJson) };
  }
}

const MIN_EXACT = BigInt(Number.MIN_SAFE_INTEGER);
const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

function isExact(value: bigint): boolean {
  return value >= MIN_EXACT && value <= MAX_EXACT;
}

function nodeToJson({ id, labels, properties }: NodeValue): JsonValue {
  return { id, labels, properties: propertiesToJson(properties) };
}

function relationshipToJson({ id, type, start, end, properties }: RelationshipValue): JsonValue {
  return { id, type, from: start, to: end, properties: propertiesToJson(properties) };
}

function propertiesToJson(properties: Properties): JsonValue {
  return Object.fromEntries([...properties.keys()].map((key) => [key, toJson(properties.get(key) ?? null)]));
}

function mapToJson(map: MapValue): JsonValue {
  return Object.fromEntries([...map].map(([key, value]) => [key, toJson(value)]));
}

const MAX_DEPTH = 32;

/**
 * A parameter as a value: a whole number becomes an integer.
 * @throws {import('./query-error.js').QueryFault} for what is no JSON, or nested more than 32 levels deep.
 */
export function fromJson(json: unknown, depth = 0): Value {
  if (depth > MAX_DEPTH) {
    throw argumentFault('InvalidArgumentValue', `A parameter must not be nested more than ${MAX_DEPTH} levels deep`);
  }
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json;
    case 'number':
      return Number.isSafeInteger(json) ? BigInt(json) : json;
    case 'object': {
      if (json === null) return null;
      if (Array.isArray(json)) return json.map((item: unknown) => fromJson(item, depth + 1));
      return new Map(Object.entries(json).map(([key, item]) => [key, fromJson(item, depth + 1)]));
    }
    default:
      throw argumentFault('InvalidArgumentValue', 'A parameter must be a JSON value');
  }
}
