/** A store on RocksDB, in a directory that this process claims. */
import { resolve } from 'node:path';
import type { Store } from '../contract.js';
import { claimDirectory, makePrivate } from '../directory.js';
import { StoreInUseError, StoreOpenError } from '../errors.js';
import { bulkLoad, NotEmptyError, type StoreContents } from '../transactions/bulk-load.js';
import type { StoreLogger } from '../transactions/committer.js';
import { openTransactionalStore } from '../transactions/transactional-store.js';
import { withCoalescedReads } from './coalesced-reads.js';
import type { OpenEngine } from './engine.js';
import { withRangeHeadCache } from './range-head-cache.js';
import { openRocksDb } from './rocksdb.js';
import { withValueCache } from './value-cache.js';

/** How many bytes of values are kept in memory beside RocksDB's own blocks, which cost a thread to get at. */
const CACHED_BYTES = 32 * 1024 * 1024;
/** For the first pages of index ranges. */
const HEAD_BYTES = 16 * 1024 * 1024;

export interface RocksDbStoreOptions {
  readonly logger?: StoreLogger | undefined;
  readonly create: boolean;
  readonly salvage: boolean;
}

/**
 * @param path of the directory, relative to the working directory
 * @throws StoreOpenError; nothing was touched then
 */
export async function openRocksDbStore(path: string, { logger, create, salvage }: RocksDbStoreOptions): Promise<Store> {
  const open = await prepare(path, { create, salvage });
  try {
    return await openTransactionalStore(open, { logger });
  } catch (cause) {
    throw asOpenError(cause, path);
  }
}

/** @throws StoreOpenError, with nothing touched; whatever `contents` throws */
export async function bulkLoadRocksDb(path: string, contents: StoreContents): Promise<void> {
  const open = await prepare(path, { create: true, salvage: false });
  try {
    await bulkLoad(async (mode) => {
      try {
        return await open(mode);
      } catch (cause) {
        throw asOpenError(cause, path);
      }
    }, contents);
  } catch (cause) {
    if (!(cause instanceof NotEmptyError)) throw cause;
    throw new StoreOpenError(`The store ${path} is not empty`, { cause });
  }
}

async function prepare(
  path: string,
  { create, salvage }: Pick<RocksDbStoreOptions, 'create' | 'salvage'>,
): Promise<OpenEngine> {
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
    return withValueCache(withRangeHeadCache(withCoalescedReads(engine), HEAD_BYTES), CACHED_BYTES);
  };
}

/** What RocksDB says of a damaged log; of other files it names the file. */
const LOG_DAMAGE =
  /^(checksum mismatch|bad record length|unknown record type|error in middle of record|.*fragmented record.*)$/;

function asOpenError(cause: unknown, path: string): StoreOpenError {
  if (cause instanceof StoreOpenError) return cause;
  if (cause instanceof StoreInUseError) {
    return new StoreOpenError(`The store ${path} is in use by another server`, { cause });
  }
  const message = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ');
  if (LOG_DAMAGE.test(message)) {
    return new StoreOpenError(
      `The log of the store ${path} is damaged (${message}): restore a backup, or discard what was written after the ` +
        `damage with 'feedback-graph verify --salvage'`,
      { cause },
    );
  }
  return new StoreOpenError(`The store ${path} cannot be opened: ${message}`, { cause });
}
