import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import binding from 'rocksdb/binding.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openRocksDb } from '../../src/store/rocksdb.js';
import { openTransactionalStore } from '../../src/store/transactional-store.js';
import { describeStore } from './conformance.js';
import { countWrites } from './counting-engine.js';

describeStore('a store on RocksDB', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  const counted = countWrites((mode) => openRocksDb(directory, mode));
  return {
    open: () => openTransactionalStore(counted.open),
    writes: counted.writes,
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe('RocksDB', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  test('can be opened for reading alone, and has everything that is on disk', async () => {
    const writing = await openRocksDb(directory, 'write');
    await writing.write(new Map([['a', Buffer.from('1')]]));
    await writing.close();
    const reading = await openRocksDb(directory, 'read');
    expect(await reading.getMany(['a'])).toEqual([Buffer.from('1')]);
    expect(await reading.scanKeys({ gte: 'a', lt: 'b', limit: 2 })).toEqual(['a']);
    await expect(reading.write(new Map([['b', Buffer.from('1')]]))).rejects.toThrow();
    await reading.close();
    const again = await openRocksDb(directory, 'write');
    expect(await again.getMany(['a', 'b'])).toEqual([Buffer.from('1'), undefined]);
    await again.close();
  });

  test('stores a value without bytes, and gives the binding no buffer of none, which it would never free', async () => {
    const engine = await openRocksDb(directory, 'write');
    const put = vi.spyOn(binding, 'batch_put');
    await engine.write(
      new Map([
        ['a', Buffer.alloc(0)],
        ['b', Buffer.from('1')],
      ]),
    );
    expect(put.mock.calls.map(([, key, value]) => [key, value])).toEqual([
      ['a', undefined],
      ['b', Buffer.from('1')],
    ]);
    put.mockRestore();
    expect(await engine.getMany(['a', 'b', 'c'])).toEqual([Buffer.alloc(0), Buffer.from('1'), undefined]);
    expect(await engine.scan({ gte: 'a', lt: 'b', limit: 1 })).toEqual([{ key: 'a', value: Buffer.alloc(0) }]);
    await engine.close();
    const reopened = await openRocksDb(directory, 'read');
    expect(await reopened.getMany(['a'])).toEqual([Buffer.alloc(0)]);
    await reopened.close();
  });

  test('has no file with what was deleted and purged', async () => {
    const store = await openTransactionalStore((mode) => openRocksDb(directory, mode));
    const secret = 'a value that must not stay behind';
    const filesWithSecret = async (): Promise<number> => {
      const contents = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name))));
      return contents.filter((content) => content.includes(secret)).length;
    };
    await store.transact((transaction) => {
      transaction.put('a:1', Buffer.from(secret));
      return Promise.resolve();
    });
    expect(await filesWithSecret()).toBe(1);
    await store.transact((transaction) => {
      transaction.delete('a:1');
      return Promise.resolve();
    });
    await store.purge([{ gte: 'a:', lt: 'a;' }]);
    expect(await filesWithSecret()).toBe(0);
    await store.close();
  });
});
