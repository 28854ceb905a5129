import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type RocksDB from 'rocksdb-native';
import { startStretches } from '../../yield-to-event-loop.js';
import type { Entry, Key, KeyRange, Range } from '../contract.js';
import { StoreInUseError } from '../errors.js';
import type { Batch, Engine, EngineIterator } from './engine.js';
import { logsAmong, LogSync, type Synced } from './log-sync.js';
import { loadNative } from './native.js';

const MEBIBYTE = 1024 * 1024;

/** Files of 64 MiB, so that 32 GiB are open at once, and half of a common limit of 1,024 file descriptors is left. */
const MAX_OPEN_FILES = 512;

/**
 * How many entries one call into RocksDB reads at most: whatever it has found is taken at a stretch. Each costs memory from
 * the call on, whether it is there or not.
 */
const MAX_CAPACITY = 256;

/** How many values one call reads by key at most: whatever it has found is taken at a stretch. */
const MAX_KEYS_AT_ONCE = 128;

/** How many changes are handed to a batch before the clock is looked at, which takes as long as some of them. */
const HANDED_AT_ONCE = 32;

/** How many bytes and entries of a snapshot come in one piece, and how many entries one call reads for it. */
const CHUNK_BYTES = MEBIBYTE;
const CHUNK_ENTRIES = 1024;
const CHUNK_CAPACITY = 256;

/**
 * What to do with a log that is damaged: refuse it unless only its last record is cut off, which a crash leaves, or read it
 * up to the damage, where everything acknowledged behind it is lost without a word.
 */
const REFUSE_DAMAGE = 0;
const UP_TO_THE_DAMAGE = 2;

/** Which files at the bottom a compaction rewrites: those that others are merged with, or all. */
const ONLY_IF_MERGED = 0;
const FORCED = 2;

/**
 * With more than so many bytes in memory a sorted file is written on closing: to read the log of 32 MiB again takes the next
 * opening half a second.
 */
const FLUSHED_ON_CLOSING = 4 * MEBIBYTE;

/** How long RocksDB may take to remove files that nothing needs any more, ms. */
const REMOVAL_TIMEOUT = 10_000;
const REMOVAL_POLL = 5;

/** The file by whose lock a process has the store for itself. RocksDB's own comes after it has moved files already. */
const LOCK_FILE = 'feedback-graph.lock';

export interface RocksDbOptions {
  /** Whether a log that is damaged is read up to the damage, and what comes behind is given up; it is refused otherwise. */
  readonly salvage?: boolean;
  /** How many bytes are held in memory before RocksDB writes them to a sorted file and begins a new log. */
  readonly writeBufferBytes?: number;
  /** Called with what is on disk, for tests of what a loss of power leaves. */
  readonly onSync?: (synced: Synced) => void;
}

interface OpenDatabase {
  readonly directory: string;
  readonly database: RocksDB;
  readonly logs: LogSync;
  /** Reads whose end is under way: until then each holds on to the state that it has read. */
  readonly ending: Set<Promise<void>>;
  /** Whether a write has failed, after which what is in memory may be what was never acknowledged. */
  hasFailed: boolean;
}

/**
 * Opens the RocksDB files in an existing directory; for writing they are made if there are none.
 * @throws StoreInUseError; StoreOpenError if the native part cannot be loaded; Error as RocksDB words it
 */
export async function openRocksDb(
  directory: string,
  mode: 'write' | 'read',
  { salvage = false, writeBufferBytes = 32 * MEBIBYTE, onSync }: RocksDbOptions = {},
): Promise<Engine> {
  const { default: Database } = await loadNative(() => import('rocksdb-native'));
  const unlock = mode === 'write' ? await lock(directory) : () => Promise.resolve();
  const database = new Database(directory, {
    readOnly: mode === 'read',
    createIfMissing: mode === 'write',
    walRecoveryMode: salvage ? UP_TO_THE_DAMAGE : REFUSE_DAMAGE,
    maxBackgroundJobs: 2,
    maxOpenFiles: MAX_OPEN_FILES,
    writeBufferSize: writeBufferBytes,
    tableBlockSize: 8192,
    // Else they would push what they lead to out of a cache whose size cannot be set.
    tableCacheIndexAndFilterBlocks: false,
  });
  try {
    await database.ready();
  } catch (error) {
    await unlock();
    throw error;
  }
  if (mode === 'write') await removeOldDiaries(directory);
  const opened: OpenDatabase = {
    directory,
    database,
    logs: new LogSync(directory, onSync),
    ending: new Set(),
    hasFailed: false,
  };
  return {
    getMany: (keys) => getMany(opened, keys),
    scan: (range) => scan(opened, range),
    scanKeys: (range) => scanKeys(opened, range),
    iterate: (range) => iterate(opened, range),
    write: (batch) => write(opened, batch),
    compact: ({ gte, lt }) => database.compactRange(gte, lt, { bottommostLevelCompaction: ONLY_IF_MERGED }),
    purge: (range) => purge(opened, range),
    close: async () => {
      try {
        // If it fails, as on a full disk, all is in the log still.
        if (mode === 'write') await flushMuch(opened).catch(() => undefined);
        await database.close();
      } finally {
        await opened.logs.close();
        await unlock();
      }
    },
  };
}

