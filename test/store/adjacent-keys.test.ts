import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAdjacentReader } from '../../src/store/adjacent-keys.js';
import { countCalls } from '../support/counting-store.js';
import { openGraph } from '../support/graph.js';

it('adjacent keys are read as by key, whatever lies between them and is missing of them', async () => {
  const { store } = await openGraph();
  const all = Array.from({ length: 200 }, (_, index) => `thing:org:${String(index).padStart(4, '0')}`);
  await store.transact((transaction) => {
    for (const [index, key] of all.entries()) if (index % 7 !== 3) transaction.put(key, Buffer.from(key));
    return Promise.resolve();
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.subarray(all), { maxLength: 4 }), async (lists) => {
      const read = createAdjacentReader();
      for (const keys of lists) {
        const [values, expected] = await store.read(async (reader) => [
          await read(reader, keys),
          await reader.getMany(keys),
        ]);
        expect(values).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
});

it('adjacent keys are read by key once they turn out to lie apart', async () => {
  const { store } = await openGraph();
  const all = Array.from({ length: 100 }, (_, index) => `thing:org:${String(index).padStart(4, '0')}`);
  await store.transact((transaction) => {
    for (const key of all) transaction.put(key, Buffer.from(key));
    return Promise.resolve();
  });
  const { store: counted, calls } = countCalls(store);
  const read = createAdjacentReader();
  const apart = all.filter((_, index) => index % 10 === 0);
  await counted.read((reader) => read(reader, all));
  expect([calls.ranges, calls.lookups]).toEqual([1, 0]);
  await counted.read((reader) => read(reader, apart));
  expect([calls.ranges, calls.lookups]).toEqual([2, 1]);
  await counted.read((reader) => read(reader, all));
  expect([calls.ranges, calls.lookups]).toEqual([2, 2]);
});
