import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAs } from '../support/live.js';
import { startTestServer, type TestServer } from '../support/server.js';

const KIB = 1024;
const TEXT = 'x'.repeat(10_000);
const BASE = '/api/v1/llm/feedback';

let server: TestServer;
let ids: string[];
beforeAll(async () => {
  // A sixteenth of the defaults, so that a few entries are over the limits.
  server = await startTestServer({ requestBudget: { answerBytes: 1024 * KIB, readKeys: 10_000 } });
  const feedback = Array.from({ length: 20 }, () => ({
    type: 'negative',
    question: TEXT,
    answer: TEXT,
    correction: TEXT,
    comment: TEXT,
    adapter_id: 'large',
  }));
  ids = [];
  for (let times = 0; times < 8; times++) {
    const { body } = await server.call<{ results: { id: string }[] }>('POST', `${BASE}/batch`, { body: { feedback } });
    ids.push(...body.results.map(({ id }) => id));
  }
});
afterAll(async () => {
  await server.stop();
});

interface Refused {
  readonly data?: unknown;
  readonly errors?: { message: string; extensions: Record<string, unknown> }[];
}

/** Sent twice: what a server keeps of a document or an answer is to change nothing. */
async function sendTwice(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const body = { query, variables };
  const first = await server.call<Refused>('POST', '/graphql', { body, headers });
  const second = await server.call<Refused>('POST', '/graphql', { body, headers });
  expect([second.status, second.body]).toEqual([first.status, first.body]);
  return first;
}

