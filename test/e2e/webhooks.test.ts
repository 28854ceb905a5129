import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { expectedSignature, type Receiver, startReceiver } from '../support/receiver.js';
import { startTestServer, type TestServer } from '../support/server.js';

const WEBHOOKS = '/api/v1/llm/webhooks';
const BATCHES = '/api/v1/llm/training/batches';
const POLL = { timeout: 20_000, interval: 10 };

interface Webhook {
  readonly id: string;
  readonly secret: string;
  readonly enabled: boolean;
  readonly revision: number;
}

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly attempts: number;
  readonly response_status?: number;
  readonly problem?: string;
}

let server: TestServer;
let receiver: Receiver;
let organizations = 0;
let org: string;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  org = `org-${(organizations += 1)}`;
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const admin = () => ({ sub: 'root', roles: ['admin'], org });
const call = <Body = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  server.call<Body>(method, path, { claims: admin(), ...(body !== undefined && { body }) });

async function create(fields: object = {}): Promise<Webhook> {
  const body = { url: receiver.url, events: ['feedback.submitted'], ...fields };
  const made = await call<Webhook>('POST', WEBHOOKS, body);
  expect(made.status).toBe(201);
  return made.body;
}

let submitted = 0;
async function submit(fields: object = {}): Promise<string> {
  const body = { ...APPROVED, question: `What is ${(submitted += 1)}?`, ...fields };
  const made = await call<{ id: string }>('POST', BASE, body);
  expect(made.status).toBe(201);
  return made.body.id;
}

const types = () => receiver.received.map(({ message }) => message.type);
const deliveries = async (id: string, query = '') =>
  (await call<{ deliveries: Delivery[]; next_cursor?: string }>('GET', `${WEBHOOKS}/${id}/deliveries${query}`)).body;
const statuses = async (id: string) => (await deliveries(id)).deliveries.map(({ status }) => status);

