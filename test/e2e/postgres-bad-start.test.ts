import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, queryOnce, startPostgres } from '../support/postgres/server.js';
import { type StandbyServer, startStandby } from '../support/postgres/standby.js';
import { createTables } from '../support/postgres/store.js';

const SECRET = 'a secret of more than thirty-two bytes';

async function serve(location: string): Promise<{ readonly code: unknown; readonly error: string }> {
  const child = spawn(process.execPath, ['dist/bundle/cli.js', 'serve'], {
    env: { FEEDBACK_STORE: location, FEEDBACK_JWT_SECRET: SECRET, FEEDBACK_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [[code], error] = await Promise.all([once(child, 'exit') as Promise<unknown[]>, text(child.stderr)]);
  return { code, error };
}

describe('a server refuses to start with one line where PostgreSQL', () => {
  let postgres: PostgresServer;
  let standby: StandbyServer;

  beforeAll(async () => {
    postgres = await startPostgres();
    standby = await startStandby(postgres);
  });
  afterAll(async () => {
    await standby.stop();
    await postgres.stop();
  });

  const changed = (url: string, change: (url: URL) => void): string => {
    const copy = new URL(url);
    change(copy);
    return copy.href;
  };

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'cannot be reached',
      async () => changed(await postgres.createDatabase(), (url) => (url.port = '1')),
      /127\.0\.0\.1:1 refuses connections/,
    ],
    [
      'does not accept the password',
      async () => changed(await postgres.createDatabase(), (url) => (url.password = 'wrong')),
      /does not accept the password of user 'postgres'/,
    ],
    ['does not have the database', () => Promise.resolve(postgres.url('nothing')), /has no database 'nothing'/],
    [
      'has the tables of another program',
      async () => {
        const url = await postgres.createDatabase();
        await queryOnce(url, 'CREATE TABLE fg_meta (id int)');
        return url;
      },
      /tables of another program/,
    ],
    ['is a standby', () => Promise.resolve(standby.url('postgres')), /is a read-only standby/],
    [
      'has tables of a newer version',
      async () => {
        const url = await postgres.createDatabase();
        await createTables(url);
        await queryOnce(url, `UPDATE fg_meta SET value = '9999' WHERE name IN ('schema_version', 'compatible_with')`);
        return url;
      },
      /which a later release of feedback-graph made/,
    ],
  ])('%s', async (_, prepare, expected) => {
    const { code, error } = await serve(await prepare());
    expect(error).toMatch(expected);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(error).not.toContain('wrong');
    expect(code).toBe(1);
  });
});
