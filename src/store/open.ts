import type { Store } from './contract.js';
import { ENGINES, LOCATION_SYNTAX, parseLocation, type StoreLocation, type StoreUse } from './engines.js';
import { StoreOpenError } from './errors.js';
import type { StoreContents } from './transactions/bulk-load.js';
import type { StoreLogger } from './transactions/committer.js';

export { StoreOpenError } from './errors.js';

export interface OpenOptions {
  readonly logger?: StoreLogger | undefined;
  /** What for; `server` by default. */
  readonly use?: StoreUse;
  /** Whether to create a missing store; true by default. */
  readonly create?: boolean;
  /** Whether to make the tables of a store, or to bring those of an earlier release up to date; as `create` by default. */
  readonly migrate?: boolean;
  /** Whether to discard what a damaged log holds after the damage; otherwise a store with a damaged log is refused. */
  readonly salvage?: boolean;
}

/**
 * Opens a store.
 * @param location as a text, `rocksdb:DIRECTORY`, relative to the working directory, or `postgres://USER@HOST/DATABASE`
 * @throws StoreOpenError with one line for the operator; nothing was touched then
 */
export async function openStore(
  location: StoreLocation | string,
  { logger, use = 'server', create = true, migrate = create, salvage = false }: OpenOptions = {},
): Promise<Store> {
  const { engine, path } = toLocation(location);
  return ENGINES[engine].open(path, { logger, use, create, migrate, salvage });
}

/**
 * Fills a store that is empty or does not exist. If loading is interrupted, the store cannot be opened until it is loaded
 * again from the start.
 * @throws StoreOpenError with one line for the operator, with nothing touched; whatever `contents` throws
 */
export async function bulkLoadAt(location: StoreLocation | string, contents: StoreContents): Promise<void> {
  const { engine, path } = toLocation(location);
  await ENGINES[engine].bulkLoad(path, contents);
}

function toLocation(location: StoreLocation | string): StoreLocation {
  const parsed = typeof location === 'string' ? parseLocation(location) : location;
  if (parsed === undefined) throw new StoreOpenError(`The location of the store must be ${LOCATION_SYNTAX}`);
  return parsed;
}
