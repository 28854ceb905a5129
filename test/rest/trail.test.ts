import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Event {
  readonly actor: string;
  readonly action: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ADMIN = { sub: 'boss', roles: ['admin'] };
const QUERY = 'MATCH (f:Feedback) RETURN f.question';

async function trail(): Promise<readonly Event[]> {
  const query =
    '{ auditLog(first: 100, filter: { node: "organization" }) { edges { node { actor action reason details } } } }';
  const { data } = await server.graphql<{ auditLog: { edges: { node: Event }[] } }>(query, {}, ADMIN);
  return data!.auditLog.edges.map(({ node }) => node).reverse();
}

it('tells who read much, erased somebody, or was refused, and names nobody but who acted', async () => {
  for (let entry = 0; entry < 3; entry++) {
    await server.call('POST', BASE, { body: { ...APPROVED, user_id: 'customer-7' } });
  }
  await fetch(`${server.url}/api/v1/llm/admin/backup`, {
    headers: { authorization: `Bearer ${server.token(ADMIN)}` },
  }).then((response) => response.arrayBuffer());
  await fetch(`${server.url}/api/v1/llm/users/customer-7/export`, {
    headers: { authorization: `Bearer ${server.token(ADMIN)}` },
  }).then((response) => response.text());
  await server.call('GET', '/api/v1/llm/admin/backup', { claims: { sub: 'customer-7' } });
  await server.call('DELETE', `${BASE}?user_id=customer-7`, { claims: ADMIN });
  for (let time = 0; time < 2; time++) {
    await server.call('POST', '/api/v1/llm/graph/query', { body: { query: QUERY } });
    await server.call('GET', '/api/v1/llm/admin/backup');
    await server.graphql('{ auditLog { edges { node { id } } } }');
  }
  expect((await trail()).map(({ actor, action, details }) => [actor, action, details])).toEqual([
    ['boss', 'ORGANIZATION_BACKUP', { entries: 3 }],
    ['boss', 'PERSON_EXPORT', { user: expect.any(String) as string }],
    ['[erased]', 'ACCESS_REFUSE', { subject: 'GET /api/v1/llm/admin/backup', count: 1 }],
    ['boss', 'PERSON_ERASE', { user: expect.any(String) as string, entries: 3 }],
  ]);

  // What is counted is recorded each minute, and when the server stops.
  await server.restart();
  const all = await trail();
  const counted = all.slice(4).map(({ actor, action, details }) => [actor, action, details]);
  expect(counted).toHaveLength(3);
  expect(counted).toEqual(
    expect.arrayContaining([
      ['tester', 'GRAPH_QUERY', { subject: createHash('sha256').update(QUERY).digest('hex'), count: 2, rows: 0 }],
      ['tester', 'ACCESS_REFUSE', { subject: 'GET /api/v1/llm/admin/backup', count: 2 }],
      ['tester', 'ACCESS_REFUSE', { subject: 'Query.auditLog', count: 2 }],
    ]),
  );
  expect(JSON.stringify(all)).not.toContain('customer-7');
  const { body } = await server.call('GET', `${BASE}/changes`, {
    headers: { accept: 'application/json' },
    claims: ADMIN,
  });
  expect(JSON.stringify(body)).not.toContain('organization');
});

it('tells of what the work of a field refuses, and of what a route refuses once', async () => {
  const issuer = { sub: 'issuer', roles: ['submitter', 'tokens:issue'] };
  const roles = ['admin'];
  const issue = 'mutation ($roles: [String!]) { issueToken(input: { sub: "ann", roles: $roles }) { tokenId } }';
  const { errors } = await server.graphql(issue, { roles }, issuer);
  expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const { status } = await server.call('POST', '/api/v1/llm/tokens', { body: { sub: 'ann', roles }, claims: issuer });
  expect(status).toBe(403);
  await server.restart();
  const refused = (await trail()).filter(({ actor }) => actor === 'issuer').map(({ details }) => details);
  expect(refused).toHaveLength(2);
  expect(refused).toEqual(
    expect.arrayContaining([
      { subject: 'Mutation.issueToken', count: 1 },
      { subject: 'POST /api/v1/llm/tokens', count: 1 },
    ]),
  );
});
