import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry, Store, Transaction } from '../../../src/store/contract.js';
import type { OpenEngine } from '../../../src/store/engine/engine.js';
import { openRocksDb } from '../../../src/store/engine/rocksdb.js';
import { bulkLoad, NotEmptyError } from '../../../src/store/transactions/bulk-load.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { createMemoryDisk, memoryEngine } from '../../support/memory-engine.js';

const EVERYTHING = { gte: '', lt: '\u{10ffff}' };
const entry = (key: string, value: string): Entry => ({ key, value: Buffer.from(value) });

async function* pieces(...all: Entry[][]): AsyncGenerator<Entry[]> {
  for (const piece of all) yield await Promise.resolve(piece);
}

async function* broken(first: Entry[]): AsyncGenerator<Entry[]> {
  yield await Promise.resolve(first);
  throw new Error('the source is gone');
}

async function dump(store: Store): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const piece of store.snapshot(EVERYTHING)) {
    found.push(...piece.map(({ key, value }): [string, string] => [key, value.toString('base64')]));
  }
  return found;
}

const write = (store: Store, work: (transaction: Transaction) => void): Promise<void> =>
  store.transact((transaction) => {
    work(transaction);
    return Promise.resolve();
  });

const ENGINES: [string, (directory: string) => OpenEngine][] = [
  ['memory', () => memoryEngine(createMemoryDisk())],
  ['RocksDB', (directory) => (mode) => openRocksDb(directory, mode)],
];

describe.each(ENGINES)('filling a store in %s', (_name, engineOf) => {
  let directory: string;
  let open: OpenEngine;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
    open = engineOf(directory);
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function within<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = await openTransactionalStore(open);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  test('gives a store with these entries, whose counters count on and whose commits come after', async () => {
    await bulkLoad(open, {
      entries: pieces([entry('a', '1'), entry('count', '41')], [entry('b', '')]),
      sequence: 700,
    });
    await within(async (store) => {
      expect(store.sequence).toBe(700);
      expect(await dump(store)).toEqual(
        [entry('a', '1'), entry('b', ''), entry('count', '41')].map(({ key, value }) => [
          key,
          value.toString('base64'),
        ]),
      );
      await store.transact((transaction) => {
        transaction.add('count', 1);
        transaction.append('feed:', Buffer.from('x'));
        return Promise.resolve();
      });
      expect(await store.read((reader) => reader.counters(['count']))).toEqual([42]);
      expect(await store.read((reader) => reader.get('feed:0000000000000001'))).toBeDefined();
    });
    await within((store) => expect(Promise.resolve(store.sequence)).resolves.toBe(701));
  });

  test('of nothing gives an empty store', async () => {
    await bulkLoad(open, { entries: pieces(), sequence: 0 });
    await within(async (store) => {
      expect([store.sequence, await dump(store)]).toEqual([0, []]);
    });
  });

  test('refuses a store that holds anything, or did, and changes nothing', async () => {
    const contents = { entries: pieces([entry('b', '2')]), sequence: 9 };
    await within((store) =>
      write(store, (transaction) => {
        transaction.put('a', Buffer.from('1'));
      }),
    );
    await expect(bulkLoad(open, contents)).rejects.toThrow(NotEmptyError);
    await within(async (store) => {
      expect([store.sequence, await dump(store)]).toEqual([1, [['a', Buffer.from('1').toString('base64')]]]);
      await write(store, (transaction) => {
        transaction.delete('a');
      });
    });
    await expect(bulkLoad(open, contents)).rejects.toThrow(NotEmptyError);
    await within(async (store) => {
      expect([store.sequence, await dump(store)]).toEqual([2, []]);
    });
  });

  test('that was interrupted leaves a store that does not open, and can be repeated from the start', async () => {
    const interrupted = bulkLoad(open, { entries: broken([entry('a', '1'), entry('left over', '2')]), sequence: 9 });
    await expect(interrupted).rejects.toThrow('the source is gone');
    for (const _attempt of [1, 2]) {
      await expect(openTransactionalStore(open)).rejects.toThrow('restore or copy was interrupted');
    }
    await bulkLoad(open, { entries: pieces([entry('b', '3')]), sequence: 9 });
    await within(async (store) => {
      expect(await dump(store)).toEqual([['b', Buffer.from('3').toString('base64')]]);
    });
  });

  test.each(['', '\u0000sequence', 'a\ud800'])('takes no key %j', async (key) => {
    await expect(bulkLoad(open, { entries: pieces([entry(key, '')]), sequence: 0 })).rejects.toThrow(TypeError);
  });
});
