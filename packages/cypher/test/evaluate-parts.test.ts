import { expect, it } from 'vitest';
import type { Expression } from '../src/ast.js';
import { compile, type Compiler } from '../src/evaluate/compile.js';
import { type Runtime, spend } from '../src/evaluate/runtime.js';
import { startMeter } from '../src/execute/budget.js';
import { evaluateParts, type Execution } from '../src/execute/execution.js';
import { createMemoryGraph } from '../src/memory-graph.js';
import { DEFAULT_BUDGET } from '../src/run.js';

/** How many rows are handed on at a time where each makes a list of so many items. */
async function partsOf(
  rows: number,
  items: number,
  make: (runtime: Runtime, items: number) => void = spend,
): Promise<number[]> {
  const runtime: Runtime = {
    parameters: new Map(),
    answers: new Map(),
    heldBytes: 0,
    work: 0,
    written: 0,
    loops: new Map(),
    isLong: () => false,
    extents: new WeakMap(),
    random: () => 0,
    startedAt: 0,
  };
  const execution: Execution = {
    graph: createMemoryGraph(),
    runtime,
    meter: startMeter(DEFAULT_BUDGET, undefined),
    subqueries: [],
  };
  const parts: number[] = [];
  const batch = Array.from({ length: rows }, () => []);
  for await (const part of evaluateParts(batch, (_row, at) => make(at, items), execution)) {
    parts.push(part.rows.length);
  }
  return parts;
}

it('hands rows on before they hold tens of thousands of list items together', async () => {
  expect(await partsOf(1_000, 0)).toEqual([1_000]);
  expect(await partsOf(1_000, 10)).toEqual([1_000]);
  expect(await partsOf(5, 90_000)).toEqual([1, 1, 1, 1, 1]);
  const parts = await partsOf(100, 5_000);
  expect(parts.reduce((sum, each) => sum + each, 0)).toBe(100);
  expect(Math.max(...parts) * 5_000).toBeLessThanOrEqual(40_000);
});

it('counts the items of lists and maps that a query writes out', async () => {
  const literal = (value: bigint): Expression => ({ kind: 'literal', at: 0, value });
  const map: Expression = { kind: 'map', at: 0, entries: [{ key: 'a', value: literal(3n) }] };
  const compiler: Compiler = {
    slots: { count: 0 },
    subquery: () => ({ number: 0, slots: [] }),
    keyOfSlots: () => '',
  };
  const evaluate = compile({ kind: 'list', at: 0, items: [literal(1n), literal(2n), map] }, new Map(), compiler);
  const parts = await partsOf(20_000, 0, (runtime) => evaluate([], runtime));
  expect(parts.reduce((sum, each) => sum + each, 0)).toBe(20_000);
  expect(Math.max(...parts) * 4).toBeLessThanOrEqual(25_004);
});
