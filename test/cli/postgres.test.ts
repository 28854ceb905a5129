import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import type { Store } from '../../src/store/contract.js';
import { decodeLogEntry } from '../../src/store/engine/postgres/log-entry.js';
import { SCHEMA_VERSION } from '../../src/store/engine/postgres/migrations.js';
import type { StoreUse } from '../../src/store/engines.js';
import { openStore } from '../../src/store/open.js';
import { createTrainingBatch } from '../../src/training/work.js';
import { domainOf } from '../maintenance/support.js';
import { runCommand } from '../support/command.js';
import { APPROVED } from '../support/feedback.js';
import { postgresInstallations } from '../support/postgres/installation.js';
import { PASSWORD, queryOnce, startPostgres } from '../support/postgres/server.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { startStandby } from '../support/postgres/standby.js';

const SECRET = 'a-secret-of-tests-that-is-long-enough';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Runs a command on a store; whatever it says, it does not say the password. */
async function command(store: string, line: string) {
  const result = await runCommand([...line.split(' '), '--store', store]);
  expect(result.out + result.error).not.toContain(PASSWORD);
  return result;
}

async function within<T>(location: string, use: StoreUse, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(location, { use });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function fill(location: string): Promise<void> {
  await within(location, 'server', async (store) => {
    const domain = await domainOf(store);
    await domain.register('lora:a', []);
    for (const nth of [1, 2, 3]) await domain.submit({ ...APPROVED, userId: `user-${nth}`, adapterId: 'lora:a' });
    await domain.submit({ ...APPROVED, userId: 'ann' });
    // Now, so that its lease has not ended.
    await createTrainingBatch(
      { store, keyedHash: await loadKeyedHash(store), now: Date.now },
      { sub: 'trainer', org: 'default', requestId: 'request-1' },
      { filter: { adapterId: 'lora:a' }, newestFirst: false, limit: 100, holdout: 0, leaseMinutes: 60 },
    );
  });
}

describe('feedback-graph migrate', () => {
  it('creates the tables once, and says each time in one line what it did', async () => {
    const url = await createTestDatabase();
    const where = `postgres://postgres@${new URL(url).host}${new URL(url).pathname}`;
    expect(await command(url, 'migrate --check')).toMatchObject({
      code: 1,
      error: matching(/^error: There is no store in .*: create it with 'feedback-graph migrate'\n$/),
    });
    expect(await queryOnce(url, `SELECT 1 FROM pg_class WHERE relname LIKE 'fg\\_%'`)).toEqual([]);
    expect(await command(url, 'migrate')).toEqual({
      code: 0,
      out: `Created the tables of the store ${where}, version ${SCHEMA_VERSION}\n`,
      error: '',
    });
    const nothing = {
      code: 0,
      out: `Nothing to do: the tables of the store ${where} are of version ${SCHEMA_VERSION}\n`,
      error: '',
    };
    expect(await command(url, 'migrate')).toEqual(nothing);
    expect(await command(url, 'migrate --check')).toEqual(nothing);
    expect(await command(`rocksdb:${at('none')}`, 'migrate')).toEqual({
      code: 0,
      out: 'Nothing to do: a store on RocksDB has no tables, and the server creates it\n',
      error: '',
    });
  });

  it('is what creates them where servers may not', async () => {
    const url = await createTestDatabase();
    const refused = {
      code: 1,
      error: matching(/^error: There is no store in .*: create it with 'feedback-graph migrate'\n$/),
    };
    expect(await command(url, `serve --port 0 --store-migrate off --jwt-secret ${SECRET}`)).toMatchObject(refused);
    expect(await command(url, 'verify')).toMatchObject(refused);
    expect(await command(url, `backup ${at('b')}`)).toMatchObject(refused);
    await command(url, 'migrate');
    const store = await openStore(url, { migrate: false });
    await store.close();
  });
});

describe('the commands that work on a store, on PostgreSQL', () => {
  it('read one moment while a server writes', async () => {
    const url = await createTestDatabase();
    await fill(url);
    await within(url, 'server', async (store) => {
      const domain = await domainOf(store);
      let writing = true;
      const writers = [1, 2, 3].map(async (nth) => {
        while (writing) {
          const id = await domain.submit({ ...APPROVED, userId: `writer-${nth}`, adapterId: 'lora:a' });
          await domain.review(id, 'approve');
        }
      });
      for (const nth of [1, 2, 3]) {
        expect(await command(url, 'verify')).toEqual({
          code: 0,
          out: matching(/^\d+ keys read; everything agrees\n$/),
          error: '',
        });
        expect(await command(url, `backup ${at(`b${nth}`)}`)).toMatchObject({ code: 0, error: '' });
      }
      expect(await command(url, `export ${at('rows')}`)).toMatchObject({ code: 0, error: '' });
      expect(await command(url, 'retention --dry-run --retention rejected=30d')).toMatchObject({ code: 0, error: '' });
      writing = false;
      await Promise.all(writers);
    });
    const copy = await createTestDatabase();
    expect(await command(copy, `restore ${at('b3')}`)).toMatchObject({ code: 0, error: '' });
    expect(await command(copy, 'verify')).toMatchObject({ code: 0, error: '' });
    expect(await command(copy, 'verify --repair')).toMatchObject({ code: 0, error: '' });
  });

  it('write beside servers, but for those that need the store for themselves', async () => {
    const url = await createTestDatabase();
    await fill(url);
    await command(url, `export ${at('rows')}`);
    await command(url, `backup ${at('b')}`);
    const inUse = (by: string) => ({
      code: 1,
      error: matching(
        new RegExp(`^error: The store \\S+ is in use by ${by}: stop it first, or wait until it is done\n$`),
      ),
    });
    await within(url, 'server', async (store) => {
      for (const line of [
        `import ${at('rows')} --org other`,
        'revalidate',
        'retention --retention rejected=30d',
        `train-export --batch 1 --format trl-sft --out ${at('train')}`,
      ]) {
        expect([line, await command(url, line)]).toMatchObject([line, { code: 0, error: '' }]);
      }
      const found = await store.read((reader) =>
        reader.scanKeys({ gte: 'help_feedback:other:', lt: 'help_feedback:other;', limit: 10 }),
      );
      expect(found).toHaveLength(4);
      expect(await command(url, 'verify --repair')).toMatchObject(inUse('1 server'));
      expect(await command(url, `restore ${at('b')}`)).toMatchObject(inUse('1 server'));
    });
    await within(url, 'import', async () => {
      expect(await command(url, `import ${at('rows')}`)).toMatchObject(inUse('1 import'));
      expect(await command(url, `export ${at('rows')} --force`)).toMatchObject({ code: 0 });
    });
    await within(url, 'repair', async () => {
      await expect(openStore(url)).rejects.toThrow('is in use by 1 repair');
      expect(await command(url, 'revalidate')).toMatchObject(inUse('1 repair'));
      expect(await command(url, 'verify')).toMatchObject({ code: 0 });
    });
    expect(await command(url, 'verify --repair')).toMatchObject({ code: 0, error: '' });
  });

  it('that meet leave at most one that needs the store for itself', async () => {
    const url = await createTestDatabase();
    await fill(url);
    const opened = await Promise.allSettled(
      Array.from({ length: 6 }, (_, nth) => openStore(url, { use: nth % 3 === 0 ? 'repair' : 'server' })),
    );
    const uses = opened.flatMap(({ status }, nth) =>
      status === 'fulfilled' ? [nth % 3 === 0 ? 'repair' : 'server'] : [],
    );
    if (uses.includes('repair')) expect(uses).toEqual(['repair']);
    for (const each of opened) if (each.status === 'fulfilled') await each.value.close();
    expect(await queryOnce(url, 'SELECT * FROM fg_server')).toEqual([]);
  });

  it('refuse what another engine needs, and a store that is not there, in one line', async () => {
    const url = await createTestDatabase();
    await command(url, 'migrate');
    expect(await command(url, 'verify --salvage')).toEqual({
      code: 2,
      out: '',
      error: 'error: --salvage is for stores on RocksDB: the database repairs its own log\n',
    });
    expect(await command(url, 'verify')).toMatchObject({ code: 0, out: '0 keys read; everything agrees\n' });
    // No server has ever started with it.
    expect(await command(url, 'revalidate --dry-run')).toMatchObject({
      code: 1,
      error: matching(/^error: .*: start one first\n$/),
    });
    const elsewhere = url.replace(/\/[^/]*$/, '/nowhere');
    expect(await command(elsewhere, 'verify')).toMatchObject({
      code: 1,
      error: matching(/^error: PostgreSQL at \S+ has no database 'nowhere'.*\n$/),
    });
  });

  it('that only read work for a user who may only read, and on a standby', async () => {
    const primary = await startPostgres({ fsync: false });
    try {
      const url = await primary.createDatabase();
      await fill(url);
      await queryOnce(url, `CREATE USER reader PASSWORD '${PASSWORD}'`);
      await queryOnce(url, 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader');
      const standby = await startStandby(primary, { fsync: false, synchronous: true });
      try {
        const { pathname } = new URL(url);
        const onStandby = `postgres://reader:${PASSWORD}@${standby.host}:${standby.port}${pathname}`;
        const onBoth = `postgres://reader:${PASSWORD}@${primary.host}:${primary.port},${standby.host}:${standby.port}${pathname}`;
        for (const [nth, location] of [onStandby, `${onBoth}?target_session_attrs=prefer-standby`].entries()) {
          for (const line of [
            'verify',
            'migrate --check',
            `backup ${at(`b${nth}`)}`,
            `export ${at(`e${nth}`)}`,
            'revalidate --dry-run',
            'retention --dry-run --retention rejected=30d',
            `copy --from ${location} --to rocksdb:${at(`copy${nth}`)}`,
          ]) {
            const result = line.startsWith('copy') ? await runCommand(line.split(' ')) : await command(location, line);
            expect([line, result]).toMatchObject([line, { code: 0, error: '' }]);
          }
        }
        expect(await command(onStandby, `import ${at('e0')}`)).toMatchObject({
          code: 1,
          error: matching(/^error: PostgreSQL at \S+ is a read-only standby: name the primary.*\n$/),
        });
        expect(await command(onStandby, 'verify --repair')).toMatchObject({ code: 1 });
        expect(await command(`rocksdb:${at('copy1')}`, 'verify')).toMatchObject({ code: 0 });
      } finally {
        await standby.stop();
      }
    } finally {
      await primary.stop();
    }
  });
});

it.each(['serve --port 0', 'token --sub me'])(
  'feedback-graph %s needs a key for tokens, and writes none to a path made of the location',
  async (line) => {
    const { code, error } = await command('postgres://user:hunter2@127.0.0.1:1/feedback', line);
    expect([code, error]).toEqual([2, matching(/^error: .* one of FEEDBACK_JWT_SECRET, .* must be set.*\n$/)]);
    expect(readdirSync('/').filter((name) => name.includes('hunter2'))).toEqual([]);
  },
);

describe('feedback-graph purge', () => {
  const SECRET_TEXT = 'The launch code of project Heron is 4711';

  /** Whether the files of the tables and their indexes hold a text. */
  async function isInFiles(url: string, dataDirectory: string): Promise<boolean> {
    await queryOnce(url, 'CHECKPOINT');
    const files = await queryOnce<{ path: string }>(
      url,
      `SELECT pg_relation_filepath(c.oid) AS path FROM pg_class c WHERE c.relkind IN ('r', 'i', 't')
         AND c.relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND pg_relation_filepath(c.oid) IS NOT NULL`,
    );
    const contents = await Promise.all(files.map(({ path }) => readFile(join(dataDirectory, path))));
    return contents.some((bytes) => bytes.includes('project Heron'));
  }

  it.each(postgresInstallations())(
    'takes what was erased out of the files of $name, and finishes what was interrupted',
    async (installation) => {
      const server = await startPostgres({ installation, fsync: false });
      try {
        const url = await server.createDatabase();
        await fill(url);
        await within(url, 'server', async (store) => {
          const domain = await domainOf(store);
          const short = await domain.submit({ ...APPROVED, comment: SECRET_TEXT });
          // Long enough to be kept beside its row.
          const long = await domain.submit({ ...APPROVED, comment: `${SECRET_TEXT} ${'and so on '.repeat(900)}` });
          await domain.erase(short);
          await domain.erase(long);
          await store.transact((transaction) => {
            transaction.put('purge:0190a1b2-0000-7000-8000-000000000000', Buffer.alloc(0));
            return Promise.resolve();
          });
          expect(await isInFiles(url, server.dataDirectory)).toBe(true);
          expect(await command(url, 'purge')).toMatchObject({
            code: 1,
            error: matching(/^error: 1 server uses the store: the tables \(.* MB .*stop it first, or use --force\n$/),
          });
          expect(await isInFiles(url, server.dataDirectory)).toBe(true);
          let writing = true;
          const writers = [1, 2, 3].map(async (nth) => {
            while (writing) {
              // While the tables are rewritten, writes may be refused.
              await domain.submit({ ...APPROVED, userId: `writer-${nth}` }).catch(() => undefined);
            }
          });
          expect(await command(url, 'purge --force')).toEqual({
            code: 0,
            out: 'Rewrote the files of the store; finished 1 erasure that had been interrupted\n',
            error: matching(/^warning: the tables \(.* MB with their indexes\) are rewritten.*\n$/),
          });
          writing = false;
          await Promise.all(writers);
          expect(await isInFiles(url, server.dataDirectory)).toBe(false);
          // The server goes on.
          await domain.submit(APPROVED);
          expect(await store.read((reader) => reader.scanKeys({ gte: 'purge:', lt: 'purge;', limit: 2 }))).toEqual([]);
        });
        expect(await command(url, 'purge')).toMatchObject({ code: 0, out: 'Rewrote the files of the store\n' });
        // Keys hold words of texts, and the log keys.
        const log = await queryOnce<{ entry: Buffer }>(url, `SELECT entry FROM fg_log WHERE stream = 'default'`);
        expect(await Promise.all(log.map(async ({ entry }) => (await decodeLogEntry(entry)).plain))).toEqual([[]]);
        expect(await command(url, 'verify')).toMatchObject({ code: 0 });
      } finally {
        await server.stop();
      }
    },
  );

  it.each(postgresInstallations())(
    'says where it could not in $name, and does not count it as done',
    async (installation) => {
      const url = await createTestDatabase(installation);
      await fill(url);
      const intent = 'purge:0190a1b2-0000-7000-8000-000000000000';
      await within(url, 'server', (store) =>
        store.transact((transaction) => {
          transaction.put(intent, Buffer.alloc(0));
          return Promise.resolve();
        }),
      );
      const reader = new pg.Client({ connectionString: url });
      await reader.connect();
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT 1');
      await within(url, 'server', async (store) => {
        const domain = await domainOf(store);
        await domain.erase(await domain.submit(APPROVED));
      });
      expect(await command(url, 'purge')).toMatchObject({
        code: 1,
        error: matching(/\nerror: What was erased cannot leave the files yet, as an open transaction.*\n$/),
      });
      await reader.end();

      const user = `user_${new URL(url).pathname.slice(1)}`;
      await queryOnce(url, `CREATE USER ${user} PASSWORD '${PASSWORD}'`);
      await queryOnce(url, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${user}`);
      expect(await command(url.replace('postgres:test', `${user}:test`), 'purge')).toMatchObject({
        code: 1,
        error: matching(/\nerror: User '\S+' may not rewrite fg_kv: run this as the user who owns .*\n$/),
      });
      await within(url, 'server', async (store) => {
        expect(await store.read((snapshot) => snapshot.get(intent))).toBeDefined();
        expect(store.health).toEqual({ writable: true, purgeDueSince: expect.any(Number) as unknown });
      });
      const due =
        /^what was erased since \d{4}-\d\d-\d\dT\S+Z is still in files of the database: run 'feedback-graph purge'$/m;
      expect(await command(url, 'verify')).toMatchObject({ code: 0, out: matching(due) });
      expect(await command(url, 'purge')).toMatchObject({ code: 0 });
      expect((await command(url, 'verify')).out).not.toMatch(due);
      await within(url, 'server', (store) => {
        expect(store.health).toEqual({ writable: true });
        return Promise.resolve();
      });
    },
  );

  it('rewrites the files of a store on RocksDB', async () => {
    const location = `rocksdb:${at('data')}`;
    await fill(location);
    expect(await command(location, 'purge')).toEqual({ code: 0, out: 'Rewrote the files of the store\n', error: '' });
    await within(location, 'server', async () => {
      expect((await command(location, 'purge')).error).toMatch(/is in use by another server\n$/);
    });
  });
});
