import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

const ADMIN = { roles: ['admin'] };

let server: SharedServer;
let submitted: number;
beforeAll(async () => {
  server = await shareServer();
  const { body } = await server.call<{ created_at: number }>('POST', BASE, {
    body: { ...APPROVED, adapter_id: 'lora' },
  });
  submitted = body.created_at;
});

const list = (path: string) => server.call<{ feedback: object[]; details?: string }>('GET', path, { claims: ADMIN });

describe('times of requests', () => {
  it.each(['', '/by-adapter/lora', '/changes'])(
    'in RFC 3339 narrow what %s lists as epoch milliseconds do',
    async (path) => {
      const before = new Date(submitted - 1).toISOString();
      const after = new Date(submitted + 1).toISOString();
      const count = async (query: string): Promise<unknown> => {
        const { status, body } = await server.call('GET', `${BASE}${path}?${query}`, {
          claims: ADMIN,
          headers: { accept: 'application/json' },
        });
        expect([status, query]).toEqual([200, query]);
        return body['count'];
      };
      const ids: [string, number][] = [
        [`since=${encodeURIComponent(before)}`, 1],
        [`since=${submitted - 1}`, 1],
        [`since=${encodeURIComponent(after)}`, 0],
        [`until=${after}`, 1],
        [`since=${before}&until=${submitted}`, 0],
        // A plus sign is a blank where it is not percent-encoded.
        [`since=${before.replace('Z', '+00:00')}`, 1],
      ];
      for (const [query, expected] of ids) expect([query, await count(query)]).toEqual([query, expected]);
    },
  );

  const [rfc3339 = '', seconds = ''] = readFileSync(
    new URL('../fixtures/cases/14-iso-dates-rest/url.txt', import.meta.url),
    'utf8',
  )
    .trim()
    .split('\n');

  it('of reports are taken, and seconds refused with a sentence', async () => {
    expect((await list(rfc3339)).status).toBe(200);
    const refused = await list(seconds);
    expect([refused.status, refused.body.details]).toEqual([
      400,
      "'since' must be in epoch milliseconds; 1795892563 is in epoch seconds",
    ]);
  });

  it.each(['2026-02-30T00:00:00Z', 'yesterday', '2026-11-28', '1e12', '-5', ''])(
    'that are none are refused: %j',
    async (time) => {
      const { status, body } = await list(`${BASE}?until=${encodeURIComponent(time)}`);
      expect([status, body.details]).toEqual([
        400,
        "'until' must be a time in RFC 3339, such as 2026-11-28T00:00:00Z, or in epoch milliseconds",
      ]);
    },
  );

  it('narrow training batches, whose filter is answered in epoch milliseconds', async () => {
    const create = (since: unknown) =>
      server.call<{ filter?: object; count?: number; details?: string }>('POST', '/api/v1/llm/training/batches', {
        body: { limit: 1, filter: { since } },
        claims: ADMIN,
      });
    const created = await create('2020-01-01T00:00:00Z');
    expect(created.body).toMatchObject({ count: 1, filter: { since: Date.UTC(2020, 0, 1) } });
    expect((await create(1_795_892_563)).body.details).toBe(
      "'filter.since' must be in epoch milliseconds; 1795892563 is in epoch seconds",
    );
    expect((await create('2026-02-30T00:00:00Z')).status).toBe(400);
    expect((await create(null)).status).toBe(400);
  });

  it('end tokens', async () => {
    const revoke = (before: unknown) =>
      server.call<{ before?: number }>('POST', '/api/v1/llm/tokens/revoke', {
        body: { sub: 'gone', before },
        claims: ADMIN,
      });
    expect((await revoke('2020-01-01T00:00:00Z')).body.before).toBe(Date.UTC(2020, 0, 1));
    expect((await revoke(1_795_892_563)).status).toBe(400);
  });
});
