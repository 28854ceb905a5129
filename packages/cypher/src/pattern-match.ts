import { compareValues, equals, equivalenceKey } from './compare.js';
import { contains } from './evaluate/predicates.js';
import type { NodePattern, PropertyFilter } from './property-graph.js';
import { isList, type NodeValue, type RelationshipValue, type Value } from './value.js';

/** Tells whether a node is what the pattern means; a graph may answer with more. */
export function createNodeMatcher({ labels, filters }: NodePattern): (node: NodeValue) => boolean {
  const tests = filters.map((filter) => ({ property: filter.property, test: createTest(filter) }));
  return (node) =>
    labels.every((label) => node.labels.includes(label)) &&
    tests.every(({ property, test }) => test(node.properties.get(property) ?? null));
}

function createTest({ operator, value: wanted }: PropertyFilter): (value: Value) => boolean {
  switch (operator) {
    case '=':
      return (value) => equals(value, wanted) === true;
    case 'in':
      return isAmong(isList(wanted) ? wanted : []);
    case 'starts with':
      return (value) => typeof value === 'string' && typeof wanted === 'string' && value.startsWith(wanted);
    case '<':
      return isOrdered(wanted, (order) => order < 0);
    case '<=':
      return isOrdered(wanted, (order) => order <= 0);
    case '>':
      return isOrdered(wanted, (order) => order > 0);
    case '>=':
      return isOrdered(wanted, (order) => order >= 0);
  }
}

/** Plain values are looked up, so that a long list costs no more than a short one. */
function isAmong(items: readonly Value[]): (value: Value) => boolean {
  const isPlain = (value: Value): boolean => value === null || typeof value !== 'object';
  const plain = new Set(
    items.filter((item) => item !== null && isPlain(item) && !Number.isNaN(item)).map(equivalenceKey),
  );
  const others = items.filter((item) => !isPlain(item));
  return (value) => (isPlain(value) ? plain.has(equivalenceKey(value)) : contains(others, value) === true);
}

function isOrdered(wanted: Value, test: (order: number) => boolean): (value: Value) => boolean {
  return (value) => {
    const order = compareValues(value, wanted);
    return order !== null && test(order);
  };
}

/** No types stand for any. */
export function hasType(relationship: RelationshipValue, types: readonly string[]): boolean {
  return types.length === 0 || types.includes(relationship.type);
}
