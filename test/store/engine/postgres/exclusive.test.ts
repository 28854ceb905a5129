import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { MAX_SILENT_LOCK, PING } from '../../../../src/store/engine/postgres/exclusive-work.js';
import { readPostgresLocation } from '../../../../src/store/engine/postgres/location.js';
import { sessionsAt } from '../../../../src/store/engine/postgres/open.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { SHARED_STREAM } from '../../../../src/store/streams.js';
import { withStatementListener } from '../../../support/postgres/sessions.js';
import { createTestDatabase } from '../../../support/postgres/shared.js';
import { createTables, openStoreAt, SLASH_STREAMS } from '../../../support/postgres/store.js';

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

describe('the lock of a stream', () => {
  it('is lost by who stands still before others give up, and kept by who works for longer than that', async () => {
    const url = await createTestDatabase();
    await createTables(url);
    const openSession = sessionsAt(readPostgresLocation(url, {}));
    const still = await openSession('commit');
    await still.command('BEGIN');
    await still.run('lock', [[SHARED_STREAM]]);

    const pings = new EventEmitter();
    const store = await openPostgresStore({
      openSession: withStatementListener(openSession, (name) => void pings.emit(name)),
      version: 'test',
      streams: SLASH_STREAMS,
    });
    let runs = 0;
    await store.transact(async (transaction) => {
      await transaction.scanKeys({ gte: 'a/', lt: 'c/', limit: 9 });
      // Its first run has not got the streams for itself; its second waits for who stands still.
      if ((runs += 1) > 1) for (let idle = 0; idle <= MAX_SILENT_LOCK; idle += PING) await once(pings, 'SELECT 1');
      transaction.put('a/1', Buffer.from('value'));
    });
    expect([runs, still.isLost]).toEqual([2, true]);
    await store.close();
  });
});
