import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresInstallations } from '../../support/postgres/installation.js';
import { type PostgresServer, queryOnce, startPostgres } from '../../support/postgres/server.js';
import { createTestDatabase } from '../../support/postgres/shared.js';
import { type StandbyServer, startStandby } from '../../support/postgres/standby.js';

describe.each(postgresInstallations())('the shared $name of the tests', (installation) => {
  it('gives every caller a database of its own', async () => {
    const [one, other] = await Promise.all([createTestDatabase(installation), createTestDatabase(installation)]);
    await queryOnce(one, 'CREATE TABLE here (n int)');
    const tables = `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`;
    expect(await queryOnce(one, tables)).toEqual([{ n: 1 }]);
    expect(await queryOnce(other, tables)).toEqual([{ n: 0 }]);
  });
});

describe.each(postgresInstallations().map((installation) => [installation.name, installation] as const))(
  '%s as the tests start it',
  (_, installation) => {
    let server: PostgresServer;
    let standby: StandbyServer | undefined;

    beforeAll(async () => {
      server = await startPostgres({ installation });
    });

    afterAll(async () => {
      await standby?.stop();
      await server.stop();
    });

    it('keeps what was committed when it is killed', async () => {
      await server.query('CREATE TABLE kept (n int)');
      const client = new pg.Client({ connectionString: server.url('postgres') });
      const ended = new Promise((resolve) => client.on('error', resolve));
      await client.connect();
      await client.query('INSERT INTO kept VALUES (1)');
      await client.query('BEGIN');
      await client.query('INSERT INTO kept VALUES (2)');
      const before = server.postmaster();
      expect(server.children().length).toBeGreaterThan(3);
      await server.kill();
      await ended;
      await server.start();
      expect(server.postmaster()).not.toBe(before);
      expect(await server.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    });

    it('wants the password', async () => {
      const url = server.url('postgres').replace('test-password', 'another');
      await expect(queryOnce(url, 'SELECT 1')).rejects.toThrow('password authentication failed');
    });

    it('comes back on the same port after a restart', async () => {
      const url = await server.createDatabase();
      await server.restart();
      expect(await queryOnce(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    });

    it('has a synchronous standby that takes over', async () => {
      const created = await startStandby(server, { synchronous: true });
      standby = created;
      await server.query('CREATE TABLE replicated (n int)');
      await server.query('INSERT INTO replicated VALUES (1)');
      expect(await created.query('SELECT n, pg_is_in_recovery() AS standby FROM replicated')).toEqual([
        { n: 1, standby: true },
      ]);
      await expect(created.query('INSERT INTO replicated VALUES (2)')).rejects.toThrow('read-only transaction');
      await server.kill();
      await created.promote();
      await created.query('INSERT INTO replicated VALUES (2)');
      expect(await created.query('SELECT sum(n)::int AS sum FROM replicated')).toEqual([{ sum: 3 }]);
    });
  },
);
