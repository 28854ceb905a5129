import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommitFate, type PostgresProxy, startProxy } from '../../support/postgres/proxy.js';
import { queryOnce } from '../../support/postgres/server.js';
import { createTestDatabase, sharedPostgres } from '../../support/postgres/shared.js';

describe('the proxy before PostgreSQL', () => {
  let proxy: PostgresProxy;
  let direct: string;
  let url: string;
  const clients: pg.Client[] = [];

  const connect = async (options: pg.ClientConfig = {}): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, ...options });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  const count = async (): Promise<number | undefined> =>
    (await queryOnce<{ n: number }>(direct, 'SELECT count(*)::int AS n FROM entry'))[0]?.n;

  beforeAll(async () => {
    proxy = await startProxy(await sharedPostgres());
  });

  afterEach(async () => {
    await proxy.repair();
    proxy.disconnect();
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });

  afterAll(() => proxy.stop());

  beforeEach(async () => {
    direct = await createTestDatabase();
    url = proxy.through(direct);
    await queryOnce(direct, 'CREATE TABLE entry (n int)');
  });

  it('forwards', async () => {
    const client = await connect();
    await client.query('INSERT INTO entry SELECT generate_series(1, 10000)');
    expect((await client.query('SELECT n FROM entry')).rowCount).toBe(10_000);
    expect(proxy.connections()).toBe(1);
  });

  it('cuts and repairs', async () => {
    const client = await connect();
    const waiting = client.query('SELECT pg_sleep(60)');
    const cut = proxy.cut();
    await expect(waiting).rejects.toThrow();
    await cut;
    await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.repair();
    expect((await (await connect()).query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('forwards nothing through a black hole, and all of it afterwards', async () => {
    const client = await connect();
    proxy.blackhole();
    let answered = false;
    const inserted = client.query('INSERT INTO entry VALUES (1)').finally(() => (answered = true));
    await expect(connect({ connectionTimeoutMillis: 50 })).rejects.toThrow('timeout');
    expect([answered, await count()]).toEqual([false, 0]);
    await proxy.repair();
    await inserted;
    expect(await count()).toBe(1);
  });

  it('delays in both directions and keeps the order', async () => {
    const client = await connect({ pipeline: true });
    proxy.delay(40);
    const begun = performance.now();
    const rows = await Promise.all(
      [1, 2, 3].map(async (n) => (await client.query<{ n: number }>('SELECT $1::int AS n', [n])).rows[0]?.n),
    );
    expect(rows).toEqual([1, 2, 3]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(78);
  });

  describe.each([
    ['a simple query', 'COMMIT', false],
    ['a prepared statement', { name: 'commit', text: 'commit', values: [] }, false],
    ['a pipeline', 'COMMIT', true],
  ])('and the COMMIT of %s', (_, commit, pipeline) => {
    const insertAndCommit = async (): Promise<readonly string[]> => {
      const client = await connect({ pipeline });
      const answers: Promise<unknown>[] = [];
      for (const statement of ['BEGIN', 'INSERT INTO entry VALUES (1)', commit]) {
        const answer = client.query(statement);
        answers.push(answer);
        if (!pipeline) await Promise.allSettled([answer]);
      }
      return (await Promise.allSettled(answers)).map(({ status }) => status);
    };

    it.each<[CommitFate, number]>([
      ['lost', 0],
      ['answer lost', 1],
    ])('ends the connection with %s', async (fate, committed) => {
      const came = proxy.nextCommit(fate);
      expect((await insertAndCommit()).at(-1)).toBe('rejected');
      await came;
      await expect.poll(count).toBe(committed);
      // The one after it is forwarded.
      expect(await insertAndCommit()).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
      expect(await count()).toBe(committed + 1);
    });

    it('never answers', async () => {
      const client = await connect({ pipeline });
      proxy.onCommit(() => 'unanswered');
      await client.query('BEGIN');
      await client.query('INSERT INTO entry VALUES (1)');
      let answered = false;
      const answer = client.query(commit).finally(() => (answered = true));
      await expect.poll(count).toBe(1);
      expect(answered).toBe(false);
      proxy.onCommit(() => 'forwarded');
      proxy.disconnect();
      await expect(answer).rejects.toThrow();
    });
  });

  it('withholds the error of a COMMIT that failed', async () => {
    await queryOnce(direct, 'CREATE TABLE one_each (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    const client = await connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO one_each VALUES (1), (1)');
    const came = proxy.nextCommit('answer lost');
    await expect(client.query('COMMIT')).rejects.not.toThrow('duplicate key');
    await came;
  });
});
