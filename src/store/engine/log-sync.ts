import { fstatSync } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../sync-directory.js';

/** What is on disk for certain: the first `length` bytes of a log, or the names of all files in the directory. */
export type Synced = { readonly log: string; readonly length: number } | 'names';

interface Log {
  readonly number: number;
  readonly name: string;
  readonly handle: FileHandle;
  /** How many bytes of it are on disk. */
  synced: number;
}

/**
 * Puts on disk what RocksDB has written to its log (WAL) and so handed to the operating system: its binding cannot sync a
 * write. RocksDB appends to its newest log. It begins another one before a write when its memory is full, and at any time
 * when a range is compacted; the numbers of logs rise.
 */
export class LogSync {
  readonly #directory: string;
  readonly #onSync: (synced: Synced) => void;
  /** The newest log that was synced. */
  #newest: Log | undefined;
  #syncing = false;

  constructor(directory: string, onSync: (synced: Synced) => void = () => undefined) {
    this.#directory = directory;
    this.#onSync = onSync;
  }

  /**
   * Answers when the write that RocksDB has acknowledged last is on disk. Each write is synced before the next is begun, so
   * a log that has grown since the last call holds all of it. If the one that is known has not, RocksDB has begun others:
   * every one that may hold the write is synced, and the directory, as a log whose name is lost is lost itself. A log
   * that is gone by then is one that RocksDB has replaced by a synced file.
   * @throws whatever the operating system says; what is on disk is unknown then, and nothing more may be written
   */
  async sync(): Promise<void> {
    this.#syncing = true;
    try {
      if (this.#newest === undefined || !(await this.#syncGrown(this.#newest))) await this.#syncNewer();
    } finally {
      this.#syncing = false;
    }
  }

  /** Lets go of the log, so that nothing keeps one that RocksDB has removed. The next call of `sync` finds the newest. */
  async close(): Promise<void> {
    if (this.#syncing) return;
    const log = this.#newest;
    this.#newest = undefined;
    await log?.handle.close();
  }

  async #syncNewer(): Promise<void> {
    const from = this.#newest?.number ?? -1;
    for (const { name, number } of logsAmong(await readdir(this.#directory))) {
      if (number <= from) continue;
      const handle = await open(join(this.#directory, name), 'r+').catch(ignoreMissing);
      if (handle === undefined) continue;
      const log = { number, name, handle, synced: 0 };
      const older = this.#newest;
      this.#newest = log;
      await older?.handle.close();
      await this.#syncGrown(log);
    }
    await syncDirectory(this.#directory);
    this.#onSync('names');
  }

  /** Syncs the log if it has grown, and answers whether it has. */
  async #syncGrown(log: Log): Promise<boolean> {
    const { size } = fstatSync(log.handle.fd);
    if (size <= log.synced) return false;
    await log.handle.datasync();
    log.synced = size;
    this.#onSync({ log: log.name, length: size });
    return true;
  }
}

/** The logs among the files of RocksDB's directory, the oldest first. */
export function logsAmong(names: readonly string[]): { readonly name: string; readonly number: number }[] {
  return names
    .filter((name) => /^\d+\.log$/.test(name))
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
    .toSorted((one, other) => one.number - other.number);
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
