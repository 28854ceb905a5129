import type { Store } from './contract.js';
import { ENGINES, LOCATION_SYNTAX, parseLocation, type StoreLocation } from './engines.js';
import { StoreInUseError, StoreOpenError } from './errors.js';
import { NotEmptyError, bulkLoad, type StoreContents } from './transactions/bulk-load.js';
import type { StoreLogger } from './transactions/committer.js';
import { openTransactionalStore } from './transactions/transactional-store.js';

export { StoreOpenError } from './errors.js';

export interface OpenOptions {
  readonly logger?: StoreLogger | undefined;
  /** Whether to create a missing store; true by default. */
  readonly create?: boolean;
  /** Whether to discard what a damaged log holds after the damage; otherwise a store with a damaged log is refused. */
  readonly salvage?: boolean;
}

/**
 * Opens a store.
 * @param location as a text, `rocksdb:DIRECTORY`, relative to the working directory
 * @throws StoreOpenError with one line for the operator; nothing was touched then
 */
export async function openStore(
  location: StoreLocation | string,
  { logger, create = true, salvage = false }: OpenOptions = {},
): Promise<Store> {
  const { engine, path } = toLocation(location);
  const open = await ENGINES[engine].prepare(path, { create, salvage });
  try {
    return await openTransactionalStore(open, { logger });
  } catch (cause) {
    throw asOpenError(cause, path);
  }
}

/**
 * Fills a store that is empty or does not exist. If loading is interrupted, the store cannot be opened until it is loaded
 * again from the start.
 * @throws StoreOpenError with one line for the operator, with nothing touched; whatever `contents` throws
 */
export async function bulkLoadAt(location: StoreLocation | string, contents: StoreContents): Promise<void> {
  const { engine, path } = toLocation(location);
  const open = await ENGINES[engine].prepare(path, { create: true, salvage: false });
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

function toLocation(location: StoreLocation | string): StoreLocation {
  const parsed = typeof location === 'string' ? parseLocation(location) : location;
  if (parsed === undefined) throw new StoreOpenError(`The location of the store must be ${LOCATION_SYNTAX}`);
  return parsed;
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
