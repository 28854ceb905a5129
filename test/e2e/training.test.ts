import { beforeAll, expect, it } from 'vitest';
import { shareServer, type SharedServer } from '../support/server.js';

const BATCHES = '/api/v1/llm/training/batches';
const ROLES = { roles: ['submitter', 'reviewer', 'trainer'] };
const TRAINER = { org: 'acme', ...ROLES };

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

async function submit(org: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { body } = await server.call<{ id: string }>('POST', '/api/v1/llm/feedback', {
      body: {
        type: 'positive',
        question: `What is ${index}?`,
        answer: `It is ${index}, a number.`,
        adapter_id: 'lora',
      },
      claims: { ...ROLES, org },
    });
    ids.push(body.id);
  }
  return ids;
}

it('REST claims, shows, commits and releases training batches, for trainers of the same organization alone', async () => {
  const ids = await submit('acme', 3);
  await submit('other', 2);
  const call = (method: string, path: string, body?: unknown, claims: object = TRAINER) =>
    server.call(method, BATCHES + path, { body, claims });

  const refused = await call('POST', '', { limit: 2 }, { org: 'acme', roles: ['submitter', 'reviewer'] });
  expect([refused.status, refused.body.error]).toEqual([403, 'Forbidden']);
  const created = await call('POST', '', { filter: { adapter: 'lora' }, limit: 2, holdout: 0.1, lease_minutes: 5 });
  expect([created.status, created.headers.get('location')]).toEqual([201, `${BATCHES}/1`]);
  expect(created.body).toMatchObject({ training_batch_id: 1, state: 'open', count: 2, filter: { adapter: 'lora' } });

  const renewed = await call('POST', '/1/renew', { lease_minutes: 60 });
  expect([renewed.status, renewed.body]).toMatchObject([200, { state: 'open', count: 2 }]);
  expect(Number(renewed.body.lease_until)).toBeGreaterThan(Number(created.body.lease_until));
  expect((await call('POST', '/1/renew', { lease_minutes: '60' })).status).toBe(400);
  expect((await call('POST', '/1/renew', {}, { org: 'acme', roles: ['submitter'] })).status).toBe(403);
  expect((await call('GET', '?state=open')).body).toMatchObject({ count: 1 });
  expect((await call('GET', '?state=expired')).body).toMatchObject({ count: 0 });

  // Each organization counts its own.
  const foreign = { ...ROLES, org: 'other' };
  expect((await call('GET', '/1', undefined, foreign)).status).toBe(404);
  expect((await call('POST', '/1/commit', { produced_adapter: 'stolen' }, foreign)).status).toBe(404);
  expect((await call('POST', '/1/release', undefined, foreign)).status).toBe(404);
  expect((await call('POST', '/1/renew', {}, foreign)).status).toBe(404);
  const elsewhere = await call('POST', '', { limit: 10 }, foreign);
  expect(elsewhere.body).toMatchObject({ training_batch_id: 1, count: 2 });

  for (const path of ['/1/commit', '/1/release']) {
    const answer = await call('POST', path, path === '/1/commit' ? { produced_adapter: 'made' } : undefined, {
      org: 'acme',
      roles: ['submitter'],
    });
    expect(answer.status).toBe(403);
  }
  const commit = { produced_adapter: 'made', version: '2', base_adapter: 'lora', metrics: { loss: 0.5 } };
  const committed = await call('POST', '/1/commit', commit);
  expect([committed.status, committed.body]).toMatchObject([200, { state: 'committed', count: 2, ...commit }]);
  expect((await call('POST', '/1/commit', commit)).body).toEqual(committed.body);
  expect((await call('POST', '/1/commit', { produced_adapter: 'else' })).status).toBe(409);

  expect((await call('POST', '/1/renew', {})).status).toBe(409);

  const second = await call('POST', '', { limit: 10, max_per_user: 1 });
  expect(second.body).toMatchObject({ training_batch_id: 2, count: 1, max_per_user: 1 });
  expect((await call('POST', '', { limit: 10 })).status).toBe(409);
  expect((await call('POST', '/2/release')).body).toMatchObject({ state: 'released', count: 0 });
  const list = await call('GET', '?limit=1');
  expect(list.body).toMatchObject({ training_batches: [{ training_batch_id: 2 }], count: 1 });
  const rest = await call('GET', `?limit=1&cursor=${String(list.body.next_cursor)}`);
  expect(rest.body).toMatchObject({ training_batches: [{ training_batch_id: 1, state: 'committed' }] });

  const used = await server.call('GET', `/api/v1/llm/feedback/${ids[0]}`, { claims: TRAINER });
  expect(used.body).toMatchObject({ used_for_training: true, training_batch_id: 1 });
  const { data } = await server.graphql(
    '{ node(id: "batch-1") { id ... on TrainingBatch { state includes(first: 5) { totalCount edges { feedbackId } } } } }',
    {},
    TRAINER,
  );
  expect(data).toEqual({
    node: {
      id: 'batch-1',
      state: 'COMMITTED',
      includes: { totalCount: 2, edges: ids.slice(0, 2).map((feedbackId) => ({ feedbackId })) },
    },
  });
});

