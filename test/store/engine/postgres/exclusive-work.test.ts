import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import type { OpenSession } from '../../../../src/store/engine/postgres/session.js';
import { createTestTables, type TestTables, withStatementListener } from '../../../support/postgres/tables.js';

/** Each first component is a stream. */
const streams = {
  ofKey: (key: string) => key.slice(0, key.indexOf(':')),
  ofRange: ({ gte }: { readonly gte: string }) => (gte.includes(':') ? gte.slice(0, gte.indexOf(':')) : undefined),
};

let tables: TestTables;
let opened: Store[];

async function open(openSession: OpenSession = tables.openSession): Promise<Store> {
  const store = await openPostgresStore({ openSession, version: 'test', streams });
  opened.push(store);
  return store;
}

function put(store: Store, ...keys: readonly string[]): Promise<void> {
  return store.transact((transaction) => {
    for (const key of keys) transaction.put(key, Buffer.from('value'));
    return Promise.resolve();
  });
}

beforeEach(async () => {
  tables = await createTestTables();
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
});

describe('a transaction that reads across organizations', () => {
  it('has all of them for itself, even one that appears while it takes their locks', async () => {
    const there = await open();
    let disturb: (() => Promise<void>) | undefined;
    const here = await open(
      withStatementListener(tables.openSession, async (name) => {
        if (name !== 'lock') return;
        const once = disturb;
        disturb = undefined;
        await once?.();
      }),
    );
    await put(there, 'a:1');
    const whole = { gte: 'a', lt: 'z', limit: 100 };
    let runs = 0;
    const writing: Promise<void>[] = [];
    const [first, second] = await here.transact(async (transaction) => {
      runs += 1;
      // Its second run is the first under the locks.
      if (runs === 1) disturb = () => put(there, 'new:1');
      const before = await transaction.scanKeys(whole);
      if (runs === 2) {
        const write = put(there, 'new:2');
        writing.push(write);
        // Where nothing keeps it from it, it has time to be committed.
        for (let turn = 0; turn < 50; turn++) await there.read((reader) => reader.get('a:1'));
      }
      const after = await transaction.scanKeys(whole);
      transaction.put('a:2', Buffer.from('value'));
      return [before, after];
    });
    expect(second).toEqual(first);
    await Promise.all(writing);
  });

  it('comes in front of those who wait meanwhile, whose writes it has not seen', async () => {
    const here = await open();
    await put(here, 'a:1');
    const append = (value: string) =>
      here.transact((transaction) => {
        transaction.append('a:log:', Buffer.from(value));
        return Promise.resolve();
      });
    let runs = 0;
    const waiting: Promise<void>[] = [];
    await here.transact(async (transaction) => {
      runs += 1;
      await transaction.scanKeys({ gte: 'a', lt: 'z', limit: 100 });
      // Its second run is the first under the locks.
      if (runs === 2) waiting.push(append('behind'));
      await here.read((reader) => reader.get('a:1'));
      transaction.append('a:log:', Buffer.from('in front'));
    });
    await Promise.all(waiting);
    const log = await here.read((reader) => reader.scan({ gte: 'a:log:', lt: 'a:log;', limit: 9 }));
    expect(log.map(({ value }) => value.toString())).toEqual(['in front', 'behind']);
  });
});
