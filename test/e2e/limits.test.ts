import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('the documented limits', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ limits: { userPerMinute: 100, orgPerHour: 250 } });
  });
  afterAll(() => server.stop());

  it('let exactly 100 of 1,000 concurrent requests of a fresh user pass, over REST and GraphQL together', async () => {
    const claims = { sub: 'busy', org: 'crowd' };
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        index % 2 === 0
          ? server.call('GET', `${BASE}/stats`, { claims })
          : server.call('POST', '/graphql', { body: { query: '{ feedbackStats { totalFeedback } }' }, claims }),
      ),
    );
    expect(answers.filter((each) => each.status === 200)).toHaveLength(100);
    const refused = answers.filter((each) => each.status === 429);
    expect(refused).toHaveLength(900);
    for (const { headers } of refused.slice(0, 20)) {
      expect(headers.get('x-ratelimit-limit')).toBe('100');
      expect(headers.get('x-ratelimit-remaining')).toBe('0');
      expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const rest = await server.call('GET', `${BASE}/stats`, { claims });
    expect(rest.body).toMatchObject({ error: 'Too Many Requests', code: 'RATE_LIMITED' });
    expect(rest.body['details']).toMatch(/^The limit of 100 requests per user and minute is exhausted/);
    const graphql = await server.call<{ errors: { extensions: { code: string } }[] }>('POST', '/graphql', {
      body: {},
      claims,
    });
    expect(graphql.body.errors[0]?.extensions.code).toBe('RATE_LIMITED');
  });

  it("count an organization's users together, and each user of another organization apart", async () => {
    const statuses: number[] = [];
    for (let user = 0; user < 3; user++) {
      for (let request = 0; request < 99; request++) {
        const { status } = await server.call('GET', `${BASE}/stats`, { claims: { sub: `user-${user}`, org: 'team' } });
        statuses.push(status);
      }
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(250);
    const elsewhere = await server.call('GET', `${BASE}/stats`, { claims: { sub: 'user-0', org: 'team-2' } });
    expect([elsewhere.status, elsewhere.headers.get('x-ratelimit-remaining')]).toEqual([200, '99']);
  });
});
