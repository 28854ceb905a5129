import { QueryFault, typeFault } from '../query-error.js';
import { isList, isMap, isNode, isRelationship, kindOf, type Value } from '../value.js';

export function readProperty(object: Value, name: string, at: number): Value {
  if (object === null) return null;
  if (isNode(object) || isRelationship(object)) return object.properties.get(name) ?? null;
  if (isMap(object)) return object.get(name) ?? null;
  throw typeFault(`A ${kindOf(object)} has no properties`, at, 'InvalidArgumentType');
}

/** `n:A:B`; of a relationship, whether it is of the type. */
export function hasLabels(object: Value, labels: readonly string[], at: number): Value {
  if (object === null) return null;
  if (isNode(object)) return labels.every((label) => object.labels.includes(label));
  if (isRelationship(object)) return labels.every((label) => object.type === label);
  throw typeFault(`A ${kindOf(object)} has no labels`, at, 'InvalidArgumentType');
}

/** `list[index]`, from the end where the index is negative, or `map[name]`. */
export function element(object: Value, index: Value, at: number): Value {
  if (object === null || index === null) return null;
  if (isList(object)) {
    if (typeof index !== 'bigint') {
      throw typeFault(`A list is indexed by an integer, not by a ${kindOf(index)}`, at, 'InvalidArgumentType');
    }
    return object.at(Number(index)) ?? null;
  }
  if (isMap(object) || isNode(object) || isRelationship(object)) {
    if (typeof index !== 'string') {
      const message = `A ${kindOf(object)} is indexed by a string, not by a ${kindOf(index)}`;
      throw new QueryFault('TypeError', 'MapElementAccessByNonString', message, at);
    }
    return readProperty(object, index, at);
  }
  throw typeFault(`A ${kindOf(object)} has no elements`, at, 'InvalidArgumentType');
}

/** `list[from..to]`; `undefined` is an end that was left out. */
export function slice(object: Value, from: Value | undefined, to: Value | undefined, at: number): Value {
  if (object === null || from === null || to === null) return null;
  if (!isList(object)) throw typeFault(`A ${kindOf(object)} has no elements`, at, 'InvalidArgumentType');
  return object.slice(toSliceBound(from, at), toSliceBound(to, at));
}

function toSliceBound(value: Value | undefined, at: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'bigint') {
    throw typeFault(`A list is cut at an integer, not at a ${kindOf(value)}`, at, 'InvalidArgumentType');
  }
  return Number(value);
}
