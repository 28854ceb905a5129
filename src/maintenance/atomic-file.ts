import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../store/sync-directory.js';

/** The file that is to be written is there already. */
export class FileExistsError extends Error {
  override readonly name = 'FileExistsError';
}

export type Append = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a file that is there whole and for good, or not at all: under the name `path.partial` until it is on disk. Only
 * its owner can read it.
 * @throws FileExistsError if there is one already, unless it is to be replaced; whatever `write` throws
 */
export async function writeAtomicFile(
  path: string,
  replace: boolean,
  write: (append: Append) => Promise<void>,
): Promise<void> {
  if (!replace && (await isThere(path))) throw new FileExistsError('The file is there already');
  const partial = `${path}.partial`;
  const file = await open(partial, 'w', 0o600);
  try {
    try {
      await write((bytes) => file.appendFile(bytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
