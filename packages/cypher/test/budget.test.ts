import { describe, expect, it } from 'vitest';
import { createMemoryGraph, type MemoryGraph } from '../src/memory-graph.js';
import { QueryError } from '../src/query-error.js';
import { type Budget, DEFAULT_BUDGET, type PlanStep, type QueryResult, runQuery } from '../src/run.js';
import { createFeedbackGraph } from './support/feedback-graph.js';

const ENDLESS = 'UNWIND range(1, 9223372036854775807) AS x WITH x WHERE x < 0 RETURN x';
const UNBOUNDED: Budget = { timeMs: 600_000, rows: 1e15, bytes: 1e15, paths: 1e15 };

function run(text: string, budget: Partial<Budget> = {}, graph = createFeedbackGraph()): Promise<QueryResult> {
  return runQuery(graph, text, { parameters: {}, budget: { ...DEFAULT_BUDGET, ...budget } });
}

async function errorOf(running: Promise<QueryResult>): Promise<QueryError> {
  const outcome: unknown = await running.catch((error: unknown) => error);
  if (outcome instanceof QueryError) return outcome;
  throw new Error(`No error of the query: ${String(outcome)}`);
}

describe('a budget', () => {
  it.each([
    [ENDLESS, { ...UNBOUNDED, timeMs: 1 }, 'time budget of 1 milliseconds'],
    [ENDLESS, { rows: 5_000 }, 'row budget of 5000 rows'],
    ['MATCH (a), (b), (c) RETURN count(*)', { rows: 100 }, 'row budget of 100 rows'],
    ['UNWIND range(1, 100000) AS x RETURN collect(x)', { bytes: 10_000 }, 'memory budget of 10000 bytes'],
    ['UNWIND range(1, 100000) AS x RETURN x', { bytes: 10_000 }, 'memory budget of 10000 bytes'],
    ['UNWIND range(1, 100000) AS x RETURN DISTINCT x', { bytes: 10_000 }, 'memory budget of 10000 bytes'],
    ['UNWIND range(1, 100000) AS x RETURN x, count(*)', { bytes: 10_000 }, 'memory budget of 10000 bytes'],
    ['UNWIND range(1, 100000) AS x RETURN x ORDER BY -x', { bytes: 10_000 }, 'memory budget of 10000 bytes'],
    ['MATCH (a)-[*]-(b) RETURN count(b)', { paths: 50 }, 'path budget of 50 partial paths'],
  ] as const)('names what was spent: %s', async (text, budget, words) => {
    const error = await errorOf(run(text, budget));
    expect([error.detail, error.phase]).toEqual(['BudgetSpent', 'runtime']);
    expect(error.sentence).toContain(`The query exceeded its ${words}; `);
  });
});

it('paths of a dense graph take no more memory than those that are followed at a time', async () => {
  // Everything leads to everything: some 20 × 19 × 19 × 19 paths.
  const graph = createMemoryGraph();
  const nodes = Array.from({ length: 20 }, () => graph.addNode(['Node'], new Map()));
  for (const from of nodes) for (const to of nodes) if (from !== to) graph.addRelationship('TO', from, to);
  const { rows } = await run('MATCH (a)-[*3..3]->(b) RETURN count(*) > 100000', { bytes: 200_000 }, graph);
  expect(rows).toEqual([[true]]);
});

it('what a subquery held is given back when it is left early', async () => {
  const graph = createMemoryGraph();
  const [hub, ...others] = Array.from({ length: 30 }, () => graph.addNode(['Node'], new Map()));
  for (const other of others) if (hub !== undefined) graph.addRelationship('TO', hub, other);
  const text = `UNWIND range(1, 300) AS x MATCH (a) WHERE EXISTS { MATCH (a)-[*1..4]-(b) WITH b LIMIT 1 RETURN b } RETURN count(*)`;
  const { rows } = await run(text, { bytes: 400_000 }, graph);
  expect(rows).toEqual([[9_000n]]);
});