describe('a webhook', () => {
  it('is sent what it subscribes to, signed, with nothing of the texts', async () => {
    const { id, secret } = await create();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const entry = await submit({ tags: ['billing'], adapter_id: 'lora' });
    await expect.poll(types, POLL).toEqual(['feedback.submitted']);
    const [received] = receiver.received;
    const { headers, body, message } = received!;
    expect(headers['webhook-signature']).toBe(expectedSignature(secret, received!));
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
    expect(headers).not.toHaveProperty('authorization');
    expect(message.data).toEqual({
      organization: org,
      feedback_id: entry,
      version: 1,
      change: expect.any(String) as string,
      entry: {
        id: entry,
        version: 1,
        type: 'positive',
        validation_status: 'approved',
        used_for_training: false,
        tags: ['billing'],
        created_at: expect.any(Number) as number,
        adapters: ['lora'],
      },
    });
    expect(body).not.toContain(APPROVED.answer);
    await expect.poll(() => statuses(id), POLL).toEqual(['delivered']);
    const { deliveries: listed } = await deliveries(id, '?status=delivered&limit=1');
    expect(listed[0]).toMatchObject({ id: headers['webhook-id'], attempts: 1, response_status: 204 });
    expect((await deliveries(id, '?status=dead')).deliveries).toEqual([]);
  });

  it('has the entry as REST represents it where it includes it, and nothing of one that was erased', async () => {
    const { id } = await create({ include: ['entry'], events: ['feedback.submitted', 'feedback.erased'] });
    const entry = await submit();
    await expect.poll(types, POLL).toEqual(['feedback.submitted']);
    const stored = (await call('GET', `${BASE}/${entry}`)).body;
    expect(receiver.received[0]!.message.data['entry']).toMatchObject(stored);
    await expect.poll(() => statuses(id), POLL).toEqual(['delivered']);
    expect((await call('DELETE', `${BASE}/${entry}`)).status).toBe(200);
    await expect.poll(types, POLL).toEqual(['feedback.submitted', 'feedback.erased']);
    const [{ id: first }] = (await deliveries(id)).deliveries.slice(-1) as [Delivery];
    await expect.poll(() => statuses(id), POLL).toEqual(['delivered', 'delivered']);
    expect((await call('POST', `${WEBHOOKS}/${id}/deliveries/${first}/redeliver`)).status).toBe(202);
    await expect.poll(() => receiver.received.length, POLL).toBe(3);
    const [one, , again] = receiver.received;
    expect(again!.headers['webhook-id']).toBe(one!.headers['webhook-id']);
    expect(again!.message.data).toMatchObject({ feedback_id: entry, erased: true });
    expect(again!.body).not.toContain(APPROVED.answer);
  });

  it('is told of what its filter selects alone', async () => {
    await create({ filter: { type: 'negative', tag: 'billing', adapter: 'lora', status: 'approved' } });
    const negative = { type: 'negative', correction: 'Use the SHARD BY clause, and then count.' };
    await submit();
    await submit({ ...negative, tags: ['billing'] });
    await submit({ ...negative, adapter_id: 'lora' });
    const wanted = await submit({ ...negative, tags: ['billing'], adapter_id: 'lora' });
    await expect.poll(types, POLL).toEqual(['feedback.submitted']);
    expect(receiver.received[0]!.message.data).toMatchObject({ feedback_id: wanted });
  });

  it('is sent a test, and shows what became of it', async () => {
    const { id } = await create();
    const queued = await call<Delivery>('POST', `${WEBHOOKS}/${id}/test`);
    expect(queued).toMatchObject({ status: 202, body: { event: 'webhook.test' } });
    const read = async () => (await call<Delivery>('GET', `${WEBHOOKS}/${id}/deliveries/${queued.body.id}`)).body;
    await expect.poll(async () => (await read()).status, POLL).toBe('delivered');
    expect(receiver.received[0]!.message).toMatchObject({ type: 'webhook.test', data: { webhook_id: id } });
  });

  it('signs with both secrets for a while after a rotation', async () => {
    const { id, secret } = await create();
    const rotated = await call<Webhook>('POST', `${WEBHOOKS}/${id}/rotate-secret`, { grace_seconds: 60 });
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(secret);
    await submit();
    await expect.poll(types, POLL).toHaveLength(1);
    const [one] = receiver.received;
    const signatures = String(one!.headers['webhook-signature']).split(' ');
    expect(signatures).toEqual([expectedSignature(rotated.body.secret, one!), expectedSignature(secret, one!)]);
    const last = await call<Webhook>('POST', `${WEBHOOKS}/${id}/rotate-secret`, { grace_seconds: 0 });
    await submit();
    await expect.poll(types, POLL).toHaveLength(2);
    expect(receiver.received[1]!.headers['webhook-signature']).toBe(
      expectedSignature(last.body.secret, receiver.received[1]!),
    );
  });

  it('is disabled by 410, and sent nothing until it is enabled', async () => {
    const { id } = await create();
    receiver.answer = (_, response) => response.writeHead(410).end();
    await submit();
    const read = async () => (await call<Webhook>('GET', `${WEBHOOKS}/${id}`)).body;
    await expect.poll(read, POLL).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    expect(await statuses(id)).toEqual(['dead']);
    await submit();
    expect((await call('POST', `${WEBHOOKS}/${id}/test`)).status).toBe(409);
    receiver.answer = (_, response) => response.writeHead(200).end();
    const enabled = await call<Webhook>('PATCH', `${WEBHOOKS}/${id}`, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true });
    expect(enabled.body).not.toHaveProperty('disabled_reason');
    const entry = await submit();
    await expect.poll(types, POLL).toHaveLength(2);
    expect(receiver.received[1]!.message.data).toMatchObject({ feedback_id: entry });
  });

  it('tells once that an adapter has enough to train from, and again after a batch has taken it', async () => {
    await create({
      events: ['training.ready', 'feedback.claimed'],
      training_ready: { adapter_id: 'lora', threshold: 2, cooldown_seconds: 0 },
    });
    const ready = () => receiver.received.filter(({ message }) => message.type === 'training.ready');
    await submit({ adapter_id: 'lora' });
    await submit({ adapter_id: 'lora' });
    await expect.poll(ready, POLL).toHaveLength(1);
    const data = { organization: org, adapter_id: 'lora', unused_approved: 2, threshold: 2 };
    expect(ready()[0]!.message.data).toEqual(data);
    await submit({ adapter_id: 'lora' });
    const batch = await call('POST', BATCHES, { limit: 10, filter: { adapter: 'lora' } });
    expect(batch.status).toBe(201);
    await expect.poll(() => types().filter((type) => type === 'feedback.claimed'), POLL).toHaveLength(3);
    expect(ready()).toHaveLength(1);
    const number = String(batch.body['training_batch_id']);
    expect((await call('POST', `${BATCHES}/${number}/release`)).status).toBe(200);
    await expect.poll(ready, POLL).toHaveLength(2);
    expect(ready()[1]!.message.data).toEqual({ ...data, unused_approved: 3 });
  });
});

