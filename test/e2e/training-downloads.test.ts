import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const BATCHES = '/api/v1/llm/training/batches';
const TRAINER = { roles: ['trainer'] };
/** Of 10 MB together: more than sockets hold of an answer that nobody reads. */
const ENTRIES = 500;
const WORD = 'abcdefgh ';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ bodyLimit: 64 * 1024 * 1024, search: false });
  const feedback = Array.from({ length: ENTRIES }, (_, index) => ({
    type: 'positive',
    question: `Question ${index}: ${WORD.repeat(1_100)}?`,
    answer: `Answer ${index}: ${WORD.repeat(1_100)}.`,
  }));
  const { body } = await server.call('POST', '/api/v1/llm/feedback/batch', { body: { feedback } });
  expect(body['stored']).toBe(ENTRIES);
});
afterAll(() => server.stop());

it('the server makes at most four exports of an organization at once, and drops those whose client has gone', async () => {
  const claimed = await server.call('POST', BATCHES, { body: { limit: ENTRIES }, claims: TRAINER });
  expect(claimed.body['count']).toBe(ENTRIES);
  const download = async (signal?: AbortSignal) =>
    fetch(`${server.url}${BATCHES}/1/export?format=raw`, {
      headers: { authorization: `Bearer ${server.token(TRAINER)}` },
      ...(signal === undefined ? {} : { signal }),
    });
  const clients = Array.from({ length: 4 }, () => new AbortController());
  const unread = await Promise.all(clients.map(({ signal }) => download(signal)));
  expect(unread.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const refused = await download();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });

  for (const client of clients) client.abort();
  let answer = await download();
  while (answer.status === 429) {
    await answer.arrayBuffer();
    answer = await download();
  }
  const whole = await answer.text();
  expect(whole.trim().split('\n')).toHaveLength(ENTRIES);
});

it('a download of an export breaks off when its batch is released, so that half a file is never taken for the whole', async () => {
  const response = await fetch(`${server.url}${BATCHES}/1/export?format=raw`, {
    headers: { authorization: `Bearer ${server.token(TRAINER)}` },
  });
  expect(response.status).toBe(200);
  expect((await server.call('POST', `${BATCHES}/1/release`, { claims: TRAINER })).status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});
