import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { run } from '../../src/cli/run.js';
import { createApplication } from '../../src/http/application.js';
import { guard } from '../../src/http/guard.js';
import { createBackup } from '../../src/maintenance/backup.js';
import { restoreBackup } from '../../src/maintenance/restore.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { permissionsOf } from '../../src/permissions.js';
import { maintenanceRoutes } from '../../src/rest/maintenance-routes.js';
import type { Store } from '../../src/store/contract.js';
import { bulkLoadAt, openStore } from '../../src/store/open.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { domainOf } from './support.js';

const ROUTE = '/api/v1/llm/admin/backup';
const ADMIN = { sub: 'root', roles: ['admin'] };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);
const url = (name: string): string => `rocksdb:${at(name)}`;

async function command(...argv: string[]) {
  let out = '';
  let error = '';
  const code = await run(argv, {
    environment: {},
    out: (text) => void (out += text),
    error: (text) => void (error += text),
  });
  return { code, out, error };
}

async function within<T>(name: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(url(name));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function dump(store: Store): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const piece of store.snapshot({ gte: '', lt: '\u{10ffff}' })) {
    found.push(...piece.map(({ key, value }): [string, string] => [key, value.toString('base64')]));
  }
  return found;
}

const dumpOf = (name: string): Promise<[string, string][]> => within(name, dump);

/** One of everything, of two organizations of which one's name is also a component of other keys. */
async function populate(store: Store): Promise<void> {
  const domain = await domainOf(store);
  for (const org of ['default', 'user_hash', 'o:1%']) {
    const linked = await domain.submit(
      { ...APPROVED, userId: 'ann', modelVersion: 'm:1', adapterId: 'lora:a', externalId: 'e:1', comment: `of ${org}` },
      { org, key: 'retry' },
    );
    const used = await domain.submit({ ...APPROVED, interactionId: 'i-1', adapterId: 'lora:a' }, { org });
    await domain.link(linked, 'lora-b', org);
    await domain.register('lora:a', ['base'], org);
    await domain.markUsed([used], 7, org);
    await domain.erase(await domain.submit({ ...APPROVED, userId: 'bob' }, { org }), org);
  }
}

