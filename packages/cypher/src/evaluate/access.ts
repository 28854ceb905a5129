import { QueryFault, typeFault } from '../query-error.js';
import { isList, isMap, isNode, isRelationship, kindOf, type Value, withArticle } from '../value.js';

export function readProperty(object: Value, name: string, at: number): Value {
  if (object === null) return null;
  if (isNode(object) || isRelationship(object)) return object.properties.get(name) ?? null;
  if (isMap(object)) return object.get(name) ?? null;
  throw typeFault(`Cannot read a property of ${withArticle(kindOf(object))}`, at, 'InvalidArgumentType');
}

/** `n:A:B`; of a relationship, whether it is of the type. */
export function hasLabels(object: Value, labels: readonly string[], at: number): Value {
  if (object === null) return null;
  if (isNode(object)) return labels.every((label) => object.labels.includes(label));
  if (isRelationship(object)) return labels.every((label) => object.type === label);
  throw typeFault(`Cannot test the labels of ${withArticle(kindOf(object))}`, at, 'InvalidArgumentType');
}

/** `list[index]`, from the end where the index is negative, or `map[name]`. */
export function element(object: Value, index: Value, at: number): Value {
  if (object === null || index === null) return null;
  if (isList(object)) {
    if (typeof index !== 'bigint') {
      throw typeFault(`A list index must be an integer, not ${withArticle(kindOf(index))}`, at, 'InvalidArgumentType');
    }
    return object.at(Number(index)) ?? null;
  }
  if (isMap(object) || isNode(object) || isRelationship(object)) {
    if (typeof index !== 'string') {
      const message = `A property name must be a string, not ${withArticle(kindOf(index))}`;
      throw new QueryFault('TypeError', 'MapElementAccessByNonString', message, at);
    }
    return readProperty(object, index, at);
  }
  throw typeFault(`Cannot access elements of ${withArticle(kindOf(object))}`, at, 'InvalidArgumentType');
}

/** `list[from..to]`; `undefined` is an end that was left out. */
export function slice(object: Value, from: Value | undefined, to: Value | undefined, at: number): Value {
  if (object === null || from === null || to === null) return null;
  if (!isList(object))
    throw typeFault(`Cannot access elements of ${withArticle(kindOf(object))}`, at, 'InvalidArgumentType');
  return object.slice(toSliceBound(from, at), toSliceBound(to, at));
}

function toSliceBound(value: Value | undefined, at: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'bigint') {
    throw typeFault(
      `The bounds of a list slice must be integers, not ${withArticle(kindOf(value))}`,
      at,
      'InvalidArgumentType',
    );
  }
  return Number(value);
}
