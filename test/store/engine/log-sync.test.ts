import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogSync, type Synced } from '../../../src/store/engine/log-sync.js';

let directory: string;
let synced: Synced[];
let logs: LogSync;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-logs-'));
  synced = [];
  logs = new LogSync(directory, (each) => synced.push(each));
});

afterEach(async () => {
  await logs.close();
  await rm(directory, { recursive: true, force: true });
});

const append = (name: string, text: string): Promise<void> => appendFile(join(directory, name), text);

/** What a call puts on disk. */
async function sync(): Promise<Synced[]> {
  synced = [];
  await logs.sync();
  return synced;
}

describe('after a write, a sync', () => {
  beforeEach(async () => {
    await append('000004.log', 'first');
    expect(await sync()).toEqual([{ log: '000004.log', length: 5 }, 'names']);
  });

  test('of the same log needs no more than that log', async () => {
    await append('000004.log', ' second');
    expect(await sync()).toEqual([{ log: '000004.log', length: 12 }]);
    await append('000004.log', ' third');
    expect(await sync()).toEqual([{ log: '000004.log', length: 18 }]);
  });

  test('puts the older log on disk if the write went there before a new one was begun', async () => {
    await append('000004.log', ' second');
    await append('000009.log', '');
    expect(await sync()).toContainEqual({ log: '000004.log', length: 12 });
  });

  test('puts a new log on disk with its name', async () => {
    await append('000009.log', 'second');
    expect(await sync()).toEqual([{ log: '000009.log', length: 6 }, 'names']);
    await append('000009.log', ' third');
    expect(await sync()).toEqual([{ log: '000009.log', length: 12 }]);
  });

  test('finds the write in a new log behind which another one was begun already', async () => {
    await append('000009.log', 'second');
    await append('000010.log', '');
    expect(await sync()).toEqual([{ log: '000009.log', length: 6 }, 'names']);
    await append('000010.log', 'third');
    expect(await sync()).toContainEqual({ log: '000010.log', length: 5 });
  });

  test('orders logs by their numbers, and takes nothing else for one', async () => {
    await writeFile(join(directory, 'LOG'), 'a diary');
    await writeFile(join(directory, '000011.sst'), 'sorted');
    await append('999999.log', 'second');
    await append('1000000.log', 'third');
    expect(await sync()).toEqual([{ log: '999999.log', length: 6 }, { log: '1000000.log', length: 5 }, 'names']);
  });

  test('goes on where RocksDB has removed the log and begun another', async () => {
    await rm(join(directory, '000004.log'));
    await append('000009.log', 'second');
    expect(await sync()).toEqual([{ log: '000009.log', length: 6 }, 'names']);
  });

  test('finds the newest log again after it let go of one', async () => {
    await logs.close();
    await append('000004.log', ' second');
    expect(await sync()).toEqual([{ log: '000004.log', length: 12 }, 'names']);
  });
});

test('a sync that fails is told, and not taken for done', async () => {
  await append('000004.log', 'first');
  await sync();
  await rm(directory, { recursive: true });
  await expect(logs.sync()).rejects.toThrow();
  await expect(logs.sync()).rejects.toThrow();
});
