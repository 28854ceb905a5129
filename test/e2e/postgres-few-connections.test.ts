import jsonwebtoken from 'jsonwebtoken';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type PostgresServer, startPostgres } from '../support/postgres/server.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const SECRET = 'a secret of more than thirty-two bytes';
const TOKEN = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'operator', expiresIn: '1h' });

describe('a server on PostgreSQL with max_connections of 5', () => {
  let postgres: PostgresServer;
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    // By default three of them are for superusers.
    postgres = await startPostgres({
      settings: { max_connections: '5', superuser_reserved_connections: '0' },
      fsync: false,
    });
  });
  afterEach(async () => {
    server?.child.kill('SIGKILL');
    await server?.ended;
    server = undefined;
  });
  afterAll(() => postgres.stop());

  /** Serves as a user who gets so many connections. */
  async function serve(name: string, limit: number): Promise<ServerProcess> {
    await postgres.query(`CREATE ROLE ${name} LOGIN PASSWORD 'its own' CONNECTION LIMIT ${limit}`);
    await postgres.query(`CREATE DATABASE ${name} OWNER ${name}`);
    const location = new URL(postgres.url(name));
    [location.username, location.password] = [name, 'its own'];
    return startServerProcess({ FEEDBACK_STORE: location.href, FEEDBACK_JWT_SECRET: SECRET });
  }

  it('answers all that many clients ask at once', async () => {
    server = await serve('five', -1);
    const { url } = server;
    const clients = Array.from({ length: 40 }, async (_, nth) => {
      const entry = { ...APPROVED, interaction_id: String(nth) };
      const submitted = await callServer({ url }, TOKEN, 'POST', BASE, entry);
      const listed = await callServer({ url }, TOKEN, 'GET', BASE);
      return [submitted.status, listed.status];
    });
    expect(await Promise.all(clients)).toEqual(clients.map(() => [201, 200]));
    const { body } = await callServer({ url }, TOKEN, 'GET', `${BASE}?limit=100`);
    expect(body['feedback']).toHaveLength(40);
  });

  it('says in one line that it gets too few', async () => {
    await expect(serve('two', 2)).rejects.toThrow(
      /ended with 1: error: PostgreSQL at 127\.0\.0\.1:\d+ has no connection left: raise max_connections[^\n]*\n$/,
    );
  });
});
