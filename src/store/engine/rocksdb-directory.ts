/** The RocksDB engine with its caches, on a directory that this process claims. */
import { resolve } from 'node:path';
import { claimDirectory, makePrivate } from '../directory.js';
import type { PrepareOptions } from '../engines.js';
import type { OpenEngine } from './engine.js';
import { withRangeHeadCache } from './range-head-cache.js';
import { openRocksDb } from './rocksdb.js';
import { withValueCache } from './value-cache.js';

/** How many bytes of values are kept in memory beside RocksDB's own blocks, which cost a thread to get at. */
const CACHED_BYTES = 32 * 1024 * 1024;
/** For the first pages of index ranges. */
const HEAD_BYTES = 16 * 1024 * 1024;

/** @param path of the directory, relative to the working directory */
export async function prepareRocksDb(path: string, { create, salvage }: PrepareOptions): Promise<OpenEngine> {
  const directory = resolve(path);
  await claimDirectory(directory, create);
  return async (mode) => {
    const engine = await openRocksDb(directory, mode, { salvage });
    try {
      await makePrivate(directory);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return withValueCache(withRangeHeadCache(engine, HEAD_BYTES), CACHED_BYTES);
  };
}
