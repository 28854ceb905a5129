/** The tables of the engine, for tests that open stores over them: several of them are the servers of one store. */
import { connectPostgres } from '../../../src/store/engine/postgres/connection.js';
import { readPostgresLocation } from '../../../src/store/engine/postgres/location.js';
import { prepareSchema } from '../../../src/store/engine/postgres/schema.js';
import { createSession, type OpenSession } from '../../../src/store/engine/postgres/session.js';
import { createTestDatabase } from './shared.js';

let database: Promise<string> | undefined;
let schemas = 0;

export interface TestTables {
  readonly openSession: OpenSession;
  /** Runs SQL in their schema, as an operator could. @returns the rows that one statement answers */
  query(sql: string): Promise<readonly (readonly unknown[])[]>;
}

/** Makes them, in a schema of their own: databases take longer to make. @param url the database; a shared one unless given */
export async function createTestTables(url?: string): Promise<TestTables> {
  const place = url ?? (await (database ??= createTestDatabase()));
  const location = readPostgresLocation(`${place}?schema=store_${(schemas += 1)}`, {});
  const preparing = await connectPostgres(location, { role: 'test' });
  await prepareSchema(preparing, { create: true, migrate: true, write: true });
  await preparing.client.end();
  return {
    openSession: async (purpose) =>
      createSession((await connectPostgres(location, { role: purpose, pipeline: true })).client),
    query: async (sql) => {
      const { client } = await connectPostgres(location, { role: 'test' });
      const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      await client.end();
      return rows;
    },
  };
}
