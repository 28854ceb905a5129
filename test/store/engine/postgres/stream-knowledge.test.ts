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
