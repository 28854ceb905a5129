import { tokenize } from '../../src/lexer.js';
import type { MemoryGraph } from '../../src/memory-graph.js';
import { type Cursor, peek, take } from '../../src/parse/cursor.js';
import { parsePatterns } from '../../src/parse/pattern.js';
import { DEFAULT_BUDGET, runQuery } from '../../src/run.js';
import { isMap, isNode, type MapValue, type Value } from '../../src/value.js';

type Row = ReadonlyMap<string, Value>;

const READING = ['MATCH', 'OPTIONAL', 'UNWIND', 'WITH'];
const WRITING = ['CREATE', 'MERGE', 'SET', 'DELETE', 'DETACH', 'REMOVE', 'FOREACH', 'CALL'];
/** No query names a variable so. */
const ROW = '`the row`';

/** A test sets its graph up with what this loader does not understand. */
export class UnknownSetupError extends Error {
  override readonly name = 'UnknownSetupError';
}

/**
 * Runs statements of `CREATE`, with reading clauses before and between, against a graph in memory.
 * @throws UnknownSetupError for other clauses that write
 */
export async function executeCreates(graph: MemoryGraph, text: string): Promise<void> {
  let rows: Row[] = [new Map()];
  for (const { keyword, clause } of clausesOf(text)) {
    if (keyword === 'CREATE') rows = await createFor(graph, rows, clause.slice('CREATE'.length));
    else if (READING.includes(keyword)) rows = await readFor(graph, rows, clause);
    else throw new UnknownSetupError(`A setup with ${keyword}`);
  }
}

/** Whether a query has a clause that writes, or a call of a procedure. */
export function writes(text: string): boolean {
  return clausesOf(text).some(({ keyword }) => WRITING.includes(keyword));
}

interface ClauseText {
  readonly keyword: string;
  readonly clause: string;
}

function clausesOf(text: string): ClauseText[] {
  const { list, closing } = tokenize(text);
  const starts: { readonly keyword: string; readonly at: number }[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const token = list[index];
    const close = closing[index] ?? -1;
    if (close > index) index = close;
    else if (token?.kind === 'word' && [...READING, ...WRITING].includes(token.upper)) {
      const before = starts.at(-1);
      const isPartOfOptional = token.upper === 'MATCH' && before?.keyword === 'OPTIONAL';
      const isPartOfText = token.upper === 'WITH' && ['STARTS', 'ENDS'].includes(list[index - 1]?.upper ?? '');
      if (!isPartOfText && (!isPartOfOptional || list[index - 1]?.upper !== 'OPTIONAL')) {
        starts.push({ keyword: token.upper, at: token.at });
      }
    }
  }
  return starts.map(({ keyword, at }, index) => ({ keyword, clause: text.slice(at, starts[index + 1]?.at) }));
}

async function readFor(graph: MemoryGraph, rows: readonly Row[], clause: string): Promise<Row[]> {
  const answers: Row[] = [];
  for (const row of rows) {
    const { columns, rows: found } = await run(graph, `${bindingOf(row)} ${clause.replace(/;\s*$/, '')} RETURN *`, row);
    for (const values of found) answers.push(new Map(columns.map((name, index) => [name, values[index] ?? null])));
  }
  return answers;
}

async function createFor(graph: MemoryGraph, rows: readonly Row[], text: string): Promise<Row[]> {
  const cursor: Cursor = { source: text, tokens: tokenize(text), index: 0, depth: 0 };
  const patterns = parsePatterns(cursor);
  if (peek(cursor).text === ';') take(cursor);
  if (peek(cursor).kind !== 'end') throw new UnknownSetupError(`A CREATE with more behind its patterns: ${text}`);
  const mapAt = new Map(
    cursor.tokens.list.map(({ at }, index) => {
      const close = cursor.tokens.list[cursor.tokens.closing[index] ?? -1];
      return [at, close === undefined ? '{}' : text.slice(at, close.end)];
    }),
  );

  const made: Row[] = [];
  for (const row of rows) {
    const bound = new Map(row);
    const propertiesOf = async (expression: { readonly at: number } | undefined): Promise<MapValue> => {
      if (expression === undefined) return new Map();
      const { rows: found } = await run(graph, `${bindingOf(bound)} RETURN ${mapAt.get(expression.at) ?? ''}`, bound);
      const map = found[0]?.[0] ?? null;
      if (!isMap(map)) throw new UnknownSetupError(`Properties that are no map: ${text}`);
      return new Map([...map].filter(([, value]) => value !== null));
    };
    for (const { nodes, relationships } of patterns) {
      const ends = [];
      for (const { variable, labels, properties } of nodes) {
        const known = variable === undefined ? undefined : bound.get(variable);
        const node =
          known !== undefined && isNode(known) ? known : graph.addNode(labels, await propertiesOf(properties));
        if (variable !== undefined) bound.set(variable, node);
        ends.push(node);
      }
      for (const [index, { variable, types, direction, properties }] of relationships.entries()) {
        const [left, right] = [ends[index], ends[index + 1]];
        const [type] = types;
        if (left === undefined || right === undefined || type === undefined) throw new UnknownSetupError(text);
        const [from, to] = direction === 'in' ? [right, left] : [left, right];
        const relationship = graph.addRelationship(type, from, to, await propertiesOf(properties));
        if (variable !== undefined) bound.set(variable, relationship);
      }
    }
    made.push(bound);
  }
  return made;
}

function bindingOf(row: Row): string {
  if (row.size === 0) return '';
  const names = [...row.keys()].map((name) => `${ROW}.\`${name}\` AS \`${name}\``);
  return `UNWIND [$row] AS ${ROW} WITH ${names.join(', ')}`;
}

function run(graph: MemoryGraph, text: string, row: Row): ReturnType<typeof runQuery> {
  return runQuery(graph, text, { parameters: { row }, budget: DEFAULT_BUDGET });
}
