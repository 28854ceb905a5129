import { isList, isMap, isNumber, kindOf, type MapValue, type PathValue, type Value } from './value.js';

/** The language's `=`: null where it cannot be told. */
export function equals(left: Value, right: Value): boolean | null {
  if (left === null || right === null) return null;
  if (isNumber(left) && isNumber(right)) return left == right;
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (isList(left)) return isList(right) ? listsEqual(left, right) : false;
  if (isList(right)) return false;
  if (isMap(left)) return isMap(right) ? mapsEqual(left, right) : false;
  if (isMap(right) || left.kind !== right.kind) return false;
  if (left.kind !== 'path') return right.kind !== 'path' && left.id === right.id;
  return right.kind === 'path' && equivalenceKey(left) === equivalenceKey(right);
}

function listsEqual(left: readonly Value[], right: readonly Value[]): boolean | null {
  if (left.length !== right.length) return false;
  let unknown = false;
  for (let index = 0; index < left.length; index += 1) {
    const same = equals(left[index] ?? null, right[index] ?? null);
    if (same === false) return false;
    unknown ||= same === null;
  }
  return unknown ? null : true;
}

function mapsEqual(left: MapValue, right: MapValue): boolean | null {
  if (left.size !== right.size) return false;
  let unknown = false;
  for (const [key, each] of left) {
    const other = right.get(key);
    if (other === undefined) return false;
    const same = equals(each, other);
    if (same === false) return false;
    unknown ||= same === null;
  }
  return unknown ? null : true;
}

/** What `<` and its like say of two values: negative, 0 or positive; NaN if every comparison is false; null if unknown. */
export function compareValues(left: Value, right: Value): number | null {
  if (left === null || right === null) return null;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (isList(left) && isList(right)) {
    const shared = Math.min(left.length, right.length);
    for (let index = 0; index < shared; index += 1) {
      const [one, other] = [left[index] ?? null, right[index] ?? null];
      if (equals(one, other) === true) continue;
      return compareValues(one, other);
    }
    return left.length - right.length;
  }
  return null;
}

function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By code point, as the UTF-8 bytes of a key are ordered. */
export function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  for (let index = countSharedUnits(left, right, shared); index < shared; index += 1) {
    const [one, other] = [left.charCodeAt(index), right.charCodeAt(index)];
    // Surrogates stand for code points above all others of one unit.
    if (one !== other) return codePointRank(one) - codePointRank(other);
  }
  return left.length - right.length;
}

/** Units compared at once, as many times as fast as one by one. */
const BLOCK = 256;

/** How many units two texts surely have in common at their start, in whole blocks. */
function countSharedUnits(left: string, right: string, shared: number): number {
  let same = 0;
  while (same + BLOCK <= shared && left.slice(same, same + BLOCK) === right.slice(same, same + BLOCK)) same += BLOCK;
  return same;
}

function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const RANKS = {
  map: 0,
  node: 1,
  relationship: 2,
  list: 3,
  path: 4,
  string: 5,
  boolean: 6,
  integer: 7,
  float: 7,
  null: 8,
} as const;

/** The total order of ORDER BY, min and max (openCypher 9, "Orderability"): null last, NaN after all other numbers. */
export function orderValues(left: Value, right: Value): number {
  if (left === right) return 0;
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  const rank = RANKS[kindOf(left)] - RANKS[kindOf(right)];
  if (rank !== 0) return rank;
  if (isNumber(left) && isNumber(right)) {
    const order = compareNumbers(left, right);
    return Number.isNaN(order) ? Number(Number.isNaN(left)) - Number(Number.isNaN(right)) : order;
  }
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return 0;
  if (isList(left)) return isList(right) ? orderLists(left, right) : 0;
  if (isList(right)) return 0;
  if (isMap(left)) return isMap(right) ? orderMaps(left, right) : 0;
  if (isMap(right)) return 0;
  if (left.kind !== 'path') return right.kind === 'path' ? 0 : compareStrings(left.id, right.id);
  return right.kind === 'path' ? orderLists(listPathParts(left), listPathParts(right)) : 0;
}

function orderLists(left: readonly Value[], right: readonly Value[]): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const order = orderValues(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function orderMaps(left: MapValue, right: MapValue): number {
  const [leftKeys, rightKeys] = [[...left.keys()].sort(compareStrings), [...right.keys()].sort(compareStrings)];
  const order = orderLists(leftKeys, rightKeys);
  if (order !== 0) return order;
  return orderLists(
    leftKeys.map((key) => left.get(key) ?? null),
    rightKeys.map((key) => right.get(key) ?? null),
  );
}

function listPathParts(path: PathValue): Value[] {
  return path.nodes.flatMap((node, index): Value[] => {
    const relationship = path.relationships[index];
    return relationship === undefined ? [node] : [node, relationship];
  });
}

/** The same for values that DISTINCT and grouping hold for the same: numbers by value, null and NaN equal to themselves. */
export function equivalenceKey(value: Value): string {
  if (value === null) return 'n';
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'bigint':
      return `i${value}`;
    case 'number':
      return Number.isInteger(value) ? `i${BigInt(value)}` : `d${value}`;
    default:
      break;
  }
  if (isList(value)) return `[${value.map(equivalenceKey).join()}]`;
  if (isMap(value)) {
    const keys = [...value.keys()].sort();
    return `{${keys.map((key) => `${key.length}:${key}${equivalenceKey(value.get(key) ?? null)}`).join()}}`;
  }
  switch (value.kind) {
    case 'node':
      return `N${value.id.length}:${value.id}`;
    case 'relationship':
      return `R${value.id.length}:${value.id}`;
    case 'path':
      return `P[${listPathParts(value).map(equivalenceKey).join()}]`;
  }
}
