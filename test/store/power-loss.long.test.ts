import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/contract.js';
import type { Synced } from '../../src/store/engine/log-sync.js';
import { openRocksDb } from '../../src/store/engine/rocksdb.js';
import { openTransactionalStore } from '../../src/store/transactions/transactional-store.js';

const IMAGES = 200;
const CLIENTS = 8;
const IS_LOG = /^\d+\.log$/;
const IS_SORTED = /\.sst$/;

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'feedback-graph-power-'));
  directory = join(parent, 'data');
  mkdirSync(directory);
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

/** What a loss of power would certainly leave of the logs: those whose names are on disk, each up to what was synced. */
function createDisk(): { readonly note: (synced: Synced) => void; readonly logs: () => Map<string, number> } {
  const lengths = new Map<string, number>();
  const named = new Set<string>();
  return {
    note: (synced) => {
      if (synced !== 'names') lengths.set(synced.log, synced.length);
      else for (const name of readdirSync(directory)) named.add(name);
    },
    logs: () => new Map([...lengths].filter(([name]) => named.has(name))),
  };
}

/** Which files RocksDB counts as its data; it syncs this list itself, and each file in it before. */
function manifest(): string {
  const current = readFileSync(join(directory, 'CURRENT'), 'utf8').trim();
  return `${current} ${statSync(join(directory, current)).size}`;
}

/** Copies the directory as a loss of power would leave it, in one turn, so that nothing is acknowledged meanwhile. */
function copyImage(image: string, logs: ReadonlyMap<string, number>): boolean {
  const before = manifest();
  mkdirSync(image);
  for (const name of readdirSync(directory)) {
    const [from, to] = [join(directory, name), join(image, name)];
    try {
      if (IS_SORTED.test(name)) linkSync(from, to);
      else if (!IS_LOG.test(name)) copyFileSync(from, to);
      else if (logs.has(name)) {
        copyFileSync(from, to);
        truncateSync(to, logs.get(name));
      }
    } catch (error) {
      // RocksDB's threads go on meanwhile, and may have removed it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  // Only a list that did not change while the files were copied belongs to them.
  return manifest() === before;
}

/** Writes keys of its own until it is told to stop, and notes each once it is acknowledged. */
async function write(
  store: Store,
  client: number,
  acknowledged: string[],
  mayGoOn: () => Promise<boolean>,
): Promise<void> {
  for (let at = 0; await mayGoOn(); at++) {
    const key = `key:${client}:${at}`;
    await store.transact(async (transaction) => {
      await transaction.nonZero(['count']);
      transaction.put(key, Buffer.from(key.repeat(1 + ((client * 31 + at * 7) % 60))));
      transaction.put(`twin:${key}`, Buffer.from(key));
      transaction.add('count', 1);
      transaction.append('log:', Buffer.from(key));
    });
    acknowledged.push(key);
  }
}

/** Every acknowledged key is there, and everything that is there is there as a whole. */
async function check(image: string, acknowledged: readonly string[]): Promise<void> {
  const store = await openTransactionalStore((mode) => openRocksDb(image, mode));
  const [keys, twins, log, [count]] = await store.read((reader) =>
    Promise.all([
      reader.scanKeys({ gte: 'key:', lt: 'key;', limit: Infinity }),
      reader.scanKeys({ gte: 'twin:', lt: 'twin;', limit: Infinity }),
      reader.scan({ gte: 'log:', lt: 'log;', limit: Infinity }),
      reader.counters(['count']),
    ]),
  );
  const present = new Set(keys);
  expect(acknowledged.filter((key) => !present.has(key))).toEqual([]);
  expect(twins).toEqual(keys.map((key) => `twin:${key}`));
  expect(log.map(({ value }) => value.toString()).toSorted()).toEqual(keys);
  expect(count).toBe(keys.length);
  expect(store.sequence).toBe(keys.length);
  await store.close();
}

test(
  'a loss of power loses nothing that was acknowledged, and leaves nothing half-written',
  { timeout: 240_000 },
  async () => {
    const disk = createDisk();
    const store = await openTransactionalStore((mode) =>
      // Small, so that RocksDB begins a new log and writes a sorted file every few dozens of commits.
      openRocksDb(directory, mode, { writeBufferBytes: 64 * 1024, onSync: disk.note }),
    );
    const acknowledged: string[] = [];
    let over = false;
    /** Clients wait for it, so that there is no more to check than what each image adds. */
    let checking: Promise<void> | undefined;
    let images = 0;
    let switches = 0;
    let newest: string | undefined;
    const clients = Array.from({ length: CLIENTS }, (_, client) =>
      write(store, client, acknowledged, async () => {
        await checking;
        return !over;
      }),
    );
    try {
      while (images < IMAGES) {
        // Moments at random: between a write and its sync, between a new log and its first sync, while a file is written.
        for (let turns = Math.floor(Math.random() * 12); turns >= 0; turns--) await nextTurn();
        // A range that is compacted makes RocksDB begin a new log at any time, not before a write.
        if (images % 3 === 0) void store.compact([{ gte: 'key:', lt: 'key;' }]);
        const logs = disk.logs();
        const written = acknowledged.length;
        const image = join(parent, `image-${images}`);
        if (copyImage(image, logs)) {
          checking = check(image, acknowledged.slice(0, written));
          await checking;
          images += 1;
          const last = [...logs.keys()].at(-1);
          if (last !== newest) switches += 1;
          newest = last;
        }
        await rm(image, { recursive: true });
      }
    } finally {
      over = true;
      await Promise.all(clients);
    }
    expect(switches).toBeGreaterThan(IMAGES / 10);
    await store.close();
  },
);
