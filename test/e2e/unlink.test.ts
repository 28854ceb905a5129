import { beforeAll, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Claims, shareServer, type SharedServer } from '../support/server.js';

interface Entry {
  readonly id: string;
}
interface Linked {
  readonly feedback: readonly Entry[];
  readonly total_linked: number;
}

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const TRAINER: Claims = { sub: 'trainer', roles: ['trainer'] };
const ADMIN: Claims = { sub: 'root', roles: ['admin'] };

async function submit(org: string, body: object = {}): Promise<string> {
  const stored = await server.call<Entry>('POST', BASE, { body: { ...APPROVED, ...body }, claims: { org } });
  expect(stored.status).toBe(201);
  return stored.body.id;
}

function link(org: string, id: string, adapter: string, claims: Claims = {}) {
  return server.call('POST', `${BASE}/${id}/link`, { body: { adapter_id: adapter }, claims: { org, ...claims } });
}

function unlink(org: string, id: string, adapter: string, claims: Claims = {}, headers: Record<string, string> = {}) {
  const path = `${BASE}/${id}/link/${encodeURIComponent(adapter)}`;
  return server.call('DELETE', path, { claims: { org, ...claims }, headers });
}

async function linkedTo(org: string, adapter: string): Promise<[string[], number]> {
  const path = `${BASE}/by-adapter/${encodeURIComponent(adapter)}`;
  const { body } = await server.call<Linked>('GET', path, { claims: { org } });
  return [body.feedback.map(({ id }) => id), body.total_linked];
}

it('removes a link from lists, totals, statistics and the graph, and leaves the rest', async () => {
  const org = 'removes';
  const [id, other] = [await submit(org, { adapter_id: 'own', model_version: 'm' }), await submit(org)];
  for (const adapter of ['a:b/c', 'kept']) {
    await link(org, id, adapter);
    await link(org, other, adapter);
  }
  const { status, headers, body } = await unlink(org, id, 'a:b/c');
  expect([status, headers.get('etag'), body]).toEqual([
    200,
    '"4"',
    { feedback_id: id, adapter_id: 'a:b/c', version: 4 },
  ]);

  expect(await linkedTo(org, 'a:b/c')).toEqual([[other], 1]);
  expect(await linkedTo(org, 'kept')).toEqual([[id, other], 2]);
  expect(await linkedTo(org, 'own')).toEqual([[id], 1]);
  const { data } = await server.graphql(
    `query ($id: ID!) {
      feedback(id: $id) { version adapters { totalCount edges { node { id } } } }
      adapter(id: "a:b/c") { id stats { totalFeedback } sharedFeedback { edges { node { id } sharedCount } } }
      own: adapter(id: "own") { sharedFeedback { edges { node { id } sharedCount } } }
      ofModel: feedbackList(filter: { modelVersion: "m", adapterId: "a:b/c" }) { totalCount }
      graphQuery(query: "MATCH (f:Feedback)-->(a:Adapter) RETURN a.id AS a, count(f) ORDER BY a") { rows }
    }`,
    { id },
    { org },
  );
  expect(data).toEqual({
    feedback: { version: 4, adapters: { totalCount: 2, edges: [{ node: { id: 'kept' } }, { node: { id: 'own' } }] } },
    adapter: {
      id: 'a:b/c',
      stats: { totalFeedback: 1 },
      sharedFeedback: { edges: [{ node: { id: 'kept' }, sharedCount: 1 }] },
    },
    own: { sharedFeedback: { edges: [{ node: { id: 'kept' }, sharedCount: 1 }] } },
    ofModel: { totalCount: 0 },
    graphQuery: {
      rows: [
        ['a:b/c', 1],
        ['kept', 2],
        ['own', 1],
      ],
    },
  });
  // Gone is gone, and may come again.
  expect((await unlink(org, id, 'a:b/c')).status).toBe(404);
  expect((await link(org, id, 'a:b/c')).status).toBe(201);
  expect(await linkedTo(org, 'a:b/c')).toEqual([[id, other], 2]);
});

