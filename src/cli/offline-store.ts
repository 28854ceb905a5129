/** Helpers of the commands that work on files and on a store, rather than through a server. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config/config.js';
import type { ProgressListener } from '../maintenance/progress.js';
import { idProblem } from '../model/input.js';
import type { Store } from '../store/contract.js';
import type { StoreUse } from '../store/engines.js';
import { readConfig } from './options.js';
import { createProgress } from './progress.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** For an option that names an organization. */
export function parseOrganization(text: string): string {
  const problem = idProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
  return text;
}

/** The settings that locate the store. */
export const STORE_FLAGS = ['config', 'store'] as const;

/** Runs `work` with a progress bar, which is removed before anything else is written. */
export async function withProgress<T>(work: (progress: ProgressListener) => Promise<T>): Promise<T> {
  const progress = createProgress(process.stderr);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}

/** In the description of a command: which store it can work on. */
export const ANY_STORE = 'a store (on RocksDB, one that no server has open)';

export interface StoreAccess {
  readonly use: StoreUse;
  /** Whether to create the store where there is none; otherwise it must exist. */
  readonly create?: boolean;
}

/**
 * Opens the store that the settings of a command name, runs `work` on it, and closes it.
 * @throws StoreOpenError
 */
export async function withStore<T>(
  command: Command,
  terminal: Terminal,
  { use, create = false }: StoreAccess,
  work: (store: Store, progress: ProgressListener, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(command, terminal);
  // Other commands start several times faster without the engine.
  const { openStore } = await import('../store/open.js');
  const store = await openStore(config.store, { use, create, migrate: create && config.storeMigrate });
  try {
    return await withProgress((progress) => work(store, progress, config));
  } finally {
    await store.close();
  }
}

/** Turns an error of reading or writing `file` into a {@link CommandError} that names the file and the problem. */
export async function naming<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new CommandError(`${file} ${problem}`, EXIT.failure, { cause: error });
  }
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist, or its directory does not',
  EISDIR: 'is a directory',
  EACCES: 'cannot be accessed: permission denied',
  EROFS: 'cannot be written: the file system is read-only',
  ENOSPC: 'cannot be written: the disk is full',
};

function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'FileExistsError') return 'already exists; use --force to replace it';
  if (error.name === 'BackupDamagedError') return `is not a valid backup: ${error.message}`;
  if (error.name === 'SourceError') return error.message;
  if (!('syscall' in error) || !('code' in error)) return undefined;
  const code = String(error.code);
  return FILE_PROBLEMS[code] ?? `cannot be read or written (${code})`;
}

const COUNT = new Intl.NumberFormat('en-US');

/** @example `1,234 keys` */
export function count(number: number, one: string, many: string): string {
  return `${COUNT.format(number)} ${number === 1 ? one : many}`;
}

/** @example `12.3 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
