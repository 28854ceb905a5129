import type { FileHandle } from 'node:fs/promises';
import { NO_PROGRESS, type ProgressListener } from './progress.js';

const READ_BYTES = 1024 * 1024;

/** The bytes of a file from its first on, in pieces. One step of progress is one byte. */
export async function* readWhole(
  file: FileHandle,
  progress: ProgressListener = NO_PROGRESS,
): AsyncGenerator<Buffer, void> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    progress.advance(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}
