import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { createTestTables, type TestTables } from '../../../support/postgres/tables.js';

/** Each first component is a stream. */
const streams = {
  ofKey: (key: string) => key.slice(0, key.indexOf(':')),
  ofRange: ({ gte }: { readonly gte: string }) => (gte.includes(':') ? gte.slice(0, gte.indexOf(':')) : undefined),
};

let tables: TestTables;
let opened: Store[];

async function open(): Promise<Store> {
  const store = await openPostgresStore({ openSession: tables.openSession, version: 'test', streams });
  opened.push(store);
  return store;
}

function put(store: Store, ...keys: readonly string[]): Promise<void> {
  return store.transact((transaction) => {
    for (const key of keys) transaction.put(key, Buffer.from('value'));
    return Promise.resolve();
  });
}

async function column(sql: string): Promise<readonly unknown[]> {
  return (await tables.query(sql)).map(([value]) => value);
}

beforeEach(async () => {
  tables = await createTestTables();
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
});

describe('what a server knows of an organization', () => {
  it('is kept while a transaction needs the lock of more of them than are kept', async () => {
    const here = await open();
    await tables.query(`INSERT INTO fg_head SELECT 's' || n, 0, 0, 0 FROM generate_series(1, 5500) AS n`);
    await here.transact(async (transaction) => {
      await transaction.scanKeys({ gte: 's', lt: 't', limit: 1 });
      await transaction.get('s2:1');
      transaction.put('s1:1', Buffer.from('value'));
    });
    expect(await here.read((reader) => reader.scanKeys({ gte: 's', lt: 't', limit: 9 }))).toEqual(['s1:1']);
  });
});

describe('the log of an organization', () => {
  it('is trimmed, however few of its commits each server makes', async () => {
    const here = await open();
    await put(here, 'a:1');
    await tables.query(
      `INSERT INTO fg_log SELECT 'a', n, n, entry FROM generate_series(2, 5119) AS n, fg_log WHERE seq = 1;
       UPDATE fg_head SET seq = 5119 WHERE stream = 'a'`,
    );
    await put(here, 'a:2');
    // The connection trims the log before it does anything else.
    await put(here, 'a:3');
    expect(await column(`SELECT min(seq) FROM fg_log WHERE stream = 'a'`)).toEqual(['1024']);
  });
});
