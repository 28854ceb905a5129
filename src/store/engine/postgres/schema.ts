/** Creates the tables of a store, and brings them up to the version that this program knows. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { StoreOpenError } from '../../errors.js';
import { RECORD_FORMAT } from '../../record.js';
import { whyOutdated } from './agreement.js';
import { isPostgresItself, type PostgresConnection } from './connection.js';
import { describePostgresFailure } from './failures.js';
import { describeAddress } from './location.js';
import { type Migration, MIGRATIONS, oldestCompatible } from './migrations.js';

export interface PrepareSchemaOptions {
  /** Whether to create the tables, and the schema that they are in, where there are none. */
  readonly create: boolean;
  /** Whether to bring tables of an earlier version up to date. */
  readonly migrate: boolean;
  /** Whether the user must have the right to write to every table. */
  readonly write: boolean;
}

export interface PreparedSchema {
  /** Greater than the newest that this program knows if servers of a later release run beside it. */
  readonly version: number;
  /** Before; undefined if the tables were created. */
  readonly previous: number | undefined;
  /** What tells this store from every other, for its lifetime. */
  readonly storeId: string;
  readonly created: boolean;
}

type SchemaConnection = Pick<PostgresConnection, 'client' | 'place' | 'version'>;

/** What a database holds under names that begin with `fg_`: of each table its columns. */
type FoundTables = ReadonlyMap<string, ReadonlySet<string>>;

/** What says that another server did the same at the same time: unique violations, existing objects, serialization. */
const DONE_BY_ANOTHER = new Set(['23505', '42P06', '42P07', '42710', '40001', '40P01']);
const MAX_ATTEMPTS = 10;

/**
 * Checks the tables of the store that a connection's search path leads to, and creates or migrates them where that is
 * allowed. Each migration is one transaction, so a failure leaves the version before; any number of servers may do this at
 * the same time.
 * @throws StoreOpenError with one line for the operator
 */
export async function prepareSchema(
  connection: SchemaConnection,
  options: PrepareSchemaOptions,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<PreparedSchema> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await prepareOnce(connection, options, migrations);
    } catch (cause) {
      if (cause instanceof StoreOpenError) throw cause;
      const isRace = cause instanceof pg.DatabaseError && DONE_BY_ANOTHER.has(cause.code ?? '');
      if (!isRace || attempt === MAX_ATTEMPTS) {
        throw new StoreOpenError(describePostgresFailure(cause, connection.place), { cause });
      }
    }
  }
}

async function prepareOnce(
  connection: SchemaConnection,
  { create, migrate, write }: PrepareSchemaOptions,
  migrations: readonly Migration[],
): Promise<PreparedSchema> {
  const { client } = connection;
  const where = describeSchema(connection);
  const latest = migrations.at(-1)?.version ?? 0;
  await refuseEncoding(connection);
  let tables = await findTables(connection);
  const created = tables.size === 0;
  if (created) {
    if (!create) throw new StoreOpenError(`There is no store in ${where}: create it with 'feedback-graph migrate'`);
    await createTables(connection, migrations);
    tables = await findTables(connection);
  }
  const meta = await readMeta(connection, tables);
  let version = parseVersion(meta.get('schema_version'));
  const storeId = meta.get('store_id');
  if (meta.get('program') !== 'feedback-graph' || version === undefined || storeId === undefined) {
    throw foreign(connection, [...tables.keys()]);
  }
  const demands = {
    schemaVersion: version,
    compatibleWith: parseVersion(meta.get('compatible_with')) ?? version,
    recordFormat: parseVersion(meta.get('record_format')) ?? 1,
  };
  const refusal = whyOutdated(`The store in ${where}`, demands, {
    schemaVersion: latest,
    recordFormat: RECORD_FORMAT,
  });
  if (refusal !== undefined) throw new StoreOpenError(refusal);
  const previous = created ? undefined : version;
  if (version < latest) {
    if (!migrate) {
      throw new StoreOpenError(
        `The store in ${where} has tables of version ${version}; this release needs version ${latest}: run 'feedback-graph migrate'`,
      );
    }
    for (const [place, migration] of migrations.entries()) {
      const compatibleWith = oldestCompatible(migrations.slice(0, place + 1));
      if (migration.version > version) await migrateTables(connection, migration, compatibleWith);
    }
    version = latest;
  }
  // Only what is found after the version is of that version: another server may have migrated since the first look.
  refuseIncomplete(await findTables(connection), migrations, where);
  if (write) await refuseWithoutWriteAccess(client, [...expectedTables(migrations).keys()], connection);
  return { version, previous, storeId, created };
}

/** @throws StoreOpenError for a database that could not hold the name of every organization */
async function refuseEncoding({ client, place }: SchemaConnection): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(`SELECT current_setting('server_encoding') AS encoding`);
  const encoding = rows[0]?.encoding ?? '';
  // SQL_ASCII takes bytes as they come.
  if (/^(?:UTF-?8|SQL_ASCII)$/i.test(encoding)) return;
  throw new StoreOpenError(
    `Database '${place.database}' in PostgreSQL at ${describeAddress(place.address)} has the encoding ${encoding}, in which not ` +
      "every name can be written: create one with ENCODING 'UTF8'",
  );
}

async function createTables(connection: SchemaConnection, migrations: readonly Migration[]): Promise<void> {
  const { client, place } = connection;
  await inTransaction(client, async () => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1', [place.schema]);
    if (rowCount === 0) await client.query(`CREATE SCHEMA "${place.schema}"`);
    for (const { statements } of migrations) {
      for (const statement of statements(dialectOf(connection))) await client.query(statement);
    }
    await client.query(
      `INSERT INTO fg_meta (name, value) VALUES ('store_id', $1), ('schema_version', $2), ('compatible_with', $3)`,
      [randomUUID(), `${migrations.at(-1)?.version ?? 0}`, `${oldestCompatible(migrations)}`],
    );
  });
}

