import { createHmac, generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let stored: string;
beforeAll(async () => {
  server = await shareServer();
  stored = (await server.call('POST', BASE, { body: APPROVED })).body['id'] as string;
});

/** Whatever was tried, nothing more is stored and the server serves. */
afterEach(async () => {
  const { body } = await server.call('GET', `${BASE}/stats`);
  expect(body['total_feedback']).toBe(1);
});

async function send(method: string, path: string, headers: Record<string, string>, body?: string) {
  const response = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const json = { 'content-type': 'application/json' };
const long = (characters: number): string => 'ab'.repeat(characters / 2);

describe('POST /feedback', () => {
  it.each<[string, string | undefined, Record<string, string>, number, RegExp]>([
    ['no body', undefined, {}, 400, /body/],
    ['an empty JSON body', '', json, 400, /body/],
    ['a list', '[]', json, 400, /JSON object/],
    ['null', 'null', json, 400, /JSON object/],
    ['a string', '"x"', json, 400, /JSON object/],
    ['a number', '5', json, 400, /JSON object/],
    ['truncated JSON', '{"type": "positive", "ques', json, 400, /not valid JSON/],
    ['300 KiB', JSON.stringify({ ...APPROVED, answer: long(300 * 1024) }), json, 413, /larger than the 262144 bytes/],
    [
      'another content type',
      'type=positive',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /application\/json/,
    ],
    ['text', JSON.stringify(APPROVED), { 'content-type': 'text/plain' }, 415, /application\/json/],
    [
      'a prototype',
      '{"type": "positive", "question": "How so?", "answer": "Like so.", "__proto__": {"x": 1}}',
      json,
      400,
      /must not set a prototype/,
    ],
  ])('refuses %s, and says what is wrong', async (_name, body, headers, status, details) => {
    const answer = await send('POST', BASE, { authorization: `Bearer ${server.token()}`, ...headers }, body);
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(['error', 'details', 'code']));
    expect(answer.body['details']).toMatch(details);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no type', { type: undefined }, "Missing 'type' field (positive or negative)"],
    ['no question', { question: undefined }, "Missing 'question' field (a string)"],
    ['another type', { type: 'POSITIVE' }, "'type' must be positive, negative or preference"],
    ['a number as type', { type: 1 }, "'type' must be positive, negative or preference"],
    ['a number as question', { question: 5 }, "'question' must be a string"],
    ['null as answer', { answer: null }, "'answer' must be a string"],
    ['a number as comment', { comment: 7 }, "'comment' must be a string"],
    ['an empty question', { question: '' }, "'question' must not be empty or blank"],
    ['a blank answer', { answer: ' \n\t ' }, "'answer' must not be empty or blank"],
    [
      'a text over 100,000 characters',
      { answer: `${long(100_000)}x` },
      "'answer' must be at most 100000 characters long",
    ],
    ['no question beside an empty conversation', { messages: [] }, "'messages' must be a list of 2 to 500 messages"],
    [
      'a lone surrogate in a text',
      { question: 'What is \ud800 this?' },
      "'question' must be well-formed Unicode, without lone surrogates",
    ],
    [
      'a lone surrogate in an id',
      { user_id: '\udc00' },
      "'user_id' must be well-formed Unicode, without lone surrogates",
    ],
    ['a NUL in an id', { user_id: 'a\0b' }, "'user_id' must not contain control characters"],
    ['a line break in an id', { adapter_id: 'a\nb' }, "'adapter_id' must not contain control characters"],
    ['an id over 256 bytes', { interaction_id: 'ü'.repeat(129) }, "'interaction_id' must be 1 to 256 bytes of UTF-8"],
    ["an adapter's id that is a feedback's", { adapter_id: 'feedback-1' }, "'adapter_id' must not start with"],
    ["an adapter's id that is a batch's", { adapter_id: 'batch-1' }, "'adapter_id' must not start with"],
    ['an unknown field', { colour: 'red' }, "'colour' is not a known field"],
    ['a field of another shape', { userId: 'ann' }, "'userId' is not a known field"],
  ])('refuses %s, and names the field', async (_name, fields, details) => {
    // A lone surrogate cannot be sent as UTF-8, but as a JSON escape.
    const body = JSON.stringify({ ...APPROVED, ...fields });
    const answer = await server.call('POST', BASE, { body });
    expect([answer.status, answer.body['error']]).toEqual([400, 'Invalid request']);
    expect(answer.body['details']).toContain(details);
  });

  it('names every field that is wrong', async () => {
    const answer = await server.call('POST', BASE, { body: { type: 'maybe', question: 3, extra: 1 } });
    expect(answer.body['issues']).toHaveLength(4);
  });

  it('takes a text of 40,000 characters of two UTF-16 units each', async () => {
    const answer = await server.call('POST', BASE, {
      body: { ...APPROVED, answer: '🦙a'.repeat(20_000) },
      claims: { org: 'other' },
    });
    expect(answer.status).toBe(201);
  });

  it('stores nothing of a client that hangs up halfway, and goes on', async () => {
    const { port } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST ${BASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token()}\r\n` +
            'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"type": "posi',
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
  });
});

describe('GET /feedback', () => {
  it.each([
    ['limit=0', "'limit' must be an integer from 1 to 1000"],
    ['limit=-1', "'limit' must be an integer from 1 to 1000"],
    ['limit=1001', "'limit' must be an integer from 1 to 1000"],
    ['limit=abc', "'limit' must be an integer from 1 to 1000"],
    ['limit=1e3', "'limit' must be an integer from 1 to 1000"],
    ['limit=1.5', "'limit' must be an integer from 1 to 1000"],
    ['limit=', "'limit' must be an integer from 1 to 1000"],
    ['limit=5&limit=6', "'limit' must be an integer from 1 to 1000"],
    ['type=good', "'type' must be positive, negative or preference"],
    ['status=APPROVED', "'status' must be pending, approved, rejected or flagged"],
    ['unused=yes', "'unused' must be true or false"],
    ['order=up', "'order' must be asc or desc"],
    ['since=yesterday', "'since' must be a time in RFC 3339"],
    ['since=5&until=4', "'since' must not be after 'until'"],
    ['until=8640000000000001', "'until' must be a time in RFC 3339"],
    ['user=%00', "'user' must not contain control characters"],
    ['colour=red', "'colour' is not a known parameter"],
    ['__proto__=1', "'__proto__' is not a known parameter"],
  ])('refuses the parameters %s, and names the wrong one', async (query, details) => {
    for (const path of [BASE, `${BASE}/by-adapter/a`]) {
      const answer = await server.call('GET', `${path}?${query}`);
      expect([answer.status, answer.body['error']]).toEqual([400, 'Invalid request']);
      expect(answer.body['details']).toContain(details);
    }
  });
});

describe('other routes of feedback', () => {
  it.each<[string, string, string, unknown, number, RegExp]>([
    ['an unknown entry', 'GET', `${BASE}/feedback-12345`, undefined, 404, /^Feedback entry not found$/],
    ['an entry of controls', 'GET', `${BASE}/%00%1f`, undefined, 404, /^Feedback entry not found$/],
    ['a broken escape', 'GET', `${BASE}/%E0%A4%A`, undefined, 400, /percent-encoded/],
    ['a long id', 'GET', `${BASE}/${long(10_000)}`, undefined, 414, /longer than 4096 characters/],
    ['a route that is not there', 'GET', '/api/v1/llm/nothing', undefined, 404, /no GET route/],
    ['another method', 'PATCH', BASE, undefined, 404, /no PATCH route/],
    ['a link without adapter', 'POST', `${BASE}/{id}/link`, {}, 400, /Missing 'adapter_id' field/],
    ['a link of nothing', 'POST', `${BASE}/feedback-0/link`, { adapter_id: 'a' }, 404, /not found/],
    [
      'a link with a list as metadata',
      'POST',
      `${BASE}/{id}/link`,
      { adapter_id: 'a', metadata: [] },
      400,
      /'metadata' must be a JSON object/,
    ],
    [
      'a link with much metadata',
      'POST',
      `${BASE}/{id}/link`,
      { adapter_id: 'a', metadata: { a: long(5_000) } },
      400,
      /4096 bytes/,
    ],
    [
      'a link with deep metadata',
      'POST',
      `${BASE}/{id}/link`,
      { adapter_id: 'a', metadata: { a: [[[[[[[[[1]]]]]]]]] } },
      400,
      /levels deep/,
    ],
    [
      'marking nothing',
      'POST',
      `${BASE}/mark-used`,
      { feedback_ids: [], training_batch_id: 1 },
      400,
      /'feedback_ids' must be a list of 1 to 1000/,
    ],
    [
      'marking too much',
      'POST',
      `${BASE}/mark-used`,
      { feedback_ids: Array(1001).fill('x'), training_batch_id: 1 },
      400,
      /'feedback_ids'/,
    ],
    [
      'marking for batch 0',
      'POST',
      `${BASE}/mark-used`,
      { feedback_ids: ['x'], training_batch_id: 0 },
      400,
      /'training_batch_id' must be an integer from 1/,
    ],
    [
      'marking what is not there',
      'POST',
      `${BASE}/mark-used`,
      { feedback_ids: ['feedback-1'], training_batch_id: 1 },
      404,
      /feedback-1/,
    ],
  ])('refuse %s, and say what is wrong', async (_name, method, path, body, status, details) => {
    const answer = await server.call(method, path.replace('{id}', stored), { body, claims: { roles: ['admin'] } });
    expect(answer.status).toBe(status);
    expect(answer.body['details']).toMatch(details);
  });

  it('refuse to mark entries as used without the role', async () => {
    const body = { feedback_ids: [stored], training_batch_id: 1 };
    const answer = await server.call('POST', `${BASE}/mark-used`, { body, claims: { roles: ['reviewer'] } });
    expect([answer.status, answer.body['error']]).toEqual([403, 'Forbidden']);
  });
});

describe('a request without a right to it', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

  const tokens: [string, () => string | undefined][] = [
    ['no header', () => undefined],
    ['another scheme', () => `Basic ${server.token()}`],
    ['nothing behind Bearer', () => 'Bearer '],
    ['garbage', () => 'Bearer x.y.z'],
    ['alg none', () => `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${encode({ sub: 'a', exp: inAnHour() })}.`],
    [
      'another key',
      () => `Bearer ${jsonwebtoken.sign({}, 'another secret of more than 32 bytes', { subject: 'a', expiresIn: 60 })}`,
    ],
    [
      'another algorithm',
      () => `Bearer ${jsonwebtoken.sign({}, privateKey, { algorithm: 'RS256', subject: 'a', expiresIn: 60 })}`,
    ],
    [
      'the public key as secret',
      () => {
        const head = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: 'a', exp: inAnHour() })}`;
        const pem = publicKey.export({ type: 'spki', format: 'pem' });
        return `Bearer ${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`;
      },
    ],
    ['expired', () => `Bearer ${jsonwebtoken.sign({}, server.secret, { subject: 'a', expiresIn: -120 })}`],
    [
      'not yet valid',
      () => `Bearer ${jsonwebtoken.sign({}, server.secret, { subject: 'a', expiresIn: 600, notBefore: 120 })}`,
    ],
    ['without exp', () => `Bearer ${jsonwebtoken.sign({ sub: 'a' }, server.secret)}`],
    ['without sub', () => `Bearer ${jsonwebtoken.sign({}, server.secret, { expiresIn: 60 })}`],
    [
      '20 KiB long',
      () => `Bearer ${jsonwebtoken.sign({ x: long(20 * 1024) }, server.secret, { subject: 'a', expiresIn: 60 })}`,
    ],
  ];

  it.each(tokens)('is refused with %s', async (_name, authorization) => {
    const value = authorization();
    const headers = { ...json, ...(value === undefined ? {} : { authorization: value }) };
    for (const [method, path] of [
      ['POST', BASE],
      ['GET', BASE],
      ['GET', `${BASE}/${stored}`],
      ['GET', `${BASE}/stats`],
      ['GET', `${BASE}/by-adapter/a`],
      ['POST', `${BASE}/${stored}/link`],
      ['POST', `${BASE}/mark-used`],
      ['GET', '/nowhere'],
    ] as const) {
      const answer = await send(method, path, headers, method === 'POST' ? JSON.stringify(APPROVED) : undefined);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.body).toMatchObject({ error: 'Unauthorized', details: 'Valid Bearer Token required' });
    }
    const graphql = await send(
      'POST',
      '/graphql',
      headers,
      JSON.stringify({ query: '{ feedbackStats { totalFeedback } }' }),
    );
    expect(graphql.status).toBe(401);
    expect(graphql.body).toEqual({
      errors: [{ message: 'Valid Bearer Token required', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it("finds nothing of another organization's entries", async () => {
    const claims = { org: 'another', roles: ['admin'] };
    expect((await server.call('GET', `${BASE}/${stored}`, { claims })).status).toBe(404);
    expect((await server.call('GET', BASE, { claims })).body['count']).toBe(0);
    expect((await server.call('POST', `${BASE}/${stored}/link`, { body: { adapter_id: 'a' }, claims })).status).toBe(
      404,
    );
    const body = { feedback_ids: [stored], training_batch_id: 1 };
    expect((await server.call('POST', `${BASE}/mark-used`, { body, claims })).status).toBe(404);
    const { data } = await server.graphql('query ($id: ID!) { feedback(id: $id) { id } }', { id: stored }, claims);
    expect(data).toEqual({ feedback: null });
  });

  it('may ask for health without a token', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      expect((await fetch(server.url + path)).status).toBe(200);
    }
  });
});