/** @returns what gives the lock back @throws StoreInUseError if another handle has it */
async function lock(directory: string): Promise<() => Promise<void>> {
  const { tryLock } = await loadNative(() => import('fs-native-extensions'));
  const file = await open(join(directory, LOCK_FILE), 'a+', 0o600);
  try {
    if (!tryLock(file.fd)) throw new StoreInUseError('Another server has the files open');
  } catch (error) {
    await file.close();
    throw error;
  }
  return () => file.close();
}

/**
 * RocksDB tells what it does in a file LOG, and keeps those of a thousand former openings. What cannot be removed stays
 * until the next opening.
 */
async function removeOldDiaries(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const old = names.filter((name) => name.startsWith('LOG.old.'));
  await Promise.allSettled(old.map((name) => rm(join(directory, name), { force: true })));
}

async function getMany({ database }: OpenDatabase, keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
  // A read without a snapshot would see whatever is there when a thread gets to it.
  const snapshot = database.snapshot();
  try {
    if (keys.length <= MAX_KEYS_AT_ONCE) return await getTogether(snapshot, keys);
    const values: (Buffer | undefined)[] = [];
    const stretches = startStretches();
    for (let from = 0; from < keys.length; from += MAX_KEYS_AT_ONCE) {
      // To ask for a piece and to take it are a millisecond or two, and many reads may be under way.
      await stretches.turn();
      for (const value of await getTogether(snapshot, keys.slice(from, from + MAX_KEYS_AT_ONCE))) values.push(value);
    }
    return values;
  } finally {
    await snapshot.close();
  }
}

async function getTogether(snapshot: RocksDB, keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
  const batch = snapshot.read({ capacity: Math.max(1, keys.length), autoDestroy: true });
  const values = Promise.all(keys.map((key) => batch.get(key)));
  batch.tryFlush();
  return (await values).map((value) => value ?? undefined);
}

function scan(opened: OpenDatabase, { gte, lt, limit, reverse = false }: Range): Promise<Entry[]> {
  const options = { values: true, limit, reverse, capacity: capacityFor(limit) };
  return readRange(opened, { gte, lt }, options, ({ key, value }) => ({
    key: key.toString(),
    value: value ?? Buffer.alloc(0),
  }));
}

function scanKeys(opened: OpenDatabase, { gte, lt, limit, reverse = false }: Range): Promise<Key[]> {
  const options = { values: false, limit, reverse, capacity: capacityFor(limit) };
  return readRange(opened, { gte, lt }, options, ({ key }) => key.toString());
}

/** One more than is asked for: an answer that is not full says without another call that it is the last. */
function capacityFor(limit: number): number {
  return Math.min(limit + 1, MAX_CAPACITY);
}

function readRange<T>(
  opened: OpenDatabase,
  range: Parameters<RocksDB['iterator']>[0],
  options: Parameters<RocksDB['iterator']>[1],
  toItem: (item: { readonly key: Buffer; readonly value: Buffer | null }) => T,
): Promise<T[]> {
  const snapshot = opened.database.snapshot();
  const iterator = snapshot.iterator(range, options);
  noteEnd(opened, iterator, snapshot);
  return new Promise((resolve, reject) => {
    const items: T[] = [];
    iterator
      .on('data', (item) => items.push(toItem(item)))
      .on('end', () => {
        resolve(items);
      })
      .on('error', reject);
  });
}

/** Nobody waits for the end of a read but a compaction; the binding itself does before it closes the database. */
function noteEnd({ ending }: OpenDatabase, iterator: ReturnType<RocksDB['iterator']>, snapshot: RocksDB): void {
  const ended = new Promise<void>((resolve) => {
    iterator.on('close', () => {
      resolve(snapshot.close());
    });
  }).finally(() => ending.delete(ended));
  ending.add(ended);
}

