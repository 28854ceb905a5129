import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const LIMIT = 50;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { userPerMinute: LIMIT, orgPerHour: 0 } });
});
afterAll(async () => {
  await server.stop();
});

interface Answered {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: Record<string, unknown> }[];
}

const ENTRY = { type: 'POSITIVE', question: 'Why is it so?', answer: 'Because it is.' };
const BATCH = 'submitFeedbackBatch(input: $entries) { results { feedback { id } } }';

function submit(sub: string, entries: number, fields = BATCH, accept = '*/*') {
  const query = `mutation ($entries: [SubmitFeedbackInput!]!) { ${fields} }`;
  const variables = { entries: Array.from({ length: entries }, () => ENTRY) };
  return server.call<Answered>('POST', '/graphql', {
    body: { query, variables },
    claims: { sub, org: sub },
    headers: { accept },
  });
}

const stored = async (sub: string): Promise<unknown> => {
  const { body } = await server.call('GET', '/api/v1/llm/feedback/stats', {
    claims: { sub: `${sub}-reads`, org: sub },
  });
  return body['total_feedback'];
};

it.each(['*/*', 'application/json, text/plain'])(
  'a batch over GraphQL counts as its entries do over REST (%s)',
  async (accept) => {
    const sub = `batch-${accept.length}`;
    const first = await submit(sub, 20, BATCH, accept);
    expect(first.body.errors).toBeUndefined();
    expect(first.headers.get('x-ratelimit-remaining')).toBe(String(LIMIT - 20));
    const second = await submit(sub, 20, BATCH, accept);
    expect(second.headers.get('x-ratelimit-remaining')).toBe(String(LIMIT - 40));
    const third = await submit(sub, 20, BATCH, accept);
    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(third.body.errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
    expect(third.body.errors?.[0]?.message).toContain(`The limit of ${LIMIT} requests`);
    expect(await stored(sub)).toBe(40);
  },
);

it('many submissions in one operation count one by one', async () => {
  const entry = '{ type: POSITIVE, question: "Why is it so?", answer: "Because it is." }';
  const fields = Array.from({ length: 30 }, (_, index) => `a${index}: submitFeedback(input: ${entry}) { id }`).join(
    ' ',
  );
  const used = `${fields} ... @skip(if: true) { ${BATCH} }`;
  expect((await submit('aliases', 1, used)).body.errors).toBeUndefined();
  expect((await submit('aliases', 1, used)).status).toBe(429);
  expect(await stored('aliases')).toBe(30);
});

it('many batches in one operation are refused, and none is stored', async () => {
  const many = Array.from({ length: 90 }, (_, index) => `a${index}: ${BATCH}`).join(' ');
  for (let times = 0; times < 3; times++) {
    const { status, body } = await submit('batches', 1, many);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions['code']).toBe('OPERATION_LIMIT_EXCEEDED');
    expect(body.errors?.[0]?.message).toContain('at most 1 mutation of many entries, and this one has 90');
  }
  expect(await stored('batches')).toBe(0);
});
