import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let id: string;
beforeAll(async () => {
  server = await shareServer();
  id = (await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: 'lora' } })).body['id'] as string;
});

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends what `fetch` would put right first: any address, `Host` and bytes. */
async function send(method: string, path: string, { headers = {}, body }: Sent = {}) {
  const { hostname, port } = new URL(server.url);
  return new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
    const authorization = `Bearer ${server.token()}`;
    const outgoing = request({ hostname, port, method, path, headers: { authorization, ...headers } }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode, text })).on('error', reject);
    });
    outgoing.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };
const post = (path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  send('POST', path, { headers: { ...json, ...headers }, body });
const addressOf = (query: string, more = ''): string => `/graphql?query=${encodeURIComponent(query)}${more}`;

describe('an address that can be read in several ways', () => {
  const COSTLY =
    'query B { feedbackList(first: 1000) { edges { node { versions(first: 1000) { edges { node { version } } } } } } }';

  it.each(['', '#', '#B', '#&operationName=B', '&operationName=B#'])(
    'gets nothing past the limits: %s',
    async (more) => {
      const { status, text } = await send('GET', addressOf(COSTLY, `&operationName=B${more}`));
      expect(text).toContain('errors');
      expect(text).not.toContain('edges');
      expect(status).toBeLessThan(500);
    },
  );

  it.each(['&variables=%7B%22n%22:1%7D#&variables=x', '&variables=%7B%22n%22:1%7D&variables=%7B%22n%22:2%7D'])(
    'has the variables that were judged, or none: %s',
    async (more) => {
      const query = 'query ($n: Int!) { feedbackList(first: $n) { totalCount } }';
      const { status, text } = await send('GET', addressOf(query, more));
      expect(text).toContain('errors');
      expect(text).not.toContain('totalCount');
      expect(status).toBeLessThan(500);
    },
  );
});

describe('GraphQL whose operation has an empty name', () => {
  it.each<[string, () => ReturnType<typeof send>]>([
    ['over GET', () => send('GET', addressOf('query A { __typename }', '&operationName='))],
    ['over POST', () => post('/graphql', '{"query": "query A { __typename }", "operationName": ""}')],
    [
      'through Apollo',
      () =>
        post('/graphql', '{"query": "query A { __typename }", "operationName": ""}', {
          accept: 'text/event-stream, */*;q=0.1',
        }),
    ],
  ])('is its only one: %s', async (_, ask) => {
    expect(await ask()).toEqual({ status: 200, text: '{"data":{"__typename":"Query"}}\n' });
  });
});

it.each(['[', '%', '', 'a b', '<x>', ':::', '/', 'x:99999'])(
  "a 'Host' that is none matters to nobody: %s",
  async (host) => {
    const headers = { host };
    expect(await send('GET', addressOf('{ __typename }'), { headers })).toMatchObject({ status: 200 });
    for (const body of ['{"query": "{ nothing }"}', '{"query": "{"}', '[]', '{}']) {
      const { status } = await post('/graphql', body, headers);
      expect([body, status === 200 || status === 400]).toEqual([body, true]);
    }
    expect(await send('GET', `${BASE}/stats`, { headers })).toMatchObject({ status: 200 });
  },
);

it("an 'Idempotency-Key' that is none is refused, whatever else is wrong", async () => {
  for (const query of ['{ __typename }', '{', '{ nothing }', 'mutation { nothing }']) {
    for (const accept of ['application/json', 'text/event-stream, */*;q=0.1', 'image/png']) {
      const headers = { 'idempotency-key': 'not one', accept };
      const { status, text } = await post('/graphql', JSON.stringify({ query }), headers);
      expect([query, accept, status, text]).toEqual([query, accept, 400, expect.stringContaining("'Idempotency-Key'")]);
    }
  }
});

describe('a subscription whose root field depends on a directive', () => {
  it.each([
    'subscription S($s: Boolean!) { feedbackSubmitted @skip(if: $s) { id } }',
    'subscription S($s: Boolean = true) { feedbackSubmitted @include(if: $s) { id } }',
    'subscription S { feedbackSubmitted @skip(if: true) { id } }',
    'subscription S($s: Boolean!) { ... @include(if: $s) { feedbackSubmitted { id } } }',
    'subscription S($s: Boolean!) { ...F @include(if: $s) } fragment F on Subscription { feedbackSubmitted { id } }',
    'subscription S($s: Boolean!) { ...F } fragment F on Subscription { feedbackSubmitted @skip(if: $s) { id } }',
  ])('is refused, also beside what is asked for: %s', async (subscription) => {
    for (const [query, operationName] of [
      [subscription, 'S'],
      [`query Q { __typename } ${subscription}`, 'Q'],
    ]) {
      for (let times = 0; times < 2; times++) {
        const { status, text } = await post(
          '/graphql',
          JSON.stringify({ query, operationName, variables: { s: true } }),
        );
        expect([status, text]).toEqual([400, expect.stringContaining('root field of a subscription')]);
      }
    }
  });
});

it('a body that is far too large is refused at once, and not cut off, so that the answer is not lost', async () => {
  for (const path of [BASE, `${BASE}/views`, `${BASE}/bulk`]) {
    const { status, headers, body } = await server.call('POST', path, { body: ' '.repeat(8 * 1024 ** 2) });
    expect([path, status, body['code']]).toEqual([path, 413, 'PAYLOAD_TOO_LARGE']);
    // A server that closes what it has not read to its end takes back what it has answered.
    expect(headers.get('connection')).toBe('keep-alive');
  }
});

describe('a body that is encoded in another way', () => {
  const entry = (question: string): string => JSON.stringify({ ...APPROVED, question });

  it.each<[string, Buffer]>([
    ['Latin-1', Buffer.from(entry('Wh\u00e4t?'), 'latin1')],
    ['UTF-16', Buffer.from(entry('What?'), 'utf16le')],
    ['an overlong form', Buffer.concat([Buffer.from('{"question": "'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')])],
    ['a surrogate', Buffer.concat([Buffer.from('{"question": "'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])],
    ['a large one', Buffer.concat([Buffer.from(entry('a'.repeat(200_000))), Buffer.from([0xff])])],
  ])('is not stored as something else: %s', async (_, body) => {
    for (const path of [BASE, `${BASE}/batch`, '/graphql']) {
      const { status, text } = await post(path, body);
      expect([path, status]).toEqual([path, 400]);
      expect(text).toMatch(/not valid (?:UTF-8|JSON)/);
    }
  });

  it.each(['gzip', 'br', 'GZIP', 'identity, gzip'])('is refused where it is compressed: %s', async (coding) => {
    for (const path of [BASE, '/graphql']) {
      const { status, text } = await post(path, gzipSync(entry('What?')), { 'content-encoding': coding });
      expect([path, status]).toEqual([path, 415]);
      expect(text).toContain('Content-Encoding');
    }
  });
});

describe('a name that sets a prototype elsewhere', () => {
  it('is that of a variable like any other, over POST as over GET', async () => {
    const query =
      'query ($__proto__: ID!, $constructor: ID!) { a: node(id: $__proto__) { id } b: node(id: $constructor) { id } }';
    const variables = '{"__proto__": "lora", "constructor": "none"}';
    const expected = { status: 200, text: '{"data":{"a":{"id":"lora"},"b":null}}\n' };
    for (let times = 0; times < 3; times++) {
      expect(await post('/graphql', `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`)).toEqual(
        expected,
      );
      expect(await send('GET', addressOf(query, `&variables=${encodeURIComponent(variables)}`))).toEqual(expected);
    }
  });

  it('is kept in JSON, and changes no object', async () => {
    const query = `mutation ($m: JSONObject) { linkFeedback(id: "${id}", adapterId: "odd", metadata: $m) { edge { metadata } } }`;
    const metadata = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const { text } = await post('/graphql', `{"query": ${JSON.stringify(query)}, "variables": {"m": ${metadata}}}`);
    expect(text).toContain(`"metadata":${metadata}`);
    expect((await server.call('GET', `${BASE}/${id}`)).body).not.toHaveProperty('polluted');
  });

  it.each([
    '{"__proto__": {"type": "positive"}}',
    '{"constructor": {"prototype": 1}}',
    '{"a": [{"\\u005f_proto__": 1}]}',
  ])('is refused by name over REST: %s', async (body) => {
    const { status, text } = await post(BASE, body);
    expect([status, text]).toEqual([400, expect.stringContaining('must not set a prototype')]);
  });
});

describe('a number that cannot be read', () => {
  it('is not stored as null', async () => {
    const metadata = '{"a": [1e400]}';
    const rest = await post(`${BASE}/${id}/link`, `{"adapter_id": "lora", "metadata": ${metadata}}`);
    expect([rest.status, rest.text]).toEqual([400, expect.stringContaining("'metadata' must not hold numbers beyond")]);
    const variable = `mutation ($m: JSONObject) { linkFeedback(id: "${id}", adapterId: "lora", metadata: $m) { created } }`;
    const literal = `mutation { linkFeedback(id: "${id}", adapterId: "lora", metadata: { a: [1e400] }) { created } }`;
    for (const [query, variables] of [
      [variable, `{"m": ${metadata}}`],
      [literal, '{}'],
    ]) {
      const { status, text } = await post('/graphql', `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`);
      expect([status, text]).toEqual([200, expect.stringContaining('numbers beyond')]);
    }
  });
});
