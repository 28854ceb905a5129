import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { createExecution } from '../../src/graphql/execution.js';
import { withResponseCache } from '../../src/graphql/response-cache.js';
import type { Store } from '../../src/store/contract.js';
import { openPostgresStore } from '../../src/store/engine/postgres/postgres-store.js';
import { asking, changes, QUESTIONS, shown } from '../support/changing-graph.js';
import { openGraph, sharedSchema } from '../support/graph.js';
import { createTestTables } from '../support/postgres/tables.js';

let opened: Store[] = [];

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
});

/** Two servers of one store: the graph is changed by the one, and queries are asked of the other, with and without a cache. */
async function openServers() {
  const { openSession } = await createTestTables();
  const open = () => openPostgresStore({ openSession, version: 'test' });
  const [there, here] = await Promise.all([open(), open()]);
  opened.push(there, here);
  const graph = await openGraph(there);
  const { services } = await openGraph(here);
  const execute = createExecution(sharedSchema());
  const cached = asking(withResponseCache(execute, 1024 ** 2), services);
  return { graph, cached, fresh: asking(execute, services) };
}

it('a cached answer is always what is stored, whichever server has changed it', async () => {
  let fromMemory = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 8 }), async (steps) => {
      const { graph, cached, fresh } = await openServers();
      const ids = await graph.submit({ adapterId: 'a1', modelVersion: 'm' }, { adapterId: 'a2' });
      for (const { run } of steps) {
        await run(graph, ids).catch(() => undefined);
        const expected = (await Promise.all(QUESTIONS.map((question) => fresh(question)))).map(shown);
        let before: readonly unknown[] = [];
        for (let use = 0; use < 3; use++) {
          const answers = await Promise.all(QUESTIONS.map((question) => cached(question)));
          expect(answers.map(shown)).toEqual(expected);
          fromMemory += answers.filter((answer, at) => answer === before[at]).length;
          before = answers;
        }
      }
    }),
    { numRuns: 12 },
  );
  expect(fromMemory).toBeGreaterThan(50);
});

it('an answer is never older than its request, while another server writes', async () => {
  const { graph, cached } = await openServers();
  let acknowledged = 0;
  let ended = false;
  const writing = (async () => {
    for (; acknowledged < 60; acknowledged++) {
      await graph.submit({});
      // Now and then long enough for answers to be cached.
      if (acknowledged % 3 === 0)
        for (let times = 0; times < 4; times++) await cached('{ feedbackStats { totalFeedback } }');
    }
    ended = true;
  })();
  const asking = Array.from({ length: 3 }, async () => {
    while (!ended) {
      const before = acknowledged;
      const { data } = await cached('{ feedbackStats { totalFeedback } }');
      const total = (data?.['feedbackStats'] as { readonly totalFeedback: number }).totalFeedback;
      expect(total).toBeGreaterThanOrEqual(before);
      expect(total).toBeLessThanOrEqual(acknowledged + 1);
    }
  });
  await Promise.all([writing, ...asking]);
});
