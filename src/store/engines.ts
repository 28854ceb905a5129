/** The table of storage engines. To add one, write a directory in engine/ and a row here. */
import { resolve } from 'node:path';
import type { Store } from './contract.js';
import type { StoreContents } from './transactions/bulk-load.js';
import type { StoreLogger } from './transactions/committer.js';

/**
 * What a store is opened for. Where several processes may use a store, this says who may do so at the same time: only one
 * `import`; a `repair` alone; everybody else beside one another. `read` sees one state of the store from the beginning to the
 * end and writes nothing, so that it needs no right to and may read a standby. On RocksDB, every process has the store alone.
 */
export type StoreUse = 'server' | 'change' | 'import' | 'repair' | 'read';

export interface EngineOptions {
  readonly logger?: StoreLogger | undefined;
  readonly use: StoreUse;
  /** Whether to create a missing store. */
  readonly create: boolean;
  /** Whether to make the tables of a store, and to bring those that an earlier release made up to date. */
  readonly migrate: boolean;
  /** Whether to discard what a damaged log holds after the damage. */
  readonly salvage: boolean;
}

export interface EngineDefinition {
  /** What follows the engine's name and a colon in a location, in words. */
  readonly path: string;
  /** Whether the path is that of a directory of this machine, which one process has for itself. */
  readonly hasDirectory: boolean;
  /** Checks a path and opens the store. Loads the engine here: most commands need none, and start faster. */
  readonly open: (path: string, options: EngineOptions) => Promise<Store>;
  readonly bulkLoad: (path: string, contents: StoreContents) => Promise<void>;
  /** Creates the tables of a store or brings them up to date; absent where there are none. */
  readonly migrate?: (path: string, options: MigrateOptions) => Promise<MigratedStore>;
  /** Rewrites what holds the data, where `Store.purge` leaves that to the operator. */
  readonly rewrite?: (path: string, options: RewriteOptions) => Promise<void>;
  /** Absent where a store is never in use while it can be opened. */
  readonly describeUse?: (path: string) => Promise<StoreUseReport>;
}

export interface MigrateOptions {
  /** Only tells whether there is something to do, by failing then. */
  readonly check: boolean;
}

export interface MigratedStore {
  /** The store, without a password. */
  readonly where: string;
  /** The version of its tables now and before; before is undefined if they were made. */
  readonly version: number;
  readonly previous: number | undefined;
}

export interface RewriteOptions {
  /** A part begins, of so many steps. */
  readonly onPart: (label: string, total: number) => void;
  readonly onProgress: (steps: number) => void;
}

export interface StoreUseReport {
  /** How many servers use it now. */
  readonly servers: number;
  /** Bytes of what {@link EngineDefinition.rewrite} rewrites. */
  readonly bytes: number;
}

export const ENGINES = {
  rocksdb: {
    path: 'the path of a directory',
    hasDirectory: true,
    open: async (path, options) => (await import('./engine/rocksdb-store.js')).openRocksDbStore(path, options),
    bulkLoad: async (path, contents) => (await import('./engine/rocksdb-store.js')).bulkLoadRocksDb(path, contents),
  },
  postgres: {
    path: "'//USER@HOST/DATABASE'",
    hasDirectory: false,
    open: async (path, options) => (await import('./engine/postgres/open.js')).openPostgresAt(path, options),
    bulkLoad: async (path, contents) => (await import('./engine/postgres/open.js')).bulkLoadPostgres(path, contents),
    migrate: async (path, options) => (await import('./engine/postgres/open.js')).migratePostgres(path, options),
    rewrite: async (path, options) => (await import('./engine/postgres/rewrite.js')).rewritePostgres(path, options),
    describeUse: async (path) => (await import('./engine/postgres/rewrite.js')).describePostgresUse(path),
  },
} as const satisfies Readonly<Record<string, EngineDefinition>>;

/** The row of the table for a location. */
export function engineOf({ engine }: StoreLocation): EngineDefinition {
  return ENGINES[engine];
}

/** Where the data is: the engine and what it opens. */
export interface StoreLocation {
  readonly engine: keyof typeof ENGINES;
  readonly path: string;
}

/**
 * The directory, absolute, that the data is in: one process at a time has it open, and its own secret is kept beside it.
 * @returns undefined for a store without one, which other servers may use at the same time
 */
export function directoryOf({ engine, path }: StoreLocation): string | undefined {
  return ENGINES[engine].hasDirectory ? resolve(path) : undefined;
}

/** What a location is, in words. */
export const LOCATION_SYNTAX = Object.entries(ENGINES)
  .map(([name, { path }]) => `'${name}:' followed by ${path}`)
  .join(' or ');

/** Other names of engines. */
const ALIASES: Readonly<Record<string, keyof typeof ENGINES>> = { postgresql: 'postgres' };

/** @returns undefined for a text that is no {@link LOCATION_SYNTAX} */
export function parseLocation(text: string): StoreLocation | undefined {
  const [, given = '', rest = ''] = /^([^:]*):(.+)$/.exec(text) ?? [];
  const engine = ALIASES[given] ?? given;
  const path = rest.trim();
  return isEngine(engine) && path !== '' && !path.includes('\0') ? { engine, path } : undefined;
}

function isEngine(name: string): name is StoreLocation['engine'] {
  return Object.hasOwn(ENGINES, name);
}
