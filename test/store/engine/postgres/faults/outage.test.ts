import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../../src/store/contract.js';
import { type PostgresProxy, startProxy } from '../../../../support/postgres/proxy.js';
import { type PostgresServer, queryOnce, startPostgres } from '../../../../support/postgres/server.js';
import { createTestDatabase, sharedPostgres } from '../../../../support/postgres/shared.js';
import { startStandby } from '../../../../support/postgres/standby.js';
import { createTables, Journal, KINDS, openStoreAt, until } from '../../../../support/postgres/store.js';

const stores: Store[] = [];
let journal: Journal;

const open = async (...given: Parameters<typeof openStoreAt>): Promise<Store> => {
  const store = await openStoreAt(...given);
  stores.push(store);
  return store;
};

/** Clients that commit one transaction after another, of all kinds, until they are told to stop. */
function startLoad(...over: readonly Store[]): { readonly stop: () => Promise<unknown> } {
  let stopped = false;
  const clients = over.flatMap((store) => [store, store, store, store]);
  const running = Promise.all(
    clients.map(async (store, client) => {
      for (let at = client; !stopped; at++) {
        if (!(await journal.commit(store, KINDS[at % KINDS.length] ?? 'blind'))) await pause();
      }
    }),
  );
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** Resolves once so many more are acknowledged. */
function untilCommitted(count: number): Promise<void> {
  const goal = journal.acknowledged.size + count;
  return until(() => journal.acknowledged.size >= goal);
}

beforeEach(() => {
  journal = new Journal();
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

describe('while the link of one of two servers fails', () => {
  let proxy: PostgresProxy;
  let direct: string;

  beforeEach(async () => {
    proxy = await startProxy(await sharedPostgres());
    direct = await createTestDatabase();
    await createTables(direct);
  });
  afterEach(async () => {
    await proxy.repair();
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await proxy.stop();
  });

  it.each(['cut', 'blackhole'] as const)('the other one commits, and it comes back by itself: %s', async (failure) => {
    const [linked, other] = [await open(proxy.through(direct), { maxSilence: 1_000 }), await open(direct)];
    const load = startLoad(linked, other);
    await untilCommitted(20);
    await proxy[failure]();
    await until(() => !linked.health.writable);
    await untilCommitted(20);
    await expect(linked.transact(() => Promise.resolve())).rejects.toThrow('cannot take writes');
    await proxy.repair();
    await until(() => linked.health.writable);
    await load.stop();
    for (const kind of KINDS) expect(await journal.commit(linked, kind)).toBe(true);
    await journal.check(other);
    await journal.check(linked);
  });

  it('a database that does not answer counts as away, though the connections stay', async () => {
    const store = await open(proxy.through(direct), { maxSilence: 60_000 });
    proxy.blackhole();
    await until(() => !store.health.writable);
    await proxy.repair();
    await until(() => store.health.writable);
    expect(await journal.commit(store, 'reading')).toBe(true);
  });

  it('connections that end again and again lose nothing', async () => {
    const [linked, other] = [await open(proxy.through(direct)), await open(direct)];
    const load = startLoad(linked, other);
    for (let times = 0; times < 10; times++) {
      await untilCommitted(5);
      proxy.disconnect();
    }
    await load.stop();
    await journal.check(other);
  });

  it('a slow link slows one server alone', async () => {
    const [linked, other] = [await open(proxy.through(direct)), await open(direct)];
    proxy.delay(20);
    const load = startLoad(linked, other);
    await untilCommitted(100);
    await load.stop();
    expect([journal.refused.size, journal.unknown.size]).toEqual([0, 0]);
    await journal.check(other);
  });

  it('it is closed all the same', async () => {
    const store = await openStoreAt(proxy.through(direct), { maxSilence: 500 });
    await journal.commit(store, 'reading');
    proxy.blackhole();
    await store.close();
  });
});

describe('where the database gives few connections', () => {
  it.each([3, 4, 5])('%i are enough', async (limit) => {
    const direct = await createTestDatabase();
    await createTables(direct);
    const role = `limited_${randomBytes(6).toString('hex')}`;
    await queryOnce(direct, `CREATE ROLE ${role} LOGIN PASSWORD 'secret' CONNECTION LIMIT ${limit}`);
    await queryOnce(direct, `GRANT ALL ON SCHEMA public TO ${role}`);
    await queryOnce(direct, `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
    const url = new URL(direct);
    [url.username, url.password] = [role, 'secret'];
    const store = await open(url.href);
    const load = startLoad(store, store, store);
    const readers = Array.from({ length: 10 }, async () => {
      for (let n = 0; n < 5; n++) {
        await store.read((reader) => Promise.all([reader.get('a/newest'), reader.counters(['a/total'])]));
      }
    });
    await Promise.all([untilCommitted(60), ...readers]);
    await load.stop();
    expect([journal.refused.size, journal.unknown.size, store.health]).toEqual([0, 0, { writable: true }]);
    await journal.check(store);
  });
});

describe('when a database server fails', () => {
  let postgres: PostgresServer;
  let url: string;

  beforeEach(async () => {
    postgres = await startPostgres();
    url = await postgres.createDatabase();
    await createTables(url);
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await postgres.stop();
  });

  it('killed and started again, it has all that was acknowledged', async () => {
    const both = [await open(url), await open(url)] as const;
    const load = startLoad(...both);
    for (let times = 0; times < 2; times++) {
      await untilCommitted(20);
      await postgres.kill();
      await until(() => both.every(({ health }) => !health.writable));
      await postgres.start();
      await until(() => both.every(({ health }) => health.writable));
    }
    await untilCommitted(20);
    await load.stop();
    await journal.check(both[0]);
    await journal.check(both[1]);
  });

  it('nothing is acknowledged that its synchronous standby has not got', async () => {
    const standby = await startStandby(postgres, { synchronous: true });
    try {
      const store = await open(url, { maxSilence: 1_000 });
      expect(await journal.commit(store, 'reading')).toBe(true);
      await standby.kill();
      let isOver = false;
      const committed = journal.commit(store, 'reading').finally(() => (isOver = true));
      // Whoever makes the database stop waiting makes it answer that it has committed.
      await until(async () => {
        await postgres.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);
        return isOver;
      });
      expect(await committed).toBe(false);
      expect([journal.refused.size, journal.unknown.size]).toEqual([0, 1]);
      await standby.start();
      await until(() => journal.commit(store, 'reading'));
      await journal.check(store);
    } finally {
      await standby.stop();
    }
  });
});
