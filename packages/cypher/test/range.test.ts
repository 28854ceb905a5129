import { expect, it } from 'vitest';
import { NO_LOOPS, type Runtime } from '../src/evaluate/runtime.js';
import { findFunction } from '../src/functions/registry.js';
import { createMemoryGraph } from '../src/memory-graph.js';
import { DEFAULT_BUDGET, runQuery } from '../src/run.js';

async function run(text: string): Promise<unknown> {
  const { rows } = await runQuery(createMemoryGraph(), text, { parameters: {}, budget: DEFAULT_BUDGET });
  return rows[0];
}

it.each([
  ['1, 5'],
  ['-3, 3, 2'],
  ['10, 1, -4'],
  ['5, 1'],
  ['1, 5, -1'],
  ['7, 7'],
  ['9223372036854775800, 9223372036854775807'],
  ['-9223372036854775808, -9223372036854775800, 3'],
  ['-9223372036854775808, 9223372036854775807, 4611686018427387904'],
  ['9007199254740980, 9007199254741010, 7'],
])('a loop over range(%s) goes through the items of the list', async (args) => {
  const [looped, list, items] = (await run(
    `RETURN [x IN range(${args}) | x], range(${args}), reduce(all = [], x IN range(${args}) | all + x)`,
  )) as [bigint[], bigint[], bigint[]];
  expect(looped).toEqual(list);
  expect(items).toEqual(list);
});

it.each([
  ['RETURN [x IN range(1, 3, 0) | x]', 'The step of range() must not be 0'],
  ['RETURN reduce(s = 0, x IN range(1, 3.5) | s)', 'range() takes integer, not float'],
  ['RETURN all(x IN range(1, 60000) WHERE true)', 'exceeded its work budget'],
  ['RETURN [x IN range(1, 9223372036854775807) | x]', 'exceeded its work budget'],
])('%s is refused as a list would be', async (text, sentence) => {
  await expect(run(text)).rejects.toThrow(sentence);
});

it('a loop over a range of null answers null', async () => {
  expect(await run('RETURN [x IN range(1, null) | x], reduce(s = 0, x IN range(null, 2) | s + x)')).toEqual([
    null,
    null,
  ]);
});

it('makes the items of a loop one by one', () => {
  const runtime: Runtime = {
    parameters: new Map(),
    answers: new Map(),
    heldBytes: 0,
    work: 100_000,
    written: 0,
    loops: NO_LOOPS,
    isLong: () => false,
    extents: new WeakMap(),
    random: () => 0,
    startedAt: 0,
  };
  const items = findFunction('range')?.items?.([1n, 90_000n], { runtime, at: 0, name: 'range' });
  expect(items).not.toBeInstanceOf(Array);
  expect([items?.length, items?.at(0), items?.at(89_999)]).toEqual([90_000, 1n, 90_000n]);
  expect(runtime.work).toBe(10_000);
});
