/** The table of storage engines. To add one, write a directory in engine/ and a row here. */
import { resolve } from 'node:path';
import type { Store } from './contract.js';
import type { StoreContents } from './transactions/bulk-load.js';
import type { StoreLogger } from './transactions/committer.js';

export interface EngineOptions {
  readonly logger?: StoreLogger | undefined;
  /** Whether to create a missing store. */
  readonly create: boolean;
  /** Whether to discard what a damaged log holds after the damage. */
  readonly salvage: boolean;
}

interface EngineDefinition {
  /** What follows the engine's name and a colon in a location, in words. */
  readonly path: string;
  /** Whether the path is that of a directory of this machine, which one process has for itself. */
  readonly hasDirectory: boolean;
  /** Checks a path and opens the store. Loads the engine here: most commands need none, and start faster. */
  readonly open: (path: string, options: EngineOptions) => Promise<Store>;
  readonly bulkLoad: (path: string, contents: StoreContents) => Promise<void>;
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
  },
} as const satisfies Readonly<Record<string, EngineDefinition>>;

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
