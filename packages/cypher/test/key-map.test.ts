import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeyMap, ObjectSet } from '../src/execute/key-map.js';
import { createMemoryGraph } from '../src/memory-graph.js';
import { DEFAULT_BUDGET, runQuery } from '../src/run.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a map of many keys', () => {
  it('answers as a Map does', () => {
    const map = new KeyMap<{ readonly index: number }>();
    // Some are alike at their ends, and longer than what they are spread by.
    const keys = Array.from({ length: 30_000 }, (_each, index) =>
      index % 3 === 0 ? `i${index}` : `${'a'.repeat(200)}${index}${'b'.repeat(200)}`,
    );
    for (const [index, key] of keys.entries()) map.set(key, { index });
    expect(keys.every((key, index) => map.get(key)?.index === index)).toBe(true);
    expect(map.get('i1')).toBeUndefined();
    const [first = '', last = ''] = [keys[0], keys.at(-1)];
    for (const key of [first, last]) map.set(key, { index: -1 });
    expect([map.get(first), map.get(last)]).toEqual([{ index: -1 }, { index: -1 }]);
  });
});

it('a set of objects knows all that were added', () => {
  const set = new ObjectSet();
  const objects = Array.from({ length: 20_000 }, () => ({}));
  for (const object of objects) set.add(object);
  expect(objects.every((object) => set.has(object))).toBe(true);
  expect(set.has({})).toBe(false);
});

/** The size of the largest built-in collection that a query fills. */
async function largestOf(text: string): Promise<number> {
  const maps = vi.spyOn(Map.prototype, 'set');
  const sets = vi.spyOn(Set.prototype, 'add');
  await runQuery(createMemoryGraph(), text, { parameters: {}, budget: DEFAULT_BUDGET });
  const filled: readonly unknown[] = [...maps.mock.contexts, ...sets.mock.contexts];
  const sizes = filled.map((each) => (each instanceof Map || each instanceof Set ? each.size : 0));
  return sizes.reduce((largest, size) => Math.max(largest, size), 0);
}

it.each([
  'UNWIND range(1, 40000) AS x RETURN DISTINCT x',
  'UNWIND range(1, 40000) AS x RETURN count(DISTINCT x)',
  'UNWIND range(1, 40000) AS x RETURN x, count(*)',
  'UNWIND range(1, 40000) AS x RETURN x UNION UNWIND range(1, 40000) AS x RETURN -x AS x',
])('a query keeps no collection that is copied whole as it grows: %s', async (text) => {
  const largest = await largestOf(text);
  expect(largest).toBeGreaterThan(100);
  expect(largest).toBeLessThan(10_000);
});