describe('a query that nobody waits for', () => {
  it('stops while it runs, and lets others have their turn until then', async () => {
    const abort = new AbortController();
    let turns = 0;
    const loop = (): void => {
      turns += 1;
      if (turns === 20) abort.abort();
      else setImmediate(loop);
    };
    setImmediate(loop);
    const { signal } = abort;
    const error = await errorOf(
      runQuery(createFeedbackGraph(), ENDLESS, { parameters: {}, budget: UNBOUNDED, signal }),
    );
    expect(error.detail).toBe('Cancelled');
    expect(turns).toBe(20);
  });

  it('does not start', async () => {
    const graph = createFeedbackGraph();
    const options = { parameters: {}, budget: DEFAULT_BUDGET, signal: AbortSignal.abort() };
    expect((await errorOf(runQuery(graph, 'MATCH (a) RETURN a', options))).detail).toBe('Cancelled');
  });
});

/** Counts what is read of the nodes and relationships of a graph. */
function withReads(graph: MemoryGraph): {
  readonly graph: MemoryGraph;
  readonly reads: { calls: number; items: number };
} {
  const reads = { calls: 0, items: 0 };
  const note = (items: number): void => {
    reads.calls += 1;
    reads.items += items;
  };
  const counting: MemoryGraph = {
    ...graph,
    nodes: async (request) => {
      const page = await graph.nodes(request);
      note(page.nodes.length);
      return page;
    },
    nodesById: async (ids, needed) => {
      note(ids.length);
      return graph.nodesById(ids, needed);
    },
    expand: async (request) => {
      const page = await graph.expand(request);
      note(page.hops.length);
      return page;
    },
  };
  return { graph: counting, reads };
}

function stepsOf(step: PlanStep | undefined): readonly PlanStep[] {
  return step === undefined ? [] : [step, ...step.steps.flatMap(stepsOf)];
}

describe('LIMIT', () => {
  it.each([
    ['MATCH (f:Feedback) RETURN f LIMIT 3', 3],
    ['MATCH (f:Feedback) WITH f LIMIT 2 MATCH (f)-->(a) RETURN a', 6],
    ['MATCH (f:Feedback) RETURN f LIMIT 0', 0],
  ])('stops reading: %s', async (text, most) => {
    // Pages of one, so that nothing is read ahead.
    const { graph, reads } = withReads(createFeedbackGraph({ pageSize: 1 }));
    await run(text, {}, graph);
    expect(reads.items).toBeLessThanOrEqual(most);
  });
});

describe('EXPLAIN', () => {
  it('shows the plan with the rows that are expected, and reads no node', async () => {
    const { graph, reads } = withReads(createFeedbackGraph());
    const { rows, columns, plan } = await run('EXPLAIN MATCH (f:Feedback) WHERE f.rating > 2 RETURN f.id', {}, graph);
    expect([rows, columns, reads]).toEqual([[], ['f.id'], { calls: 0, items: 0 }]);
    const scan = stepsOf(plan).find(({ operator }) => operator === 'NodeScan');
    expect(scan?.expectedRows).toBe(20);
    expect(scan?.detail).toContain('rating > 2');
    expect(stepsOf(plan).every((step) => step.rows === undefined && step.reads === undefined)).toBe(true);
  });
});

describe('PROFILE', () => {
  it('shows the rows and reads of each step beside the answer', async () => {
    const { graph, reads } = withReads(createFeedbackGraph());
    const text =
      "PROFILE MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter {id: 'legal_lora'}) RETURN f.id ORDER BY f.id LIMIT 4";
    const { rows, plan } = await run(text, {}, graph);
    expect(rows.map(([id]) => id)).toEqual(['feedback-00', 'feedback-01', 'feedback-02', 'feedback-03']);
    const steps = stepsOf(plan);
    expect(steps.find(({ operator }) => operator === 'NodeScan')).toMatchObject({ rows: 1, reads: 1 });
    expect(steps.find(({ operator }) => operator === 'Expand')).toMatchObject({ rows: 12, reads: 12 });
    expect(steps.find(({ operator }) => operator === 'Limit')).toMatchObject({ rows: 4, reads: 0 });
    expect(steps.reduce((sum, step) => sum + (step.reads ?? 0), 0)).toBe(reads.items);
  });
});
