/** The PostgreSQL servers that all test files of a run share; each makes databases of its own in them. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { inject } from 'vitest';
import { npmPostgres, type PostgresInstallation } from './installation.js';
import { PASSWORD, type PostgresAddress, queryOnce, SUPERUSER } from './server.js';

const addresses = new Map<string, Promise<PostgresAddress>>();

/** How to reach the shared server of an installation. The first call of a run starts it. */
export function sharedPostgres({ name }: PostgresInstallation = npmPostgres()): Promise<PostgresAddress> {
  const address = addresses.get(name) ?? askFor(name);
  addresses.set(name, address);
  return address;
}

async function askFor(name: string): Promise<PostgresAddress> {
  const socket = connect(inject('postgresPort'), '127.0.0.1');
  socket.write(name);
  const found = (await json(socket)) as PostgresAddress | { readonly error: string };
  if ('error' in found) throw new Error(found.error);
  return found;
}

/**
 * Creates an empty database, which is gone after the run: on the shared server, or on the one that `TEST_POSTGRES_URL` names,
 * which may speak the protocol alone, as CockroachDB and YugabyteDB do.
 * @returns its URL, as the superuser
 */
export async function createTestDatabase(installation?: PostgresInstallation): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const given = process.env['TEST_POSTGRES_URL'];
  if (given !== undefined && installation === undefined) {
    await queryOnce(given, `CREATE DATABASE ${name}`);
    return Object.assign(new URL(given), { pathname: `/${name}` }).href;
  }
  const { host, port } = await sharedPostgres(installation);
  const url = (database: string): string => `postgres://${SUPERUSER}:${PASSWORD}@${host}:${port}/${database}`;
  // Nobody is ever connected to template0, which would make this fail.
  await queryOnce(url('postgres'), `CREATE DATABASE ${name} TEMPLATE template0`);
  return url(name);
}
