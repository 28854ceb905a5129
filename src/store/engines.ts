/** The table of storage engines. To add one, write a file in engine/ and a row here. */
import type { OpenEngine } from './engine/engine.js';

/** Without `create`, the store must exist; `salvage` discards what a damaged log holds after the damage. */
export interface PrepareOptions {
  readonly create: boolean;
  readonly salvage: boolean;
}

interface EngineDefinition {
  /** What follows the engine's name and a colon in a location, in words. */
  readonly path: string;
  /** Checks a path and returns a function that opens it. Loads the engine here: most commands need none, and start faster. */
  readonly prepare: (path: string, options: PrepareOptions) => Promise<OpenEngine>;
}

export const ENGINES = {
  rocksdb: {
    path: 'the path of a directory',
    prepare: async (path, options) => (await import('./engine/rocksdb-directory.js')).prepareRocksDb(path, options),
  },
} as const satisfies Readonly<Record<string, EngineDefinition>>;

/** Where the data is: the engine and what it opens. */
export interface StoreLocation {
  readonly engine: keyof typeof ENGINES;
  readonly path: string;
}

/** What a location is, in words. */
export const LOCATION_SYNTAX = Object.entries(ENGINES)
  .map(([name, { path }]) => `'${name}:' followed by ${path}`)
  .join(' or ');

/** @returns undefined for a text that is no {@link LOCATION_SYNTAX} */
export function parseLocation(text: string): StoreLocation | undefined {
  const [, engine = '', rest = ''] = /^([^:]*):(.+)$/.exec(text) ?? [];
  const path = rest.trim();
  return isEngine(engine) && path !== '' && !path.includes('\0') ? { engine, path } : undefined;
}

function isEngine(name: string): name is StoreLocation['engine'] {
  return Object.hasOwn(ENGINES, name);
}