/** Each piece is a short read of the same snapshot, so that nothing but the snapshot is held between them. */
function iterate(opened: OpenDatabase, { gte, lt }: KeyRange): EngineIterator {
  const snapshot = opened.database.snapshot();
  let rest: KeyRange | { readonly gt: Key; readonly lt: Key } = { gte, lt };
  return {
    next: async () => {
      const chunk = await readChunk(snapshot, rest);
      const last = chunk.at(-1);
      if (last !== undefined) rest = { gt: last.key, lt };
      return chunk;
    },
    end: () => {
      const ended = snapshot.close().finally(() => opened.ending.delete(ended));
      opened.ending.add(ended);
    },
  };
}

/** The first entries of a range, as many as one piece may have. */
function readChunk(snapshot: RocksDB, range: Parameters<RocksDB['iterator']>[0]): Promise<Entry[]> {
  const iterator = snapshot.iterator(range, { values: true, limit: CHUNK_ENTRIES, capacity: CHUNK_CAPACITY });
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    let bytes = 0;
    iterator
      .on('data', ({ key, value }) => {
        if (bytes >= CHUNK_BYTES) return;
        entries.push({ key: key.toString(), value: value ?? Buffer.alloc(0) });
        bytes += key.length + (value?.length ?? 0);
        if (bytes >= CHUNK_BYTES) iterator.destroy();
      })
      .on('error', reject)
      .on('close', () => {
        resolve(entries);
      });
  });
}

async function write(opened: OpenDatabase, changes: Batch): Promise<void> {
  if (changes.size === 0) return;
  try {
    await writeDurably(opened, changes);
  } catch (error) {
    opened.hasFailed = true;
    throw error;
  }
}

async function writeDurably({ database, logs }: OpenDatabase, changes: Batch): Promise<void> {
  const batch = database.write({ capacity: changes.size, autoDestroy: true });
  const stretches = startStretches();
  let handed = 0;
  for (const [key, value] of changes) {
    if (value === undefined) batch.tryDelete(key);
    else batch.tryPut(key, value);
    handed += 1;
    if (handed % HANDED_AT_ONCE === 0 && stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  await batch.flush();
  await logs.sync();
}

/** Spares the next opening from reading a long log again. */
async function flushMuch({ database, hasFailed }: OpenDatabase): Promise<void> {
  if (hasFailed) return;
  const bytes = Number(await database.getProperty('rocksdb.cur-size-all-mem-tables'));
  if (bytes > FLUSHED_ON_CLOSING) await database.flush();
}

async function purge(opened: OpenDatabase, { gte, lt }: KeyRange): Promise<void> {
  const { database, directory, logs, ending } = opened;
  await Promise.all(ending);
  // Forced: a value that a snapshot still held when its file was last rewritten lies beside its deletion for good otherwise.
  await database.compactRange(gte, lt, { bottommostLevelCompaction: FORCED });
  await logs.close();
  await removed(database, directory);
}

/**
 * Waits until RocksDB has removed the files that nothing needs any more, which it does behind its answer. Those that others
 * leave meanwhile, by writing and purging, are not waited for.
 * @throws Error if reads hold on to them for long
 */
async function removed(database: RocksDB, directory: string): Promise<void> {
  const deadline = Date.now() + REMOVAL_TIMEOUT;
  let doomed = await unneededFiles(database, directory);
  while (doomed.size > 0) {
    if (Date.now() > deadline) throw new Error('RocksDB still keeps files that it has rewritten');
    await delay(REMOVAL_POLL);
    // What was just being written is needed as soon as that has ended.
    const unneeded = await unneededFiles(database, directory);
    doomed = new Set([...doomed].filter((name) => unneeded.has(name)));
  }
}

/** All logs but the newest, and the sorted files that are no part of the database as it is now. */
async function unneededFiles(database: RocksDB, directory: string): Promise<ReadonlySet<string>> {
  // Listed first: a file that is part of the database later only is no reason to wait.
  const names = await readdir(directory);
  const levels = (await database.getProperty('rocksdb.sstables')) ?? '';
  const needed = new Set(Array.from(levels.matchAll(/^ *(\d+):/gm), ([, number]) => Number(number)));
  const files = names.filter((name) => name.endsWith('.sst') && !needed.has(Number.parseInt(name, 10)));
  return new Set([
    ...files,
    ...logsAmong(names)
      .slice(0, -1)
      .map(({ name }) => name),
  ]);
}
