import { randomBytes } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.js';
import { putState, readState } from '../../src/webhooks/state.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';
import { type Receiver, startReceiver } from '../support/receiver.js';

const POLL = { timeout: 30_000, interval: 20 };
const ENTRIES = 20;
const WEBHOOKS = '/api/v1/llm/webhooks';

const secret = randomBytes(32).toString('base64url');
const token = jsonwebtoken.sign({ roles: ['admin', 'operator'] }, secret, {
  subject: 'two',
  expiresIn: '1h',
});
let location: string;
let servers: readonly [ServerProcess, ServerProcess];
let receiver: Receiver;

beforeAll(async () => {
  location = await createTestDatabase();
  receiver = await startReceiver();
  const start = () =>
    startServerProcess({
      FEEDBACK_STORE: location,
      FEEDBACK_JWT_SECRET: secret,
      FEEDBACK_SEARCH: 'off',
      FEEDBACK_WEBHOOKS_ALLOW_PRIVATE: 'on',
    });
  servers = [await start(), await start()];
});
afterAll(async () => {
  for (const { child, ended } of servers) {
    child.kill('SIGKILL');
    await ended;
  }
  await receiver.close();
});

const call = (server: ServerProcess, method: string, path: string, body?: unknown) =>
  callServer(server, token, method, path, body);

async function submit(server: ServerProcess, nth: number): Promise<string> {
  const { status, body } = await call(server, 'POST', BASE, { ...APPROVED, question: `What is ${nth}?` });
  expect(status).toBe(201);
  return String(body['id']);
}

/** The numbers of a server about its deliveries. */
async function metricsOf({ url }: ServerProcess): Promise<Record<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  const found = [...text.matchAll(/^feedback_graph_webhook_(\S+) (\S+)$/gm)];
  return Object.fromEntries(found.map(([, name = '', value]) => [name, Number(value)]));
}

const attempts = (delivered: number, failed = 0, dead = 0) => ({
  'attempts_total{result="delivered"}': delivered,
  'attempts_total{result="failed"}': failed,
  'attempts_total{result="dead"}': dead,
});

it('two servers send each message once and in order, and one goes on when the other is killed', async () => {
  const { body } = await call(servers[0], 'POST', WEBHOOKS, {
    url: receiver.url,
    events: ['feedback.submitted', 'feedback.revised'],
  });
  const id = String(body['id']);
  const entries: string[] = [];
  for (let nth = 0; nth < ENTRIES; nth++) {
    const entry = await submit(servers[nth % 2]!, nth);
    entries.push(entry);
    for (const comment of ['One.', 'Two.']) {
      expect((await call(servers[(nth + 1) % 2]!, 'PATCH', `${BASE}/${entry}`, { comment })).status).toBe(200);
    }
  }
  await expect.poll(() => receiver.received.length, POLL).toBe(3 * ENTRIES);
  for (const entry of entries) {
    const versions = receiver.received
      .filter(({ message }) => message.data['feedback_id'] === entry)
      .map(({ message }) => message.data['version']);
    expect(versions).toEqual([1, 2, 3]);
  }
  const counted = async () =>
    (await Promise.all(servers.map(metricsOf))).toSorted((one, other) => sum(one) - sum(other));
  await expect
    .poll(counted, POLL)
    .toEqual([
      expect.objectContaining({ ...attempts(0), oldest_undelivered_seconds: 0 }),
      expect.objectContaining({ ...attempts(3 * ENTRIES), oldest_undelivered_seconds: 0 }),
    ]);

  // The one that delivers is killed while the receiver does not answer.
  const numbers = await Promise.all(servers.map(metricsOf));
  const holder = sum(numbers[0]!) > 0 ? 0 : 1;
  const [killed, other] = [servers[holder], servers[1 - holder]!];
  receiver.answer = () => undefined;
  const last = await submit(other, ENTRIES);
  await expect.poll(() => receiver.received.length, POLL).toBe(3 * ENTRIES + 1);
  await expect.poll(async () => (await metricsOf(killed))['oldest_undelivered_seconds'], POLL).toBeGreaterThan(0);
  killed.child.kill('SIGKILL');
  await killed.ended;
  receiver.answer = (_, response) => response.writeHead(503).end();
  await endLease(id);
  // It would look by itself some seconds later.
  expect((await call(other, 'PATCH', `${WEBHOOKS}/${id}`, { description: 'Alerts' })).status).toBe(200);
  await expect.poll(() => receiver.received.length, POLL).toBeGreaterThan(3 * ENTRIES + 1);
  expect(receiver.received.at(-1)).toMatchObject({ message: { data: { feedback_id: last } } });
  await expect.poll(() => metricsOf(other), POLL).toMatchObject(attempts(0, 1));
  receiver.answer = (_, response) => response.writeHead(410).end();
  expect((await call(other, 'POST', `${WEBHOOKS}/${id}/test`)).status).toBe(202);
  await expect.poll(() => metricsOf(other), POLL).toMatchObject(attempts(0, 1, 1));
  expect((await call(other, 'GET', `${WEBHOOKS}/${id}`)).body).toMatchObject({ disabled_reason: 'gone' });
});

const sum = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((total, number) => total + number, 0);

/** Lets the lease of a webhook run out, as time would. */
async function endLease(id: string): Promise<void> {
  const store = await openStore(location);
  await store.transact(async (transaction) => {
    const state = (await readState(transaction, 'default', id))!;
    expect(state.holder).toBeDefined();
    putState(transaction, 'default', id, { ...state, holder: { ...state.holder!, until: 0 } });
  });
  await store.close();
}