it('a claim takes what its filter names: tags, sources, conversations and scores', async () => {
  const claims = { ...ROLES, org: 'narrow' };
  const feedback = [
    { tags: ['a', 'b'], scores: { rating: 5, tone: 'friendly' }, source: 'user', conversation_id: 'c' },
    { tags: ['b'], scores: { rating: 4 }, source: 'user' },
    { tags: ['b'], scores: { rating: 2 }, source: 'llm', conversation_id: 'c' },
    { scores: { rating: 5 }, source: 'user' },
  ].map((fields, index) => ({
    type: 'positive',
    question: `What is ${index}?`,
    answer: `It is ${index}, a number.`,
    external_id: String(index),
    ...fields,
  }));
  const stored = await server.call<{ results: { id: string }[] }>('POST', '/api/v1/llm/feedback/batch', {
    body: { feedback },
    claims,
  });
  const places = new Map(stored.body.results.map(({ id }, index) => [id, index]));
  const call = (method: string, path: string, body?: unknown) => server.call(method, BATCHES + path, { body, claims });
  for (const [filter, expected] of [
    [{ tag: 'b' }, [0, 1, 2]],
    [{ tag: 'b', source: 'user' }, [0, 1]],
    [{ conversation: 'c' }, [0, 2]],
    [{ scores: [{ name: 'rating', min: 4 }] }, [0, 1, 3]],
    [{ scores: [{ name: 'rating', min: 4, max: 4.5 }], tag: 'b' }, [1]],
    [
      {
        scores: [
          { name: 'tone', is: 'friendly' },
          { name: 'rating', min: 1 },
        ],
      },
      [0],
    ],
  ] as const) {
    const created = await call('POST', '', { filter, limit: 10 });
    expect(created.body).toMatchObject({ filter, count: expected.length });
    const number = String(created.body.training_batch_id);
    expect((await call('GET', `/${number}`)).body['filter']).toEqual(filter);
    const { body } = await server.call<{ filter: unknown; feedback: { id: string }[] }>(
      'GET',
      `${BATCHES}/${number}/manifest?format=raw`,
      { claims },
    );
    expect([body.filter, body.feedback.map(({ id }) => places.get(id))]).toEqual([filter, expected]);
    expect((await call('POST', `/${number}/release`)).status).toBe(200);
  }
  for (const [filter, details] of [
    [{ tag: '' }, "'filter.tag' must be 1 to 256 bytes"],
    [{ source: 'ghost' }, "'filter.source' must be"],
    [{ scores: [{ name: 'rating' }] }, "'filter.scores' must have either a range or a value for 'rating'"],
    [{ scores: [{ name: 'rating', min: 2, max: 1 }] }, "'filter.scores' must have a range that is not empty"],
    [{ scores: 'rating>=4' }, "'filter.scores' must be"],
    [{ tags: ['a'] }, "'filter.tags'"],
  ] as const) {
    for (let times = 0; times < 2; times++) {
      const refused = await call('POST', '', { filter, limit: 10 });
      expect([refused.status, refused.body['details']]).toEqual([400, expect.stringContaining(details)]);
    }
  }
});
