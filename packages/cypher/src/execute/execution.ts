import {
  LongLoop,
  type Loop,
  type LoopSite,
  MAX_WORK,
  NO_LOOPS,
  Pending,
  type Question,
  type Row,
  type Runtime,
} from '../evaluate/runtime.js';
import type { PropertyGraph } from '../property-graph.js';
import type { Value } from '../value.js';
import type { Meter } from './budget.js';

/** Rows come in batches, so that the graph is read for many at once. No batch is empty. */
export type Batches = AsyncIterable<readonly Row[]>;

/** What all steps of one running query share. */
export interface Execution {
  readonly graph: PropertyGraph;
  readonly runtime: Runtime;
  readonly meter: Meter;
  readonly subqueries: readonly Subquery[];
  /** Where it is a profiled query. */
  readonly tallies?: Tallies;
}

/** One step of a plan: makes rows of the rows of the step before. */
export interface Step {
  readonly name: string;
  /** What it does with what, for EXPLAIN. */
  readonly detail: string;
  /** Rows that the planner expects of it, where it has an expectation. */
  readonly expected?: number;
  /** Steps within it, which run for each of its rows. */
  readonly inner?: readonly (readonly Step[])[];
  readonly run: (input: Batches, execution: Execution, tally: Tally) => Batches;
}

/** What a step did, for PROFILE. */
export interface Tally {
  rows: number;
  /** Keys or records that the graph read for it. */
  reads: number;
}

/** A subquery of an expression: answers for many rows at once. */
export interface Subquery {
  /** What it does, for EXPLAIN. */
  readonly steps: () => readonly Step[];
  readonly answer: (rows: readonly Row[], execution: Execution) => Promise<readonly Value[]>;
}

/** The rows that one step hands on at most at a time. */
export const BATCH_ROWS = 1024;

/** The answers of `evaluate` for each row; what only the graph knows is asked for all rows together. */
export async function evaluateRows<Result>(
  rows: readonly Row[],
  evaluate: (row: Row, runtime: Runtime) => Result,
  execution: Execution,
): Promise<Result[]> {
  const { runtime, meter } = execution;
  const results: Result[] = [];
  let waiting = rows.map((_row, index) => index);
  while (waiting.length > 0) {
    const questions = new Map<string, Question>();
    const unanswered: number[] = [];
    for (const index of waiting) {
      const row = rows[index];
      if (row === undefined) continue;
      runtime.work = MAX_WORK;
      try {
        results[index] = evaluate(row, runtime);
      } catch (error) {
        if (error instanceof LongLoop) results[index] = await evaluateLong(error, row, evaluate, execution);
        else if (error instanceof Pending) {
          questions.set(error.key, error.question);
          unanswered.push(index);
        } else throw error;
      }
      if (meter.shouldYield()) await meter.yieldToEventLoop();
    }
    await answerAll(questions, execution);
    waiting = unanswered;
  }
  if (runtime.answers.size > KEPT_ANSWERS) forgetAnswers(execution);
  return results;
}

/** What `evaluate` answers for a row whose loops go on for long: each is gone through in slices, the first of them already. */
async function evaluateLong<Result>(
  first: LongLoop,
  row: Row,
  evaluate: (row: Row, runtime: Runtime) => Result,
  execution: Execution,
): Promise<Result> {
  const { runtime } = execution;
  const loops = new Map<LoopSite, Value>();
  let work = MAX_WORK;
  for (let pending: LongLoop | Pending = first; ;) {
    if (pending instanceof Pending) await answerAll(new Map([[pending.key, pending.question]]), execution);
    else {
      runtime.work = work - pending.work;
      loops.set(pending.site, await finishLoop(pending.loop, execution));
      work = runtime.work;
    }
    runtime.work = work;
    runtime.loops = loops;
    try {
      return evaluate(row, runtime);
    } catch (error) {
      pending = requirePending(error);
    } finally {
      runtime.loops = NO_LOOPS;
    }
    await execution.meter.yieldToEventLoop();
  }
}

async function finishLoop(loop: Loop, execution: Execution): Promise<Value> {
  const { runtime, meter } = execution;
  const inner = new Map<LoopSite, Value>();
  while (loop.index < loop.items.length) {
    let pending: LongLoop | Pending | undefined;
    runtime.loops = inner;
    try {
      loop.step(loop.items.at(loop.index) ?? null);
      loop.index += 1;
      if (inner.size > 0) inner.clear();
    } catch (error) {
      pending = requirePending(error);
    } finally {
      runtime.loops = NO_LOOPS;
    }
    if (pending instanceof LongLoop) inner.set(pending.site, await finishLoop(pending.loop, execution));
    else if (pending !== undefined) await answerAll(new Map([[pending.key, pending.question]]), execution);
    if (meter.shouldYield()) await meter.yieldToEventLoop();
  }
  return loop.result();
}

