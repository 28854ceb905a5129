import { afterAll, beforeAll, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const DAY = 86_400_000;

interface Days {
  readonly count: number;
  readonly days: readonly { readonly day: string; readonly total_feedback: number }[];
}

it('are of the organization and its adapters, also after a restart, for those who may read them', async () => {
  const claims = { org: 'one', sub: 'ann' };
  const at = Date.UTC(2025, 4, 4, 12);
  const submit = async (adapter: string, createdAt: number, org = 'one') => {
    const body = { ...APPROVED, adapter_id: adapter, created_at: createdAt };
    expect((await server.call('POST', BASE, { body, claims: { org, sub: 'ann' } })).status).toBe(201);
  };
  await submit('team/lora', at);
  await submit('team/lora', at + DAY);
  await submit('team/lora', at + DAY);
  await submit('other', at);
  await submit('team/lora', at, 'two');
  await server.restart();
  const days = `since=${at - DAY}&until=${new Date(at + DAY).toISOString()}`;
  const ofAdapter = `/api/v1/llm/adapters/team%2Flora/stats/by-day?${days}`;
  const { body } = await server.call<Days>('GET', ofAdapter, { claims });
  expect(body).toMatchObject({ id: 'team/lora', count: 3 });
  expect(body.days.map(({ day, total_feedback: total }) => [day, total])).toEqual([
    ['2025-05-03', 0],
    ['2025-05-04', 1],
    ['2025-05-05', 2],
  ]);
  const all = await server.call<Days>('GET', `${BASE}/stats/by-day?${days}`, { claims });
  expect(all.body.days.map(({ total_feedback: total }) => total)).toEqual([0, 2, 2]);
  const others = await server.call<Days>('GET', ofAdapter, { claims: { org: 'two', sub: 'ann' } });
  expect(others.body.days.map(({ total_feedback: total }) => total)).toEqual([0, 1, 0]);
  const path = '/api/v1/llm/adapters/other/stats/by-day';
  expect((await server.call('GET', `${path}?${days}`, { claims: { org: 'two', sub: 'ann' } })).status).toBe(404);
  for (const wrong of ['', '?since=0', `?${days}&day=1`, `?since=${at}&until=${at - DAY}`, `?since=0&until=${at}`]) {
    expect([wrong, (await server.call('GET', path + wrong, { claims })).status]).toEqual([wrong, 400]);
  }
  for (const route of [ofAdapter, `${BASE}/stats/by-day?${days}`]) {
    expect((await server.call('GET', route, { claims: { ...claims, roles: ['submitter'] } })).status).toBe(403);
  }
});
