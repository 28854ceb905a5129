import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECRET = 'a secret of more than thirty-two bytes';
const BATCHES = '/api/v1/llm/training/batches';

/** Sets the clock of a process off: it is loaded before everything else. */
const clockOffBy = (milliseconds: number): string => `
  const Real = Date;
  const now = () => Real.now() + ${milliseconds};
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
    static now() { return now(); }
  };`;

function token(claims: object, expiresAt: number): string {
  // Without a time of issue, which is in the future for a clock that is behind.
  const payload = { ...claims, exp: Math.floor(expiresAt / 1000) };
  return jsonwebtoken.sign(payload, SECRET, { subject: 'ann', noTimestamp: true });
}

describe('servers whose clocks are an hour off', () => {
  const servers: ServerProcess[] = [];
  const ADMIN = token({ roles: ['admin', 'trainer'] }, Date.now() + 5 * HOUR);

  const call = (nth: number, method: string, path: string, body?: unknown, by = ADMIN) => {
    const server = servers[nth % servers.length];
    if (server === undefined) throw new Error('No server runs');
    return callServer(server, by, method, path, body);
  };

  beforeAll(async () => {
    const store = await createTestDatabase();
    for (const offset of [0, HOUR, -HOUR]) {
      const shift = `--import=data:text/javascript,${encodeURIComponent(clockOffBy(offset))}`;
      const environment = { FEEDBACK_STORE: store, FEEDBACK_JWT_SECRET: SECRET, NODE_OPTIONS: shift };
      servers.push(await startServerProcess(environment));
    }
  });
  afterAll(async () => {
    for (const { child, ended } of servers) {
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('write ids and times in the order of commits, by the clock of the database', async () => {
    const begun = Date.now();
    const stored: { readonly id: string; readonly created_at: number }[] = [];
    for (let nth = 0; nth < 12; nth++) {
      const { status, body } = await call(nth, 'POST', BASE, { ...APPROVED, interaction_id: `ordered-${nth}` });
      expect(status).toBe(201);
      stored.push((await call(0, 'GET', `${BASE}/${String(body['id'])}`)).body as (typeof stored)[number]);
    }
    const ids = stored.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    const times = stored.map(({ created_at }) => created_at);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    for (const time of times) expect(Math.abs(time - begun)).toBeLessThan(10 * MINUTE);
    for (const id of ids) {
      const query = `{ node(id: "${id}") { ... on Feedback { audit(first: 5) { edges { node { at } } } } } }`;
      const { body } = await call(1, 'POST', '/graphql', { query });
      const at = /"at":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? '';
      expect(Math.abs(Date.parse(at) - begun)).toBeLessThan(10 * MINUTE);
    }
  });

  it('grant no lease twice, and let none lapse early', async () => {
    await call(0, 'POST', BASE, { ...APPROVED, interaction_id: 'leased' });
    const claimed = await call(0, 'POST', BATCHES, { limit: 1_000, lease_minutes: 10 });
    expect(claimed.status).toBe(201);
    for (const nth of [0, 1, 2]) {
      expect(await call(nth, 'POST', BATCHES, { limit: 1_000 })).toMatchObject({ status: 409 });
      const { body } = await call(nth, 'GET', `${BATCHES}/${String(claimed.body['training_batch_id'])}`);
      expect(body).toMatchObject({ state: claimed.body['state'] });
    }
  });

  it('judge tokens by their own clocks', async () => {
    const short = token({ roles: ['admin'] }, Date.now() + HOUR / 2);
    const statuses = await Promise.all(
      [0, 1, 2].map(async (nth) => (await call(nth, 'GET', BASE, undefined, short)).status),
    );
    expect(statuses).toEqual([200, 401, 200]);
  });

  it('say so', () => {
    const told = servers.map((server) => server.errors().includes('The clock of this server is off'));
    expect(told).toEqual([false, true, true]);
  });
});
