import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Entry, Key, Range, Store } from '../../src/store/contract.js';
import type { Batch, Engine, OpenEngine } from '../../src/store/engine/engine.js';
import { lowerBound } from '../../src/store/transactions/conflicts.js';
import {
  openTransactionalStore,
  type TransactionalStoreOptions,
} from '../../src/store/transactions/transactional-store.js';

/** What outlives the engines that are opened over it, as files do. */
export interface MemoryDisk {
  readonly values: Map<Key, Buffer>;
  readonly sorted: Key[];
}

export function createMemoryDisk(): MemoryDisk {
  return { values: new Map(), sorted: [] };
}

export function copyDisk({ values, sorted }: MemoryDisk): MemoryDisk {
  return { values: new Map(values), sorted: [...sorted] };
}

/** A store in memory, gone with its last reference. */
export function openMemoryStore(options?: TransactionalStoreOptions): Promise<Store> {
  return openTransactionalStore(memoryEngine(createMemoryDisk()), options);
}

export function memoryEngine(disk: MemoryDisk): OpenEngine {
  return () => Promise.resolve(openMemoryEngine(disk));
}

function openMemoryEngine(disk: MemoryDisk): Engine {
  return {
    getMany: (keys) => Promise.resolve(keys.map((key) => disk.values.get(key))),
    scan: (range) => Promise.resolve(entriesOf(disk, keysIn(disk, range))),
    scanKeys: (range) => Promise.resolve(keysIn(disk, range)),
    iterate: (range) => {
      const entries = entriesOf(disk, keysIn(disk, { ...range, limit: Infinity }));
      return { next: () => Promise.resolve(entries.splice(0, 100)), end: () => undefined };
    },
    write: async (batch) => {
      // Under way for a while before it is seen, and for a while afterwards, as on a real disk.
      await nextTurnOfEventLoop();
      applyBatch(disk, batch);
      await nextTurnOfEventLoop();
    },
    compact: () => Promise.resolve(),
    purge: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

export function applyBatch({ values, sorted }: MemoryDisk, batch: Batch): void {
  for (const [key, value] of batch) {
    if (value === undefined) {
      if (values.delete(key)) sorted.splice(lowerBound(sorted, key), 1);
    } else {
      if (!values.has(key)) sorted.splice(lowerBound(sorted, key), 0, key);
      values.set(key, Buffer.from(value));
    }
  }
}

function keysIn({ sorted }: MemoryDisk, { gte, lt, limit, reverse }: Range): Key[] {
  const keys = sorted.slice(lowerBound(sorted, gte), lowerBound(sorted, lt));
  return (reverse === true ? keys.reverse() : keys).slice(0, limit);
}

function entriesOf({ values }: MemoryDisk, keys: readonly Key[]): Entry[] {
  return keys.flatMap((key) => {
    const value = values.get(key);
    return value ? [{ key, value }] : [];
  });
}
