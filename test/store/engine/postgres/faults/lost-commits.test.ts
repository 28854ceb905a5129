import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import type { Store } from '../../../../../src/store/contract.js';
import type { StoreLogger } from '../../../../../src/store/transactions/committer.js';
import { queryOnce } from '../../../../support/postgres/server.js';
import { createTestDatabase } from '../../../../support/postgres/shared.js';
import { createTables, openStoreAt, until } from '../../../../support/postgres/store.js';

const TABLES = ['fg_kv', 'fg_head', 'fg_log', 'fg_writer'];

/** As when a standby is promoted that has not got the newest commits. */
describe('a server whose database has lost commits', () => {
  let url: string;
  let log: { readonly info: () => void; readonly warn: () => void; readonly error: Mock<StoreLogger['error']> };
  const stores: Store[] = [];

  const open = async (options: Parameters<typeof openStoreAt>[1] = {}): Promise<Store> => {
    const store = await openStoreAt(url, options);
    stores.push(store);
    return store;
  };
  const sql = (text: string) => queryOnce(url, text);
  const remember = async (): Promise<void> => {
    for (const table of TABLES) await sql(`CREATE TABLE old_${table} AS TABLE ${table}`);
  };
  /** Ends all connections, and brings back what was remembered. */
  const lose = async (): Promise<void> => {
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    for (const table of TABLES) {
      await sql(`BEGIN; TRUNCATE ${table}; INSERT INTO ${table} SELECT * FROM old_${table}; COMMIT`);
    }
  };
  const add = (store: Store, key = 'a/total'): Promise<void> =>
    store.transact((transaction) => {
      transaction.add(key, 1);
      transaction.append('a/log:', Buffer.from('x'));
      return Promise.resolve();
    });
  /** As a client does that is told to come back later. */
  const addAtLast = (store: Store): Promise<void> =>
    until(() =>
      add(store).then(
        () => true,
        () => false,
      ),
    );
  const total = (store: Store): Promise<number | undefined> =>
    store.read(async (reader) => (await reader.counters(['a/total']))[0]);
  const losses = (): number =>
    log.error.mock.calls.filter(([, message]) => message.includes('has lost commits')).length;

  beforeEach(async () => {
    url = await createTestDatabase();
    await createTables(url);
    log = { info: () => undefined, warn: () => undefined, error: vi.fn<StoreLogger['error']>() };
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  it('says so and counts from what is left', async () => {
    const store = await open({ logger: log });
    for (let n = 0; n < 3; n++) await add(store);
    await remember();
    for (let n = 0; n < 4; n++) await add(store);
    await lose();
    await addAtLast(store);
    expect([await total(store), losses()]).toEqual([4, 1]);
    await addAtLast(store);
    expect([await total(store), losses()]).toEqual([5, 1]);
    const entries = await store.read((reader) => reader.scanKeys({ gte: 'a/log:', lt: 'a/log;', limit: 99 }));
    expect(entries.map((key) => Number(key.slice(6)))).toEqual([1, 2, 3, 4, 5]);
    // Every other server learns of it by the head.
    expect(await sql(`SELECT epoch::int FROM fg_head WHERE stream = 'a'`)).toEqual([{ epoch: 1 }]);
  });

  // As many commits as were lost, fewer, more; and some that another server commits together.
  it.each([
    [4, 1],
    [3, 1],
    [6, 1],
    [1, 6],
  ])('finds it out although others have committed since: %i times %i', async (times, together) => {
    const store = await open({ logger: log });
    for (let n = 0; n < 3; n++) await add(store);
    await remember();
    for (let n = 0; n < 4; n++) await add(store);
    await lose();
    const other = await open();
    for (let n = 0; n < times; n++) await Promise.all(Array.from({ length: together }, () => add(other)));
    await addAtLast(store);
    expect([await total(store), losses()]).toEqual([3 + times * together + 1, 1]);
  });

  it('finds it out although it only reads at first', async () => {
    const store = await open({ logger: log });
    for (let n = 0; n < 3; n++) await add(store);
    await remember();
    for (let n = 0; n < 4; n++) await add(store);
    await lose();
    const other = await open();
    for (let n = 0; n < 6; n++) await add(other);
    await until(() =>
      total(store).then(
        () => true,
        () => false,
      ),
    );
    // Several reads that commits come between are checked against the log.
    const seen = await store.read(async (reader) => {
      const [before] = await reader.counters(['a/total']);
      await add(other);
      const keys = await reader.scanKeys({ gte: 'a/log:', lt: 'a/log;', limit: 99 });
      return [before, keys.length];
    });
    expect(seen[0]).toBe(seen[1]);
    await addAtLast(store);
    expect([await total(store), losses()]).toEqual([await total(other), 1]);
  });

  it.each([
    ['has committed before', true],
    ['has just started', false],
  ])('uses nothing that a transaction has read before: a server that %s', async (_, hasCommitted) => {
    const put = (on: Store, value: string): Promise<void> =>
      on.transact((transaction) => {
        transaction.put('a/value', Buffer.from(value));
        return Promise.resolve();
      });
    const first = await open({ logger: log });
    const store = hasCommitted ? first : await open({ logger: log });
    await put(first, 'kept');
    await remember();
    await put(first, 'lost');
    let runs = 0;
    await store.transact(async (transaction) => {
      runs += 1;
      const read = await transaction.get('a/value');
      if (runs === 1) {
        await lose();
        const other = await open();
        await put(other, 'new');
      }
      transaction.put('a/copy', Buffer.from(`copy of ${read?.toString()}`));
    });
    expect((await store.read((reader) => reader.get('a/copy')))?.toString()).toBe('copy of new');
    expect(runs).toBeGreaterThan(1);
  });

  it('tells another server by the epoch, though that has seen no commit that was lost', async () => {
    const [store, other] = [await open({ logger: log }), await open()];
    for (let n = 0; n < 3; n++) await add(store);
    await remember();
    await add(other);
    await add(store);
    await lose();
    await addAtLast(store);
    await addAtLast(other);
    await addAtLast(store);
    await addAtLast(other);
    expect([await total(store), await total(other)]).toEqual([7, 7]);
    expect(losses()).toBe(1);
  });

  it('does not take a lost connection for lost commits', async () => {
    const [store, other] = [await open({ logger: log }), await open({ logger: log })];
    for (let n = 0; n < 3; n++) {
      await add(store);
      await add(other);
      await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`);
      await addAtLast(store);
      await addAtLast(other);
    }
    expect(await total(store)).toBe(12);
    expect(losses()).toBe(0);
  });
});
