/** The PostgreSQL that all test files of a run share; each makes databases of its own in it. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { inject } from 'vitest';
import { PASSWORD, type PostgresAddress, queryOnce, SUPERUSER } from './server.js';

let address: Promise<PostgresAddress> | undefined;

/** How to reach the shared server. The first call of a run starts it. */
export function sharedPostgres(): Promise<PostgresAddress> {
  address ??= json(connect(inject('postgresPort'), '127.0.0.1')).then((answer) => {
    const found = answer as PostgresAddress | { readonly error: string };
    if ('error' in found) throw new Error(found.error);
    return found;
  });
  return address;
}

/** Creates an empty database on the shared server, which is gone after the run. @returns its URL, as the superuser */
export async function createTestDatabase(): Promise<string> {
  const { host, port } = await sharedPostgres();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = (database: string): string => `postgres://${SUPERUSER}:${PASSWORD}@${host}:${port}/${database}`;
  // Nobody is ever connected to template0, which would make this fail.
  await queryOnce(url('postgres'), `CREATE DATABASE ${name} TEMPLATE template0`);
  return url(name);
}
