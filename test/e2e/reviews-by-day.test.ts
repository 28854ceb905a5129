import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/store/engines.js';
import { BASE } from '../support/feedback.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { startTestServer } from '../support/server.js';

const FLAGGED = { type: 'negative', question: 'How do I shard?', answer: 'You do not.' };
const ANN = { org: 'one', sub: 'ann', roles: ['reviewer'] };
const BY_DAY = `${BASE}/review/by-day`;

interface Days {
  readonly count: number;
  readonly days: readonly { readonly day: string; readonly reviewed: number }[];
}

describe.each(['RocksDB', 'PostgreSQL'])('reviews by day on %s', (engine) => {
  it('are those of the reviewer who asks, also after a restart, until the person is erased', async () => {
    const store = engine === 'PostgreSQL' ? parseLocation(await createTestDatabase()) : undefined;
    const server = await startTestServer({ ...(store !== undefined && { store }) });
    try {
      const submit = async (org: string): Promise<string> =>
        (await server.call<{ id: string }>('POST', BASE, { body: FLAGGED, claims: { org, sub: 'user' } })).body.id;
      const approve = async (id: string, claims: object): Promise<void> => {
        const review = { body: { verdict: 'approve' }, claims };
        expect((await server.call('POST', `${BASE}/review/${id}`, review)).status).toBe(200);
      };
      const window = `since=${Date.now() - 86_400_000}&until=${Date.now() + 86_400_000}`;
      const reviewed = async (claims: object): Promise<number> => {
        const { status, body } = await server.call<Days>('GET', `${BY_DAY}?${window}`, { claims });
        expect([status, body.count, body.days.length]).toEqual([200, 3, 3]);
        return body.days.reduce((sum, day) => sum + day.reviewed, 0);
      };
      const bob = { ...ANN, sub: 'bob' };
      const others = { ...ANN, org: 'two' };
      const first = await submit('one');
      await approve(first, ANN);
      await approve(await submit('one'), ANN);
      await approve(await submit('one'), bob);
      await server.call('POST', `${BASE}/review/${first}/undo`, { claims: bob });
      await server.restart();
      expect([await reviewed(ANN), await reviewed(bob), await reviewed(others)]).toEqual([1, 1, 0]);

      for (const claims of [
        { org: 'one', sub: 'ann' },
        { ...ANN, roles: ['trainer'] },
      ]) {
        expect((await server.call('GET', `${BY_DAY}?${window}`, { claims })).status).toBe(403);
      }
      for (const query of [
        '',
        '?since=0',
        '?since=2030-01-02T00:00:00Z&until=2030-01-01T00:00:00Z',
        `?${window}&day=1`,
        `?since=0&until=${Date.now()}`,
      ]) {
        expect([query, (await server.call('GET', BY_DAY + query, { claims: ANN })).status]).toEqual([query, 400]);
      }

      const admin = { org: 'one', sub: 'admin', roles: ['admin'] };
      const erased = await server.call('DELETE', `${BASE}?sub=ann`, { claims: admin });
      expect(erased.status).toBeLessThan(300);
      expect([await reviewed(ANN), await reviewed(bob)]).toEqual([0, 1]);
    } finally {
      await server.stop();
    }
  });
});
