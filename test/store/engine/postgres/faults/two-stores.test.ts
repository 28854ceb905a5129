import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../../src/store/contract.js';
import { queryOnce } from '../../../../support/postgres/server.js';
import { createTestDatabase } from '../../../../support/postgres/shared.js';
import { createTables, openStoreAt } from '../../../../support/postgres/store.js';
import { describeSerializability } from '../../../conformance/serializability.js';

/** Two stores as one: each work goes to the other one than the work before. */
async function openBoth(url: string): Promise<Store> {
  const streams = { ofKey: () => '', ofRange: () => '' };
  const stores = [await openStoreAt(url, { streams }), await openStoreAt(url, { streams })] as const;
  const [left, right] = stores;
  let works = 0;
  const next = (): Store => ((works += 1) % 2 === 0 ? left : right);
  return {
    read: (work) => next().read(work),
    readTracked: (work) => next().readTracked(work),
    transact: (work) => next().transact(work),
    snapshot: (range) => next().snapshot(range),
    purge: (ranges) => next().purge(ranges),
    compact: (ranges) => next().compact(ranges),
    // Each counts what it has committed itself.
    get sequence() {
      return left.sequence + right.sequence;
    },
    get health() {
      return left.health;
    },
    now: () => left.now(),
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}

describe('two servers on the same data', () => {
  let url: string;
  const stores: Store[] = [];

  const open = async (options: Parameters<typeof openStoreAt>[1] = {}): Promise<Store> => {
    const store = await openStoreAt(url, options);
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    url = await createTestDatabase();
    await createTables(url);
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  describeSerializability(
    async () => {
      for (const table of ['fg_kv', 'fg_head', 'fg_log', 'fg_writer']) await queryOnce(url, `TRUNCATE ${table}`);
      return { open: () => openBoth(url), writes: () => 0, dispose: () => Promise.resolve() };
    },
    { isOneStream: false, isAlone: false },
  );

  it.each([15_000, 100])('stamp in the order of commits, with clocks %i ms before and behind', async (offset) => {
    const both = [
      await open({ now: () => Date.now() - offset }),
      await open({ now: () => Date.now() + offset }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ server: fc.nat(1), works: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }) }), {
          minLength: 2,
          maxLength: 6,
        }),
        async (clients) => {
          await Promise.all(
            clients.map(async ({ server, works }) => {
              const store = both[server === 0 ? 0 : 1];
              for (const reads of works) {
                // What is read in several steps makes the server learn of the other's commits before it commits itself.
                if (reads) {
                  await store.read(async (reader) => {
                    await reader.get('a/one');
                    await both[0].transact((transaction) => {
                      transaction.put('a/one', Buffer.from('x'));
                      return Promise.resolve();
                    });
                    await reader.get('a/one');
                  });
                }
                await store.transact(async (transaction) => {
                  await transaction.get('a/two');
                  const stamp = transaction.stamp('a');
                  transaction.append('a/log:', Buffer.from(`${stamp} ${server}`));
                });
              }
            }),
          );
        },
      ),
      { numRuns: 5 },
    );
    const log = await both[0].read((reader) => reader.scan({ gte: 'a/log:', lt: 'a/log;', limit: 9_999 }));
    const stamps = log.map(({ value }) => value.toString().split(' ').map(Number));
    expect(stamps.length).toBeGreaterThan(15);
    for (const [at, [stamp = 0, server]] of stamps.entries()) {
      const [before = 0, serverBefore] = stamps[at - 1] ?? [];
      // The same server tells apart what it does in the same millisecond.
      if (server === serverBefore) expect(stamp).toBeGreaterThanOrEqual(before);
      else expect(stamp).toBeGreaterThan(before);
    }
  });

  it('stamp after what they have only read of the other', async () => {
    const behind = await open({ now: () => Date.now() - 200 });
    const ahead = await open({ now: () => Date.now() + 200 });
    const stampOn = (store: Store): Promise<number> =>
      store.transact((transaction) => {
        const stamp = transaction.stamp('a');
        transaction.put('a/one', Buffer.from(String(stamp)));
        return Promise.resolve(stamp);
      });
    await stampOn(behind);
    let stamp = 0;
    await behind.read(async (reader) => {
      await reader.get('a/one');
      stamp = await stampOn(ahead);
      await reader.get('a/two');
    });
    expect(await stampOn(behind)).toBeGreaterThan(stamp);
  });

  it.each([3_600_000, -3_600_000])('stamp by the clock of the database, with a clock %i ms off', async (offset) => {
    const [right, wrong] = [await open(), await open({ now: () => Date.now() + offset })];
    for (const store of [wrong, right, wrong]) {
      const stamp = await store.transact((transaction) => {
        transaction.put('a/one', Buffer.from('x'));
        return Promise.resolve(transaction.stamp('a'));
      });
      expect(Math.abs(stamp - Date.now())).toBeLessThan(600_000);
    }
  });
});