describe('training.ready for any adapter', () => {
  it('is sent for each on its own, and not again within the cooldown', async () => {
    await create({ events: ['training.ready', 'adapter.created'], training_ready: { threshold: 2 } });
    const ready = () =>
      receiver.received
        .filter(({ message }) => message.type === 'training.ready')
        .map(({ message: { data } }) => [data['adapter_id'], data['unused_approved']]);
    for (const adapter of ['one', 'two', 'three']) await submit({ adapter_id: adapter });
    for (const adapter of ['two', 'one']) await submit({ adapter_id: adapter });
    const both = [
      ['one', 2],
      ['two', 2],
    ];
    await expect.poll(() => ready().toSorted(), POLL).toEqual(both);
    // It falls below, and passes the threshold again.
    const batch = await call('POST', BATCHES, { limit: 10, filter: { adapter: 'one' } });
    const number = String(batch.body['training_batch_id']);
    expect((await call('POST', `${BATCHES}/${number}/release`)).status).toBe(200);
    // What comes later has come.
    await submit({ adapter_id: 'last' });
    const named = () => receiver.received.map(({ message }) => message.data['adapter_id']);
    await expect.poll(named, POLL).toContain('last');
    expect(ready().toSorted()).toEqual(both);
  });
});

it('tells of the stage that an adapter is put at', async () => {
  await create({ events: ['adapter.stage_changed'] });
  await submit({ adapter_id: 'lora' });
  const promoted = await call('POST', '/api/v1/llm/adapters/lora/promote', { stage: 'candidate' });
  expect(promoted.status).toBeLessThan(300);
  await expect.poll(types, POLL).toEqual(['adapter.stage_changed']);
  expect(receiver.received[0]!.message.data).toMatchObject({ adapter_id: 'lora', stage: 'candidate' });
});

