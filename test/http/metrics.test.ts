import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.stop());

const ADMIN = { roles: ['admin', 'operator'] };

async function scrape(claims?: object): Promise<{ readonly status: number; readonly text: string }> {
  const headers = claims === undefined ? {} : { authorization: `Bearer ${server.token(claims)}` };
  const answer = await fetch(`${server.url}/metrics`, { headers });
  return { status: answer.status, text: await answer.text() };
}

it('/metrics counts requests by route, and what plugins did by verdict', async () => {
  await server.call('POST', BASE, { body: APPROVED });
  await server.call('POST', BASE, { body: { ...APPROVED, answer: 'viagra casino lottery winner' } });
  const { body } = await server.call('GET', `${BASE}/no-such-entry`);
  expect(body['error']).toBe('Not Found');
  const { status, text } = await scrape(ADMIN);
  expect(status).toBe(200);
  expect(text).toContain(
    `feedback_graph_http_request_duration_seconds_count{method="POST",route="${BASE}",status="201"} 2`,
  );
  expect(text).toContain(`route="${BASE}/:id",status="404"} 1`);
  expect(text).not.toContain('no-such-entry');
  expect(text).toMatch(/validation_verdicts_total\{plugin="basic_spam_detection",verdict="accept"\} 1/);
  expect(text).toContain('feedback_graph_store_writable 1');
  // Scraping again counts nothing twice.
  expect((await scrape(ADMIN)).text).toMatch(/plugin="basic_spam_detection",verdict="accept"\} 1/);
});

it('/metrics has what the store counts, as it is at that moment', async () => {
  let asked = 0;
  const store = Object.assign(await openMemoryStore(), {
    metrics: () => [
      { kind: 'counter' as const, name: 'groups_total', help: 'Groups.', value: 7 * asked },
      { kind: 'gauge' as const, name: 'log_commits', help: 'Commits.', value: asked },
    ],
    refreshMetrics: () => {
      asked += 1;
      return Promise.resolve();
    },
  });
  await server.stop();
  server = await startTestServer({}, undefined, undefined, store);
  await scrape(ADMIN);
  const { text } = await scrape(ADMIN);
  expect(text).toContain('feedback_graph_store_groups_total 14');
  expect(text).toContain('feedback_graph_store_log_commits 2');
});

it('/metrics is for administrators alone', async () => {
  expect((await scrape()).status).toBe(401);
  expect((await scrape({ roles: ['reviewer', 'trainer', 'admin'] })).status).toBe(403);
});

it('GraphQL reports what plugins did, too', async () => {
  await server.call('POST', BASE, { body: APPROVED });
  const query =
    '{ validationPlugins { name failing acceptedCount rejectedCount failureCount longestMilliseconds own } }';
  const { body } = await server.call('POST', '/graphql', { body: { query }, claims: ADMIN });
  expect(body).toMatchObject({
    data: { validationPlugins: [{ name: 'basic_spam_detection', failing: false, acceptedCount: 1, failureCount: 0 }] },
  });
  const refused = await server.call('POST', '/graphql', { body: { query } });
  expect(JSON.stringify(refused.body)).toContain('FORBIDDEN');
});
