import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Store } from '../../src/store/contract.js';
import { parseLocation } from '../../src/store/engines.js';
import { openStore } from '../../src/store/open.js';
import { BASE } from '../support/feedback.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { startTestServer, type TestServer } from '../support/server.js';

const WORDS =
  'To enable sharding use the shard by clause when you create the collection and choose a key that spreads well over all of the nodes';

let shared: SharedData;
let one: TestServer;
let other: TestServer;

/** How two servers come to the same data: as one object, or each by a connection of its own. */
interface SharedData {
  readonly settings: Pick<Config, 'store'> | object;
  readonly open: () => Promise<Store>;
  readonly sharedStore?: Store;
}

async function inMemory(): Promise<SharedData> {
  const sharedStore = await openMemoryStore();
  return { settings: {}, open: () => Promise.resolve(sharedStore), sharedStore };
}

async function inPostgres(): Promise<SharedData> {
  const location = parseLocation(await createTestDatabase())!;
  return { settings: { store: location }, open: () => openStore(location) };
}

async function startServers(): Promise<void> {
  const secret = randomBytes(32).toString('base64url');
  const settings: Partial<Config> = {
    auth: { kind: 'secret', secret, defaultRole: 'admin', rolesClaim: 'roles', orgClaim: 'org', requireOrg: false },
    validationPlugin: [{ name: 'duplicate_detection' }, { name: 'basic_spam_detection', asynchronous: true }],
    ...shared.settings,
  };
  const start = () => startTestServer(settings, undefined, undefined, shared.sharedStore);
  [one, other] = await Promise.all([start(), start()]);
}

const ADMIN = { sub: 'root', roles: ['admin'] };

interface Stored {
  readonly id: string;
  readonly version: number;
  readonly validation_status: string;
  readonly validation_reasons: readonly string[];
}

async function submit(server: TestServer, fields: Record<string, unknown> = {}): Promise<Stored> {
  const body = {
    type: 'positive',
    question: 'How do I enable sharding?',
    answer: 'Use the SHARD BY clause.',
    ...fields,
  };
  const response = await server.call<Stored>('POST', BASE, { body });
  expect(response.status).toBe(201);
  return response.body;
}

const read = async (server: TestServer, id: string): Promise<Stored> =>
  (await server.call<Stored>('GET', `${BASE}/${id}`)).body;

describe.each([
  ['memory', inMemory],
  ['PostgreSQL', inPostgres],
] as const)('two servers over one store in %s', (_name, share) => {
  beforeAll(async () => {
    shared = await share();
    await startServers();
  });
  afterAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
    await shared.sharedStore?.close();
  });

  it('refuse what either has revoked', async () => {
    const issued = await one.call<{ token: string }>('POST', '/api/v1/llm/tokens', {
      body: { sub: 'widget', roles: ['reader'] },
      claims: ADMIN,
    });
    expect(issued.status).toBe(201);
    const use = (server: TestServer) =>
      fetch(`${server.url}${BASE}`, { headers: { authorization: `Bearer ${issued.body.token}` } });
    for (const server of [one, other]) expect((await use(server)).status).toBe(200);
    const revoked = await one.call('POST', '/api/v1/llm/tokens/revoke', { body: { sub: 'widget' }, claims: ADMIN });
    expect(revoked.status).toBeLessThan(300);
    expect((await use(one)).status).toBe(401);
    await expect.poll(async () => (await use(other)).status).toBe(401);
  });

  it('judge each pending entry once, whoever took it', async () => {
    const stored = await Promise.all(
      Array.from({ length: 40 }, (_, nth) => submit(nth % 2 === 0 ? one : other, { user_id: `user-${nth}` })),
    );
    const states = async () => {
      const now = await Promise.all(stored.map(({ id }, nth) => read(nth % 2 === 0 ? other : one, id)));
      return new Set(now.map(({ version, validation_status }) => `${version} ${validation_status}`));
    };
    await expect.poll(states, { timeout: 10_000 }).toEqual(new Set(['2 approved']));
  });

  it('find near-duplicates of what the other has accepted', async () => {
    await submit(one, { adapter_id: 'lora', user_id: 'u0', answer: 'Read the manual of the cluster.' });
    await submit(other, { adapter_id: 'lora', user_id: 'u0', answer: 'Ask the operator of the cluster.' });
    const first = await submit(one, { adapter_id: 'lora', user_id: 'u1', answer: WORDS });
    let users = 1;
    const reasons = async () =>
      (await submit(other, { adapter_id: 'lora', user_id: `u${(users += 1)}`, answer: `${WORDS.toUpperCase()}!` }))
        .validation_reasons;
    await expect.poll(reasons, { timeout: 5_000 }).toContain(`It is nearly the same as ${first.id}`);
  });

  it('search what either has accepted', async () => {
    const ids = [
      (await submit(one, { question: 'What is a zebra?', user_id: 's1' })).id,
      (await submit(other, { question: 'Where is the zebra?', user_id: 's2' })).id,
    ];
    const found = async (server: TestServer) => {
      const { body } = await server.call<{ feedback: Stored[] }>('GET', `${BASE}?search=zebra`);
      return body.feedback.map(({ id }) => id).sort();
    };
    for (const server of [one, other]) await expect.poll(() => found(server), { timeout: 10_000 }).toEqual(ids.sort());
  });

  it('leave a sound store', async () => {
    const store = await shared.open();
    expect((await verifyStore(store)).disagreements).toEqual([]);
    if (store !== shared.sharedStore) await store.close();
  });
});
