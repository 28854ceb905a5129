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
import { type ServerProcess, startServerProcess } from '../support/process.js';

const ROWS = 2_000;
const BATCHES = '/api/v1/llm/training/batches';
const CLAIM = { limit: 100_000, holdout: 0.1 };
const COMMIT = { produced_adapter: 'made', version: '2' };
const ASYNC = { prefer: 'handling=lenient, respond-async; wait=5' };

const secret = randomBytes(32).toString('base64url');
const token = jsonwebtoken.sign({ roles: ['admin'] }, secret, { subject: 'trainer', expiresIn: '1h' });
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-background-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface BatchAnswer {
  readonly training_batch_id: number;
  readonly state: string;
  readonly count: number;
  readonly progress?: { readonly done: number; readonly total: number };
}

async function call(
  { url }: ServerProcess,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  });
  const answer = (await response.json()) as BatchAnswer & Record<string, unknown>;
  return { status: response.status, headers: response.headers, body: answer };
}

const startServer = (location: string): Promise<ServerProcess> =>
  startServerProcess({
    FEEDBACK_STORE: location,
    FEEDBACK_JWT_SECRET: secret,
    FEEDBACK_SEARCH: 'off',
    FEEDBACK_BODY_LIMIT: '1MiB',
  });

async function submit(server: ServerProcess): Promise<void> {
  for (let from = 0; from < ROWS; from += 500) {
    const feedback = Array.from({ length: 500 }, (_, nth) => ({ ...APPROVED, question: `What is ${from + nth}?` }));
    expect((await call(server, 'POST', `${BASE}/batch`, { feedback })).status).toBe(201);
  }
}

/** A batch once `isThere` says so. */
async function untilIs(
  server: ServerProcess,
  number: number,
  isThere: (batch: BatchAnswer) => boolean,
): Promise<BatchAnswer> {
  for (;;) {
    const { status, body } = await call(server, 'GET', `${BATCHES}/${number}`);
    expect(status).toBe(200);
    if (isThere(body)) return body;
    // Asked without a pause, it would have no time for the batch.
    await delay(10);
  }
}

async function kill(server: ServerProcess): Promise<void> {
  server.child.kill('SIGKILL');
  await server.ended;
}

/** How many entries are used in a store in which everything agrees. */
async function countUsed(location: string): Promise<number> {
  const store = await openStore(location);
  try {
    expect((await verifyStore(store)).disagreements).toEqual([]);
    const [stats] = await store.read((reader) => feedbackStats(reader, 'default', [{ kind: 'all' }]));
    return stats!.usedForTraining;
  } finally {
    await store.close();
  }
}

it('a claim, a commit and a release are answered at once, tell how far they are, and survive that their server is killed', async () => {
  const location = `rocksdb:${join(directory, 'data')}`;
  const first = await startServer(location);
  await submit(first);
  const key = { ...ASYNC, 'idempotency-key': 'claim-1' };
  const claimed = await call(first, 'POST', BATCHES, CLAIM, key);
  expect([claimed.status, claimed.headers.get('location'), claimed.headers.get('preference-applied')]).toEqual([
    202,
    `${BATCHES}/1`,
    'respond-async',
  ]);
  expect(claimed.body).toMatchObject({ state: 'claiming', progress: { done: claimed.body.count, total: ROWS } });
  expect(claimed.body.count).toBeLessThan(ROWS);
  const again = await call(first, 'POST', BATCHES, CLAIM, key);
  expect([again.status, again.body.training_batch_id]).toEqual([again.body.state === 'open' ? 201 : 202, 1]);
  await kill(first);

  const second = await startServer(location);
  const open = await untilIs(second, 1, ({ state }) => state !== 'claiming');
  expect(open).toMatchObject({ state: 'open', count: ROWS });
  expect(open).not.toHaveProperty('progress');
  const repeated = await call(second, 'POST', BATCHES, CLAIM, key);
  expect([repeated.status, repeated.headers.get('preference-applied'), repeated.body]).toEqual([201, null, open]);

  const releasing = await call(second, 'POST', `${BATCHES}/1/release`, undefined, ASYNC);
  expect([releasing.status, releasing.body.state]).toEqual([202, 'releasing']);
  await untilIs(second, 1, ({ state, count }) => state === 'released' && count === 0);
  // Without the preference, all is as it ever was.
  const claimedAgain = await call(second, 'POST', BATCHES, CLAIM);
  expect([claimedAgain.status, claimedAgain.body]).toMatchObject([201, { state: 'open', count: ROWS }]);

  const committing = await call(second, 'POST', `${BATCHES}/2/commit`, COMMIT, ASYNC);
  expect([committing.status, committing.headers.get('location')]).toEqual([202, `${BATCHES}/2`]);
  expect(committing.body).toMatchObject({ state: 'committing', progress: { total: ROWS } });
  await untilIs(second, 2, ({ progress }) => (progress?.done ?? 0) > committing.body.progress!.done);
  await kill(second);

  const third = await startServer(location);
  expect(await untilIs(third, 2, ({ state }) => state !== 'committing')).toMatchObject({
    state: 'committed',
    count: ROWS,
  });
  const done = await call(third, 'POST', `${BATCHES}/2/commit`, COMMIT, ASYNC);
  expect([done.status, done.body.state]).toEqual([200, 'committed']);
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
  expect(await countUsed(location)).toBe(ROWS);
});

it(
  'a commit in the background whose server is killed is finished by another server of the store',
  { timeout: 300_000 },
  async () => {
    const location = await createTestDatabase();
    const [first, second] = [await startServer(location), await startServer(location)];
    await submit(first);
    const claimed = await call(first, 'POST', BATCHES, CLAIM, ASYNC);
    expect(claimed.body.state).toBe('claiming');
    // The other server tells how far it is, too.
    await untilIs(second, 1, ({ state }) => state === 'open');
    const committing = await call(first, 'POST', `${BATCHES}/1/commit`, COMMIT, ASYNC);
    expect(committing.status).toBe(202);
    await kill(first);
    const done = await untilIs(second, 1, ({ state }) => state !== 'committing');
    expect(done).toMatchObject({ state: 'committed', count: ROWS });
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await countUsed(location)).toBe(ROWS);
  },
);
