import { type Budget, budgetSpent, type Meter, startMeter, type Turns } from './execute/budget.js';
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
  turns?: Turns,
): Promise<JsonValue[][]> {
  const meter = startMeter(budget, signal, turns);
  const known: Known = new Map();
  let characters = 0;
  const answer: JsonValue[][] = [];
  try {
    for (const row of rows) {
      const written: JsonValue[] = [];
      for (const value of row) {
        const { json, length } = isShort(value) ? write(value, known) : await writeInTurns(value, known, meter);
        characters += length;
        if (characters > budget.bytes) throw budgetSpent('bytes', budget.bytes);
        written.push(json);
      }
      answer.push(written);
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

type Known = Map<NodeValue | RelationshipValue, Written>;

/** Values in a list or map that are written at a stretch. */
const AT_ONCE = 256;

function isShort(value: Value): boolean {
  return countLeft(value, AT_ONCE) >= 0;
}

/** What is left of `room` values behind this one; below 0 as soon as it is known not to fit. */
function countLeft(value: Value, room: number): number {
  if (value === null || typeof value !== 'object' || isNode(value) || isRelationship(value)) return room - 1;
  if (isPath(value)) return room - value.nodes.length;
  let left = room - 1;
  for (const item of value.values()) {
    if (left < 0) break;
    left = countLeft(item, left);
  }
  return left;
}

/** As {@link write}, with turns for others in between. */
async function writeInTurns(value: Value, known: Known, meter: Meter): Promise<Written> {
  if (isShort(value)) return write(value, known);
  const parts = async (values: Iterable<Value>): Promise<Written[]> => {
    const written: Written[] = [];
    for (const each of values) {
      written.push(isShort(each) ? write(each, known) : await writeInTurns(each, known, meter));
      if (meter.shouldYield()) await meter.yieldToEventLoop();
    }
    return written;
  };
  if (isPath(value)) return pathOf(await parts(value.nodes), await parts(value.relationships));
  if (isList(value)) return listOf(await parts(value));
  if (isMap(value)) return mapOf([...value.keys()], await parts(value.values()));
  return write(value, known);
}

/** Nodes and relationships are made once, and stand in the answer as often as they are asked for. */
function write(value: Value, known: Known): Written {
  if (isNode(value) || isRelationship(value)) {
    const before = known.get(value);
    if (before !== undefined) return before;
    const json = toJson(value);
    const written = { json, length: JSON.stringify(json).length };
    known.set(value, written);
    return written;
  }
  const parts = (values: Iterable<Value>): Written[] => Array.from(values, (each) => write(each, known));
  if (isPath(value)) return pathOf(parts(value.nodes), parts(value.relationships));
  if (isList(value)) return listOf(parts(value));
  if (isMap(value)) return mapOf([...value.keys()], parts(value.values()));
  const json = toJson(value);
  return { json, length: typeof json === 'string' ? json.length + 2 : SCALAR_LENGTH };
}

function pathOf(nodes: readonly Written[], relationships: readonly Written[]): Written {
  return {
    json: { nodes: nodes.map(({ json }) => json), relationships: relationships.map(({ json }) => json) },
    length: sumLengths(nodes) + sumLengths(relationships) + PATH_LENGTH,
  };
}

function listOf(items: readonly Written[]): Written {
  return { json: items.map(({ json }) => json), length: sumLengths(items) + 2 };
}

function mapOf(keys: readonly string[], items: readonly Written[]): Written {
  return {
    json: Object.fromEntries(keys.map((key, index) => [key, items[index]?.json ?? null])),
    length: keys.reduce((sum, key) => sum + key.length + 3, sumLengths(items) + 2),
  };
}

/** With a comma for each. */
function sumLengths(written: readonly Written[]): number {
  return written.reduce((sum, { length }) => sum + length + 1, 0);
}

const PATH_LENGTH = '{"nodes":[],"relationships":[]}'.length;
const SCALAR_LENGTH = 8;
