import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE } from '../support/feedback.js';
import { type Claims, startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    validationPlugin: [{ name: 'pii_redaction', config: { mode: 'replace' } }, { name: 'duplicate_detection' }],
  });
});
afterAll(() => server.stop());

const DIALOG = [
  { role: 'system', content: 'Answer briefly.' },
  { role: 'user', content: 'How do I implement binary search?' },
  { role: 'assistant', content: 'Halve the range with lo and hi.' },
  { role: 'user', content: 'And in Rust?' },
  { role: 'assistant', content: 'Call slice.binary_search(&x).' },
];
const TOOLS = [{ type: 'function', function: { name: 'search', parameters: { type: 'object' } } }];
const FIELDS = {
  tags: ['rust', 'search'],
  scores: { rating: 4, helpful: true, tone: 'friendly' },
  reason: 'accurate_information',
  metadata: { client: { version: 3 }, flags: [true, null] },
  conversation_id: 'chat-1',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  response_id: 'chatcmpl-1',
  source: 'user',
};

const ADMIN: Claims = { sub: 'ann', roles: ['admin'] };

async function submit(body: object, claims: Claims = {}) {
  return server.call('POST', BASE, { body, claims });
}

async function entry(id: unknown, claims: Claims = {}) {
  return (await server.call('GET', `${BASE}/${String(id)}`, { claims })).body;
}

it('a conversation has both forms, over REST and GraphQL, also in its versions and after a restart', async () => {
  const claims = { org: 'forms' };
  const given = { type: 'positive', messages: DIALOG, tools: TOOLS, ...FIELDS };
  const { status, body } = await submit(given, claims);
  expect([status, body['question'], body['answer']]).toEqual([201, 'And in Rust?', 'Call slice.binary_search(&x).']);
  const stored = await entry(body['id'], claims);
  expect(stored).toMatchObject({ ...given, question: 'And in Rust?', answer: 'Call slice.binary_search(&x).' });

  const fields =
    'question answer messages systemPrompt tools tags scores reason metadata conversationId traceId spanId responseId source';
  const { data, errors } = await server.graphql(
    `query ($id: ID!) { feedback(id: $id) { ${fields} document versions { edges { node { ${fields} document } } } } }`,
    { id: body['id'] },
    claims,
  );
  expect(errors).toBeUndefined();
  const { feedback } = data as { feedback: { document: unknown; versions: { edges: { node: object }[] } } };
  expect(feedback).toMatchObject({
    question: 'And in Rust?',
    messages: DIALOG,
    systemPrompt: 'Answer briefly.',
    tools: TOOLS,
    tags: FIELDS.tags,
    scores: FIELDS.scores,
    metadata: FIELDS.metadata,
    conversationId: 'chat-1',
    source: 'USER',
    document: stored,
  });
  expect(feedback).toMatchObject(feedback.versions.edges[0]!.node);

  await server.restart();
  expect(await entry(body['id'], claims)).toEqual(stored);
  const versions = await server.call('GET', `${BASE}/${String(body['id'])}/versions`, { claims });
  expect(versions.body['versions']).toEqual([{ ...stored, updated_at: stored['created_at'] }]);
});

it('an entry of a question and an answer keeps its form, and can be read as a conversation', async () => {
  const claims = { org: 'plain' };
  const { body } = await submit({ type: 'positive', question: 'What is it?', answer: 'A shard.' }, claims);
  const stored = await entry(body['id'], claims);
  for (const name of ['messages', 'tools', 'tags', 'scores', 'metadata']) expect(stored).not.toHaveProperty(name);
  const { data } = await server.graphql(
    `query ($id: ID!) { feedback(id: $id) { messages systemPrompt tags } }`,
    { id: body['id'] },
    claims,
  );
  expect(data).toEqual({
    feedback: {
      messages: [
        { role: 'user', content: 'What is it?' },
        { role: 'assistant', content: 'A shard.' },
      ],
      systemPrompt: null,
      tags: null,
    },
  });
});