/** Takes one step, unless another server has taken it meanwhile. */
async function migrateTables(
  connection: SchemaConnection,
  migration: Migration,
  compatibleWith: number,
): Promise<void> {
  const { client } = connection;
  await inTransaction(client, async () => {
    // The lock makes others wait here, and servers that start: they find the new version then.
    const { rows } = await client.query<{ value: string }>(
      `SELECT value FROM fg_meta WHERE name = 'schema_version' FOR UPDATE`,
    );
    if ((parseVersion(rows[0]?.value) ?? 0) >= migration.version) return;
    if (!migration.isAdditive) await refuseWhileUsed(connection);
    for (const statement of migration.statements(dialectOf(connection))) await client.query(statement);
    await client.query(`UPDATE fg_meta SET value = $1 WHERE name = 'schema_version'`, [`${migration.version}`]);
    await client.query(
      `INSERT INTO fg_meta (name, value) VALUES ('compatible_with', $1)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [`${compatibleWith}`],
    );
  });
}

/** @throws StoreOpenError if servers live, which know the tables as they are */
async function refuseWhileUsed(connection: SchemaConnection): Promise<void> {
  const { rows } = await connection.client.query<{ version: string; servers: string }>(
    `SELECT version, count(*) AS servers FROM fg_server WHERE seen > now() - interval '10 seconds'
     GROUP BY version ORDER BY version`,
  );
  if (rows.length === 0) return;
  const servers = rows.reduce((sum, row) => sum + Number(row.servers), 0);
  throw new StoreOpenError(
    `The store in ${describeSchema(connection)} is in use by ${servers} ${servers === 1 ? 'server' : 'servers'} of ` +
      `feedback-graph ${rows.map(({ version }) => version).join(' and ')}, which cannot use the tables of this release: ` +
      'stop them first',
  );
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  // What a statement sees behind a lock is as of then, whatever the connection's default.
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    // Where the connection is lost, the server rolls back by itself.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function findTables({ client, place }: SchemaConnection): Promise<FoundTables> {
  // Unlike information_schema, the catalog shows what the user has no right to.
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT c.relname AS "table", a.attname AS "column" FROM pg_catalog.pg_class c ` +
      'JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ' +
      'JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ' +
      `WHERE n.nspname = $1 AND c.relname LIKE 'fg\\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [place.schema],
  );
  const tables = new Map<string, Set<string>>();
  for (const { table, column } of rows) tables.set(table, (tables.get(table) ?? new Set()).add(column));
  return tables;
}

async function readMeta(connection: SchemaConnection, tables: FoundTables): Promise<ReadonlyMap<string, string>> {
  const columns = tables.get('fg_meta');
  if (columns === undefined || !columns.has('name') || !columns.has('value')) {
    throw foreign(connection, [...tables.keys()]);
  }
  const { rows } = await connection.client.query<{ name: string; value: string }>(
    'SELECT name::text AS name, value::text AS value FROM fg_meta',
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** @returns the tables after all of the migrations, with their columns */
function expectedTables(migrations: readonly Migration[]): ReadonlyMap<string, readonly string[]> {
  return new Map(migrations.flatMap(({ tables }) => Object.entries(tables)));
}

/** A migration cannot stop halfway on PostgreSQL; a table that was dropped or restored on its own looks the same. */
function refuseIncomplete(tables: FoundTables, migrations: readonly Migration[], where: string): void {
  const missing = [...expectedTables(migrations)].flatMap(([table, columns]) => {
    const found = tables.get(table);
    if (found === undefined) return [table];
    return columns.filter((column) => !found.has(column)).map((column) => `${table}.${column}`);
  });
  if (missing.length > 0) {
    throw new StoreOpenError(
      `The store in ${where} is incomplete, as after half a migration (it lacks ${missing.join(', ')}): restore a backup`,
    );
  }
}

async function refuseWithoutWriteAccess(
  client: pg.Client,
  tables: readonly string[],
  { place }: SchemaConnection,
): Promise<void> {
  const { rows } = await client.query<{ table: string }>(
    `SELECT t AS "table" FROM unnest($1::text[]) AS t CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p ` +
      `WHERE NOT has_table_privilege(t, p) GROUP BY t ORDER BY t`,
    [tables],
  );
  if (rows.length === 0) return;
  throw new StoreOpenError(
    `User '${place.user}' may not write to ${rows.map(({ table }) => table).join(', ')} of the store in ` +
      `PostgreSQL at ${describeAddress(place.address)}: GRANT SELECT, INSERT, UPDATE, DELETE on them to the user`,
  );
}

function foreign(connection: SchemaConnection, tables: readonly string[]): StoreOpenError {
  return new StoreOpenError(
    `There are tables of another program in ${describeSchema(connection)} (${[...tables].sort().join(', ')}): ` +
      'choose another database, or another schema with ?schema=NAME',
  );
}

function describeSchema({ place: { address, database, schema } }: SchemaConnection): string {
  return `schema '${schema}' of database '${database}' in PostgreSQL at ${describeAddress(address)}`;
}

function parseVersion(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** By what the database says that it is. */
export function dialectOf({ version }: Pick<SchemaConnection, 'version'>): { readonly isPostgres: boolean } {
  return { isPostgres: isPostgresItself(version) };
}