describe('feedback-graph backup and restore', () => {
  beforeEach(() => within('data', populate));

  it('give back every key and value, and the numbers of commits go on', async () => {
    const before = await dumpOf('data');
    const made = await command('backup', at('b'), '--store', url('data'));
    expect(made).toMatchObject({ code: 0, error: '' });
    expect(made.out).toMatch(/^Backed up the whole store to \S+: \d+ keys, \d+\.\d MB\n$/);
    const restored = await command('restore', at('b'), '--store', url('copy'));
    expect(restored).toMatchObject({ code: 0, error: '' });
    expect(restored.out).toMatch(
      new RegExp(`^Restored the whole store as of \\S+ from \\S+: ${before.length} keys\\n$`),
    );
    expect(await dumpOf('copy')).toEqual(before);
    expect(await dumpOf('data')).toEqual(before);
    await within('copy', async (store) => {
      const newest = (await within('data', (original) => Promise.resolve(original.sequence))) + 1;
      await (await domainOf(store)).submit(APPROVED);
      expect(store.sequence).toBe(newest);
      expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
    });
    expect((await stat(at('b'))).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).sort()).toEqual(['b', 'copy', 'data']);
  });

  it('carry over what version 0.1.0 has stored', async () => {
    const backup = fileURLToPath(new URL('../fixtures/backup-0.1.0.feedback', import.meta.url));
    const restored = await command('restore', backup, '--store', url('copy'));
    expect(restored).toMatchObject({ code: 0, error: '' });
    await within('copy', async (store) => {
      expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
    });
    const server = await startTestServer({ store: { engine: 'rocksdb', path: at('copy') } });
    try {
      const { body } = await server.call('GET', `${BASE}?order=desc`, { claims: ADMIN });
      const entries = body['feedback'] as Record<string, unknown>[];
      expect(entries.map(({ question, validation_status }) => [question, validation_status])).toEqual([
        ['Unexplained, with Ümlaut 漢字?', 'flagged'],
        ['What is the default replication factor?', 'approved'],
        ['How do I enable sharding in ThemisDB?', 'approved'],
      ]);
    } finally {
      await server.stop();
    }
  });

  it('replace a file only if told to', async () => {
    await writeFile(at('b'), 'precious');
    expect(await command('backup', at('b'), '--store', url('data'))).toEqual({
      code: 1,
      out: '',
      error: `error: ${at('b')} already exists; use --force to replace it\n`,
    });
    expect(await readFile(at('b'), 'utf8')).toBe('precious');
    expect(await command('backup', at('b'), '--force', '--store', url('data'))).toMatchObject({ code: 0, error: '' });
    expect(await command('restore', at('b'), '--store', url('copy'))).toMatchObject({ code: 0 });
  });

  it('refuse a damaged or truncated file before anything is touched', async () => {
    await command('backup', at('b'), '--store', url('data'));
    const file = await readFile(at('b'));
    const damaged = Buffer.from(file);
    damaged[file.length >> 1]! ^= 1;
    const bad: [string, Buffer][] = [
      ['damaged', damaged],
      ['cut', file.subarray(0, -1)],
      ['empty', Buffer.alloc(0)],
      ['other', Buffer.from('{"some": "json"}')],
    ];
    for (const [name, bytes] of bad) {
      await writeFile(at(name), bytes);
      const { code, out, error } = await command('restore', at(name), '--store', url('copy'));
      expect([code, out]).toEqual([1, '']);
      expect(error).toMatch(new RegExp(`^error: \\S+/${name} is not a valid backup: [^\\n]+\\n$`));
    }
    expect(await readdir(directory)).not.toContain('copy');
  });

  it('refuse a store that is not empty, one in use, and one that is not there', async () => {
    await command('backup', at('b'), '--store', url('data'));
    const before = await dumpOf('data');
    expect(await command('restore', at('b'), '--store', url('data'))).toMatchObject({
      code: 1,
      error: `error: The store ${at('data')} is not empty\n`,
    });
    expect(await dumpOf('data')).toEqual(before);
    await within('data', async () => {
      const inUse = { code: 1, error: `error: The store ${at('data')} is in use by another server\n` };
      expect(await command('restore', at('b'), '--store', url('data'))).toMatchObject(inUse);
      expect(await command('backup', at('c'), '--store', url('data'))).toMatchObject(inUse);
    });
    expect(await command('backup', at('c'), '--store', url('typo'))).toMatchObject({
      code: 1,
      error: `error: There is no feedback-graph store at ${at('typo')}\n`,
    });
    expect(await command('restore', at('none'), '--store', url('copy'))).toMatchObject({ code: 1 });
    expect((await readdir(directory)).sort()).toEqual(['b', 'data']);
  });

  it('leave an interrupted restore recognizable, and repeat it', async () => {
    await command('backup', at('b'), '--store', url('data'));
    const [first] = await within('data', async (store) => {
      for await (const piece of store.snapshot({ gte: 'a', lt: 'b' })) return piece;
      return [];
    });
    async function* interrupted() {
      yield await Promise.resolve([first!, { key: 'of another backup', value: Buffer.alloc(1) }]);
      throw new Error('killed');
    }
    await expect(bulkLoadAt(url('copy'), { entries: interrupted(), sequence: 1 })).rejects.toThrow('killed');
    for (const argv of [['serve', '--port', '0'], ['verify'], ['backup', at('c')]]) {
      const { code, error } = await command(...argv, '--store', url('copy'));
      expect([code, error]).toEqual([
        1,
        `error: The store ${at('copy')} cannot be opened: its restore or copy was interrupted, and must be repeated\n`,
      ]);
    }
    expect(await command('restore', at('b'), '--store', url('copy'))).toMatchObject({ code: 0 });
    expect(await dumpOf('copy')).toEqual(await dumpOf('data'));
  });

  it('take one consistent moment while writes go on', async () => {
    await within('data', async (store) => {
      const domain = await domainOf(store);
      const acknowledged = new Set<string>();
      let writing = true;
      const writer = async (): Promise<void> => {
        while (writing) acknowledged.add(await domain.submit({ ...APPROVED, userId: 'ann', adapterId: 'lora:a' }));
      };
      const writers = [writer(), writer(), writer()];
      for (const nth of [1, 2, 3]) {
        const there = [...acknowledged];
        const bytes: Buffer[] = [];
        for await (const piece of createBackup(store, { at: 0 })) bytes.push(piece);
        await writeFile(at(`b${nth}`), Buffer.concat(bytes));
        await restoreBackup(at(`b${nth}`), url(`copy${nth}`));
        await within(`copy${nth}`, async (copy) => {
          expect(await verifyStore(copy)).toMatchObject({ found: 0, notChecked: [] });
          const keys = new Set((await dump(copy)).map(([key]) => key));
          expect(there.filter((id) => !keys.has(`help_feedback:default:${id}`))).toEqual([]);
          const changes = [...keys].filter((key) => key.startsWith('change:')).map((key) => Number(key.slice(-16)));
          expect(copy.sequence).toBeGreaterThanOrEqual(Math.max(...changes));
        });
      }
      writing = false;
      await Promise.all(writers);
    });
  });

  it.each([
    ['backup'],
    ['restore'],
    ['backup', 'b', '--url', 'http://example.com', '--token', 't'],
    ['backup', 'b', '--url', 'http://127.0.0.1:1'],
    ['backup', 'b', '--url', 'http://127.0.0.1:1', '--token', 't', '--token-file', 'f'],
    ['backup', 'b', '--token', 't'],
    ['backup', 'b', '--store', 'nonsense'],
  ])('take no command line such as %j %j %j %j', async (...argv) => {
    const { code, out, error } = await command(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/^error: [^\n]+\n$/);
  });
});