describe('the routes of webhooks', () => {
  it('are for administrators of the organization alone', async () => {
    const { id } = await create();
    const body = { url: receiver.url, events: ['feedback.submitted'] };
    for (const roles of [[], ['trainer'], ['operator']]) {
      const claims = { org, roles };
      expect((await server.call('POST', WEBHOOKS, { claims, body })).status).toBe(403);
      expect((await server.call('GET', `${WEBHOOKS}/${id}`, { claims })).status).toBe(403);
    }
    const claims = { ...admin(), org: 'another' };
    expect((await server.call('GET', `${WEBHOOKS}/${id}`, { claims })).status).toBe(404);
    expect((await server.call('DELETE', `${WEBHOOKS}/${id}`, { claims })).status).toBe(404);
    expect((await server.call('GET', WEBHOOKS, { claims })).body).toEqual({ webhooks: [], count: 0 });
  });

  it.each([
    [{ url: 'ftp://example.com/' }, "'url' must be an http or https URL"],
    [{ url: 'file:///etc/passwd' }, "'url' must be an http or https URL"],
    [{ url: 'https://user:word@example.com/' }, "'url' must not contain a user name or password"],
    [{ url: 'https://example.com/#a' }, "'url' must not contain a fragment"],
    [{ url: '/hook' }, "'url' must be an absolute URL"],
    [{ url: `https://example.com/${'a'.repeat(2_048)}` }, "'url' must be at most 2048 bytes"],
    [{ events: [] }, "'events' must be different names"],
    [{ events: ['feedback.submitted', 'feedback.submitted'] }, "'events' must be different names"],
    [{ events: ['webhook.test'] }, "'events[0]' must be"],
    [{ events: ['training.ready'] }, "Missing 'training_ready' field"],
    [{ training_ready: { threshold: 1 } }, "'training_ready' needs the event training.ready"],
    [{ events: ['training.ready'], training_ready: { threshold: 0 } }, "'training_ready.threshold' must be"],
    [{ filter: { adapter: '' } }, "'filter.adapter' must be 1 to 256 bytes"],
    [{ filter: { status: 'good' } }, "'filter.status' must be"],
    [{ description: '' }, "'description' must be 1 to 256 bytes"],
    [{ secret: 'whsec_mine' }, "'secret'"],
  ])('refuse %j', async (fields, problem) => {
    const refused = await call('POST', WEBHOOKS, { url: receiver.url, events: ['feedback.submitted'], ...fields });
    expect(refused.status).toBe(400);
    expect(refused.body['details']).toContain(problem);
  });

  it('keep the number of webhooks bounded, repeat a creation with its key, and forget what is deleted', async () => {
    const body = { url: receiver.url, events: ['feedback.submitted'] };
    const once = { claims: admin(), headers: { 'idempotency-key': 'one' }, body };
    const [first, again] = [
      await server.call<Webhook>('POST', WEBHOOKS, once),
      await server.call<Webhook>('POST', WEBHOOKS, once),
    ];
    expect(again.body).toEqual(first.body);
    for (let nth = 1; nth < 20; nth++) await create();
    expect((await call('POST', WEBHOOKS, body)).status).toBe(409);
    const { id } = first.body;
    await submit();
    await expect.poll(() => statuses(id), POLL).toEqual(['delivered']);
    expect((await call('DELETE', `${WEBHOOKS}/${id}`)).body).toEqual({ id });
    expect((await call('DELETE', `${WEBHOOKS}/${id}`)).status).toBe(404);
    expect((await call('GET', `${WEBHOOKS}/${id}/deliveries`)).status).toBe(404);
    expect((await call('POST', WEBHOOKS, body)).status).toBe(201);
    const pages = await call<{ webhooks: Webhook[]; next_cursor: string }>('GET', `${WEBHOOKS}?limit=15`);
    const rest = await call('GET', `${WEBHOOKS}?limit=15&cursor=${pages.body.next_cursor}`);
    expect([pages.body.webhooks.length, rest.body['count']]).toEqual([15, 5]);
  });

  it('show the secret in nothing but the answer that made it', async () => {
    const { id, secret } = await create();
    const key = secret.slice('whsec_'.length);
    await call('PATCH', `${WEBHOOKS}/${id}`, { description: 'Alerts', revision: 1 });
    expect((await call('PATCH', `${WEBHOOKS}/${id}`, { description: null, revision: 1 })).status).toBe(409);
    const query = `{ webhooks { edges { node { id url revision } } }
      auditLog(filter: { node: "organization" }) { edges { node { action details } } } }`;
    const { data } = await server.graphql(query, {}, admin());
    const shown = JSON.stringify([data, (await call('GET', WEBHOOKS)).body]);
    expect(shown).not.toContain(key);
    expect(shown).toContain('WEBHOOK_CREATE');
    expect(JSON.stringify((data as { auditLog: unknown }).auditLog)).not.toContain(receiver.url);
    const backup = await fetch(`${server.url}/api/v1/llm/backup`, {
      headers: { authorization: `Bearer ${server.token(admin())}` },
    });
    const bytes = Buffer.from(await backup.arrayBuffer());
    for (const form of [key, Buffer.from(key, 'base64').toString('base64url')]) {
      expect(bytes.includes(form)).toBe(false);
    }
    expect(bytes.includes(Buffer.from(key, 'base64'))).toBe(false);
  });
});