function requirePending(error: unknown): LongLoop | Pending {
  if (error instanceof LongLoop || error instanceof Pending) return error;
  throw error;
}

/** A part of a batch of rows, with what was evaluated for each of them. */
export interface EvaluatedRows<Result> {
  readonly rows: readonly Row[];
  readonly results: readonly Result[];
}

/** As {@link evaluateRows}, in parts where rows make so much that a whole batch of it would not be held at once. */
export async function* evaluateParts<Result>(
  rows: readonly Row[],
  evaluate: (row: Row, runtime: Runtime) => Result,
  execution: Execution,
): AsyncGenerator<EvaluatedRows<Result>> {
  for (let from = 0, take = rows.length; from < rows.length;) {
    let work = 0;
    const part = rows.slice(from, from + take);
    const measured = (row: Row, at: Runtime): Result | typeof LATER => {
      if (work > PART_WORK && row !== part[0]) return LATER;
      const { written } = at;
      try {
        return evaluate(row, at);
      } finally {
        work += MAX_WORK - at.work + at.written - written;
      }
    };
    const results = await evaluateRows(part, measured, execution);
    const firstLater = results.indexOf(LATER);
    const complete = firstLater < 0 ? results.length : firstLater;
    yield { rows: part.slice(0, complete), results: results.slice(0, complete).filter(isThere) };
    from += complete;
    take = Math.max(1, complete);
  }
}

const LATER = Symbol('later');

function isThere<Result>(result: Result | typeof LATER): result is Result {
  return result !== LATER;
}

/**
 * Work after which a part of a batch is handed on: list items of about a mebibyte. The garbage collector copies what is
 * held, in one go: tens of mebibytes of small values take it a tenth of a second.
 */
const PART_WORK = 25_000;

const KEPT_ANSWERS = 10_000;

function forgetAnswers({ runtime, meter }: Execution): void {
  meter.takeBytes(-runtime.heldBytes);
  runtime.heldBytes = 0;
  runtime.answers.clear();
}

function keepAnswer({ runtime, meter }: Execution, key: string, answer: Value): void {
  const bytes = key.length * 2 + meter.estimateBytes(answer);
  meter.takeBytes(bytes);
  runtime.heldBytes += bytes;
  runtime.answers.set(key, answer);
}

async function answerAll(questions: ReadonlyMap<string, Question>, execution: Execution): Promise<void> {
  const nodes = new Map<string, string>();
  const subqueries = new Map<number, { readonly keys: string[]; readonly rows: Row[] }>();
  for (const [key, question] of questions) {
    if (question.kind === 'node') nodes.set(key, question.id);
    else {
      const asked = subqueries.get(question.subquery) ?? { keys: [], rows: [] };
      asked.keys.push(key);
      asked.rows.push(question.row);
      subqueries.set(question.subquery, asked);
    }
  }
  if (nodes.size > 0) {
    const found = await execution.graph.nodesById([...nodes.values()], 'all');
    [...nodes.keys()].forEach((key, index) => keepAnswer(execution, key, found[index] ?? null));
  }
  for (const [number, { keys, rows }] of subqueries) {
    const values = (await execution.subqueries[number]?.answer(rows, execution)) ?? [];
    keys.forEach((key, index) => keepAnswer(execution, key, values[index] ?? null));
  }
}

/** Runs steps one after the other over `input`. */
export function runSteps(steps: readonly Step[], input: Batches, execution: Execution): Batches {
  return steps.reduce<Batches>((batches, step) => {
    const tally = getTally(step, execution.tallies);
    return counted(step.run(batches, execution, tally), execution, tally);
  }, input);
}

export type Tallies = Map<Step, Tally>;

function getTally(step: Step, tallies: Tallies | undefined): Tally {
  const tally = tallies?.get(step) ?? { rows: 0, reads: 0 };
  tallies?.set(step, tally);
  return tally;
}

async function* counted(batches: Batches, { meter }: Execution, tally: Tally): Batches {
  for await (const batch of batches) {
    tally.rows += batch.length;
    meter.takeRows(batch.length);
    await meter.yieldToEventLoop();
    yield batch;
  }
}

export async function* once(rows: readonly Row[]): Batches {
  if (rows.length > 0) yield await Promise.resolve(rows);
}

/** The execution of a subquery, with answers of its own: those of the query around it must stay as they are. */
export function nestedExecution(execution: Execution): Execution {
  return { ...execution, runtime: { ...execution.runtime, answers: new Map(), heldBytes: 0 } };
}

/** `row` with one more value. */
export function extended(row: Row, slot: number, value: Value): Row {
  const copy = row.slice();
  copy[slot] = value;
  return copy;
}
