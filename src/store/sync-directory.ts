import { open } from 'node:fs/promises';

/** What file systems answer that have no way to sync a directory, network file systems above all. */
const UNSUPPORTED: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Makes the names of the files in a directory durable (fsync), where the file system can: some cannot, and Windows keeps
 * names in a journal of its own.
 * @throws whatever the operating system says if the sync fails
 */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && UNSUPPORTED.has(error.code))) throw error;
  } finally {
    await handle.close();
  }
}
