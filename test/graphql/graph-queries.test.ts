import { expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { RequestBudget } from '../../src/graphql/budget/request-budget.js';
import { createGraphQueries, DEFAULT_QUERY_SETTINGS } from '../../src/graphql/graph-queries.js';
import { openMemoryStore } from '../support/memory-engine.js';

/** A rotation in which somebody else always comes first. */
function createRotation(): { readonly begin: () => { turn: () => Promise<void> }; readonly giveTurn: () => boolean } {
  const waiting: (() => void)[] = [];
  return {
    begin: () => ({ turn: () => new Promise((resolve) => waiting.push(resolve)) }),
    giveTurn: () => {
      const next = waiting.shift();
      next?.();
      return next !== undefined;
    },
  };
}

it('begins a query, and goes on with it, in rotation with other long work', async () => {
  const store = await openMemoryStore();
  const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
  const { begin, giveTurn } = createRotation();
  const run = createGraphQueries(services, DEFAULT_QUERY_SETTINGS, begin);
  let answered = 0;
  const answers = ['RETURN reduce(s = 0, x IN range(1, 40000) | s + x) AS x', 'RETURN ('].map((query) =>
    run('default', { query, parameters: {} })
      .catch((error: unknown) => error)
      .finally(() => (answered += 1)),
  );
  // Not even the query that does not parse is looked at before its turn.
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  expect(answered).toBe(0);
  let turns = 0;
  while (answered < 2) {
    if (giveTurn()) turns += 1;
    await new Promise(setImmediate);
  }
  expect(await answers[0]).toEqual({ columns: ['x'], rows: [[800_020_000]] });
  expect(await answers[1]).toBeInstanceOf(Error);
  expect(turns).toBeGreaterThan(2);
  await store.close();
});

it('reads the parameters of a query in its turn', async () => {
  const store = await openMemoryStore();
  const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
  const { begin, giveTurn } = createRotation();
  const run = createGraphQueries(services, DEFAULT_QUERY_SETTINGS, begin);
  let reads = 0;
  const item = {
    get value() {
      reads += 1;
      return 2;
    },
  };
  let answered = 0;
  const query = { query: 'UNWIND $list AS each RETURN sum(each.value)', parameters: { list: [item, item, item] } };
  const answer = run('default', query).finally(() => (answered += 1));
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  expect(reads).toBe(0);
  while (answered < 1) {
    giveTurn();
    await new Promise(setImmediate);
  }
  expect((await answer).rows).toEqual([[6]]);
  expect(reads).toBe(3);
  await store.close();
});

it('ends the queries of a request once they have taken together what one may take', async () => {
  const store = await openMemoryStore();
  const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
  const run = createGraphQueries(services, DEFAULT_QUERY_SETTINGS);
  const taken = { ms: 0 };
  expect((await run('default', { query: 'RETURN 1 AS one', parameters: {}, taken })).rows).toEqual([[1]]);
  expect(taken.ms).toBeGreaterThan(0);
  taken.ms = DEFAULT_QUERY_SETTINGS.budget.timeMs;
  await expect(run('default', { query: 'RETURN 1 AS one', parameters: {}, taken })).rejects.toThrow(
    'may take at most 10000 ms in total (FEEDBACK_QUERY_TIME_MS)',
  );
  await store.close();
});

it.each([
  ['has ended', (budget: RequestBudget) => budget.end()],
  ['is over a limit', (budget: RequestBudget) => expect(() => budget.countRead(2, 0)).toThrow('at most 1 keys')],
])('ends a query at its next turn once its request %s', async (_, endRequest) => {
  const store = await openMemoryStore();
  const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
  const { begin, giveTurn } = createRotation();
  const run = createGraphQueries(services, { ...DEFAULT_QUERY_SETTINGS, atOnce: 1 }, begin);
  const budget = new RequestBudget({ answerBytes: 1, readKeys: 1 });
  /** How many turns a query takes until it has ended, or up to `most`. */
  const turnsOf = async (query: Promise<unknown>, most = Infinity): Promise<number> => {
    const state = { ended: false };
    void query.then(() => (state.ended = true));
    let turns = 0;
    while (!state.ended && turns < most) {
      if (giveTurn()) turns += 1;
      await new Promise(setImmediate);
    }
    return turns;
  };
  const query = { query: 'UNWIND range(1, 4000000) AS x RETURN count(x)', parameters: {} };
  const answer = run('default', { ...query, signal: budget.over }).catch(String);
  expect(await turnsOf(answer, 3)).toBe(3);
  await expect(run('default', query)).rejects.toThrow('Too many graph queries are running');
  endRequest(budget);
  expect(await turnsOf(answer)).toBeLessThanOrEqual(1);
  expect(await answer).toContain('The query was cancelled');
  const next = run('default', { ...query, signal: budget.over }).catch(String);
  expect(await turnsOf(next)).toBe(1);
  expect(await next).toContain('The query was cancelled');
  await store.close();
});
