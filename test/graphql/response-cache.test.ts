import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExecution } from '../../src/graphql/execution.js';
import { guardExpensiveFields } from '../../src/graphql/expensive-fields.js';
import { withResponseCache } from '../../src/graphql/response-cache.js';
import { createSchema } from '../../src/graphql/schema.js';
import { permissionsOf } from '../../src/permissions.js';
import { createWindowCounts } from '../../src/store/window-counts.js';
import { ADMIN, type Ask, asking, changes, QUESTIONS, shown } from '../support/changing-graph.js';
import { countCalls } from '../support/counting-store.js';
import { openGraph, registerMany, sharedSchema } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

const CACHE_BYTES = 1024 ** 2;
async function open(bytes = CACHE_BYTES) {
  const { store, calls } = countCalls(await openMemoryStore());
  const graph = await openGraph(store);
  const schema = createSchema();
  const ask = asking(withResponseCache(createExecution(schema), bytes), graph.services);
  /** The answer to a question, after it was asked so often that it is cached if it may be. */
  const askOften: Ask = async (...question) => {
    await ask(...question);
    await ask(...question);
    return ask(...question);
  };
  /** How often the store is read for a question. */
  const readsOf = async (...question: Parameters<Ask>): Promise<number> => {
    const before = calls.reads;
    await ask(...question);
    return calls.reads - before;
  };
  return { graph, schema, ask, askOften, readsOf };
}

const LIST = 'query ($first: Int!) { feedbackList(first: $first) { totalCount edges { node { id question } } } }';

describe('a cached answer', () => {
  it('is given again without a read of the store', async () => {
    const { graph, askOften, readsOf, ask } = await open();
    const [id] = await graph.submit({});
    const answer = await askOften(LIST, { first: 10 });
    expect(answer.data).toMatchObject({ feedbackList: { totalCount: 1, edges: [{ node: { id } }] } });
    expect(await readsOf(LIST, { first: 10 })).toBe(0);
    expect(await ask(LIST, { first: 10 })).toBe(answer);
    expect(await readsOf(LIST, { first: 9 })).toBeGreaterThan(0);
  });

  it('ends when what it was made of changes, and lasts while others write elsewhere', async () => {
    const { graph, askOften, readsOf, ask } = await open();
    const one = 'query ($id: ID!) { feedback(id: $id) { id adapterId version } }';
    const [id] = await graph.submit({});
    await askOften(one, { id });
    await graph.submit({}, {});
    expect(await readsOf(one, { id })).toBe(0);
    await graph.link(id!, 'a');
    expect((await ask(one, { id })).data).toMatchObject({ feedback: { id, version: 2 } });
  });

  it('is nobody else’s', async () => {
    const { graph, askOften, ask } = await open();
    await graph.submit({ userId: 'u' });
    expect((await askOften(LIST, { first: 1 })).data).toMatchObject({ feedbackList: { totalCount: 1 } });
    const other = { ...ADMIN, org: 'other' };
    expect((await ask(LIST, { first: 1 }, other)).data).toMatchObject({ feedbackList: { totalCount: 0 } });

    const queue = '{ reviewQueue(first: 1) { totalCount } }';
    expect((await askOften(queue)).errors).toBeUndefined();
    const plain = { ...ADMIN, permissions: permissionsOf('member') };
    expect((await ask(queue, {}, plain)).errors?.[0]?.message).toContain('feedback:review');
  });

  it('takes no more memory than the cache may', async () => {
    const { graph, askOften, readsOf } = await open(80_000);
    await graph.submit({}, { answer: 'long '.repeat(200) });
    await askOften(LIST, { first: 1 });
    expect(await readsOf(LIST, { first: 1 })).toBe(0);
    // Together these are more than all of it.
    for (let first = 2; first < 40; first++) await askOften(LIST.replace('question', 'answer'), { first });
    expect(await readsOf(LIST, { first: 1 })).toBeGreaterThan(0);
  });
});

