import { type FileHandle, open } from 'node:fs/promises';
import type { Entry } from '../store/contract.js';
import type { StoreLocation } from '../store/engines.js';
import { bulkLoadAt } from '../store/open.js';
import { type BackupHeader, type BackupPart, type BackupTrailer, decodeBackup } from './backup-format.js';
import { BackupDamagedError } from './byte-reader.js';
import { NO_PROGRESS, type ProgressListener } from './progress.js';
import { readWhole } from './read-whole.js';

export interface CheckedBackup {
  readonly header: BackupHeader;
  readonly trailer: BackupTrailer;
}

/**
 * Fills the store at `url`, which must be empty or not there, from a file, which is checked from its first byte to its
 * last before anything is touched.
 * @throws {BackupDamagedError} if the file is not what a backup has written; {@link StoreOpenError} if the store is not
 *   empty or cannot be opened; nothing was touched then. An error of the file system.
 */
export async function restoreBackup(
  path: string,
  location: StoreLocation | string,
  progress: ProgressListener = NO_PROGRESS,
): Promise<CheckedBackup> {
  const file = await open(path, 'r');
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new BackupDamagedError('it is not a regular file');
    progress.phase('Checking the file, bytes', found.size);
    const checked = await checkBackup(decodeBackup(readWhole(file, progress)));

    progress.phase('Restoring', checked.trailer.entries);
    await bulkLoadAt(location, { entries: entriesOf(file, progress), sequence: checked.trailer.sequence });
    return checked;
  } finally {
    await file.close();
  }
}

/** Reads a backup to its end. @throws {BackupDamagedError} */
export async function checkBackup(
  parts: AsyncIterable<BackupPart>,
  onPart: (part: BackupPart) => void = () => undefined,
): Promise<CheckedBackup> {
  let header: BackupHeader | undefined;
  for await (const part of parts) {
    onPart(part);
    if (part.kind === 'header') header = part.header;
    if (part.kind === 'trailer' && header !== undefined) return { header, trailer: part.trailer };
  }
  throw new BackupDamagedError('its end is missing');
}

async function* entriesOf(file: FileHandle, progress: ProgressListener): AsyncGenerator<readonly Entry[], void> {
  for await (const part of decodeBackup(readWhole(file))) {
    if (part.kind !== 'entries') continue;
    yield part.entries;
    progress.advance(part.entries.length);
  }
}
