import { type Budget, budgetSpent, startMeter } from './execute/budget.js';
import { type JsonValue, toJson } from './json.js';
import { locate, QueryFault } from './query-error.js';
import {
  isList,
  isMap,
  isNode,
  isPath,
  isRelationship,
  type NodeValue,
  type RelationshipValue,
  type Value,
} from './value.js';

/**
 * The rows of an answer as clients get them. A node costs memory once, however many rows it stands in, but is written in
 * each of them: so the characters of the answer count too, before it is written.
 * @throws {import('./query-error.js').QueryError} for an answer of more characters than the budget has bytes
 */
export async function rowsToJson(
  rows: readonly (readonly Value[])[],
  budget: Budget,
  signal?: AbortSignal,
): Promise<JsonValue[][]> {
  const meter = startMeter(budget, signal);
  const known = new Map<NodeValue | RelationshipValue, Written>();
  let characters = 0;
  const answer: JsonValue[][] = [];
  try {
    for (const row of rows) {
      const written = row.map((value) => write(value, known));
      for (const { length } of written) characters += length;
      if (characters > budget.bytes) throw budgetSpent('bytes', budget.bytes);
      answer.push(written.map(({ json }) => json));
      if (meter.shouldYield()) await meter.yieldToEventLoop();
    }
  } catch (fault) {
    throw fault instanceof QueryFault ? locate(fault, '', 'runtime') : fault;
  }
  return answer;
}

interface Written {
  readonly json: JsonValue;
  /** Characters that it takes as JSON, about. */
  readonly length: number;
}

/** Nodes and relationships are made once, and stand in the answer as often as they are asked for. */
function write(value: Value, known: Map<NodeValue | RelationshipValue, Written>): Written {
  if (isNode(value) || isRelationship(value)) {
    const before = known.get(value);
    if (before !== undefined) return before;
    const json = toJson(value);
    const written = { json, length: JSON.stringify(json).length };
    known.set(value, written);
    return written;
  }
  if (isPath(value)) {
    const nodes = value.nodes.map((node) => write(node, known));
    const relationships = value.relationships.map((relationship) => write(relationship, known));
    return {
      json: { nodes: nodes.map(({ json }) => json), relationships: relationships.map(({ json }) => json) },
      length: [...nodes, ...relationships].reduce((sum, { length }) => sum + length + 1, PATH_LENGTH),
    };
  }
  if (isList(value)) {
    const items = value.map((item) => write(item, known));
    return { json: items.map(({ json }) => json), length: items.reduce((sum, { length }) => sum + length + 1, 2) };
  }
  if (isMap(value)) {
    const entries = [...value].map(([key, item]) => [key, write(item, known)] as const);
    return {
      json: Object.fromEntries(entries.map(([key, { json }]) => [key, json])),
      length: entries.reduce((sum, [key, { length }]) => sum + key.length + length + 4, 2),
    };
  }
  const json = toJson(value);
  return { json, length: typeof json === 'string' ? json.length + 2 : SCALAR_LENGTH };
}

const PATH_LENGTH = '{"nodes":[],"relationships":[]}'.length;
const SCALAR_LENGTH = 8;