describe('a backup of a running server', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
    for (const org of ['default', 'user_hash', 'o:1%']) {
      const claims = { sub: 'ann', org };
      const body = { ...APPROVED, comment: `of ${org}`, user_id: 'ann', adapter_id: 'lora:a' };
      await server.call('POST', BASE, { body, claims, headers: { 'idempotency-key': 'retry' } });
    }
  });
  afterEach(() => server.stop());

  it('has all of the own organization, and nothing of another', async () => {
    const token = server.token({ ...ADMIN, org: 'o:1%' });
    const made = await command('backup', at('b'), '--url', server.url, '--token', token);
    expect(made).toMatchObject({ code: 0, error: '' });
    expect(made.out).toMatch(/^Backed up the organization o:1% to /);
    await command('restore', at('b'), '--store', url('copy'));
    const found = await dumpOf('copy');
    const kinds = found.map(([key]) => key.replace(/^(expiry:\d+:.*|[^:]+:[^:]+).*$/, '$1').replace(/\d{9,}/, 'TIME'));
    const ofOrganization = (key: string): boolean =>
      /^[a-z_]+:o%3A1%25$/.test(key) || /^expiry:TIME:idempotency%3Ao%253A1%2525%3A/.test(key);
    expect(kinds.filter((key) => !ofOrganization(key))).toEqual([]);
    // Whether the entries are indexed for search already is a matter of moments.
    const withoutSearch = kinds.map((key) => key.split(':')[0]).filter((kind) => kind?.startsWith('search_') !== true);
    expect(new Set(withoutSearch)).toEqual(
      new Set([
        'adapter',
        'audit',
        'audit_of',
        'change',
        'count',
        'edge',
        'expiry',
        'help_feedback',
        'idempotency',
        'index',
        'secret',
        'trail',
      ]),
    );
    expect(Buffer.concat(found.map(([, value]) => Buffer.from(value, 'base64'))).toString()).not.toMatch(
      /of default|of user_hash/,
    );
    await within('copy', async (store) => {
      expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
    });
  });

  it('of an organization whose name stands elsewhere in keys has nothing else', async () => {
    const token = server.token({ ...ADMIN, org: 'user_hash' });
    await writeFile(at('token'), `${token}\n`);
    expect(await command('backup', at('b'), '--url', `${server.url}/`, '--token-file', at('token'))).toMatchObject({
      code: 0,
    });
    await command('restore', at('b'), '--store', url('copy'));
    const found = await dumpOf('copy');
    expect(
      found.filter(([key]) => !/^[a-z_]+:user_hash(:|$)|^expiry:\d+:idempotency%3Auser_hash%3A/.test(key)),
    ).toEqual([]);
  });

  it('goes on while the server takes writes', async () => {
    let writing = true;
    let written = 0;
    const writer = async (): Promise<void> => {
      while (writing) {
        expect((await server.call('POST', BASE, { body: APPROVED })).status).toBe(201);
        written += 1;
      }
    };
    const writers = [writer(), writer()];
    const made = await command('backup', at('b'), '--url', server.url, '--token', server.token(ADMIN));
    writing = false;
    await Promise.all(writers);
    expect([made.code, made.error, written > 0]).toEqual([0, '', true]);
    await command('restore', at('b'), '--store', url('copy'));
    await within('copy', async (store) => {
      expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
    });
  });

  it('needs the role admin', async () => {
    for (const roles of [[], ['reviewer', 'trainer']]) {
      const answer = await server.call('GET', ROUTE, { claims: { roles } });
      expect([answer.status, answer.body['details']]).toEqual([
        403,
        "This needs a token with the permission 'org:admin'",
      ]);
    }
    expect((await fetch(server.url + ROUTE)).status).toBe(401);
    expect(await command('backup', at('b'), '--url', server.url, '--token', server.token())).toEqual({
      code: 1,
      out: '',
      error:
        "error: The server refused the backup: 403 Forbidden: This needs a token with the permission 'org:admin'\n",
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('backs up all organizations for operators alone, and restores as the store itself does', async () => {
    for (const org of ['acme', 'globex']) {
      expect((await server.call('POST', BASE, { body: APPROVED, claims: { org } })).status).toBe(201);
    }
    for (const roles of [['admin'], []]) {
      const { code, error } = await command(
        ...['backup', at('b'), '--url', server.url, '--whole-store', '--token', server.token({ roles })],
      );
      expect([code, error]).toEqual([
        1,
        "error: The server refused the backup: 403 Forbidden: This needs a token with the permission 'server:operate'\n",
      ]);
    }
    const token = server.token({ roles: ['operator'] });
    const taken = await command('backup', at('b'), '--url', server.url, '--whole-store', '--token', token);
    expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('Backed up the whole store') as string });
    expect(await command('restore', at('b'), '--store', url('restored'))).toMatchObject({ code: 0 });
    const exported = await command('export', at('e'), '--store', url('restored'));
    expect(exported.code).toBe(0);
    const organizations = (await readFile(at('e'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { organization: string }).organization);
    expect(organizations).toEqual(expect.arrayContaining(['acme', 'globex']));
  });

  it('that cannot be reached, or breaks off, leaves no file', async () => {
    const whole = Buffer.from(
      await (
        await fetch(server.url + ROUTE, { headers: { authorization: `Bearer ${server.token(ADMIN)}` } })
      ).arrayBuffer(),
    );
    const breaking = createServer((_request, response) => {
      response.write(whole.subarray(0, whole.length >> 1), () => response.destroy());
    });
    // A proxy may make a broken answer look whole.
    const cutting = createServer((_request, response) => response.end(whole.subarray(0, whole.length >> 1)));
    const errors: string[] = [];
    for (const other of [breaking, cutting]) {
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const { code, error } = await command('backup', at('b'), '--url', `http://127.0.0.1:${port}`, '--token', 't');
      expect(code).toBe(1);
      errors.push(error);
      await new Promise((resolve) => other.close(resolve));
      expect((await command('backup', at('b'), '--url', `http://127.0.0.1:${port}`, '--token', 't')).error).toBe(
        `error: Cannot reach the server at http://127.0.0.1:${port}/\n`,
      );
    }
    expect(errors).toEqual([
      'error: The connection broke before the end of the backup; try again\n',
      `error: ${at('b')} is not a valid backup: its end is missing\n`,
    ]);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('the route of backups', () => {
  /** A server whose store never comes to its end, and is read only as far as it is taken. */
  async function startEndless() {
    const memory = await openMemoryStore();
    await loadKeyedHash(memory);
    let pieces = 0;
    const store: Store = {
      read: (work) => memory.read(work),
      readTracked: (work) => memory.readTracked(work),
      transact: (work) => memory.transact(work),
      purge: (ranges) => memory.purge(ranges),
      compact: (ranges) => memory.compact(ranges),
      now: () => memory.now(),
      close: () => memory.close(),
      sequence: 0,
      health: { writable: true },
      snapshot: ({ gte }) => (gte === '' ? endless() : memory.snapshot({ gte, lt: `${gte}\0` })),
    };
    async function* endless() {
      for (;;) {
        pieces += 1;
        const key = `audit:default:${String(pieces).padStart(9, '0')}`;
        yield await Promise.resolve([{ key, value: crypto.getRandomValues(Buffer.alloc(65_536)) }]);
      }
    }
    const application = createApplication({ logger: pino({ level: 'silent' }), bodyLimit: 1024 });
    const principal = { sub: 'root', org: 'default', permissions: permissionsOf('admin'), expiresAt: Infinity };
    guard(
      application,
      () => Promise.resolve(principal),
      () => undefined,
    );
    maintenanceRoutes(application, { store, keyedHash: (_org, id) => id, now: Date.now });
    const address = await application.listen({ host: '127.0.0.1', port: 0 });
    return { address: address + ROUTE, application, store, pieces: () => pieces };
  }

  it('reads the store no faster than its client takes it, gives one at a time, and ends when the server stops', async () => {
    const { address, application, store, pieces } = await startEndless();
    const response = await fetch(address);
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="feedback-graph-[\w-]+\.backup"$/,
    );
    const second = await fetch(address);
    expect([second.status, await second.json()]).toMatchObject([409, { error: 'Conflict' }]);

    const reader = response.body!.getReader();
    let taken = 0;
    while (taken < 32_000_000) taken += ((await reader.read()) as { value: Uint8Array }).value.length;
    // What is on its way stands in buffers of blocks and sockets: bounded, whatever the store holds.
    expect(pieces() * 65_536 - taken).toBeLessThan(40_000_000);

    await application.close();
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow();
    await store.close();
  });

  it('gives another one after a client has gone away', async () => {
    const { address, application, store } = await startEndless();
    const first = new AbortController();
    await fetch(address, { signal: first.signal });
    first.abort();
    let response = await fetch(address);
    while (response.status === 409) {
      await response.body?.cancel();
      response = await fetch(address);
    }
    expect(response.status).toBe(200);
    await application.close();
    await response.body?.cancel().catch(() => undefined);
    await store.close();
  });
});
