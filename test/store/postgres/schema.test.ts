import { afterEach, describe, expect, it } from 'vitest';
import { connectPostgres, type PostgresConnection } from '../../../src/store/engine/postgres/connection.js';
import { readPostgresLocation } from '../../../src/store/engine/postgres/location.js';
import { type Migration, MIGRATIONS, SCHEMA_VERSION } from '../../../src/store/engine/postgres/migrations.js';
import { prepareSchema, type PrepareSchemaOptions } from '../../../src/store/engine/postgres/schema.js';
import { RECORD_FORMAT } from '../../../src/store/record.js';
import { postgresInstallations } from '../../support/postgres/installation.js';
import { queryOnce } from '../../support/postgres/server.js';
import { createTestDatabase } from '../../support/postgres/shared.js';

const ALL: PrepareSchemaOptions = { create: true, migrate: true, write: true };
const READ: PrepareSchemaOptions = { create: false, migrate: false, write: false };

const NEXT: Migration = {
  version: SCHEMA_VERSION + 1,
  isAdditive: false,
  tables: { fg_next: ['n'], fg_head: ['stream', 'seq', 'clock', 'epoch', 'extra'] },
  statements: () => ['CREATE TABLE fg_next (n int)', 'ALTER TABLE fg_head ADD COLUMN extra int'],
};

const ADDITIVE: Migration = { ...NEXT, isAdditive: true };

/** Registers servers as they do themselves. */
const REGISTER = `INSERT INTO fg_server (server, kind, version, seen)
  SELECT md5(n::text)::uuid, 'server', $1, now() - interval '1 second' * $3 FROM generate_series($2::int, $2) AS n`;

