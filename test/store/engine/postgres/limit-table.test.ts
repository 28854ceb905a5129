import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Charge, Store } from '../../../../src/store/contract.js';
import { connectPostgres } from '../../../../src/store/engine/postgres/connection.js';
import { toTableName } from '../../../../src/store/engine/postgres/limit-table.js';
import { readPostgresLocation, type PostgresLocation } from '../../../../src/store/engine/postgres/location.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { prepareSchema } from '../../../../src/store/engine/postgres/schema.js';
import { createSession, type OpenSession, type Session } from '../../../../src/store/engine/postgres/session.js';
import { queryOnce } from '../../../support/postgres/server.js';
import { interceptSession } from '../../../support/postgres/sessions.js';
import { createTestDatabase } from '../../../support/postgres/shared.js';

const LIMIT = 50;
const MINUTE = 60_000;

let url: string;
let location: PostgresLocation;
const stores: TestStore[] = [];

interface TestStore {
  readonly store: Store;
  /** Statements that were sent for counting. */
  readonly sent: string[];
  /** Cuts it from the database; false lets it back. */
  cut(isCut: boolean): void;
}

async function openStore(): Promise<TestStore> {
  const sent: string[] = [];
  const open = new Set<Session>();
  let isCut = false;
  const openSession: OpenSession = async (purpose) => {
    if (isCut) throw new Error('The network is cut');
    const session = createSession((await connectPostgres(location, { role: purpose, pipeline: true })).client);
    open.add(session);
    return interceptSession(session, (name, send) => {
      if (!['register', 'time'].includes(name)) sent.push(name);
      return send();
    });
  };
  const store = await openPostgresStore({ openSession, version: 'test' });
  const made: TestStore = {
    store,
    sent,
    cut: (now) => {
      isCut = now;
      if (now) for (const session of open) session.destroy();
    },
  };
  stores.push(made);
  await store.sharedCounts!.start();
  return made;
}

async function closeStore(one: TestStore): Promise<void> {
  stores.splice(stores.indexOf(one), 1);
  await one.store.close();
}

const charge = (name: string, points = 1): Charge => ({ name, points, limit: LIMIT, milliseconds: MINUTE });

const count = async ({ store }: TestStore, ...charges: Charge[]): Promise<boolean> =>
  (await store.sharedCounts!.charge(charges)).refusedBy === undefined;

async function countTimes(one: TestStore, times: number, ...charges: Charge[]): Promise<number> {
  const counted = await Promise.all(Array.from({ length: times }, () => count(one, ...charges)));
  return counted.filter(Boolean).length;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

async function untilAlone({ store }: TestStore): Promise<void> {
  const waits = () => store.sharedCounts!.charge([charge('probe', 0)]) instanceof Promise;
  await expect.poll(waits, { timeout: 20_000 }).toBe(false);
}

beforeAll(async () => {
  url = await createTestDatabase();
  // What a database does unless told is not to matter.
  await queryOnce(
    url,
    `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_isolation = 'serializable'`,
  );
  location = readPostgresLocation(url, {});
  const { client, place, version } = await connectPostgres(location, { role: 'test' });
  await prepareSchema({ client, place, version }, { create: true, migrate: true, write: true });
  await client.end();
});
afterAll(async () => {
  for (const one of [...stores]) await closeStore(one);
});

describe('counts in the tables of PostgreSQL', () => {
  let one: TestStore;
  let other: TestStore;
  let third: TestStore;

  it('are left out by the only server, which sends no statement for them', async () => {
    one = await openStore();
    await untilAlone(one);
    const before = one.sent.length;
    expect(await countTimes(one, LIMIT + 10, charge('alone'))).toBe(LIMIT);
    expect(one.sent.slice(before)).toEqual([]);
  });

  it('go on where others join, and are exact at any number of servers', async () => {
    expect(await countTimes(one, 20, charge('joined'))).toBe(20);
    [other, third] = await Promise.all([openStore(), openStore()]);
    const counted = await Promise.all([one, other, third].map((store) => countTimes(store, 30, charge('joined'))));
    expect(sumOf(counted)).toBe(LIMIT - 20);
    expect(await countTimes(other, 1, charge('alone'))).toBe(0);
  });

  it('are exact for many names at once, with several in one request', async () => {
    const users = Array.from({ length: 8 }, (_, nth) => `user-${nth}`);
    const counted = await Promise.all(
      [one, other, third].flatMap((store) =>
        users.map((user) => countTimes(store, 10, charge(user), { ...charge('organization'), limit: 120 })),
      ),
    );
    expect(sumOf(counted)).toBe(120);
    const used = await Promise.all(
      users.map(async (user) => (await one.store.sharedCounts!.charge([charge(user, LIMIT + 1)])).states[0]!.used),
    );
    expect(sumOf(used)).toBe(120);
  });

  it('take one statement for all requests of a turn', async () => {
    await count(one, charge('turn'));
    const before = one.sent.length;
    expect(await countTimes(one, 40, charge('turn'))).toBe(40);
    expect(one.sent.slice(before)).toEqual(['count']);
  });

  it('begin again when their window has ended by the clock of the database', async () => {
    expect(await count(one, charge('ended', LIMIT))).toBe(true);
    await queryOnce(url, 'UPDATE fg_limit SET ends = 1 WHERE name = $1', [toTableName('ended')]);
    const { refusedBy, states } = await other.store.sharedCounts!.charge([charge('ended', 2)]);
    expect(refusedBy).toBeUndefined();
    expect(states[0]!.used).toBe(2);
    expect(states[0]!.resetMilliseconds).toBeGreaterThan(MINUTE - 5_000);
    expect(states[0]!.resetMilliseconds).toBeLessThanOrEqual(MINUTE);
  });

  it('are those of the servers that are left when one dies', async () => {
    expect(await countTimes(third, 30, charge('dead'))).toBe(30);
    third.cut(true);
    const counted = await Promise.all([one, other].map((store) => countTimes(store, 30, charge('dead'))));
    expect(sumOf(counted)).toBe(LIMIT - 30);
  });

  it('are in the memory of a server that does not reach the database, and come back', async () => {
    expect(await countTimes(third, LIMIT + 1, charge('away'))).toBe(LIMIT);
    third.cut(false);
    const back = async () => (await count(third, charge('back', 0)), count(one, charge('away')));
    await expect.poll(back, { timeout: 10_000 }).toBe(false);
  });

  it('are left to the next server by the last one', async () => {
    await closeStore(other);
    await closeStore(third);
    await untilAlone(one);
    expect(await countTimes(one, 20, charge('last'))).toBe(20);
    await closeStore(one);
    const next = await openStore();
    expect(await countTimes(next, LIMIT, charge('last'))).toBe(LIMIT - 20);
    await closeStore(next);
  });

  it('are taken over from the only one that is gone, which adds its own when it is back', async () => {
    one = await openStore();
    await untilAlone(one);
    expect(await countTimes(one, 20, charge('gone'))).toBe(20);
    one.cut(true);
    await queryOnce(url, `UPDATE fg_server SET seen = now() - interval '4 seconds'`);
    other = await openStore();
    expect(await queryOnce(url, 'SELECT owner FROM fg_limit_owner')).toEqual([{ owner: null }]);
    expect(await countTimes(other, 10, charge('gone'))).toBe(10);
    one.cut(false);
    const used = async () => (await one.store.sharedCounts!.charge([charge('gone', LIMIT)])).states[0]?.used;
    await expect.poll(used, { timeout: 10_000 }).toBe(30);
    expect(await countTimes(other, 30, charge('gone'))).toBe(20);
  });
});
