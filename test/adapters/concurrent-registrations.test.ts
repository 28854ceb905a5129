import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findParents } from '../../src/adapters/lineage.js';
import { registerAdapter } from '../../src/adapters/register.js';
import { ApiError } from '../../src/errors.js';
import type { Store } from '../../src/store/contract.js';
import { openStore } from '../../src/store/open.js';

const NAMES = Array.from({ length: 12 }, (_, index) => `org/adapter ${index}`);

let directory: string;
let store: Store;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  store = await openStore(`rocksdb:${join(directory, 'data')}`);
});
afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether the edges can be put into an order in which each parent is before its children. */
function isAcyclic(edges: Edges): boolean {
  const left = new Map(edges);
  for (;;) {
    const done = [...left].filter(([, parents]) => ![...parents].some((parent) => left.has(parent)));
    for (const [id] of done) left.delete(id);
    if (done.length === 0) return left.size === 0;
  }
}

it('many registrations at once make no cycle, and only those are refused that would have made one', async () => {
  // Each adapter is registered once, so edges only come: what was a cycle when it was refused is one with the last edges.
  const parents = fc.array(fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  });
  let run = 0;
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(parents, async (asked) => {
      const actor = { sub: 'ann', org: `run-${run++}`, requestId: 'test' };
      const outcomes = await Promise.allSettled(
        NAMES.map((id, index) =>
          registerAdapter({ store, now: () => 1 }, actor, { id, derivedFrom: asked[index] ?? [] }),
        ),
      );
      const edges: Edges = await store.read(
        async (reader) =>
          new Map(
            await Promise.all(
              NAMES.map(async (id) => [id, new Set(await findParents(reader, actor.org, id))] as const),
            ),
          ),
      );
      expect(isAcyclic(edges)).toBe(true);
      outcomes.forEach((outcome, index) => {
        const [id, wanted] = [NAMES[index] ?? '', new Set(asked[index])];
        if (outcome.status === 'fulfilled') {
          expect(edges.get(id)).toEqual(wanted);
          return;
        }
        refusals += 1;
        expect(edges.get(id)).toEqual(new Set());
        expect(isAcyclic(new Map([...edges, [id, wanted]]))).toBe(false);
        const error: unknown = outcome.reason;
        if (!(error instanceof ApiError)) throw error;
        expect(error.code).toBe('CONFLICT');
        const path = error.message.replace('DERIVED_FROM must not form a cycle: ', '').split(' -> ');
        expect([path[0], path.at(-1)]).toEqual([id, id]);
        path.slice(1).forEach((parent, step) => {
          const child = path[step] ?? '';
          expect((child === id ? wanted : edges.get(child))?.has(parent)).toBe(true);
        });
      });
    }),
    { numRuns: 100 },
  );
  expect(refusals).toBeGreaterThan(0);
});
