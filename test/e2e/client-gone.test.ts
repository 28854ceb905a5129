import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_BUDGET_LIMITS } from '../../src/graphql/budget/request-budget.js';
import { startTestServer, type TestServer } from '../support/server.js';

const SUBMIT =
  'mutation ($input: [SubmitFeedbackInput!]!) ' +
  '{ submitFeedbackBatch(input: $input) { results { feedback { id question answer correction comment } } } }';
/** Of 8 MB together: more than systems keep for a connection that nobody reads. */
const ENTRIES = 190;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    search: false,
    bodyLimit: 20 * 1024 ** 2,
    requestBudget: { ...DEFAULT_BUDGET_LIMITS, answerBytes: 32 * 1024 ** 2 },
  });
});
afterAll(() => server.stop());

function batch(): string {
  const text = 'y'.repeat(10_000);
  const entry = { type: 'NEGATIVE', question: text, answer: text, correction: text, comment: text };
  return JSON.stringify({ query: SUBMIT, variables: { input: Array.from({ length: ENTRIES }, () => entry) } });
}

it('a mutation whose client leaves while its answer is sent runs once', async () => {
  const { hostname, port } = new URL(server.url);
  const body = batch();
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${server.token({})}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString('latin1', 0, 12)).toBe('HTTP/1.1 200');
  socket.destroy();
  // What would run once more has begun before these, and takes as long as each of them.
  for (let times = 0; times < 2; times += 1) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token({})}`, 'content-type': 'application/json' },
      body,
    });
    expect((await response.text()).length).toBeGreaterThan(1_000_000);
  }
  const { body: stats } = await server.call('POST', '/graphql', {
    body: { query: '{ feedbackList(first: 1) { totalCount } }' },
  });
  expect(stats).toEqual({ data: { feedbackList: { totalCount: 3 * ENTRIES } } });
}, 60_000);
