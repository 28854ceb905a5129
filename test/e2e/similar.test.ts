import { afterAll, beforeAll, expect, it } from 'vitest';
import { BASE } from '../support/feedback.js';
import { type Claims, startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ENTRY = {
  type: 'positive',
  question: 'How do I enable sharding for a collection that is there already?',
  answer: 'Use the SHARD BY clause when you create the collection, and copy the documents over.',
  adapter_id: 'lora',
};

async function submit(claims: Claims, fields: object = {}): Promise<string> {
  const { status, body } = await server.call<{ id: string }>('POST', BASE, { body: { ...ENTRY, ...fields }, claims });
  expect(status).toBe(201);
  return body.id;
}

interface SimilarList {
  readonly similar: readonly { readonly similarity: number; readonly feedback: { readonly id: string } }[];
  readonly count: number;
}

const similarTo = (id: string, claims: Claims, query = '') =>
  server.call<SimilarList>('GET', `${BASE}/${id}/similar${query}`, { claims });

it('lists similar entries of the organization alone, also after a restart, to those who may read entries', async () => {
  const ann = { org: 'one', sub: 'ann' };
  const [first, second] = [await submit(ann), await submit(ann, { type: 'negative' })];
  await submit({ org: 'two', sub: 'ann' });
  const answer = await similarTo(first, ann);
  expect([answer.status, answer.body.count]).toEqual([200, 1]);
  expect(answer.body.similar).toMatchObject([{ similarity: 1, feedback: { id: second, type: 'negative' } }]);
  await server.restart();
  const third = await submit(ann, { answer: `${ENTRY.answer} That takes a while.` });
  const { body } = await similarTo(first, ann);
  expect(body.similar.map(({ feedback }) => feedback.id)).toEqual([second, third]);
  expect((await similarTo(first, ann, '?limit=1')).body.count).toBe(1);

  expect((await similarTo(first, { org: 'two', sub: 'ann' })).status).toBe(404);
  expect((await similarTo(first, { ...ann, roles: ['submitter'] })).status).toBe(403);
  expect((await similarTo(first, ann, '?limit=21')).status).toBe(400);
  expect((await similarTo('feedback-none', ann)).status).toBe(404);
  await server.call('DELETE', `${BASE}/${first}`, { claims: { ...ann, roles: ['admin'] } });
  expect((await similarTo(first, ann)).status).toBe(410);
  expect((await similarTo(second, ann)).body.similar.map(({ feedback }) => feedback.id)).toEqual([third]);
});
