import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { feedbackStats } from '../../src/feedback/index/stats.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const ROWS = 1_000;
const BULK = `${BASE}/bulk`;

const secret = randomBytes(32).toString('base64url');
const token = jsonwebtoken.sign({ roles: ['admin'] }, secret, { subject: 'crash', expiresIn: '1h' });
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-bulk-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const call = (server: ServerProcess, method: string, path: string, body?: unknown) =>
  callServer(server, token, method, path, body);

const startServer = (location: string): Promise<ServerProcess> =>
  startServerProcess({
    FEEDBACK_STORE: location,
    FEEDBACK_JWT_SECRET: secret,
    FEEDBACK_SEARCH: 'off',
    FEEDBACK_BODY_LIMIT: '1MiB',
  });

/** An operation once `isThere` says so. */
async function untilIs(
  server: ServerProcess,
  id: unknown,
  isThere: (body: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (;;) {
    const { status, body } = await call(server, 'GET', `${BULK}/${String(id)}`);
    expect(status).toBe(200);
    if (isThere(body)) return body;
    // Asked without a pause, it would have no time for the operation.
    await delay(10);
  }
}

/** How many rejected entries there are in a store in which everything agrees. */
async function countRejected(location: string): Promise<number> {
  const store = await openStore(location);
  try {
    expect((await verifyStore(store)).disagreements).toEqual([]);
    const [stats] = await store.read((reader) => feedbackStats(reader, 'default', [{ kind: 'all' }]));
    return stats!.rejectedCount;
  } finally {
    await store.close();
  }
}

async function kill(server: ServerProcess): Promise<void> {
  server.child.kill('SIGKILL');
  await server.ended;
}

async function submit(server: ServerProcess): Promise<void> {
  for (let from = 0; from < ROWS; from += 500) {
    const feedback = Array.from({ length: 500 }, (_, nth) => ({ ...APPROVED, question: `What is ${from + nth}?` }));
    expect((await call(server, 'POST', `${BASE}/batch`, { feedback })).status).toBe(201);
  }
}

it('a bulk operation whose server is killed in its middle, and in that of its undo, is whole after the next start', async () => {
  const location = `rocksdb:${join(directory, 'data')}`;
  const first = await startServer(location);
  await submit(first);
  const started = await call(first, 'POST', BULK, { action: 'reject', filter: {} });
  expect(started.status).toBe(202);
  const { id } = started.body;
  const before = await untilIs(first, id, ({ done }) => Number(done) > 0);
  expect(before['state']).toBe('running');
  await kill(first);

  const second = await startServer(location);
  const done = await untilIs(second, id, ({ state }) => state !== 'running');
  expect(done).toMatchObject({ state: 'done', total: ROWS, done: ROWS, changed: ROWS, skipped: {} });
  expect((await call(second, 'POST', `${BULK}/${String(id)}/undo`)).status).toBe(202);
  await untilIs(second, id, ({ undo }) => (undo as { restored: number }).restored > 0);
  await kill(second);

  const third = await startServer(location);
  const undone = await untilIs(third, id, ({ state }) => state !== 'undoing');
  expect(undone).toMatchObject({ state: 'undone', undo: { total: ROWS, done: ROWS, restored: ROWS, skipped: {} } });
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
  const store = await openStore(location);
  expect((await verifyStore(store)).disagreements).toEqual([]);
  await store.close();
});

it(
  'a bulk operation whose server is killed is finished by another server of the store',
  { timeout: 300_000 },
  async () => {
    const location = await createTestDatabase();
    const [first, second] = [await startServer(location), await startServer(location)];
    await submit(first);
    const { body } = await call(first, 'POST', BULK, { action: 'reject', filter: {} });
    await untilIs(first, body['id'], ({ done }) => Number(done) > 0);
    await kill(first);
    const done = await untilIs(second, body['id'], ({ state }) => state !== 'running');
    expect(done).toMatchObject({ state: 'done', done: ROWS, changed: ROWS });
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await countRejected(location)).toBe(ROWS);
  },
);
