import { type FileHandle, open } from 'node:fs/promises';
import { NO_PROGRESS, type ProgressListener } from '../progress.js';
import { readWhole } from '../read-whole.js';
import type { Source } from './open-records.js';
import { SourceError } from './records.js';

/** What stands for standard input where a file is named. */
export const STANDARD_INPUT = '-';

export interface OpenedSource extends Source {
  /** Of all of it, where that is known. */
  readonly bytes: number | undefined;
  /** Whether it can be read more than once. */
  readonly isRepeatable: boolean;
  /** Told how far it is read from now on; one step is one byte. */
  report(progress: ProgressListener): void;
  close(): Promise<void>;
}

/**
 * Opens a file, a pipe or standard input.
 * @param path `-` for standard input
 */
export async function openSource(path: string, input?: AsyncIterable<Uint8Array>): Promise<OpenedSource> {
  let progress = NO_PROGRESS;
  const report = (listener: ProgressListener): void => {
    progress = listener;
  };
  const advance = (bytes: number): void => {
    progress.advance(bytes);
  };
  async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of pieces) {
      advance(piece.length);
      yield piece;
    }
  }

  if (path === STANDARD_INPUT) {
    if (input === undefined) throw new SourceError('is not there');
    const close = () => Promise.resolve();
    return { name: path, bytes: undefined, isRepeatable: false, read: () => counted(input), report, close };
  }
  const handle = await open(path, 'r');
  try {
    return await openHandle(path, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }

  async function openHandle(name: string, handle: FileHandle): Promise<OpenedSource> {
    const stats = await handle.stat();
    const close = () => handle.close();
    if (!stats.isFile()) {
      const read = () => counted(handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>);
      return { name, bytes: undefined, isRepeatable: false, read, report, close };
    }
    const { size } = stats;
    const read = () => counted(readWhole(handle));
    return { name, bytes: size, isRepeatable: true, file: { handle, size, advance }, read, report, close };
  }
}
