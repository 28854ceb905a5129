import { type FileHandle, mkdtemp, open, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadNative } from '../../../src/store/engine/native.js';
import { openRocksDb } from '../../../src/store/engine/rocksdb.js';
import { StoreOpenError } from '../../../src/store/open.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { describeStore } from '../conformance.js';
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

  test('stores a value without bytes, which is not the same as none', async () => {
    const engine = await openRocksDb(directory, 'write');
    await engine.write(
      new Map([
        ['a', Buffer.alloc(0)],
        ['b', Buffer.from('1')],
      ]),
    );
    expect(await engine.getMany(['a', 'b', 'c'])).toEqual([Buffer.alloc(0), Buffer.from('1'), undefined]);
    expect(await engine.scan({ gte: 'a', lt: 'b', limit: 1 })).toEqual([{ key: 'a', value: Buffer.alloc(0) }]);
    await engine.close();
    const reopened = await openRocksDb(directory, 'read');
    expect(await reopened.getMany(['a'])).toEqual([Buffer.alloc(0)]);
    await reopened.close();
  });

  test('takes a sync that fails for a write of unknown outcome, and recovers', async () => {
    const store = await openTransactionalStore((mode) => openRocksDb(directory, mode), {
      limits: { firstRetryMilliseconds: 1 },
    });
    const put = (key: string): Promise<void> =>
      store.transact((transaction) => {
        transaction.put(key, Buffer.from(key));
        return Promise.resolve();
      });
    await put('a');
    const file = await open(join(directory, 'CURRENT'));
    const fileHandles = Object.getPrototypeOf(file) as FileHandle;
    await file.close();
    const datasync = vi.spyOn(fileHandles, 'datasync').mockRejectedValueOnce(new Error('EIO: i/o error, fdatasync'));
    await expect(put('b')).rejects.toThrow('whether this write took place is unknown');
    datasync.mockRestore();
    await vi.waitFor(() => expect(store.health.writable).toBe(true));
    await put('c');
    await store.close();
    const reopened = await openRocksDb(directory, 'read');
    const [a, , c] = await reopened.getMany(['a', 'b', 'c']);
    expect([a, c]).toEqual([Buffer.from('a'), Buffer.from('c')]);
    await reopened.close();
  });

  describe('on closing', () => {
    const much = new Map(Array.from({ length: 8 }, (_, at) => [`k${at}`, Buffer.alloc(2 ** 20, at)]));
    const logBytes = async (): Promise<number> => {
      const names = (await readdir(directory)).filter((name) => name.endsWith('.log'));
      const files = await Promise.all(names.map((name) => readFile(join(directory, name))));
      return files.reduce((sum, { length }) => sum + length, 0);
    };
    const expectAllAgain = async (): Promise<void> => {
      const again = await openRocksDb(directory, 'write');
      const found = await again.getMany([...much.keys()]);
      // To compare so many bytes one by one would take seconds.
      expect([...much.values()].map((value, at) => found[at]?.equals(value))).toEqual(found.map(() => true));
      expect(found).toHaveLength(much.size);
      await again.close();
    };

    test('leaves no long log for the next opening to read again', async () => {
      const engine = await openRocksDb(directory, 'write');
      await engine.write(much);
      expect(await logBytes()).toBeGreaterThan(2 ** 23);
      await engine.close();
      expect(await logBytes()).toBe(0);
      await expectAllAgain();
      await expectAllAgain();
    });

    test('leaves a short log as it is', async () => {
      const engine = await openRocksDb(directory, 'write');
      await engine.write(new Map([['a', Buffer.from('1')]]));
      await engine.close();
      expect(await logBytes()).toBeGreaterThan(0);
    });

    test('writes nothing more after a write has failed', async () => {
      const engine = await openRocksDb(directory, 'write');
      await engine.write(much);
      const file = await open(join(directory, 'CURRENT'));
      const fileHandles = Object.getPrototypeOf(file) as FileHandle;
      await file.close();
      const datasync = vi.spyOn(fileHandles, 'datasync').mockRejectedValueOnce(new Error('EIO: i/o error, fdatasync'));
      await expect(engine.write(new Map([['b', Buffer.from('1')]]))).rejects.toThrow('EIO');
      datasync.mockRestore();
      await engine.close();
      expect(await logBytes()).toBeGreaterThan(2 ** 23);
      await expectAllAgain();
    });
  });

  test('keeps no diary of former openings', async () => {
    for (let opening = 0; opening < 3; opening++) {
      const engine = await openRocksDb(directory, 'write');
      await engine.close();
    }
    expect((await readdir(directory)).filter((name) => name.startsWith('LOG'))).toEqual(['LOG']);
  });

  test('reads what was there at the moment of the call, however many pieces it takes', async () => {
    const engine = await openRocksDb(directory, 'write');
    const keys = Array.from({ length: 3_000 }, (_, at) => `k:${String(at).padStart(5, '0')}`);
    await engine.write(new Map(keys.map((key) => [key, Buffer.from('old')])));
    const whole = { gte: 'k:', lt: 'k;', limit: Infinity };
    const scanned = engine.scan(whole);
    const got = engine.getMany(keys);
    const iterator = engine.iterate(whole);
    await engine.write(new Map(keys.map((key) => [key, Buffer.from('new')])));
    const iterated: string[] = [];
    for (let chunk = await iterator.next(); chunk.length > 0; chunk = await iterator.next()) {
      iterated.push(...chunk.map(({ key, value }) => `${key}=${value.toString()}`));
    }
    iterator.end();
    const old = keys.map((key) => `${key}=old`);
    expect(iterated).toEqual(old);
    expect((await scanned).map(({ key, value }) => `${key}=${value.toString()}`)).toEqual(old);
    expect((await got).map((value, at) => `${keys[at]!}=${value!.toString()}`)).toEqual(old);
    await engine.close();
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

  test('has no file with what was purged, though a snapshot still held it when its file was written last', async () => {
    const engine = await openRocksDb(directory, 'write');
    const range = { gte: 'a:', lt: 'a;' };
    const secret = 'a value that must not stay behind';
    await engine.write(new Map([['a:1', Buffer.from(secret)]]));
    const snapshot = engine.iterate(range);
    await engine.write(new Map([['a:1', undefined]]));
    await engine.compact(range);
    expect(await snapshot.next()).toEqual([{ key: 'a:1', value: Buffer.from(secret) }]);
    snapshot.end();
    await engine.purge(range);
    const files = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name))));
    expect(files.filter((file) => file.includes(secret))).toEqual([]);
    await engine.close();
  });

  test('says which library is missing, and where its package can come from', async () => {
    const missing = (): Promise<never> =>
      Promise.reject(
        new Error(
          "Cannot load addon 'file:///app/node_modules/rocksdb-native/prebuilds/linux-x64/rocksdb-native.node'",
          {
            cause: new Error('libatomic.so.1: cannot open shared object file: No such file or directory'),
          },
        ),
      );
    const error: unknown = await loadNative(missing).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreOpenError);
    expect((error as StoreOpenError).message).toBe(
      'RocksDB needs the library libatomic.so.1, which is missing: install libatomic1 (Debian, Ubuntu) or libatomic (Fedora, RHEL)',
    );
  });
});
