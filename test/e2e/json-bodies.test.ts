import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON from outside', () => {
  let server: SharedServer;
  let id: string;
  beforeAll(async () => {
    server = await shareServer();
    id = (await server.call('POST', BASE, { body: APPROVED })).body['id'] as string;
  });

  it('is refused by name where it is nested too deep, on every route that takes a body', async () => {
    const { paths } = (
      await server.call<{ paths: Record<string, Record<string, { requestBody?: unknown }>> }>('GET', '/openapi.json')
    ).body;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) =>
        requestBody === undefined ? [] : [[method, path]],
      ),
    );
    expect(routes.length).toBeGreaterThan(5);
    const claims = { roles: ['admin', 'operator'] };
    for (const [method = '', path = ''] of routes) {
      const url = path.replace(/\{id\}/, id).replace(/\{[^}]*\}/g, '1');
      for (const body of [`{"a":${nested(100_000)}}`, nested(100_000), `{"metadata":{"a":${nested(64)}}}`]) {
        const { status, body: answer } = await server.call(method.toUpperCase(), url, { body, claims });
        expect([path, status, answer['details']]).toEqual([
          path,
          400,
          "'body' must be JSON nested at most 64 levels deep",
        ]);
      }
    }
  });

  it('is refused by name where it has too many values', async () => {
    const { status, body } = await server.call('POST', BASE, { body: `{"a":[${'1,'.repeat(60_000)}1]}` });
    expect([status, body['details']]).toEqual([400, "'body' must be JSON of at most 50000 values"]);
  });

  it('is refused in GraphQL, in the body, in the address and in a document', async () => {
    const query = 'query ($p: JSONObject) { graphQuery(query: "RETURN 1", parameters: $p) { columns } }';
    const inBody = await server.call('POST', '/graphql', {
      body: `{"query":${JSON.stringify(query)},"variables":{"p":{"a":${nested(30_000)}}}}`,
    });
    expect([inBody.status, JSON.stringify(inBody.body)]).toEqual([400, expect.stringContaining('64 levels deep')]);

    const variables = encodeURIComponent(`{"p":{"a":${nested(5_000)}}}`);
    const address = `/graphql?query=${encodeURIComponent(query)}&variables=${variables}`;
    const inAddress = await server.call('GET', address, { headers: { 'apollo-require-preflight': '1' } });
    expect([inAddress.status, JSON.stringify(inAddress.body)]).toEqual([
      400,
      expect.stringContaining("'variables' must be JSON nested at most 64 levels deep"),
    ]);

    for (const document of [
      `{ graphQuery(query: "RETURN 1", parameters: { a: ${nested(1_500)} }) { columns } }`,
      `mutation { linkFeedback(id: "${id}", adapterId: "a", metadata: { a: ${nested(1_500)} }) { created } }`,
    ]) {
      const { errors = [] } = await server.graphql(document);
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('may be as large as a batch may, and is read value by value', async () => {
    const long = { ...APPROVED, answer: 'ö'.repeat(4_000), correction: '",[{\\"'.repeat(100) };
    const batch = Array.from({ length: 300 }, (_, index) => ({ ...long, question: `Question ${index}?` }));
    const { status, body } = await server.call('POST', `${BASE}/batch`, {
      body: JSON.stringify({ feedback: batch }, undefined, 2),
    });
    expect([status, body['stored']]).toEqual([201, 300]);
    const { id: last } = (body['results'] as { id: string }[]).at(-1) ?? { id: '' };
    expect((await server.call('GET', `${BASE}/${last}`)).body).toMatchObject({ ...long, question: 'Question 299?' });
  });

  it('is read in pieces as in one, and refused as in one', async () => {
    const filler = JSON.stringify({ ...APPROVED, answer: 'x'.repeat(9_000) });
    const large = Array.from({ length: 20 }, () => filler).join(',');
    for (const [body, details] of [
      [`{"feedback":[${large}`, 'The body is not valid JSON'],
      [`{"feedback":[${large}]`, 'The body is not valid JSON'],
      [`{"feedback":[${large},]}`, 'The body is not valid JSON'],
      [`{"feedback":[,${large}]}`, 'The body is not valid JSON'],
      [`{"feedback":[${large}}}`, 'The body is not valid JSON'],
      [`{"feedback":[${large}]]`, 'The body is not valid JSON'],
      [`{"feedback":[${large}]} x`, 'The body is not valid JSON'],
      [`{"feedback":[${large},{"__proto__":{"a":1}}]}`, /^The body must not set a prototype/],
      [`[${large}]`, "'body' must be a JSON object"],
      [`{"feedback":[${large}],"other":[${large}]}`, /^'other' is not a known field/],
      [`{"feedback":[${large}],"feedback":7}`, /^'feedback' must be a list/],
      [`{"feedback":[${large}],"feedback":[]}`, /^'feedback' must be a list/],
    ] as const) {
      const { status, body: answer } = await server.call('POST', `${BASE}/batch`, { body });
      expect([body.slice(-20), status]).toEqual([body.slice(-20), 400]);
      if (typeof details === 'string') expect(answer['details']).toBe(details);
      else expect(answer['details']).toMatch(details);
    }
    const tooLarge = `{"feedback":[${large},{"question":"${'a'.repeat(300_000)}"}]}`;
    const { status, body } = await server.call('POST', `${BASE}/batch`, { body: tooLarge });
    expect([status, body['details']]).toEqual([413, 'A value in a list of the body may have at most 262144 bytes']);
  });
});