describe('an answer is not cached', () => {
  it('if much more was read for it than it says', async () => {
    const stats = '{ adapter(id: "root") { lineageStats { adapterCount totalFeedback } } }';
    for (const [bytes, isCached] of [
      [20_000, false],
      [16 * CACHE_BYTES, true],
    ] as const) {
      const { graph, askOften, ask } = await open(bytes);
      await registerMany(
        graph,
        Array.from({ length: 100 }, (_, index) => [`child-${index}`, ['root']] as const),
      );
      expect((await askOften(stats)).data).toMatchObject({ adapter: { lineageStats: { adapterCount: 101 } } });
      expect((await ask(stats)) === (await ask(stats))).toBe(isCached);
    }
  });

  it('if its variables are nested too deeply to be told apart, and it is given all the same', async () => {
    const { graph, askOften, ask } = await open();
    await graph.submit({});
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    const answer = await askOften(LIST, { first: 1, deep });
    expect(answer.data).toMatchObject({ feedbackList: { totalCount: 1 } });
    expect(await ask(LIST, { first: 1, deep })).not.toBe(answer);
  });

  it('before its question came again', async () => {
    const { ask, readsOf } = await open();
    await ask(LIST, { first: 1 });
    expect(await readsOf(LIST, { first: 1 })).toBeGreaterThan(0);
    expect(await readsOf(LIST, { first: 1 })).toBe(0);
  });

  it('if it has errors', async () => {
    const { askOften, ask } = await open();
    const wrong = '{ feedbackList(first: 0) { totalCount } }';
    expect((await askOften(wrong)).errors).toHaveLength(1);
    expect(await ask(wrong)).not.toBe(await ask(wrong));
  });

  it('if the time is part of it', async () => {
    const { graph, askOften, ask } = await open();
    await graph.submit({});
    await graph.query('mutation { createTrainingBatch(limit: 1) { number } }');
    const batches = '{ trainingBatches(first: 1) { edges { node { state } } } }';
    await askOften(batches);
    expect(await ask(batches)).not.toBe(await ask(batches));
  });

  it('if it is counted how often it is asked for', async () => {
    const { graph, schema } = await open();
    guardExpensiveFields(schema, { perMinute: 5, count: createWindowCounts({ maxNames: 10 }).charge });
    const ask = asking(withResponseCache(createExecution(schema), CACHE_BYTES), graph.services);
    const days = '{ feedbackStatsByDay(since: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z") { day } }';
    for (let times = 0; times < 5; times++) expect((await ask(days)).errors).toBeUndefined();
    expect((await ask(days)).errors).toHaveLength(1);
  });

  it('at once again, if it never lasts until somebody asks', async () => {
    const { graph, ask } = await open();
    await ask(LIST, { first: 1 });
    let cached = 0;
    for (let times = 0; times < 200; times++) {
      await ask(LIST, { first: 1 });
      await graph.submit({});
      const before = await ask(LIST, { first: 1 });
      await graph.submit({});
      if ((await ask(LIST, { first: 1 })) === before) cached += 1;
    }
    expect(cached).toBe(0);
    // Still it is tried now and then, and so found out that it lasts now.
    for (let times = 0; times < 64; times++) await ask(LIST, { first: 1 });
    expect(await ask(LIST, { first: 1 })).toBe(await ask(LIST, { first: 1 }));
  });

  it('if the cache is off', async () => {
    const { askOften, ask } = await open(0);
    await askOften(LIST, { first: 1 });
    expect(await ask(LIST, { first: 1 })).not.toBe(await ask(LIST, { first: 1 }));
  });
});

it('a cached answer is always what is stored', async () => {
  let refused = 0;
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 12 }), async (steps) => {
      const graph = await openGraph();
      const execute = createExecution(sharedSchema());
      const cached = asking(withResponseCache(execute, CACHE_BYTES), graph.services);
      const fresh = asking(execute, graph.services);
      const ids = await graph.submit({ adapterId: 'a1', modelVersion: 'm' }, { adapterId: 'a2' });
      for (const { run } of steps) {
        for (const question of QUESTIONS) for (let times = 0; times < 3; times++) await cached(question);
        await run(graph, ids).then(
          () => (changed += 1),
          () => (refused += 1),
        );
        for (const question of QUESTIONS) {
          expect(shown(await cached(question))).toEqual(shown(await fresh(question)));
        }
      }
      await graph.store.close();
    }),
    { numRuns: 40 },
  );
  expect(changed).toBeGreaterThan(refused);
});
