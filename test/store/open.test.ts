import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/contract.js';
import { LOCATION_SYNTAX } from '../../src/store/engines.js';
import { StoreOpenError, openStore } from '../../src/store/open.js';

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  directory = join(parent, 'data');
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

/** Every file below, with its content and the time of its last change. */
async function picture(): Promise<unknown> {
  const names = await readdir(parent, { recursive: true });
  return Promise.all(
    names.toSorted().map(async (name) => {
      const path = join(parent, name);
      const { mtimeMs, size, mode } = await stat(path);
      return { name, mtimeMs, size, mode };
    }),
  );
}

/** The message of the error with which opening fails, having touched nothing. */
async function refusal(url = `rocksdb:${directory}`): Promise<string> {
  const before = await picture();
  const error: unknown = await openStore(url).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreOpenError);
  expect(await picture()).toEqual(before);
  const { message } = error as StoreOpenError;
  expect(message).not.toContain('\n');
  return message.replaceAll(directory, 'DIRECTORY');
}

describe('a directory', () => {
  test('is made, with its parents and a marker, and opened again', async () => {
    const deep = join(directory, 'in', 'there');
    const store = await openStore(`rocksdb:${deep}`);
    await store.transact((transaction) => {
      transaction.put('a', Buffer.from('1'));
      return Promise.resolve();
    });
    await store.close();
    expect(JSON.parse(await readFile(join(deep, 'feedback-graph.json'), 'utf8'))).toEqual({ format: 2 });
    const again = await openStore(`rocksdb:${deep}`);
    expect(again.sequence).toBe(1);
    await again.close();
  });

  test.skipIf(process.platform === 'win32')('is its owner’s alone, as are its files, also if it was not', async () => {
    await (await openStore(`rocksdb:${directory}`)).close();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'feedback-graph.json'))).mode & 0o777).toBe(0o600);
    await chmod(directory, 0o777);
    for (const name of await readdir(directory)) await chmod(join(directory, name), 0o666);
    const before = await readdir(directory);
    const store = await openStore(`rocksdb:${directory}`);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const kept = (await readdir(directory)).filter((name) => before.includes(name));
    for (const name of kept) expect([name, (await stat(join(directory, name))).mode & 0o077]).toEqual([name, 0]);
    await store.close();
  });

  test('may be there if it is empty, or the root of an empty volume', async () => {
    await mkdir(join(directory, 'lost+found'), { recursive: true });
    const store = await openStore(`rocksdb:${directory}`);
    await store.close();
    expect(await readdir(directory)).toContain('feedback-graph.json');
  });

  test('may hold a marker that was not finished', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'feedback-graph.json.new'), '{"for');
    const store = await openStore(`rocksdb:${directory}`);
    await store.close();
    expect(JSON.parse(await readFile(join(directory, 'feedback-graph.json'), 'utf8'))).toEqual({ format: 2 });
  });

  test('of something else is refused', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'thesis.txt'), 'years of work');
    expect(await refusal()).toBe('DIRECTORY is neither empty nor a feedback-graph store');
  });

  test('of other RocksDB files is refused', async () => {
    const store = await openStore(`rocksdb:${directory}`);
    await store.close();
    await rm(join(directory, 'feedback-graph.json'));
    expect(await refusal()).toBe('DIRECTORY is neither empty nor a feedback-graph store');
  });

  test('of a later version is refused', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'feedback-graph.json'), '{"format":3}');
    expect(await refusal()).toBe(
      'DIRECTORY was written by a later version of feedback-graph (its format is 3, this one knows 2)',
    );
  });

  test('of version 0.1.0 is refused, with what carries it over', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'feedback-graph.json'), '{"format":1}');
    await writeFile(join(directory, '000007.sst'), 'compressed with Snappy');
    expect(await refusal()).toBe(
      "DIRECTORY was written by feedback-graph 0.1.0, whose files this version cannot read: back it up with 0.1.0 on Node.js 20 ('feedback-graph backup FILE --store …'), and restore the backup into another directory with this version ('feedback-graph restore FILE --store …')",
    );
  });

  test.each(['', 'null', '{}', '{"format":"1"}', '{"format":0}', '{"format":1.5}', '[1]'])(
    'with the marker %j is refused',
    async (marker) => {
      await mkdir(directory);
      await writeFile(join(directory, 'feedback-graph.json'), marker);
      expect(await refusal()).toBe('DIRECTORY has an unreadable feedback-graph.json');
    },
  );

  test('that is in use is refused, and its user is not disturbed', async () => {
    const store = await openStore(`rocksdb:${directory}`);
    expect(await refusal()).toBe('The store DIRECTORY is in use by another server');
    await store.transact((transaction) => {
      transaction.put('a', Buffer.from('1'));
      return Promise.resolve();
    });
    await store.close();
  });

  test('whose log was cut in the middle has what was written before the cut, and takes writes', async () => {
    const store = await openStore(`rocksdb:${directory}`);
    for (const key of ['a', 'b', 'c']) {
      await store.transact((transaction) => {
        transaction.put(key, Buffer.from(key));
        return Promise.resolve();
      });
    }
    await store.close();
    const log = (await readdir(directory)).find((name) => name.endsWith('.log'))!;
    await truncate(join(directory, log), (await stat(join(directory, log))).size - 5);
    const keysOf = (opened: Store): Promise<string[]> =>
      opened.read((reader) => reader.scanKeys({ gte: 'a', lt: 'z', limit: 9 }));
    const cut = await openStore(`rocksdb:${directory}`);
    expect(await keysOf(cut)).toEqual(['a', 'b']);
    expect(cut.sequence).toBe(2);
    await cut.transact((transaction) => {
      transaction.put('d', Buffer.from('d'));
      return Promise.resolve();
    });
    await cut.close();
    const again = await openStore(`rocksdb:${directory}`);
    expect(await keysOf(again)).toEqual(['a', 'b', 'd']);
    await again.close();
  });

  test('whose log is damaged in the middle is refused, with all of it still there, unless it is to be salvaged', async () => {
    const store = await openStore(`rocksdb:${directory}`);
    for (const key of ['a', 'b', 'c']) {
      await store.transact((transaction) => {
        transaction.put(key, Buffer.alloc(1_000, key));
        return Promise.resolve();
      });
    }
    await store.close();
    const log = join(
      directory,
      (await readdir(directory)).find((name) => name.endsWith('.log'))!,
    );
    const whole = await readFile(log);
    const damaged = Buffer.from(whole);
    damaged[whole.length >> 1]! ^= 1;
    await writeFile(log, damaged);
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await openStore(`rocksdb:${directory}`).catch((reason: unknown) => reason as Error);
      expect((error as Error).message.replaceAll(directory, 'DIRECTORY')).toBe(
        "The log of the store DIRECTORY is damaged (checksum mismatch): restore a backup, or discard what was written after the damage with 'feedback-graph verify --salvage'",
      );
      expect(await readFile(log)).toEqual(damaged);
    }
    const salvaged = await openStore(`rocksdb:${directory}`, { salvage: true });
    expect(salvaged.sequence).toBe(1);
    await salvaged.close();
    const again = await openStore(`rocksdb:${directory}`);
    expect(again.sequence).toBe(1);
    await again.close();
  });

  test('that is a file is refused', async () => {
    await writeFile(directory, 'a file');
    expect(await refusal()).toBe('DIRECTORY is not a directory');
  });

  test('below a file is refused', async () => {
    await writeFile(directory, 'a file');
    expect(await refusal(`rocksdb:${directory}/below`)).toBe('DIRECTORY/below cannot be read (ENOTDIR)');
  });

  test('whose files are damaged is refused in one line', async () => {
    const store = await openStore(`rocksdb:${directory}`);
    await store.close();
    await writeFile(join(directory, 'CURRENT'), 'nonsense\n');
    const message = await openStore(`rocksdb:${directory}`).catch((error: unknown) => (error as Error).message);
    expect(message).toMatch(/^The store .* cannot be opened: .+$/);
  });
});

describe('a location', () => {
  test.each(['', 'data', './data', 'unknown://localhost/', 'constructor:data', ':data', 'rocksdb:', 'rocksdb: '])(
    '%j that names no engine or no directory is refused, and the message says what is expected',
    async (location) => {
      expect(await refusal(location)).toBe(`The location of the store must be ${LOCATION_SYNTAX}`);
    },
  );
});
