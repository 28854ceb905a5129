/** Stores over tables that every test has anew, closed behind it: each stands for a server. */
import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../../src/store/contract.js';
import { openPostgresStore, type PostgresStoreOptions } from '../../../src/store/engine/postgres/postgres-store.js';
import type { OpenSession } from '../../../src/store/engine/postgres/session.js';
import type { Streams } from '../../../src/store/streams.js';
import { type KeptTables, useKeptTables } from './kept-tables.js';
import type { TestTables } from './tables.js';

/** Each first component is a stream. */
const COMPONENT_STREAMS: Streams = {
  ofKey: (key) => key.slice(0, key.indexOf(':')),
  ofRange: ({ gte }) => (gte.includes(':') ? gte.slice(0, gte.indexOf(':')) : undefined),
};

export interface OpenedStores {
  readonly tables: TestTables;
  readonly open: (
    openSession?: OpenSession,
    options?: Pick<PostgresStoreOptions, 'logger' | 'limits'>,
  ) => Promise<Store>;
}

/** Call it at the top of a test file. */
export function useStores(): OpenedStores {
  const nextTables = useKeptTables();
  let tables: KeptTables;
  let opened: Store[];

  beforeEach(async () => {
    tables = await nextTables();
    opened = [];
  });

  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    tables.release();
  });

  return {
    get tables() {
      return tables;
    },
    open: async (openSession = tables.openSession, options = {}) => {
      const store = await openPostgresStore({ openSession, version: 'test', streams: COMPONENT_STREAMS, ...options });
      opened.push(store);
      return store;
    },
  };
}

/** Commits a value under each key. */
export function putKeys(store: Store, ...keys: readonly string[]): Promise<void> {
  return store.transact((transaction) => {
    for (const key of keys) transaction.put(key, Buffer.from('value'));
    return Promise.resolve();
  });
}