it('GraphQL takes a conversation as it takes one over REST', async () => {
  const { data, errors } = await server.graphql(
    `mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { question messages scores } }`,
    { input: { type: 'NEGATIVE', messages: DIALOG, scores: { rating: 1.5 }, comment: 'It is wrong.' } },
    { org: 'graphql' },
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    submitFeedback: { question: 'And in Rust?', messages: DIALOG, scores: { rating: 1.5 } },
  });
});

it.each<[string, object, string]>([
  [
    'an unknown role',
    { messages: [{ role: 'ghost', content: 'x' }] },
    "'messages[0].role' must be one of system, user",
  ],
  ['no list', { messages: 'Hello' }, "'messages' must be a list"],
  ['a judged answer that is not last', { messages: DIALOG.slice(0, 4) }, "'messages[3].role' must be assistant"],
  [
    'another question beside it',
    { messages: DIALOG, question: 'Why?' },
    "'question' must be left out beside 'messages'",
  ],
  ['a score of another kind', { messages: DIALOG, scores: { rating: null } }, "'scores' must have a number"],
])('a submission with %s is refused with one clear sentence, over REST and GraphQL', async (_name, fields, details) => {
  const claims = { org: 'refused' };
  const { status, body } = await submit({ type: 'positive', ...fields }, claims);
  expect([status, body['error']]).toEqual([400, 'Invalid request']);
  expect(body['details']).toContain(details);
  const { errors } = await server.graphql(
    `mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { id } }`,
    { input: { type: 'POSITIVE', ...fields } },
    claims,
  );
  expect(errors?.[0]?.extensions['code']).toMatch(/^BAD_USER_INPUT$/);
  const stats = await server.call('GET', `${BASE}/stats`, { claims });
  expect(stats.body['total_feedback']).toBe(0);
});

describe.each(['fooBar', 'FooBar', 'adapterId', 'conversation_Id'])('a field %s that is not known', (name) => {
  const unknown = { [name]: 1 };
  const called = { name: 'search', arguments: '{}' };
  const ASKED = { role: 'user', content: 'How do I implement binary search?' };
  const ANSWERED = { role: 'assistant', content: 'Halve the range with lo and hi.' };
  const calling = (call: object) => [ASKED, { role: 'assistant', tool_calls: [call] }, ANSWERED];
  const image = { url: 'https://example.org/a.png' };

  it.each<[string, object]>([
    ['', { messages: [ASKED, ANSWERED], ...unknown }],
    ['messages[0].', { messages: [{ ...ASKED, ...unknown }, ANSWERED] }],
    [
      'messages[0].content[0].',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', ...unknown }] }, ANSWERED] },
    ],
    [
      'messages[0].content[0].image_url.',
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { ...image, ...unknown } }] }, ANSWERED],
      },
    ],
    ['messages[1].tool_calls[0].', { messages: calling({ type: 'function', function: called, ...unknown }) }],
    [
      'messages[1].tool_calls[0].function.',
      { messages: calling({ type: 'function', function: { ...called, ...unknown } }) },
    ],
    [
      'candidates[1].',
      { question: 'Which?', preferred: 0, candidates: [{ answer: 'a' }, { answer: 'b', ...unknown }] },
    ],
    [
      'candidates[1].messages[0].',
      {
        preferred: 0,
        candidates: [{ messages: [ASKED, ANSWERED] }, { messages: [{ ...ASKED, ...unknown }, ANSWERED] }],
      },
    ],
  ])('is named as it was sent, at %j, alone and in a batch', async (at, fields) => {
    const body = { ...('preferred' in fields ? {} : { type: 'positive' }), ...fields };
    const expected = [400, `${at}${name}`];
    const alone = await server.call<{ issues: readonly { field: string }[] }>('POST', BASE, { body });
    expect([alone.status, alone.body.issues[0]?.field]).toEqual(expected);
    const batch = await server.call<{ results: readonly { status: number; issues: readonly { field: string }[] }[] }>(
      'POST',
      `${BASE}/batch`,
      { body: { feedback: [body] } },
    );
    const [result] = batch.body.results;
    expect([result?.status, result?.issues[0]?.field]).toEqual(expected);
  });
});

