import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { expect, it } from 'vitest';
import { verifyStore } from '../../src/maintenance/verify.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { callServer, startServerProcess } from '../support/process.js';
import { startReceiver } from '../support/receiver.js';

const POLL = { timeout: 30_000, interval: 10 };
const ENTRIES = 30;

it('what a server that is killed has not delivered is delivered by the next, under the same ids', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-webhooks-'));
  const secret = randomBytes(32).toString('base64url');
  const token = jsonwebtoken.sign({ roles: ['admin'] }, secret, { subject: 'crash', expiresIn: '1h' });
  const start = () =>
    startServerProcess({
      FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
      FEEDBACK_JWT_SECRET: secret,
      FEEDBACK_SEARCH: 'off',
      FEEDBACK_WEBHOOKS_ALLOW_PRIVATE: 'on',
    });
  const receiver = await startReceiver();
  try {
    // Some are taken, the first among them, and others are under way when the server dies.
    receiver.answer = (_, response) => {
      if (receiver.received.length % 3 === 1) response.writeHead(204).end();
    };
    const first = await start();
    const call = (method: string, path: string, body?: unknown) => callServer(first, token, method, path, body);
    const created = await call('POST', '/api/v1/llm/webhooks', { url: receiver.url, events: ['feedback.submitted'] });
    expect(created.status).toBe(201);
    const ids: string[] = [];
    for (let nth = 0; nth < ENTRIES; nth++) {
      const { body } = await call('POST', BASE, { ...APPROVED, question: `What is ${nth}?` });
      ids.push(String(body['id']));
    }
    await expect.poll(() => receiver.received.length, POLL).toBeGreaterThan(8);
    first.child.kill('SIGKILL');
    await first.ended;

    receiver.answer = (_, response) => response.writeHead(204).end();
    const second = await start();
    const entries = () => new Set(receiver.received.map(({ message }) => message.data['feedback_id']));
    await expect.poll(entries, POLL).toEqual(new Set(ids));
    const names = receiver.received.map(
      ({ headers, message }) => `${String(headers['webhook-id'])} ${String(message.data['feedback_id'])}`,
    );
    expect(new Set(names).size).toBe(ENTRIES);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    const store = await openStore(`rocksdb:${join(directory, 'data')}`);
    expect((await verifyStore(store)).disagreements).toEqual([]);
    await store.close();
  } finally {
    await receiver.close();
    await rm(directory, { recursive: true, force: true });
  }
});

it('a server with FEEDBACK_WEBHOOKS=off sends nothing, and leaves what there is to the next that does', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-webhooks-'));
  const secret = randomBytes(32).toString('base64url');
  const token = jsonwebtoken.sign({ roles: ['admin', 'operator'] }, secret, { subject: 'off', expiresIn: '1h' });
  const start = (webhooks: string) =>
    startServerProcess({
      FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
      FEEDBACK_JWT_SECRET: secret,
      FEEDBACK_SEARCH: 'off',
      FEEDBACK_WEBHOOKS: webhooks,
      FEEDBACK_WEBHOOKS_ALLOW_PRIVATE: 'on',
    });
  const receiver = await startReceiver();
  try {
    const off = await start('off');
    const call = (method: string, path: string, body?: unknown) => callServer(off, token, method, path, body);
    const created = await call('POST', '/api/v1/llm/webhooks', { url: receiver.url, events: ['feedback.submitted'] });
    expect(created.status).toBe(201);
    const path = `/api/v1/llm/webhooks/${String(created.body['id'])}`;
    const { body } = await call('POST', BASE, APPROVED);
    expect(await call('POST', `${path}/test`)).toMatchObject({ status: 409 });
    expect((await call('PATCH', path, { enabled: false })).status).toBe(200);
    const refused = await call('PATCH', path, { enabled: true });
    expect(refused.body['details']).toBe('Webhooks are turned off on this server');
    const other = { url: receiver.url, events: ['feedback.submitted'], filter: { type: 'positive' } };
    expect((await call('POST', '/api/v1/llm/webhooks', other)).status).toBe(201);
    const second = await call('POST', BASE, { ...APPROVED, question: 'What else?' });
    expect((await call('GET', `${path}/deliveries`)).body).toMatchObject({ count: 0 });
    const metrics = await fetch(`${off.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(await metrics.text()).not.toContain('webhook_attempts_total{');
    off.child.kill('SIGTERM');
    expect(await off.ended).toBe(0);
    expect(receiver.received).toEqual([]);

    const on = await start('on');
    // The first webhook is disabled, the other was created before the second entry.
    const told = () => receiver.received.map(({ message }) => message.data['feedback_id']);
    await expect.poll(told, POLL).toEqual([second.body['id']]);
    expect(told()).not.toContain(body['id']);
    on.child.kill('SIGTERM');
    expect(await on.ended).toBe(0);
  } finally {
    await receiver.close();
    await rm(directory, { recursive: true, force: true });
  }
});
