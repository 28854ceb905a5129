import fc from 'fast-check';
import { expect, it } from 'vitest';
import { derivativeCounter, findParents } from '../../src/adapters/lineage.js';
import { registerAdapter } from '../../src/adapters/register.js';
import { ApiError } from '../../src/errors.js';
import { openMemoryStore } from '../support/memory-engine.js';

const actor = { sub: 'ann', org: 'default', requestId: 'test' };
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Whether following parents from `start` leads back to it. */
function isOwnAncestor(parents: ReadonlyMap<string, readonly string[]>, start: string): boolean {
  const seen = new Set<string>();
  const rest = [...(parents.get(start) ?? [])];
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    if (id === start) return true;
    if (!seen.has(id)) rest.push(...(parents.get(id) ?? []));
    seen.add(id);
  }
  return false;
}

it('concurrent registrations never make a cycle together, and counters of derivatives stay right', async () => {
  const registration = fc.record({
    id: fc.constantFrom(...NAMES),
    derivedFrom: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(registration, { minLength: 2, maxLength: 20 }), async (registrations) => {
      const store = await openMemoryStore();
      const services = { store, now: () => 1 };
      const outcomes = await Promise.allSettled(registrations.map((each) => registerAdapter(services, actor, each)));
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          expect(outcome.reason).toBeInstanceOf(ApiError);
          expect((outcome.reason as ApiError).code).toBe('CONFLICT');
        }
      }
      const parents = await store.read(
        async (reader) =>
          new Map(await Promise.all(NAMES.map(async (id) => [id, await findParents(reader, 'default', id)] as const))),
      );
      for (const id of NAMES) expect(isOwnAncestor(parents, id)).toBe(false);
      const counts = await store.read((reader) => reader.counters(NAMES.map((id) => derivativeCounter('default', id))));
      expect(counts).toEqual(NAMES.map((id) => [...parents.values()].filter((list) => list.includes(id)).length));
      await store.close();
    }),
    { numRuns: 150 },
  );
});
