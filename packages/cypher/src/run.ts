import { checkQuery } from './check/query.js';
import { MAX_WORK, NO_LOOPS, type Runtime } from './evaluate/runtime.js';
import { type Budget, startMeter, type Turns } from './execute/budget.js';
import type { Tallies } from './execute/execution.js';
import { executePlan } from './execute/query.js';
import { parse } from './parse/query.js';
import type { SuggestAlternative } from './parse/refused-clauses.js';
import { type PlanStep, buildPlanTree } from './plan/explain.js';
import { planQuery } from './plan/query.js';
import type { PropertyGraph } from './property-graph.js';
import { locate, QueryFault } from './query-error.js';
import type { Value } from './value.js';

export { type Budget, DEFAULT_BUDGET, timedTurns, type Turns } from './execute/budget.js';
export type { PlanStep } from './plan/explain.js';

export interface RunOptions {
  readonly parameters: Readonly<Record<string, Value>>;
  readonly budget: Budget;
  /** Cancels the query: it throws a `QueryError` with the detail `Cancelled` at its next yield to the event loop. */
  readonly signal?: AbortSignal;
  /** Completes the message that refuses a clause that writes; gets its keyword in upper case, such as `CREATE`. */
  readonly suggestAlternative?: SuggestAlternative;
  /** By default the query yields to the event loop after each fraction of a millisecond. */
  readonly turns?: Turns;
  /** Epoch ms, what `timestamp()` answers; by default the time now. */
  readonly now?: number;
}

export interface QueryResult {
  readonly columns: string[];
  readonly rows: Value[][];
  /** Of EXPLAIN, which has no rows, and of PROFILE. */
  readonly plan?: PlanStep;
}

/**
 * Runs a read-only openCypher query over a graph.
 * @throws {import('./query-error.js').QueryError} for a query that cannot be run, fails, or has spent its budget.
 */
export async function runQuery(graph: PropertyGraph, text: string, options: RunOptions): Promise<QueryResult> {
  let phase: 'compile time' | 'runtime' = 'compile time';
  try {
    const meter = startMeter(options.budget, options.signal, options.turns);
    const query = parse(text, options.suggestAlternative);
    if (meter.mustYield()) await meter.yieldToEventLoop();
    checkQuery(query);
    if (meter.mustYield()) await meter.yieldToEventLoop();
    const runtime: Runtime = {
      parameters: new Map(Object.entries(options.parameters)),
      answers: new Map(),
      heldBytes: 0,
      work: PLAN_WORK,
      written: 0,
      loops: NO_LOOPS,
      isLong: planningLoops(),
      extents: new WeakMap(),
      random: Math.random,
      startedAt: options.now ?? Date.now(),
    };
    const plan = await planQuery(query, { graph, runtime, meter });
    if (meter.mustYield()) await meter.yieldToEventLoop();
    runtime.isLong = meter.mustYield;
    const columns = [...plan.columns];
    if (query.prefix === 'explain') return { columns, rows: [], plan: buildPlanTree(plan) };
    phase = 'runtime';
    const tallies: Tallies | undefined = query.prefix === 'profile' ? new Map() : undefined;
    const { subqueries } = plan;
    const rows = await executePlan(plan, { graph, runtime, meter, subqueries, ...(tallies && { tallies }) });
    return { columns, rows, ...(tallies !== undefined && { plan: buildPlanTree(plan, tallies) }) };
  } catch (fault) {
    if (fault instanceof QueryFault) throw locate(fault, text, SPENT.has(fault.detail) ? 'runtime' : phase);
    throw fault;
  }
}

/** What ends a query while it runs, however early. */
const SPENT: ReadonlySet<string> = new Set(['BudgetSpent', 'Cancelled']);

/** List items that constants may go through while a query is planned, at a stretch. */
const PLAN_WORK = MAX_WORK / 4;
/** Parts of expressions that loops may evaluate meanwhile: some milliseconds' worth. */
const PLAN_PARTS = 100_000;

/** Counts what the loops of constants evaluate: the same query is planned the same way on any machine. */
function planningLoops(): Runtime['isLong'] {
  let left = PLAN_PARTS;
  return (evaluated) => {
    left -= evaluated;
    return left < 0;
  };
}
