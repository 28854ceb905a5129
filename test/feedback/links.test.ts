import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findLinkedAdapters, linkedAdapters, MAX_LINKS, putLink } from '../../src/feedback/links.js';
import { countCalls } from '../support/counting-store.js';
import { openMemoryStore } from '../support/memory-engine.js';

const LINK = { createdAt: 1, updatedAt: 1, createdBy: 'ann' };
const idOf = (number: number): string => `feedback-${String(number).padStart(6, '0')}`;

/** A store where entry `n` is linked to `counts[n]` adapters. */
async function linked(counts: readonly number[]) {
  const store = await openMemoryStore();
  await store.transact((transaction) => {
    counts.forEach((count, number) => {
      for (let at = 0; at < count; at++) putLink(transaction, 'default', idOf(number), `a:${at}%`, LINK);
    });
    return Promise.resolve();
  });
  return store;
}

it('findLinkedAdapters finds the links of each of many entries, however many other entries lie between them', async () => {
  const entry = fc.record({ count: fc.nat({ max: MAX_LINKS }), isAsked: fc.boolean() });
  const sparse = fc.record({ count: fc.nat({ max: MAX_LINKS }), isAsked: fc.constant(false) });
  const entries = fc.array(fc.oneof(entry, { arbitrary: sparse, weight: 3 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(entries, fc.boolean(), async (given, isReversed) => {
      const store = await linked(given.map(({ count }) => count));
      const ids = given.flatMap(({ isAsked }, number) => (isAsked ? [idOf(number)] : []));
      if (isReversed) ids.reverse();
      const [together, alone] = await store.read(async (reader) => [
        await findLinkedAdapters(reader, 'default', ids),
        await Promise.all(ids.map((id) => linkedAdapters(reader, 'default', id))),
      ]);
      expect(together).toEqual(alone);
      await store.close();
    }),
    { numRuns: 200 },
  );
});

it('findLinkedAdapters reads the links of adjacent entries as one range', async () => {
  const { store, calls } = countCalls(await linked(Array.from({ length: 100 }, () => 1)));
  const ids = Array.from({ length: 100 }, (_, number) => idOf(number));
  const found = await store.read((reader) => findLinkedAdapters(reader, 'default', ids));
  expect(found).toEqual(ids.map(() => ['a:0%']));
  expect(calls.ranges).toBe(1);
});