describe.each(postgresInstallations())('the tables of a store in $name', (installation) => {
  const connections: PostgresConnection[] = [];

  const connect = async (url: string): Promise<PostgresConnection> => {
    const connection = await connectPostgres(readPostgresLocation(url, {}, '/nonexistent'), { role: 'test' });
    connections.push(connection);
    return connection;
  };
  /** Creates a user with a name of the database's own. @returns the URL with it */
  const asNewUser = async (url: string, ...grants: string[]): Promise<string> => {
    const { pathname } = new URL(url);
    const user = `user_${pathname.slice(1)}`;
    await queryOnce(url, `CREATE USER ${user} PASSWORD 'own-password'`);
    for (const grant of grants) await queryOnce(url, `GRANT ${grant} TO ${user}`);
    const changed = new URL(url);
    changed.username = user;
    changed.password = 'own-password';
    return changed.href;
  };

  afterEach(async () => {
    await Promise.all(connections.splice(0).map(({ client }) => client.end()));
  });

  it('are created where there are none, and found again', async () => {
    const url = await createTestDatabase(installation);
    const created = await prepareSchema(await connect(url), ALL);
    expect(created).toMatchObject({ version: SCHEMA_VERSION, created: true });
    expect(created.storeId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await prepareSchema(await connect(url), READ)).toEqual({
      ...created,
      previous: SCHEMA_VERSION,
      created: false,
    });
    expect(await queryOnce(url, 'SELECT name, value FROM fg_meta ORDER BY name')).toEqual([
      { name: 'compatible_with', value: '3' },
      { name: 'program', value: 'feedback-graph' },
      { name: 'record_format', value: '1' },
      { name: 'schema_version', value: `${SCHEMA_VERSION}` },
      { name: 'store_id', value: created.storeId },
    ]);
    expect(await queryOnce(url, 'SELECT * FROM fg_head')).toEqual([{ stream: '', seq: '0', clock: '0', epoch: '0' }]);
  });

  it('are made in no database that could not hold the name of every organization', async () => {
    const url = await createTestDatabase(installation);
    const latin = new URL(`${url}_latin`);
    await queryOnce(
      url,
      `CREATE DATABASE ${latin.pathname.slice(1)} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    await expect(prepareSchema(await connect(latin.href), ALL)).rejects.toThrow(
      /^Database '\w+' in PostgreSQL at \S+ has the encoding LATIN1, in which not every name can be written: create one with ENCODING 'UTF8'$/,
    );
    expect(await queryOnce(latin.href, `SELECT 1 FROM pg_class WHERE relname LIKE 'fg\\_%'`)).toEqual([]);
  });

  it('have the storage that their use asks for', async () => {
    const url = await createTestDatabase(installation);
    await prepareSchema(await connect(url), ALL);
    expect(
      await queryOnce(
        url,
        `SELECT relname, reloptions, relpersistence FROM pg_class WHERE relkind = 'r' AND relname LIKE 'fg\\_%' ORDER BY relname`,
      ),
    ).toEqual([
      { relname: 'fg_head', reloptions: ['fillfactor=10'], relpersistence: 'p' },
      { relname: 'fg_kv', reloptions: ['fillfactor=90'], relpersistence: 'p' },
      { relname: 'fg_limit', reloptions: ['fillfactor=50'], relpersistence: 'u' },
      { relname: 'fg_limit_owner', reloptions: null, relpersistence: 'p' },
      { relname: 'fg_log', reloptions: null, relpersistence: 'p' },
      { relname: 'fg_meta', reloptions: null, relpersistence: 'p' },
      { relname: 'fg_server', reloptions: null, relpersistence: 'p' },
      { relname: 'fg_writer', reloptions: ['fillfactor=50'], relpersistence: 'p' },
    ]);
    expect(
      await queryOnce(
        url,
        `SELECT attname FROM pg_attribute WHERE attstorage = 'e' AND attrelid IN ('fg_kv'::regclass, 'fg_log'::regclass)
         ORDER BY attname`,
      ),
    ).toEqual([{ attname: 'entry' }, { attname: 'value' }]);
  });

  it('are as declared, so that what is missing is noticed', async () => {
    const url = await createTestDatabase(installation);
    await prepareSchema(await connect(url), ALL);
    const columns = await queryOnce<{ table: string; columns: string[] }>(
      url,
      `SELECT table_name AS table, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name`,
    );
    expect(Object.fromEntries(columns.map(({ table, columns }) => [table, columns]))).toEqual(
      Object.assign({}, ...MIGRATIONS.map(({ tables }) => tables)),
    );
  });

  it('are in the schema that the location names', async () => {
    const url = await createTestDatabase(installation);
    const one = await prepareSchema(await connect(`${url}?schema=first`), ALL);
    const other = await prepareSchema(await connect(`${url}?schema=Second`), ALL);
    expect(one.storeId).not.toBe(other.storeId);
    expect(
      await queryOnce(
        url,
        `SELECT schemaname FROM pg_tables WHERE tablename = 'fg_kv' ORDER BY schemaname COLLATE "C"`,
      ),
    ).toEqual([{ schemaname: 'Second' }, { schemaname: 'first' }]);
  });

  it.each(['read committed', 'repeatable read', 'serializable'])(
    'are created once by servers that start at the same time (%s)',
    async (isolation) => {
      const url = await createTestDatabase(installation);
      const options = encodeURIComponent(`-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`);
      const servers = await Promise.all(
        Array.from({ length: 6 }, () => connect(`${url}?schema=shared&options=${options}`)),
      );
      const prepared = await Promise.all(servers.map((server) => prepareSchema(server, ALL)));
      expect(new Set(prepared.map(({ storeId }) => storeId)).size).toBe(1);
      expect(prepared.filter(({ created }) => created)).toHaveLength(1);
      // The same for a step from one version to the next.
      const migrated = await Promise.all(servers.map((server) => prepareSchema(server, ALL, [...MIGRATIONS, NEXT])));
      expect(migrated.map(({ version }) => version)).toEqual(Array.from(servers, () => NEXT.version));
    },
  );

  it('may be migrated by another server while they are looked at', async () => {
    const url = await createTestDatabase(installation);
    const [one, other] = [await connect(url), await connect(url)];
    await prepareSchema(one, ALL);
    await other.client.query('BEGIN');
    await other.client.query('LOCK TABLE fg_meta IN ACCESS EXCLUSIVE MODE');
    const prepared = prepareSchema(one, READ, [...MIGRATIONS, NEXT]);
    await expect
      .poll(() => queryOnce(url, `SELECT 1 FROM pg_locks WHERE relation = 'fg_meta'::regclass AND NOT granted`))
      .toHaveLength(1);
    for (const statement of NEXT.statements({ isPostgres: true })) await other.client.query(statement);
    await other.client.query(`UPDATE fg_meta SET value = '${NEXT.version}' WHERE name = 'schema_version'`);
    await other.client.query('COMMIT');
    expect(await prepared).toMatchObject({ version: NEXT.version });
  });

  it('are not created or migrated unless that is allowed', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await expect(prepareSchema(connection, READ)).rejects.toThrow(/^There is no store in schema 'public' of database /);
    await prepareSchema(connection, ALL);
    await expect(prepareSchema(connection, { ...READ, create: true }, [...MIGRATIONS, NEXT])).rejects.toThrow(
      `has tables of version ${SCHEMA_VERSION}; this release needs version ${NEXT.version}: run 'feedback-graph migrate'`,
    );
  });

  it('keep their version where a migration fails', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await prepareSchema(connection, ALL);
    const failing: Migration = {
      ...NEXT,
      statements: (dialect) => [...NEXT.statements(dialect), 'CREATE TABLE fg_kv (n int)', 'SELECT 1'],
    };
    const stops: Migration = { ...NEXT, statements: (dialect) => [...NEXT.statements(dialect), 'SELECT 1 / 0'] };
    for (const migration of [failing, stops]) {
      await expect(prepareSchema(connection, ALL, [...MIGRATIONS, migration])).rejects.toThrow(/PostgreSQL at 127/);
      expect(await queryOnce(url, `SELECT to_regclass('fg_next') AS next`)).toEqual([{ next: null }]);
    }
    expect(await prepareSchema(connection, ALL)).toMatchObject({ version: SCHEMA_VERSION });
    expect(await prepareSchema(connection, ALL, [...MIGRATIONS, NEXT])).toMatchObject({
      version: NEXT.version,
      created: false,
    });
  });

  it('of the first version become those of the newest', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await prepareSchema(connection, ALL, MIGRATIONS.slice(0, 1));
    // As the release had it that knew this version alone.
    await queryOnce(url, `DELETE FROM fg_meta WHERE name = 'compatible_with'`);
    const { storeId } = await prepareSchema(connection, ALL);
    const created = await createTestDatabase(installation);
    await prepareSchema(await connect(created), ALL);
    const meta = `SELECT name, value FROM fg_meta WHERE name <> 'store_id' ORDER BY name`;
    expect(await queryOnce(url, meta)).toEqual(await queryOnce(created, meta));
    expect(await prepareSchema(connection, READ)).toMatchObject({ version: SCHEMA_VERSION, storeId });
  });

  it('stay open to the release before after an additive step, whoever took it', async () => {
    for (const isCreated of [false, true]) {
      const url = await createTestDatabase(installation);
      const connection = await connect(url);
      if (!isCreated) await prepareSchema(connection, ALL);
      await prepareSchema(connection, ALL, [...MIGRATIONS, ADDITIVE]);
      expect(await prepareSchema(connection, ALL)).toMatchObject({ version: ADDITIVE.version, created: false });
      // Not to one that lacks a step which is not.
      const needed: Migration = { version: ADDITIVE.version + 1, isAdditive: false, tables: {}, statements: () => [] };
      await prepareSchema(connection, ALL, [...MIGRATIONS, ADDITIVE, needed]);
      await expect(prepareSchema(connection, ALL, [...MIGRATIONS, ADDITIVE])).rejects.toThrow(
        `has tables of version ${needed.version}, which a later release of feedback-graph made`,
      );
    }
  });

  it('are changed under live servers by additive steps alone', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await prepareSchema(connection, ALL);
    await queryOnce(url, REGISTER, ['0.2.0', 1, 0]);
    await queryOnce(url, REGISTER, ['0.2.0', 2, 5]);
    await queryOnce(url, REGISTER, ['0.1.9', 3, 0]);
    await queryOnce(url, REGISTER, ['0.1.8', 4, 11]);
    const needed: Migration = { version: ADDITIVE.version + 1, isAdditive: false, tables: {}, statements: () => [] };
    const both = [...MIGRATIONS, ADDITIVE, needed];
    await expect(prepareSchema(connection, ALL, both)).rejects.toThrow(
      /is in use by 3 servers of feedback-graph 0\.1\.9 and 0\.2\.0, which cannot use the tables of this release: stop them first$/,
    );
    expect(await prepareSchema(connection, ALL)).toMatchObject({ version: ADDITIVE.version });
    await queryOnce(url, 'DELETE FROM fg_server');
    expect(await prepareSchema(connection, ALL, both)).toMatchObject({ version: needed.version });
  });

  it('are refused when they have records of a later release', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await prepareSchema(connection, ALL);
    await queryOnce(url, `UPDATE fg_meta SET value = '${RECORD_FORMAT + 1}' WHERE name = 'record_format'`);
    await expect(prepareSchema(connection, READ)).rejects.toThrow(
      `has records of format ${RECORD_FORMAT + 1}, which a later release of feedback-graph wrote; ` +
        `this one knows format ${RECORD_FORMAT}: install that release`,
    );
  });

  it('are refused when a later release made them', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await prepareSchema(connection, ALL, [...MIGRATIONS, NEXT]);
    await expect(prepareSchema(connection, ALL)).rejects.toThrow(
      `has tables of version ${NEXT.version}, which a later release of feedback-graph made; ` +
        `this one knows version ${SCHEMA_VERSION}: install that release`,
    );
  });

  it.each([
    ['CREATE TABLE fg_kv (id int)', 'fg_kv'],
    ['CREATE TABLE fg_meta (id int)', 'fg_meta'],
    ['CREATE TABLE fg_meta (name text, value text)', 'fg_meta'],
    ['CREATE VIEW fg_meta AS SELECT 1 AS name, 2 AS value', 'fg_meta'],
    [`CREATE TABLE fg_meta AS SELECT 'program' AS name, 'another' AS value`, 'fg_meta'],
    [
      `CREATE TABLE fg_meta AS SELECT * FROM (VALUES ('program', 'feedback-graph'), ('schema_version', 'x')) AS t (name, value)`,
      'fg_meta',
    ],
  ])('are refused and left alone when they are of another program: %s', async (statement, table) => {
    const url = await createTestDatabase(installation);
    await queryOnce(url, statement);
    await expect(prepareSchema(await connect(url), ALL)).rejects.toThrow(
      new RegExp(`^There are tables of another program in schema 'public' .* \\(${table}\\): choose another database`),
    );
    expect(
      await queryOnce(
        url,
        `SELECT count(*)::int AS n FROM pg_class WHERE relname LIKE 'fg\\_%' AND relkind IN ('r', 'v')`,
      ),
    ).toEqual([{ n: 1 }]);
  });

  it.each([
    ['DROP TABLE fg_log', 'fg_log'],
    ['ALTER TABLE fg_head DROP COLUMN epoch', 'fg_head.epoch'],
  ])('are refused when incomplete: %s', async (statement, missing) => {
    const url = await createTestDatabase(installation);
    await prepareSchema(await connect(url), ALL);
    await queryOnce(url, statement);
    await expect(prepareSchema(await connect(url), ALL)).rejects.toThrow(
      `is incomplete, as after half a migration (it lacks ${missing}): restore a backup`,
    );
  });

  it.each([
    ['in the schema', ''],
    ['in the database', '?schema=other'],
  ])('are not created by a user who may not create %s', async (_, query) => {
    const url = await createTestDatabase(installation);
    // Before version 15, everybody may create tables in the schema `public`.
    await queryOnce(url, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    const user = await asNewUser(url);
    await expect(prepareSchema(await connect(`${user}${query}`), ALL)).rejects.toThrow(
      /^PostgreSQL at 127\.0\.0\.1:\d+ refuses user 'user_test_\w+' what the store needs in database 'test_\w+' \(permission denied for .*\): GRANT CREATE/,
    );
  });

  it('can be read by a user who may only read, and are refused to a server', async () => {
    const url = await createTestDatabase(installation);
    await prepareSchema(await connect(url), ALL);
    const reader = await connect(await asNewUser(url, 'SELECT ON ALL TABLES IN SCHEMA public'));
    expect(await prepareSchema(reader, READ)).toMatchObject({ version: SCHEMA_VERSION, created: false });
    await expect(prepareSchema(reader, ALL)).rejects.toThrow(
      /^User 'user_test_\w+' may not write to fg_head, fg_kv, .* of the store in PostgreSQL at .*: GRANT SELECT, INSERT, UPDATE, DELETE/,
    );
  });

  it('are refused to a user who may not even read them', async () => {
    const url = await createTestDatabase(installation);
    await prepareSchema(await connect(url), ALL);
    const stranger = await connect(await asNewUser(url));
    await expect(prepareSchema(stranger, READ)).rejects.toThrow(/permission denied for table fg_meta/);
  });

  it('of a dialect of PostgreSQL have no storage parameters', async () => {
    const url = await createTestDatabase(installation);
    const connection = await connect(url);
    await prepareSchema({ ...connection, version: 'CockroachDB CCL v24.3.0' }, ALL);
    expect(
      await queryOnce(
        url,
        `SELECT relname FROM pg_class WHERE relname LIKE 'fg\\_%' AND (reloptions IS NOT NULL OR relpersistence = 'u')`,
      ),
    ).toEqual([]);
  });
});
