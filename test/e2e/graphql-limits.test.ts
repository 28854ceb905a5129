import { createHash } from 'node:crypto';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { startTestServer, type TestServer } from '../support/server.js';

const ACCEPTED = [
  undefined,
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  '*/*',
  'text/event-stream',
];
const LISTED = '{ feedbackStats { totalFeedback } }';

let server: TestServer;
let strict: TestServer;
beforeAll(async () => {
  server = await startTestServer({ expensivePerMinute: 2 });
  strict = await startTestServer({
    introspection: false,
    operationLimits: { documentBytes: 1_000, tokens: 100, aliases: 1, directives: 1, depth: 4, cost: 20 },
  });
});
afterAll(async () => {
  await server.stop();
  await strict.stop();
});

interface Answered {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: { message: string; extensions: Record<string, unknown> }[];
  };
}

async function send(
  at: TestServer,
  body: unknown,
  headers: Record<string, string | undefined> = {},
): Promise<Answered> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(`${at.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${at.token()}`,
      'content-type': 'application/json',
      ...Object.fromEntries(given),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answered['body'] };
}

describe('an operation over a limit', () => {
  const attacks: [limit: string, query: string][] = [
    ['documentBytes', `{ __typename } #${'x'.repeat(1_000)}`],
    ['tokens', `{ ${'a '.repeat(150)} }`],
    ['aliases', '{ a: __typename b: __typename }'],
    ['directives', '{ __typename @skip(if: true) @include(if: true) }'],
    ['depth', '{ adapter(id: "a") { feedback { edges { node { id } } } } }'],
    ['cost', '{ feedbackList(first: 1000) { edges { cursor } } }'],
  ];

  it.each(attacks)('of %s is refused with 400 and its name, whatever the client accepts', async (limit, query) => {
    for (const accept of ACCEPTED) {
      const { status, body } = await send(strict, { query }, { accept });
      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', limit });
      expect(body.errors?.[0]?.message).toMatch(/may have at most \d+ .*, and this one has/);
      expect(body).not.toHaveProperty('data');
    }
  });

  it('is refused over GET as well', async () => {
    const query = encodeURIComponent('{ feedbackList(first: 1000) { edges { cursor } } }');
    const answer = await strict.call('GET', `/graphql?query=${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { limit: 'cost' } }] });
  });

  it('leaves the server as it was', async () => {
    const bomb = `{ a { ${'...F '.repeat(20)} } } ${Array.from({ length: 150 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')}`;
    expect((await send(server, { query: bomb })).status).toBeLessThan(500);
    const parentheses = `{ a${'('.repeat(60_000)} }`;
    expect((await send(server, { query: parentheses })).status).toBe(400);
    expect((await send(server, { query: LISTED })).body.data).toEqual({ feedbackStats: { totalFeedback: 0 } });
  });
});

describe('introspection', () => {
  it.each(ACCEPTED)('is refused where it is switched off, for those who accept %s', async (accept) => {
    const { status, body } = await send(strict, { query: '{ __schema { types { name } } }' }, { accept });
    expect(status).toBe(403);
    expect(body.errors?.[0]?.extensions['code']).toBe('INTROSPECTION_DISABLED');
  });

  it('is answered where it is on', async () => {
    expect((await send(server, { query: getIntrospectionQuery() })).body.errors).toBeUndefined();
  });

  it('and suggestions go together', async () => {
    const query = '{ feedbackStat { totalFeedback } }';
    expect(JSON.stringify((await send(server, { query })).body)).toContain('Did you mean');
    expect(JSON.stringify((await send(strict, { query })).body)).not.toContain('Did you mean');
  });

  it('leaves __typename to everybody', async () => {
    expect((await send(strict, { query: '{ __typename }' })).body.data).toEqual({ __typename: 'Query' });
  });
});

describe('an invalid document', () => {
  const long = `#${'x'.repeat(3_000)}`;
  const accepted = ACCEPTED.filter((accept) => accept !== 'text/event-stream');
  it.each(accepted)('is answered with what is wrong, long ones as well, for those who accept %s', async (accept) => {
    const status = accept?.includes('graphql-response+json') === true ? 400 : 200;
    for (const end of ['', long]) {
      const wrong = await send(server, { query: `{ nothing feedbackStats { none } } ${end}` }, { accept });
      expect(wrong.status).toBe(status);
      expect(wrong.body).toEqual({
        errors: ['Query', 'FeedbackStats'].map((type) => ({
          message: expect.stringContaining(`on type "${type}"`) as string,
          locations: expect.any(Array) as unknown,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        })),
      });
      const syntax = await send(server, { query: `{ nothing ${end}` }, { accept });
      expect(syntax.status).toBe(status);
      expect(syntax.body.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'GRAPHQL_PARSE_FAILED' }]);
    }
  });

  it('is answered with ten problems at most, and that there are more', async () => {
    const query = `{ ${Array.from({ length: 20 }, (_, index) => `a${index}`).join(' ')} }`;
    const { body } = await send(server, { query });
    expect(body.errors).toHaveLength(11);
    expect(body.errors?.at(-1)?.message).toContain('Too many validation errors');
  });
});

describe('a request of another form', () => {
  it.each<[string, unknown, number]>([
    ['a list of operations', [{ query: LISTED }, { query: LISTED }], 400],
    ['no query', {}, 400],
    ['a query that is a number', { query: 1 }, 400],
    ['variables that are a list', { query: LISTED, variables: [] }, 400],
    ['variables that are text', { query: LISTED, variables: '{}' }, 400],
    ['an operation name that is an object', { query: LISTED, operationName: {} }, 400],
    ['extensions that are text', { query: LISTED, extensions: 'x' }, 400],
    ['a persisted query of another version', { extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } }, 400],
    ['no JSON', '{"query":', 400],
  ])('%s is refused', async (_, body, status) => {
    expect((await send(server, body, { accept: 'application/graphql-response+json' })).status).toBe(status);
  });

  it('a form that a page of another site can send is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect((await send(server, JSON.stringify({ query: LISTED }), { 'content-type': type })).status).toBe(415);
    }
    const plain = await fetch(`${server.url}/graphql?query=${encodeURIComponent(LISTED)}`);
    expect(plain.status).toBe(401);
  });

  it('a mutation over GET is refused', async () => {
    const query = encodeURIComponent('mutation { registerAdapter(id: "over-get") { id } }');
    const answer = await server.call('GET', `/graphql?query=${query}`, { claims: { roles: ['trainer'] } });
    expect(answer.status).toBe(405);
    expect((await send(server, { query: '{ adapter(id: "over-get") { id } }' })).body.data).toEqual({ adapter: null });
  });

  it('an unknown name of an operation is refused, and the right one runs', async () => {
    const query = `query A ${LISTED} query B { __typename }`;
    const unknown = await send(server, { query, operationName: 'C' }, { accept: 'application/graphql-response+json' });
    expect(unknown.status).toBe(400);
    for (let times = 0; times < 3; times++) {
      expect((await send(server, { query, operationName: 'B' })).body.data).toEqual({ __typename: 'Query' });
      expect((await send(server, { query, operationName: 'A' })).body.data).toEqual({
        feedbackStats: { totalFeedback: 0 },
      });
    }
  });
});

