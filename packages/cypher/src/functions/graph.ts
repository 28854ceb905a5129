import { requireAnswer, spend } from '../evaluate/runtime.js';
import { isMap, isNode, isPath, isRelationship, type Value } from '../value.js';
import type { CallContext, FunctionDefinition } from './definition.js';

const ENTITY = ['node', 'relationship'] as const;
const WITH_PROPERTIES = ['node', 'relationship', 'map'] as const;

export const GRAPH_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  id: {
    takes: [ENTITY],
    least: 1,
    most: 1,
    gives: 'string',
    evaluate: ([entity = null]) => (isNode(entity) || isRelationship(entity) ? entity.id : null),
  },
  elementId: {
    takes: [ENTITY],
    least: 1,
    most: 1,
    gives: 'string',
    evaluate: ([entity = null]) => (isNode(entity) || isRelationship(entity) ? entity.id : null),
  },
  labels: {
    takes: [['node']],
    least: 1,
    most: 1,
    gives: 'list',
    evaluate: ([node = null]) => (isNode(node) ? node.labels : null),
  },
  type: {
    takes: [['relationship']],
    least: 1,
    most: 1,
    gives: 'string',
    evaluate: ([relationship = null]) => (isRelationship(relationship) ? relationship.type : null),
  },
  properties: {
    takes: [WITH_PROPERTIES],
    least: 1,
    most: 1,
    gives: 'map',
    evaluate: ([entity = null]) => toPropertyMap(entity),
  },
  keys: {
    takes: [WITH_PROPERTIES],
    least: 1,
    most: 1,
    gives: 'list',
    evaluate: ([entity = null], { runtime }) => {
      if (isMap(entity)) {
        spend(runtime, entity.size);
        return [...entity.keys()];
      }
      return isNode(entity) || isRelationship(entity) ? [...entity.properties.keys()] : null;
    },
  },
  nodes: {
    takes: [['path']],
    least: 1,
    most: 1,
    gives: 'list',
    evaluate: ([path = null]) => (isPath(path) ? path.nodes : null),
  },
  relationships: {
    takes: [['path']],
    least: 1,
    most: 1,
    gives: 'list',
    evaluate: ([path = null]) => (isPath(path) ? path.relationships : null),
  },
  length: {
    takes: [['path']],
    least: 1,
    most: 1,
    gives: 'integer',
    evaluate: ([path = null]) => (isPath(path) ? BigInt(path.relationships.length) : null),
  },
  startNode: {
    takes: [['relationship']],
    least: 1,
    most: 1,
    gives: 'node',
    evaluate: ([relationship = null], context) =>
      isRelationship(relationship) ? requireNode(relationship.start, context) : null,
  },
  endNode: {
    takes: [['relationship']],
    least: 1,
    most: 1,
    gives: 'node',
    evaluate: ([relationship = null], context) =>
      isRelationship(relationship) ? requireNode(relationship.end, context) : null,
  },
};

function requireNode(id: string, { runtime }: CallContext): Value {
  return requireAnswer(runtime, `node|${id}`, () => ({ kind: 'node', id }));
}

function toPropertyMap(entity: Value): Value {
  if (!isNode(entity) && !isRelationship(entity)) return entity;
  const { properties } = entity;
  return new Map([...properties.keys()].map((key) => [key, properties.get(key) ?? null]));
}
