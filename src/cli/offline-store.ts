/** What the commands have in common that work on files and on a store that no server has open. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config/config.js';
import type { ProgressListener } from '../maintenance/progress.js';
import { idProblem } from '../model/input.js';
import type { Store } from '../store/contract.js';
import { readConfig } from './options.js';
import { createProgress } from './progress.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** For an option that names an organization. */
export function parseOrganization(text: string): string {
  const problem = idProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
  return text;
}

/** Settings that say where the store is. */
export const STORE_FLAGS = ['config', 'store'] as const;

/** Runs `work` with a progress bar, which is gone before anything else is written. */
export async function withProgress<T>(work: (progress: ProgressListener) => Promise<T>): Promise<T> {
  const progress = createProgress(process.stderr);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}

/**
 * Opens the store that the settings of a command name, which must be there unless it may be made, and closes it.
 * @throws StoreOpenError
 */
export async function withStore<T>(
  command: Command,
  terminal: Terminal,
  work: (store: Store, progress: ProgressListener, config: Config) => Promise<T>,
  create = false,
): Promise<T> {
  const config = readConfig(command, terminal);
  // Other commands answer several times faster without the engine.
  const { openStore } = await import('../store/open.js');
  const store = await openStore(storeUrl(config), { create });
  try {
    return await withProgress((progress) => work(store, progress, config));
  } finally {
    await store.close();
  }
}

export function storeUrl({ store: { engine, path } }: Config): string {
  return `${engine}:${path}`;
}

/** The name of a file that is read or written is the operator's own, so it is said which one, and what is wrong. */
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
  ENOENT: 'is not there, or its directory is not',
  EISDIR: 'is a directory',
  EACCES: 'cannot be used: this user may not',
  EROFS: 'cannot be written: the file system is read-only',
  ENOSPC: 'cannot be written: the disk is full',
};

function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'FileExistsError') return 'is there already; --force replaces it';
  if (error.name === 'BackupDamagedError') return `is no good backup: ${error.message}`;
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