it('the submitter changes tags, scores, reason and metadata, and the version before keeps what it said', async () => {
  const claims = { org: 'revised', sub: 'ann' };
  const { body } = await submit({ type: 'positive', messages: DIALOG, ...FIELDS }, claims);
  const path = `${BASE}/${String(body['id'])}`;
  const change = { tags: ['go'], scores: { rating: 2 }, reason: 'too_long', metadata: {} };
  const revised = await server.call('PATCH', path, { body: change, claims });
  expect([revised.status, revised.body]).toMatchObject([200, change]);
  const { body: list } = await server.call<{ versions: object[] }>('GET', `${path}/versions`, { claims });
  expect(list.versions).toMatchObject([
    { version: 2, ...change },
    { version: 1, tags: FIELDS.tags, scores: FIELDS.scores, reason: FIELDS.reason, metadata: FIELDS.metadata },
  ]);
});

it('personal data is replaced in every turn, and the question stays that of the conversation', async () => {
  const messages = [
    { role: 'system', content: 'You help ann@example.org.' },
    { role: 'user', content: [{ type: 'text', text: 'I am bob@example.org.' }] },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'Mail carl@example.org?' },
    { role: 'assistant', content: 'Sent to carl@example.org.' },
  ];
  const { body } = await submit({ type: 'positive', messages }, { org: 'private' });
  expect([body['question'], body['answer']]).toEqual(['Mail [EMAIL]?', 'Sent to [EMAIL].']);
  const stored = await entry(body['id'], { org: 'private' });
  expect(JSON.stringify(stored)).not.toContain('example.org');
  expect(stored['messages']).toMatchObject([
    { content: 'You help [EMAIL].' },
    { content: [{ type: 'text', text: 'I am [EMAIL].' }] },
    { content: 'Hello.' },
    { content: 'Mail [EMAIL]?' },
    { content: 'Sent to [EMAIL].' },
  ]);
});

it('the same answer is a duplicate after the same turns only', async () => {
  const claims = { org: 'same' };
  const first = await submit({ type: 'positive', messages: DIALOG, user_id: 'ann' }, claims);
  const elsewhere = [{ role: 'user', content: 'How do I sort?' }, ...DIALOG.slice(2)];
  const other = await submit({ type: 'positive', messages: elsewhere, user_id: 'ann' }, claims);
  expect(other.body['validation_status']).toBe('approved');
  const again = await submit({ type: 'positive', messages: DIALOG, user_id: 'ann' }, claims);
  expect(again.body['validation_reasons']).toEqual([`It says the same as ${String(first.body['id'])}`]);
});

it('MATCH has the fields as properties, and erasure takes them all', async () => {
  const claims = { ...ADMIN, org: 'erased' };
  const { body } = await submit({ type: 'positive', messages: DIALOG, ...FIELDS }, claims);
  const asked = 'MATCH (f:Feedback) RETURN f.scores.rating AS rating, f.tags AS tags, size(f.messages) AS turns';
  const { data, errors } = await server.graphql(
    `query ($query: String!) { graphQuery(query: $query) { rows } }`,
    { query: asked },
    claims,
  );
  expect(errors).toBeUndefined();
  expect(JSON.stringify(data)).toBe(JSON.stringify({ graphQuery: { rows: [[4, FIELDS.tags, 5]] } }));
  const path = `${BASE}/${String(body['id'])}`;
  expect((await server.call('DELETE', path, { claims })).status).toBe(200);
  expect((await server.call('GET', path, { claims })).status).toBe(410);
});

it('a refused submission leaves its Idempotency-Key to the one that is right', async () => {
  const claims = { org: 'mended' };
  const headers = { 'idempotency-key': 'mended' };
  const send = (messages: unknown) =>
    server.call('POST', BASE, { body: { type: 'positive', messages }, headers, claims });
  expect((await send([])).status).toBe(400);
  expect((await send(DIALOG)).status).toBe(201);
  expect((await send(DIALOG.slice(1))).status).toBe(422);
});
