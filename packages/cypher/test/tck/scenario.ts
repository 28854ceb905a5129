import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryGraph, type MemoryGraph } from '../../src/memory-graph.js';
import { QueryError } from '../../src/query-error.js';
import { DEFAULT_BUDGET, type QueryResult, runQuery } from '../../src/run.js';
import type { Value } from '../../src/value.js';
import { executeCreates, UnknownSetupError, writes } from '../support/create-clauses.js';
import { type Notation, textOf, textOfCell } from './expected-value.js';
import type { Scenario, Step } from './feature-file.js';

/**
 * `wrong`: rows that are not what they should be, or rows where there should be an error. `failed`: an error where there
 * should be rows, or another error. `skipped`: the query writes, is temporal, calls procedures, or needs such a setup.
 */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'wrong' | 'failed'; readonly why: string }
  | { readonly kind: 'skipped'; readonly why: string };

const TEMPORAL = /\b(?:date|time|datetime|localtime|localdatetime|duration)\s*(?:\(|\.)/i;
const RAISED = /^an? (\w+) should be raised at (compile time|runtime|any time): (\S+)$/;
const RESULT = /^the result should be(, in order|, in any order)?( \(ignoring element order for lists\))?:$/;

interface World {
  readonly graph: MemoryGraph;
  readonly graphsFolder: string;
  readonly parameters: Record<string, Value>;
  answer?: QueryResult | QueryError;
}

export async function runScenario({ steps }: Scenario, graphsFolder: string): Promise<Outcome> {
  const world: World = { graph: createMemoryGraph(), graphsFolder, parameters: {} };
  try {
    for (const step of steps) {
      const outcome = await runStep(world, step);
      if (outcome !== undefined) return outcome;
    }
    return { kind: 'passed' };
  } catch (error) {
    if (error instanceof UnknownSetupError) return { kind: 'skipped', why: error.message };
    return { kind: 'failed', why: `setup or test: ${String(error instanceof Error ? error.stack : error)}` };
  }
}

async function runStep(world: World, step: Step): Promise<Outcome | undefined> {
  const { text, body = '', table = [] } = step;
  const named = /^the (\S+) graph$/.exec(text)?.[1];
  if (text === 'an empty graph' || text === 'any graph') return undefined;
  if (named !== undefined) {
    await executeCreates(world.graph, readFileSync(join(world.graphsFolder, `${named}.cypher`), 'utf8'));
    return undefined;
  }
  if (text === 'having executed:') {
    if (TEMPORAL.test(body)) return { kind: 'skipped', why: 'temporal' };
    await executeCreates(world.graph, body);
    return undefined;
  }
  if (text === 'parameters are:') {
    for (const [name = '', cell = ''] of table) world.parameters[name] = await parameterOf(cell);
    return undefined;
  }
  if (text === 'executing query:') return execute(world, body);
  if (text === 'no side effects') return undefined;
  if (text === 'the side effects should be:') return { kind: 'skipped', why: 'writes' };
  return judge(world, text, table);
}

async function parameterOf(cell: string): Promise<Value> {
  const { rows } = await runQuery(createMemoryGraph(), `RETURN ${cell} AS value`, {
    parameters: {},
    budget: DEFAULT_BUDGET,
  });
  return rows[0]?.[0] ?? null;
}

async function execute(world: World, query: string): Promise<Outcome | undefined> {
  if (TEMPORAL.test(query)) return { kind: 'skipped', why: 'temporal' };
  const { graph, parameters } = world;
  try {
    if (writes(query)) return { kind: 'skipped', why: 'writes' };
  } catch {
    // What is no token is for the parser to refuse.
  }
  try {
    world.answer = await runQuery(graph, query, { parameters, budget: DEFAULT_BUDGET });
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    world.answer = error;
  }
  return undefined;
}

function judge({ answer }: World, text: string, table: readonly (readonly string[])[]): Outcome | undefined {
  if (answer === undefined) throw new Error(`Nothing was executed before: ${text}`);
  const raised = RAISED.exec(text);
  if (raised !== null) return judgeError(answer, raised);
  const result = RESULT.exec(text);
  if (result === null && text !== 'the result should be empty') throw new Error(`Cannot read the step: ${text}`);
  if (answer instanceof QueryError)
    return { kind: 'failed', why: `${answer.kind} ${answer.detail}: ${answer.message}` };
  if (result === null)
    return answer.rows.length === 0 ? undefined : { kind: 'wrong', why: `rows: ${answer.rows.length}` };
  const [, order, unordered] = result;
  const notation = { unorderedLists: unordered !== undefined };
  const inOrder = order === ', in order';
  const [columns = [], ...rows] = table;
  const wanted = rows.map((row) => row.map((cell) => textOfCell(cell, notation)));
  return compare(answer, columns, wanted, inOrder, notation);
}

function compare(
  { columns, rows }: QueryResult,
  wantedColumns: readonly string[],
  wanted: readonly (readonly string[])[],
  inOrder: boolean,
  notation: Notation,
): Outcome | undefined {
  const places = wantedColumns.map((name) => columns.indexOf(name));
  if (columns.length !== places.length || places.includes(-1)) {
    return { kind: 'wrong', why: `columns ${columns.join(' | ')} instead of ${wantedColumns.join(' | ')}` };
  }
  const texts = rows.map((row) => places.map((place) => textOf(row[place] ?? null, notation)).join(' | '));
  const wantedTexts = wanted.map((row) => row.join(' | '));
  if (!inOrder) {
    texts.sort();
    wantedTexts.sort();
  }
  if (texts.length === wantedTexts.length && texts.every((row, index) => row === wantedTexts[index])) return undefined;
  return {
    kind: 'wrong',
    why: `rows\n      ${texts.join('\n      ')}\n    instead of\n      ${wantedTexts.join('\n      ')}`,
  };
}

function judgeError(answer: QueryResult | QueryError, [, kind, phase, detail]: RegExpExecArray): Outcome | undefined {
  const wanted = `${kind ?? ''} at ${phase ?? ''}: ${detail ?? ''}`;
  if (!(answer instanceof QueryError)) return { kind: 'wrong', why: `${answer.rows.length} rows instead of ${wanted}` };
  const isIt =
    answer.kind === kind &&
    (phase === 'any time' || answer.phase === phase) &&
    (detail === '*' || answer.detail === detail);
  if (isIt) return undefined;
  return {
    kind: 'failed',
    why: `${answer.kind} at ${answer.phase}: ${answer.detail} (${answer.message}) instead of ${wanted}`,
  };
}
