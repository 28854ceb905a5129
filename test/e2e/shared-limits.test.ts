import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { parseLocation } from '../../src/store/engines.js';
import { BASE } from '../support/feedback.js';
import { queryOnce } from '../support/postgres/server.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { startTestServer, type TestServer } from '../support/server.js';

let url: string;
let settings: Partial<Config>;
const running: TestServer[] = [];
let users = 0;

async function startOne(): Promise<TestServer> {
  const server = await startTestServer(settings);
  running.push(server);
  return server;
}

async function stopOne(server: TestServer): Promise<void> {
  running.splice(running.indexOf(server), 1);
  await server.stop();
}

/** A user that nobody has counted, in an organization of its own. */
function newUser(): { readonly sub: string; readonly org: string } {
  users += 1;
  return { sub: `user-${users}`, org: `org-${users}` };
}

type User = ReturnType<typeof newUser>;

async function askTimes(server: TestServer, times: number, claims: User): Promise<number[]> {
  const answers = await Promise.all(
    Array.from({ length: times }, () => server.call('GET', `${BASE}?limit=1`, { claims })),
  );
  return answers.map(({ status }) => status);
}

const passed = (statuses: readonly number[]) => statuses.filter((status) => status === 200).length;

/** Who counts alone, in its memory. */
async function findOwner(): Promise<string | null> {
  const [row] = await queryOnce<{ owner: string | null }>(url, 'SELECT owner FROM fg_limit_owner');
  return row?.owner ?? null;
}

const countRows = async (): Promise<number> =>
  Number((await queryOnce<{ rows: string }>(url, 'SELECT count(*) AS rows FROM fg_limit'))[0]?.rows);

/** Resolves once the only server counts a user without the table. */
async function untilAlone(server: TestServer): Promise<void> {
  const countsInTable = async () => {
    const before = await countRows();
    expect((await server.call('GET', `${BASE}?limit=1`, { claims: newUser() })).status).toBe(200);
    return (await countRows()) > before;
  };
  await expect.poll(countsInTable, { timeout: 20_000, interval: 200 }).toBe(false);
}

beforeAll(async () => {
  url = await createTestDatabase();
  const secret = randomBytes(32).toString('base64url');
  settings = {
    store: parseLocation(url)!,
    auth: { kind: 'secret', secret, defaultRole: 'admin', rolesClaim: 'roles', orgClaim: 'org', requireOrg: false },
    limits: { userPerMinute: 40, orgPerHour: 60 },
    expensivePerMinute: 5,
  };
});
afterAll(async () => {
  for (const server of [...running]) await stopOne(server);
});

describe('the limits on requests of several servers over one database', () => {
  let one: TestServer;
  let other: TestServer;

  it('are those of one server while there is one, which then asks the database nothing', async () => {
    one = await startOne();
    await untilAlone(one);
    const rows = await countRows();
    const user = newUser();
    expect(passed(await askTimes(one, 50, user))).toBe(40);
    expect(await countRows()).toBe(rows);
    const { status, headers } = await one.call('GET', BASE, { claims: user });
    expect(status).toBe(429);
    expect(headers.get('x-ratelimit-limit')).toBe('40');
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('count on where a server joins in the middle of a window', async () => {
    const user = newUser();
    expect(passed(await askTimes(one, 25, user))).toBe(25);
    expect(await findOwner()).not.toBeNull();
    other = await startOne();
    expect(await findOwner()).toBeNull();
    const [here, there] = await Promise.all([askTimes(one, 20, user), askTimes(other, 20, user)]);
    expect(passed(here) + passed(there)).toBe(15);
  });

  it('let exactly the limit of a user through, whichever server is asked', async () => {
    const user = newUser();
    const third = await startOne();
    const statuses = await Promise.all([one, other, third].map((server) => askTimes(server, 30, user)));
    expect(passed(statuses.flat())).toBe(40);
    const { status, headers } = await third.call('GET', BASE, { claims: user });
    expect(status).toBe(429);
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    await stopOne(third);
    expect(passed(await askTimes(other, 5, user))).toBe(0);
  });

  it('let exactly the limit of an organization through, of whichever users', async () => {
    const { org } = newUser();
    const statuses = await Promise.all(
      [one, other, one, other].map((server, nth) => askTimes(server, 20, { org, sub: `user-${nth}` })),
    );
    expect(passed(statuses.flat())).toBe(60);
  });

  it('refuse nobody who keeps to them', async () => {
    const staying = Array.from({ length: 10 }, newUser);
    const statuses = await Promise.all(staying.flatMap((user) => [askTimes(one, 20, user), askTimes(other, 20, user)]));
    expect(passed(statuses.flat())).toBe(400);
  });

  it('count a batch whole or not at all', async () => {
    const claims = newUser();
    const entry = { type: 'positive', question: 'Why?', answer: 'Because.' };
    const submit = (server: TestServer, entries: number) =>
      server.call('POST', `${BASE}/batch`, {
        claims,
        body: { feedback: Array.from({ length: entries }, (_, nth) => ({ ...entry, question: `Why ${nth}?` })) },
      });
    expect((await submit(one, 30)).status).toBe(201);
    expect((await submit(other, 20)).status).toBe(429);
    // The refused one counts as the request that it was.
    expect((await submit(one, 9)).status).toBe(201);
    expect((await submit(other, 1)).status).toBe(429);
  });

  it('hold for expensive fields', async () => {
    const claims = newUser();
    const day = '{ feedbackStatsByDay(since: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z") { day } }';
    const ask = (server: TestServer) => server.graphql(day, {}, claims);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, nth) => ask(nth % 2 === 0 ? one : other)));
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(5);
  });

  it('store no names of users', async () => {
    const rows = await queryOnce<{ name: string }>(url, 'SELECT name FROM fg_limit');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ name }) => !/^[\w-]{43}$/.test(name))).toEqual([]);
  });

  it('keep what was counted when only one server is left, and one that starts after it', async () => {
    const user = newUser();
    expect(passed(await askTimes(other, 30, user))).toBe(30);
    await stopOne(other);
    await untilAlone(one);
    expect(passed(await askTimes(one, 5, user))).toBe(5);
    await stopOne(one);
    const next = await startOne();
    expect(passed(await askTimes(next, 20, user))).toBe(5);
    await stopOne(next);
  });
});
