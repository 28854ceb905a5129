import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import {
  rowsToJson,
  type Budget,
  DEFAULT_BUDGET,
  fromJson,
  type JsonValue,
  type PlanStep,
  QueryError,
  QueryFault,
  runQuery,
  timedTurns,
  type Turns,
  type Value,
} from '@feedback-graph/cypher';
import { ApiError, InvalidInputError, UnavailableError } from '../errors.js';
import { storedGraph } from '../graph/property-graph/stored-graph.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { EdgeType } from '../store/layout.js';
import { startStretches, type Stretches } from '../yield-to-event-loop.js';
import { GraphQueryError, suggestMutation } from './graph-query-error.js';

export interface QuerySettings {
  /** What one query may spend. */
  readonly budget: Budget;
  /** How many run at once; those of one organization take at most half of the places, rounded up. */
  readonly atOnce: number;
}

export const DEFAULT_QUERY_SETTINGS: QuerySettings = { budget: DEFAULT_BUDGET, atOnce: 4 };

/** How long some graph queries took, ms. */
export interface TakenTime {
  ms: number;
}

export interface GraphQuery {
  readonly query: string;
  /** By name, as JSON. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Relationships that are not there for whoever asks; none unless given. */
  readonly hidden?: ReadonlySet<EdgeType>;
  /** Of the request that it is part of: what its graph queries have taken together, which is to be no more than one may. */
  readonly taken?: TakenTime;
  /** Ends it once nobody waits for its answer any more. */
  readonly signal?: AbortSignal;
}

export interface GraphAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly JsonValue[])[];
  readonly plan?: PlanStep;
}

/**
 * Runs a query over the graph of one organization.
 * @throws {import('./graph-query-error.js').GraphQueryError} for a query that cannot be run, fails, or has spent its budget;
 *   {InvalidInputError} for parameters that are no values; {UnavailableError} where too many run already.
 */
export type RunGraphQuery = (org: string, query: GraphQuery) => Promise<GraphAnswer>;

export function createGraphQueries(
  { store, keyedHash, now }: DomainServices,
  { budget, atOnce }: QuerySettings,
  begin: () => Pick<Stretches, 'turn'> = startStretches,
): RunGraphQuery {
  const running = new Map<string, number>();
  let all = 0;
  const take = (org: string): (() => void) => {
    const own = running.get(org) ?? 0;
    if (all >= atOnce || own >= Math.ceil(atOnce / 2)) {
      throw new UnavailableError('Too many graph queries are running; try again in a second', 1);
    }
    all += 1;
    running.set(org, own + 1);
    return () => {
      all -= 1;
      const left = (running.get(org) ?? 1) - 1;
      if (left === 0) running.delete(org);
      else running.set(org, left);
    };
  };
  return async (org, { query, parameters, hidden, signal, taken = { ms: 0 } }) => {
    if (taken.ms >= budget.timeMs) throw timeSpent(budget.timeMs);
    const giveBack = take(org);
    const startedAt = performance.now();
    try {
      const turns = await waitForTurn(begin());
      const values = valuesOf(parameters);
      const graph = storedGraph(store, { org, keyedHash, now: now(), hidden });
      const result = await runQuery(graph, query, {
        parameters: values,
        budget: { ...budget, timeMs: Math.ceil(budget.timeMs - taken.ms) },
        ...omitNullish({ signal }),
        suggestAlternative: suggestMutation,
        now: now(),
        turns,
      });
      const { columns, rows, plan } = result;
      const answer = await rowsToJson(rows, budget, signal, turns);
      return { columns, rows: answer, ...(plan !== undefined && { plan }) };
    } catch (error) {
      throw error instanceof QueryError ? new GraphQueryError(error) : error;
    } finally {
      taken.ms += performance.now() - startedAt;
      giveBack();
    }
  };
}

function timeSpent(timeMs: number): ApiError {
  return new ApiError(
    'OPERATION_LIMIT_EXCEEDED',
    `The graph queries of a request may take at most ${timeMs} ms in total (FEEDBACK_QUERY_TIME_MS), and the earlier ones have used it up`,
  );
}

/**
 * Resolves when a query may begin. Queries compute for a fraction of a millisecond at a time; what takes longer, such as
 * parsing and planning one, comes in rotation with all other long work, so that several of them do not add up.
 */
async function waitForTurn(stretches: Pick<Stretches, 'turn'>): Promise<Turns> {
  await stretches.turn();
  return timedTurns(async () => {
    await nextTurnOfEventLoop();
    await stretches.turn();
  });
}

function valuesOf(parameters: Readonly<Record<string, unknown>>): Record<string, Value> {
  try {
    return Object.fromEntries(Object.entries(parameters).map(([name, json]) => [name, fromJson(json)]));
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    throw new InvalidInputError([{ field: 'parameters', problem: 'must be JSON nested at most 32 levels deep' }]);
  }
}
