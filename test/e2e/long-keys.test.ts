import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyStore } from '../../src/maintenance/verify.js';
import { MAX_KEY_BYTES } from '../../src/store/engine/postgres/transaction.js';
import { parseLocation } from '../../src/store/engines.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** As long as a name may be, of what takes most room in a key: a colon is three bytes there. */
const longName = (start: string): string => start + ':'.repeat(256 - start.length);

const CLAIMS = { org: longName('org'), sub: longName('sub'), roles: ['admin', 'trainer'] };
const REVIEWER = { ...CLAIMS, sub: longName('reviewer') };

describe('names that are as long as they may be', () => {
  let server: TestServer;
  let location: NonNullable<ReturnType<typeof parseLocation>>;
  beforeAll(async () => {
    const found = parseLocation(await createTestDatabase());
    if (found === undefined) throw new Error('No location');
    location = found;
    server = await startTestServer({ store: location });
  });
  afterAll(() => server.stop());

  it('make no key that is too long for PostgreSQL, whatever is done with them', async () => {
    const send = async <Body>(method: string, path: string, body: object, claims = CLAIMS): Promise<Body> => {
      const { status, body: answered } = await server.call<Body>(method, path, { body, claims });
      expect([path.slice(0, 60), status, status < 300 ? '' : answered]).toEqual([
        path.slice(0, 60),
        expect.toSatisfy((code: number) => code >= 200 && code < 300),
        '',
      ]);
      return answered;
    };
    const entry = {
      ...APPROVED,
      adapter_id: longName('adapter'),
      adapter_version: longName('v'),
      model_version: longName('model'),
      user_id: longName('user'),
      interaction_id: longName('interaction'),
      conversation_id: longName('conversation'),
      external_id: longName('external'),
      source: 'llm',
      tags: [longName('tag'), longName('another')],
      scores: { [longName('score')]: longName('value'), rating: 5 },
    };
    const { id } = await send<{ id: string }>('POST', BASE, entry);
    const child = { version: longName('v'), derived_from: [longName('adapter')] };
    await send('PUT', `/api/v1/llm/adapters/${encodeURIComponent(longName('child'))}`, child);
    await send('POST', `${BASE}/${id}/link`, { adapter_id: longName('child') });
    await send('POST', `${BASE}/review/${id}`, { verdict: 'approve' }, REVIEWER);
    await send('POST', `${BASE}/review/skip`, { ids: [id] }, REVIEWER);
    await send('POST', '/api/v1/llm/training/batches', { limit: 10 });

    const store = await openStore(location);
    try {
      expect((await verifyStore(store)).disagreements).toEqual([]);
      const keys = await store.read((reader) => reader.scanKeys({ gte: '', lt: '\u{10ffff}', limit: Infinity }));
      const longest = Math.max(...keys.map((key) => Buffer.byteLength(key)));
      expect(longest).toBeGreaterThan(9 * 250);
      expect(longest).toBeLessThanOrEqual(MAX_KEY_BYTES);
    } finally {
      await store.close();
    }
  });

  it.each([
    'adapter_id',
    'adapter_version',
    'model_version',
    'user_id',
    'interaction_id',
    'conversation_id',
    'external_id',
  ])('that are longer are refused in %s by name', async (field) => {
    const body = { ...APPROVED, adapter_id: 'lora', [field]: 'n'.repeat(257) };
    const { status, body: answered } = await server.call<{ details: string }>('POST', BASE, { body, claims: CLAIMS });
    expect([status, answered.details]).toEqual([400, expect.stringContaining(field)]);
  });

  it.each([
    ['tags', { tags: ['n'.repeat(257)] }],
    ['scores', { scores: { ['n'.repeat(257)]: 1 } }],
    ['scores', { scores: { tone: 'n'.repeat(257) } }],
  ])('that are longer are refused in %s', async (field, more) => {
    const body = { ...APPROVED, ...more };
    const { status, body: answered } = await server.call<{ details: string }>('POST', BASE, { body, claims: CLAIMS });
    expect([status, answered.details]).toEqual([400, expect.stringContaining(field)]);
  });
});
