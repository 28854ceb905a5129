import { resolve } from 'node:path';
import type { Store } from './contract.js';
import { claimDirectory } from './directory.js';
import type { OpenEngine } from './engine/engine.js';
import { withRangeHeadCache } from './engine/range-head-cache.js';
import { openRocksDb } from './engine/rocksdb.js';
import { withValueCache } from './engine/value-cache.js';
import { StoreInUseError, StoreOpenError } from './errors.js';
import { NotEmptyError, bulkLoad, type StoreContents } from './transactions/bulk-load.js';
import type { StoreLogger } from './transactions/committer.js';
import { openTransactionalStore } from './transactions/transactional-store.js';

export { StoreOpenError } from './errors.js';

/** How many bytes of values are kept in memory beside RocksDB's own blocks, which cost a thread to get at. */
const CACHED_BYTES = 32 * 1024 * 1024;
/** For the first pages of index ranges. */
const HEAD_BYTES = 16 * 1024 * 1024;

/** Checks the part of a URL after the scheme and returns a function that opens it. Without `create` it must exist. */
type PrepareEngine = (
  location: string,
  options: { readonly create: boolean; readonly salvage: boolean },
) => Promise<OpenEngine>;

/** Every engine, by the scheme of its URL. A new engine is a file and a line here. */
const ENGINES = new Map<string, PrepareEngine>([['rocksdb', prepareRocksDb]]);

export interface OpenOptions {
  readonly logger?: StoreLogger | undefined;
  /** Whether to create a missing store; true by default. */
  readonly create?: boolean;
  /** Whether to discard what a damaged log holds after the damage; otherwise a store with a damaged log is refused. */
  readonly salvage?: boolean;
}

/**
 * Opens a store.
 * @param url `rocksdb:DIRECTORY`, relative to the working directory; a missing directory is created if `create` is set
 * @throws StoreOpenError with one line for the operator; nothing was touched then
 */
export async function openStore(
  url: string,
  { logger, create = true, salvage = false }: OpenOptions = {},
): Promise<Store> {
  const { prepare, location } = parseUrl(url);
  const open = await prepare(location, { create, salvage });
  try {
    return await openTransactionalStore(open, { logger });
  } catch (cause) {
    throw asOpenError(cause, location);
  }
}

/**
 * Fills a store that is empty or does not exist. If loading is interrupted, the store cannot be opened until it is loaded
 * again from the start.
 * @throws StoreOpenError with one line for the operator, with nothing touched; whatever `contents` throws
 */
export async function bulkLoadAt(url: string, contents: StoreContents): Promise<void> {
  const { prepare, location } = parseUrl(url);
  const open = await prepare(location, { create: true, salvage: false });
  try {
    await bulkLoad(async (mode) => {
      try {
        return await open(mode);
      } catch (cause) {
        throw asOpenError(cause, location);
      }
    }, contents);
  } catch (cause) {
    if (!(cause instanceof NotEmptyError)) throw cause;
    throw new StoreOpenError(`The store ${location} is not empty`, { cause });
  }
}

function parseUrl(url: string): { readonly prepare: PrepareEngine; readonly location: string } {
  const colon = url.indexOf(':');
  const location = url.slice(colon + 1);
  const prepare = colon < 0 ? undefined : ENGINES.get(url.slice(0, colon));
  if (prepare === undefined) {
    const known = [...ENGINES.keys()].map((scheme) => `${scheme}:`);
    throw new StoreOpenError(`The location of the store must start with ${known.join(' or ')}, as in rocksdb:./data`);
  }
  if (location === '')
    throw new StoreOpenError('The location of the store must name a directory, as in rocksdb:./data');
  return { prepare, location };
}

async function prepareRocksDb(
  location: string,
  { create, salvage }: Parameters<PrepareEngine>[1],
): Promise<OpenEngine> {
  const directory = resolve(location);
  await claimDirectory(directory, create);
  return async (mode) => {
    const engine = await openRocksDb(directory, mode, { salvage });
    return withValueCache(withRangeHeadCache(engine, HEAD_BYTES), CACHED_BYTES);
  };
}

/** What RocksDB says of a damaged log; of other files it names the file. */
const LOG_DAMAGE =
  /^(checksum mismatch|bad record length|unknown record type|error in middle of record|.*fragmented record.*)$/;

function asOpenError(cause: unknown, location: string): StoreOpenError {
  if (cause instanceof StoreOpenError) return cause;
  if (cause instanceof StoreInUseError) {
    return new StoreOpenError(`The store ${location} is in use by another server`, { cause });
  }
  const message = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ');
  if (LOG_DAMAGE.test(message)) {
    return new StoreOpenError(
      `The log of the store ${location} is damaged (${message}): restore a backup, or discard what was written after the ` +
        `damage with 'feedback-graph verify --salvage'`,
      { cause },
    );
  }
  return new StoreOpenError(`The store ${location} cannot be opened: ${message}`, { cause });
}