const aliases = (count: number, field: string, prefix = 'a'): string =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}: ${field}`).join(' ');

describe('an answer larger than FEEDBACK_LIMIT_ANSWER_BYTES', () => {
  const refusal = { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'answerBytes', maximum: 1024 * KIB };

  it('of one entry asked for many times is refused with 400, the limit and its value', async () => {
    const many = Array.from({ length: 1_000 }, () => ids[0]);
    const accepted = ['*/*', 'application/graphql-response+json', 'application/json', 'application/json, text/plain'];
    const nodes = 'nodes(ids: $ids) { ... on Feedback { question answer correction comment } }';
    const query = `query ($ids: [ID!]!) { ${aliases(12, nodes)} }`;
    for (const accept of accepted) {
      const { status, body } = await sendTwice(query, { ids: many }, { accept });
      expect(status).toBe(400);
      expect(body.data ?? null).toBeNull();
      expect(body.errors).toHaveLength(1);
      expect(body.errors?.[0]?.extensions).toEqual(refusal);
      expect(body.errors?.[0]?.message).toContain(`at most ${1024 * KIB} bytes (FEEDBACK_LIMIT_ANSWER_BYTES)`);
    }
  });

  it('of one text under many names is refused', async () => {
    const one = `query ($id: ID!) { feedback(id: $id) { ${aliases(99, 'answer')} } }`;
    const entries = `{ feedbackList(first: 100) { edges { node { ${aliases(20, 'answer')} } } } }`;
    expect((await sendTwice(one, { id: ids[0] })).status).toBe(200);
    expect((await sendTwice(entries)).body.errors?.[0]?.extensions).toEqual(refusal);
  });

  it('of documents, which are JSON of their own, is refused', async () => {
    const { status, body } = await sendTwice('{ feedbackList(first: 60) { edges { node { document } } } }');
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toEqual(refusal);
  });

  it('of a graph query is refused', async () => {
    const query = 'MATCH (a:Feedback), (b:Adapter) RETURN a.answer, a.question, a.comment, a.correction';
    const graph = await sendTwice(`{ graphQuery(query: "${query}") { rows } }`);
    expect(graph.body.errors?.[0]?.extensions).toEqual(refusal);
    const rest = await server.call('POST', '/api/v1/llm/graph/query', { body: { query } });
    expect(rest.status).toBe(400);
    expect(rest.body).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED' });
  });

  it.each([`${BASE}?limit=60`, `${BASE}/by-adapter/large?limit=60`, `${BASE}?limit=60&order=desc`])(
    'of REST is refused, and less of it is answered: %s',
    async (path) => {
      for (let times = 0; times < 3; times++) {
        const { status, body } = await server.call('GET', path);
        expect(status).toBe(400);
        expect(body).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', error: 'Operation limit exceeded' });
        expect(body['details']).toContain(`at most ${1024 * KIB} bytes`);
      }
      expect((await server.call('GET', path.replace('60', '20'))).body).toMatchObject({ count: 20 });
    },
  );

  it('of a mutation says that its changes stay', async () => {
    const shown = `feedback { ${aliases(99, 'answer')} document } edge { node { feedback { edges { node { document } } } } }`;
    const query = `mutation ($id: ID!) { linkFeedback(id: $id, adapterId: "linked") { ${shown} } }`;
    const answer = await server.call<Refused>('POST', '/graphql', { body: { query, variables: { id: ids[0] } } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.message).toContain('the changes that the mutation has already made remain');
    const linked = await server.call('GET', `${BASE}/by-adapter/linked`);
    expect(linked.body).toMatchObject({ count: 1 });
  });
});

describe('a request that reads more bytes than its budget', () => {
  it('is refused, however little of that it returns', async () => {
    const { status, body } = await sendTwice('{ feedbackList(first: 1000) { edges { node { id } } } }');
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toMatchObject({ limit: 'readBytes', maximum: 4 * 1024 * KIB });
    const few = await sendTwice('{ feedbackList(first: 50) { edges { node { id } } } }');
    expect(few.body.errors).toBeUndefined();
  });
});

describe('an answer of errors', () => {
  const query = (aliased: number): string =>
    `query ($ids: [ID!]!) { ${aliases(aliased, 'nodes(ids: $ids) { ... on Adapter { stats(adapterVersion: "\\u0001") { totalFeedback } } }')} }`;

  it('has at most 1,000 of them, in the order of their places', async () => {
    const { status, body } = await sendTwice(query(2), { ids: Array.from({ length: 500 }, () => 'large') });
    expect(status).toBe(200);
    const paths = (body.errors as unknown as { path: unknown[] }[]).map(({ path }) => path.slice(0, 2));
    expect(paths).toEqual(['a0', 'a1'].flatMap((name) => Array.from({ length: 500 }, (_, index) => [name, index])));
  });

  it('is refused beyond, with the limit and its value', async () => {
    const { status, body } = await sendTwice(query(60), { ids: Array.from({ length: 1_000 }, () => 'large') });
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.message).toContain('at most 1000 errors');
    expect(body.errors?.[0]?.extensions).toEqual({
      code: 'OPERATION_LIMIT_EXCEEDED',
      limit: 'answerErrors',
      maximum: 1_000,
    });
  });
});

describe('totals that no counter holds', () => {
  beforeAll(async () => {
    const feedback = Array.from({ length: 200 }, (_, index) => ({
      type: index % 2 === 0 ? 'positive' : 'negative',
      question: 'How do I count what no counter counts?',
      answer: 'By walking along an index.',
      adapter_id: 'counted',
      user_id: 'counting',
    }));
    for (let times = 0; times < 5; times++) await server.call('POST', `${BASE}/batch`, { body: { feedback } });
  });

  const totals = (count: number, filter: (index: number) => string): string =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: feedbackList(filter: { ${filter(index)} }) { totalCount }`).join(' ')} }`;
  const refusal = { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'readKeys', maximum: 10_000 };
  /** The same filter counts once, whoever asks for it. */
  const FACETS = ['', 'type: POSITIVE', 'type: NEGATIVE'].flatMap((type) =>
    ['', 'unused: true'].flatMap((use) =>
      ['', 'validationStatus: APPROVED'].map((status) => `${type} ${use} ${status}`),
    ),
  );

  it('are counted once for the same filter', async () => {
    const { body } = await sendTwice(totals(90, () => 'adapterId: "counted", userId: "counting"'));
    expect(body.data).toMatchObject({ a0: { totalCount: 1_000 }, a89: { totalCount: 1_000 } });
  });

  it.each([
    ['of two indexes', (index: number) => `adapterId: "counted", userId: "counting" ${FACETS[index % FACETS.length]}`],
    ['narrowed by time', (index: number) => `userId: "counting", since: "2020-01-01T00:00:00.${100 + index}Z"`],
  ])('%s are exact, one by one, and refused in numbers', async (_, filter) => {
    const one = await sendTwice(totals(1, filter));
    expect(one.body.data).toEqual({ a0: { totalCount: 1_000 } });
    const { status, body } = await sendTwice(totals(90, filter));
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.extensions).toEqual(refusal);
    expect(body.errors?.[0]?.message).toContain('at most 10000 keys from the store (FEEDBACK_LIMIT_READ_KEYS)');
  });

  it('in lists below other lists count together', async () => {
    const total = (at: number): string =>
      `a${at}: feedback(filter: { userId: "counting", since: "2020-01-01T00:00:00.${100 + at}Z" }) { totalCount }`;
    const query = `{ adapter(id: "counted") { ${Array.from({ length: 90 }, (_, at) => total(at)).join(' ')} } }`;
    expect((await sendTwice(query)).body.errors?.[0]?.extensions).toEqual(refusal);
  });

  it('that counters hold are answered in any number', async () => {
    const { body } = await sendTwice(totals(90, () => 'adapterId: "counted", type: POSITIVE'));
    expect(body.data).toMatchObject({ a0: { totalCount: 500 }, a89: { totalCount: 500 } });
  });
});

it('reads that counters foretell are refused over REST with the limit and its value', async () => {
  const small = await startTestServer({ requestBudget: { answerBytes: 1024 * KIB, readKeys: 50 } });
  const body = { type: 'positive', question: 'How often was this revised?', answer: 'As often as it takes.' };
  const { id } = (await small.call<{ id: string }>('POST', BASE, { body })).body;
  for (let times = 1; times < 60; times++) {
    const revised = await small.call('PATCH', `${BASE}/${id}`, { body: { comment: `For the time ${times}.` } });
    expect(revised.status).toBe(200);
  }
  for (let times = 0; times < 3; times++) {
    const { status, body: refused } = await small.call('GET', `${BASE}/${id}/versions?limit=100`);
    expect(status).toBe(400);
    expect(refused).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED' });
    expect(refused['details']).toContain(
      'at most 50 keys from the store (FEEDBACK_LIMIT_READ_KEYS), and this one needs more',
    );
    expect((await small.call('GET', `${BASE}/${id}/versions?limit=20`)).body['versions']).toHaveLength(20);
  }
  await small.stop();
});

it('an event of a subscription has a budget of its own', async () => {
  const client = await connectAs(server);
  const list = 'adapters { edges { node { feedback(first: 60) { edges { node { document } } } } } }';
  const query = `subscription { feedbackSubmitted { id ${list} } }`;
  await client.subscribe('1', query);
  for (const adapter_id of ['large', 'small', 'large', 'small']) {
    const body = { type: 'positive', question: 'How many bytes?', answer: 'A few of them.', adapter_id };
    await server.call('POST', BASE, { body });
    const event = await client.next();
    expect(event).toMatchObject(
      adapter_id === 'small'
        ? { type: 'next', payload: { data: { feedbackSubmitted: { id: expect.any(String) as string } } } }
        : { type: 'next', payload: { errors: [{ extensions: { limit: 'answerBytes', maximum: 1024 * KIB } }] } },
    );
  }
  client.socket.terminate();
});
