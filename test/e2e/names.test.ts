import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { MAX_ID_BYTES } from '../../src/model/input.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const anyName = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .map((name) => name.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/gu, ':'))
  .filter(
    (name) => Buffer.byteLength(name) <= MAX_ID_BYTES && !/^(feedback|batch)-/.test(name) && !/^\.{1,2}$/.test(name),
  );

async function roundTrip(name: string): Promise<void> {
  const body = { ...APPROVED, adapter_id: name, model_version: name, user_id: name, interaction_id: name };
  const { body: stored, status } = await server.call('POST', BASE, { body });
  // A name that came before says the same again.
  expect([200, 201]).toContain(status);
  const encoded = encodeURIComponent(name);
  const byAdapter = await server.call<{ feedback: { id: string }[] }>(
    'GET',
    `${BASE}/by-adapter/${encoded}?order=desc`,
  );
  expect(byAdapter.body).toMatchObject({ adapter_id: name });
  expect(byAdapter.body.feedback[0]).toMatchObject({ ...body, id: stored['id'] });
  const query = ['adapter', 'model', 'user', 'interaction'].map((field) => `${field}=${encoded}`).join('&');
  const list = await server.call<{ feedback: { id: string }[] }>('GET', `${BASE}?${query}&order=desc`);
  expect(list.body.feedback[0]?.id).toBe(stored['id']);
  const { data } = await server.graphql<{ adapter: { id: string; stats: { totalFeedback: number } } }>(
    'query ($id: ID!) { adapter(id: $id) { id stats { totalFeedback } } }',
    { id: name },
  );
  expect(data?.adapter.id).toBe(name);
  expect(data?.adapter.stats.totalFeedback).toBe((byAdapter.body as unknown as { total_linked: number }).total_linked);
}

it.each([
  'a:b',
  'a%3Ab',
  '%',
  'a/b',
  'with spaces ',
  '🦙 lama',
  'm=x',
  'ü'.repeat(128),
  '"quoted"',
  '__proto__',
  'a?b#c&d',
])('an adapter named %s works everywhere', roundTrip);

it('any name that is allowed works everywhere', async () => {
  await fc.assert(fc.asyncProperty(anyName, roundTrip), { numRuns: 60 });
});

it('no name leads into the data of another', async () => {
  for (const name of ['x', 'x:a', 'x%3Aa', 'x:a:b']) {
    await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: name }, claims: { org: 'apart' } });
  }
  for (const name of ['x', 'x:a', 'x%3Aa', 'x:a:b']) {
    const { body } = await server.call('GET', `${BASE}/by-adapter/${encodeURIComponent(name)}`, {
      claims: { org: 'apart' },
    });
    expect(body).toMatchObject({ count: 1, total_linked: 1 });
  }
  for (const org of ['apart:x', 'apart%3Ax', 'apar']) {
    expect((await server.call('GET', BASE, { claims: { org } })).body).toMatchObject({ count: 0 });
  }
});
