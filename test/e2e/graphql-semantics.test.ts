import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { BASE } from '../support/feedback.js';
import { generatedRequests } from '../support/generated-requests.js';
import { sampleValues } from '../support/sample-values.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let id: string;
beforeAll(async () => {
  server = await shareServer();
  const body = { type: 'positive', question: 'What is a shard?', answer: 'A part.', adapter_id: 'lora' };
  id = (await server.call<{ id: string }>('POST', BASE, { body })).body.id;
  const register = 'mutation { registerAdapter(id: "lora", derivedFrom: ["base"]) { id } }';
  expect((await server.graphql(register, {}, { roles: ['trainer'] })).errors).toBeUndefined();
});

const ACCEPTED = ['application/json', 'application/graphql-response+json', '*/*', 'text/event-stream, */*;q=0.1'];

describe('a document means the same each time it comes:', () => {
  const COUNT = { feedbackList: { totalCount: 1 } };
  it.each<[string, string, Record<string, unknown>, unknown]>([
    ['a node', '{ node(id: "lora") { __typename id } }', {}, { node: { __typename: 'Adapter', id: 'lora' } }],
    [
      'nodes',
      '{ nodes(ids: ["base", "none"]) { id ... on Adapter { version } } }',
      {},
      { nodes: [{ id: 'base', version: null }, null] },
    ],
    [
      'a default of a type that must not be null',
      'query ($first: Int! = 1, $order: Order! = DESC) { feedbackList(first: $first, order: $order) { totalCount } }',
      {},
      COUNT,
    ],
    [
      'a default of a list, of a boolean and of a date',
      'query ($ids: [ID!]! = ["base"], $yes: Boolean! = true, $at: DateTime! = "2020-01-01T00:00:00Z") { nodes(ids: $ids) { id } feedbackList(filter: { unused: $yes, since: $at }) { totalCount } }',
      {},
      { nodes: [{ id: 'base' }], ...COUNT },
    ],
    ...['constructor', 'toString', 'hasOwnProperty', '__proto__'].flatMap(
      (name): [string, string, Record<string, unknown>, unknown][] => [
        [
          `$${name}, omitted`,
          `query ($${name}: ID, $first: Int) { feedbackList(filter: { adapterId: $${name} }, after: null) { totalCount } graphQuery(query: "RETURN $a AS a", parameters: { a: [$${name}, $first] }) { rows } }`,
          {},
          { ...COUNT, graphQuery: { rows: [[[null, null]]] } },
        ],
        [
          `$${name}, by default`,
          `query ($${name}: ID! = "lora") { node(id: $${name}) { id } }`,
          {},
          { node: { id: 'lora' } },
        ],
      ],
    ),
    [
      'a variable named constructor',
      'query ($constructor: ID!) { node(id: $constructor) { id } }',
      { constructor: 'lora' },
      { node: { id: 'lora' } },
    ],
    [
      'a spread that is skipped once',
      '{ feedbackStats { ...F @skip(if: true) ...F } } fragment F on FeedbackStats { totalFeedback }',
      {},
      { feedbackStats: { totalFeedback: 1 } },
    ],
    [
      'a variable in a literal',
      'query ($x: Int, $at: DateTime) { graphQuery(query: "RETURN $a AS a", parameters: { a: [$x, $at] }) { rows } }',
      { x: 7, at: '2020-01-01T00:00:00Z' },
      { graphQuery: { rows: [[[7, '2020-01-01T00:00:00.000Z']]] } },
    ],
  ])('%s', async (_, query, variables, data) => {
    for (let times = 0; times < 4; times++) {
      const answer = await server.call('POST', '/graphql', { body: { query, variables } });
      expect([answer.status, answer.body]).toEqual([200, { data }]);
    }
  });

  it('a variable named __proto__ that is given', async () => {
    const query = encodeURIComponent('query ($__proto__: ID!) { node(id: $__proto__) { id } }');
    const variables = encodeURIComponent('{"__proto__": "lora"}');
    const answer = await server.call('GET', `/graphql?query=${query}&variables=${variables}`);
    expect(answer.body).toEqual({ data: { node: { id: 'lora' } } });
  });
});

describe('a value that must not be null and is', () => {
  it.each([
    ['an argument', 'query ($n: Int = 1) { feedbackList(first: $n) { totalCount } }', ['feedbackList']],
    [
      'an argument below',
      'query ($n: Int = 1) { adapter(id: "lora") { feedback(first: $n) { totalCount } } }',
      ['adapter', 'feedback'],
    ],
    ['a directive', 'query ($n: Boolean = true) { adapter(id: "lora") { id @skip(if: $n) } }', ['adapter']],
    ['a directive at the root', 'query ($n: Boolean = true) { __typename @include(if: $n) }', undefined],
    ['a list', 'query ($n: ID = "a") { nodes(ids: [$n]) { id } }', ['nodes']],
  ])('is told with the name of its variable, each time: %s', async (_, query, path) => {
    for (const accept of ACCEPTED) {
      for (let times = 0; times < 3; times++) {
        const body = { query, variables: { n: null } };
        const answer = await server.call<{ errors: { path: unknown; message: string; extensions: object }[] }>(
          'POST',
          '/graphql',
          { body, headers: { accept } },
        );
        expect(answer.status).toBeLessThan(500);
        const [error, ...others] = answer.body.errors;
        expect(others).toEqual([]);
        expect(error?.message).toContain('$n');
        expect(error?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
        expect(error?.path).toEqual(path);
      }
    }
  });
});

describe('a header that is wrong', () => {
  it.each([
    ['Idempotency-Key', 'POST', BASE, 'not one'],
    ['If-Match', 'PATCH', `${BASE}/feedback-1`, 'none'],
  ])('is named as it is written: %s', async (name, method, path, value) => {
    const body = method === 'POST' ? { type: 'positive', question: 'What?', answer: 'That.' } : { type: 'negative' };
    const answer = await server.call<{ details: string; issues: { field: string }[] }>(method, path, {
      body,
      headers: { [name]: value },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.details).toMatch(`'${name}' must be`);
    expect(answer.body.issues[0]?.field).toBe(name);
  });
});

it('no generated request is answered with a fault of the server', async () => {
  const requests = generatedRequests({ schema: createSchema(), values: sampleValues([id]), depth: 4 });
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, path, headers, body, isAdmin }) => {
      const claims = isAdmin ? { roles: ['admin'] } : {};
      for (let times = 0; times < 2; times++) {
        const { status, body: answer } = await server.call(method, path, { body, claims, headers });
        expect([status < 500, JSON.stringify(answer)]).toEqual([
          true,
          expect.not.stringContaining('INTERNAL_SERVER_ERROR'),
        ]);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
    { numRuns: 300 },
  );
  // They are neither all refused nor all right.
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect(statuses.get(400)).toBeGreaterThan(50);
}, 300_000);