it('variables that are wrong in thousands of places are not quoted for each of them', async () => {
  const query = 'query ($filter: FeedbackFilterInput) { feedbackList(filter: $filter) { totalCount } }';
  const wrong = (fields: number) => Object.fromEntries(Array.from({ length: fields }, (_, index) => [`no${index}`, 1]));
  const few = await send(server, { query, variables: { filter: wrong(3) } });
  expect(few.body.errors).toHaveLength(3);
  const many = await send(server, { query, variables: { filter: wrong(15_000) } });
  expect(many.body.errors?.[0]?.message).toContain('Field "no0" is not defined by type "FeedbackFilterInput"');
  expect(JSON.stringify(many.body).length).toBeLessThan(500_000);
});

describe('persisted documents', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const persisted = (sha256Hash: string, query?: string) => ({
    ...(query !== undefined && { query }),
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  });

  it('are sent once and named from then on, over POST and GET', async () => {
    const query = '{ feedbackStats { totalFeedback positiveCount } }';
    const hash = sha256(query);
    const unknown = await send(server, persisted(hash));
    expect(unknown.body.errors?.[0]).toMatchObject({ message: 'PersistedQueryNotFound' });
    const data = { feedbackStats: { totalFeedback: 0, positiveCount: 0 } };
    expect((await send(server, persisted(hash, query))).body.data).toEqual(data);
    expect((await send(server, persisted(hash))).body.data).toEqual(data);
    const extensions = encodeURIComponent(JSON.stringify(persisted(hash).extensions));
    const answer = await server.call('GET', `/graphql?extensions=${extensions}`);
    expect(answer.body).toEqual({ data });
  });

  it('are refused under the hash of another', async () => {
    const { status, body } = await send(server, persisted(sha256('another'), LISTED));
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toMatch(/sha256Hash' must be the SHA-256 of the query/);
  });

  it('are not remembered where the operation was refused', async () => {
    const query = '{ feedbackList(first: 1000) { edges { cursor } } }';
    expect((await send(strict, persisted(sha256(query), query))).status).toBe(400);
    expect((await send(strict, persisted(sha256(query)))).body.errors?.[0]?.message).toBe('PersistedQueryNotFound');
  });

  it('alone run where a manifest says so, while REST goes on', async () => {
    const closed = await startTestServer({ manifest: new Map([['stats', LISTED]]) });
    try {
      const data = { feedbackStats: { totalFeedback: 0 } };
      expect((await send(closed, { documentId: 'stats' })).body.data).toEqual(data);
      expect((await send(closed, persisted('stats'))).body.data).toEqual(data);
      expect((await send(closed, { query: LISTED })).body.data).toEqual(data);
      for (const body of [
        { query: '{ __typename }' },
        { documentId: 'other' },
        { documentId: 'stats', query: '{ __typename }' },
      ]) {
        const { status, body: refused } = await send(closed, body);
        expect(status).toBe(403);
        expect(refused.errors?.[0]?.extensions['code']).toBe('PERSISTED_OPERATIONS_ONLY');
      }
      expect((await closed.call('GET', '/api/v1/llm/feedback/stats')).status).toBe(200);
    } finally {
      await closed.stop();
    }
  });
});

