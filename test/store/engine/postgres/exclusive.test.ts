import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { createTestDatabase } from '../../../support/postgres/shared.js';
import { createTables, openStoreAt } from '../../../support/postgres/store.js';

describe('a transaction that reads across streams', () => {
  let store: Store;
  beforeEach(async () => {
    const url = await createTestDatabase();
    await createTables(url);
    store = await openStoreAt(url);
  });
  afterEach(() => store.close());

  it('comes before those that have ended while it was at work, as they may change what it has read', async () => {
    let runs = 0;
    let other: Promise<void> | undefined;
    const seen = await store.transact(async (transaction) => {
      runs += 1;
      const entries = await transaction.scanKeys({ gte: 'a/', lt: 'c/', limit: 9 });
      // Its first run has not got the streams for itself.
      if (runs === 2) {
        other = store.transact((waiting) => {
          waiting.append('a/log:', Buffer.from('other'));
          return Promise.resolve();
        });
        for (let turn = 0; turn < 10; turn++) await nextTurnOfEventLoop();
      }
      transaction.append('a/log:', Buffer.from('own'));
      return entries;
    });
    await other;
    expect([runs, seen]).toEqual([2, []]);
    const log = await store.read((reader) => reader.scan({ gte: 'a/log:', lt: 'a/log;', limit: 9 }));
    expect(log.map(({ value }) => value.toString())).toEqual(['own', 'other']);
  });
});