it('tells the audit trail and the change feed', async () => {
  const org = 'tells';
  const id = await submit(org);
  await link(org, id, 'lora', { sub: 'ann' });
  await unlink(org, id, 'lora', { sub: 'ann' });
  const { data } = await server.graphql(
    'query ($node: ID!) { auditLog(first: 1, filter: { node: $node }) { edges { node { action actor reason versionAfter } } } }',
    { node: id },
    { org, ...ADMIN },
  );
  expect(data).toEqual({
    auditLog: { edges: [{ node: { action: 'FEEDBACK_UNLINK', actor: 'ann', reason: 'lora', versionAfter: 3 } }] },
  });
  const changes = await server.call<{ changes: object[] }>('GET', `${BASE}/changes?after=0`, {
    claims: { org },
    headers: { accept: 'application/json' },
  });
  expect(changes.body.changes.at(-1)).toMatchObject({ action: 'feedback.unlink', node: id, version: 3 });
});

it('keeps the link to the adapter that the submission named, and links that a training batch needs', async () => {
  const org = 'keeps';
  const id = await submit(org, { adapter_id: 'own' });
  const kept = await unlink(org, id, 'own', TRAINER);
  expect([kept.status, kept.body['details']]).toEqual([409, expect.stringContaining('submitted for the adapter')]);
  await link(org, id, 'more');
  await server.call('POST', '/api/v1/llm/training/batches', { body: { limit: 1 }, claims: { org, ...TRAINER } });
  expect((await unlink(org, id, 'more')).status).toBe(409);
  expect(await linkedTo(org, 'more')).toEqual([[id], 1]);
});

it('removes the links of others for trainers alone', async () => {
  const org = 'others';
  const id = await submit(org);
  await link(org, id, 'lora', { sub: 'ann' });
  const refused = await unlink(org, id, 'lora', { sub: 'bob' });
  expect([refused.status, refused.body['details']]).toEqual([403, expect.stringContaining("'adapters:write'")]);
  const reader: Claims = { sub: 'ann', roles: ['reader'] };
  expect((await unlink(org, id, 'lora', reader)).status).toBe(403);
  expect((await unlink(org, id, 'lora', { sub: 'ann', scope: 'feedback:link' })).status).toBe(404);
  expect(await linkedTo(org, 'lora')).toEqual([[id], 1]);
  expect((await unlink(org, id, 'lora', TRAINER)).status).toBe(200);
});

it('refuses what does not fit, with nothing changed', async () => {
  const org = 'refuses';
  const id = await submit(org);
  await link(org, id, 'lora');
  expect((await unlink(org, 'feedback-1', 'lora')).status).toBe(404);
  expect((await unlink(org, id, 'unknown')).status).toBe(404);
  expect((await unlink(org, id, 'x'.repeat(257))).status).toBe(400);
  expect((await unlink('elsewhere', id, 'lora', TRAINER)).status).toBe(404);
  expect((await unlink(org, id, 'lora', {}, { 'if-match': '"1"' })).status).toBe(412);
  expect(await linkedTo(org, 'lora')).toEqual([[id], 1]);
  expect((await unlink(org, id, 'lora', {}, { 'if-match': '"2"' })).status).toBe(200);
  await server.call('DELETE', `${BASE}/${id}`, { claims: { org, ...ADMIN } });
  expect((await unlink(org, id, 'lora')).status).toBe(410);
});

it('takes place once over GraphQL, too', async () => {
  const org = 'graphql';
  const id = await submit(org);
  await link(org, id, 'lora');
  const body = {
    query: 'mutation ($id: ID!) { unlinkFeedback(id: $id, adapterId: "lora") { version } }',
    variables: { id },
  };
  const key = { 'idempotency-key': 'unlink-1' };
  for (const headers of [key, key]) {
    const answer = await server.call('POST', '/graphql', { body, claims: { org }, headers });
    expect(answer.body).toEqual({ data: { unlinkFeedback: { version: 3 } } });
  }
  const again = await server.call<{ errors: unknown }>('POST', '/graphql', { body, claims: { org } });
  expect(again.body.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});

it('of many at once, exactly one removes a link, and none of the others is lost', async () => {
  const org = 'race';
  const id = await submit(org);
  const adapters = Array.from({ length: 8 }, (_, nth) => `lora-${nth}`);
  for (const adapter of adapters) await link(org, id, adapter);
  const answers = await Promise.all(
    adapters.slice(0, 4).flatMap((adapter) => [unlink(org, id, adapter), unlink(org, id, adapter)]),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 404, 404, 404, 404]);
  for (const [nth, adapter] of adapters.entries()) {
    expect([adapter, await linkedTo(org, adapter)]).toEqual([adapter, nth < 4 ? [[], 0] : [[id], 1]]);
  }
});