describe('a field that looks at much', () => {
  it.each([
    ['lineagePaths', '{ adapter(id: "a") { lineagePaths(to: "b") { __typename } } }'],
    ['sharedFeedbackPairs', '{ sharedFeedbackPairs { totalCount } }'],
    ['compareAdapters', '{ compareAdapters(ids: ["a", "b"]) { questionCount } }'],
  ])('may be asked for only so often by one user, however many calls there are at once: %s', async (field, query) => {
    const [eager, patient] = [`eager for ${field}`, `patient with ${field}`];
    for (const org of ['default', 'another']) {
      const register = 'mutation { registerAdapter(id: "a", derivedFrom: ["b"]) { id } }';
      await server.graphql(register, {}, { roles: ['trainer'], org });
    }
    const answers = await Promise.all(Array.from({ length: 12 }, () => server.graphql(query, {}, { sub: eager })));
    const refused = answers.filter(({ errors }) => errors?.[0]?.extensions['code'] === 'RATE_LIMITED');
    expect(refused).toHaveLength(10);
    expect((await server.graphql(query, {}, { sub: patient })).errors).toBeUndefined();
    expect((await server.graphql(query, {}, { sub: eager, org: 'another' })).errors).toBeUndefined();
  });
});

it('the default limits are those that the settings have', () => {
  expect(Object.keys(DEFAULT_OPERATION_LIMITS).sort()).toEqual([
    'aliases',
    'cost',
    'depth',
    'directives',
    'documentBytes',
    'tokens',
  ]);
});
