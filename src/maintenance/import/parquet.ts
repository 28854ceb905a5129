/** Parquet: a record for each row, with lists and structures as JSON. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readJsonLines } from './json-lines.js';
import { type Pieces, type Records, SourceError } from './records.js';

/** Runs in a process of its own, as what stands in damaged files may make it run forever. */
export interface Decoder {
  /** The built parquet-decoder.js. */
  readonly file: URL;
  /** How long it may decode without writing a row, ms, for a file of so many bytes. */
  readonly limit: (bytes: number) => number;
}

export const PARQUET_DECODER: Decoder = {
  file: new URL('./parquet-decoder.js', import.meta.url),
  // A group of rows is decoded at once: it may be the whole file.
  limit: (bytes) => 60_000 + bytes / 1_000,
};

/** @throws {SourceError} if the file is cut short or damaged, or groups too many rows */
export async function* readParquet(
  file: FileHandle,
  size: number,
  advance: (bytes: number) => void,
  decoder: Decoder,
): Records {
  const child = spawn(process.execPath, [fileURLToPath(decoder.file)], { stdio: [file.fd, 'pipe', 'ignore'] });
  const { stdout } = child;
  if (stdout === null) throw new Error('The decoder has no output');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  try {
    let number = 0;
    for await (const line of readJsonLines(within(decoder.limit(size), stdout))) {
      const note: unknown =
        line.problem === undefined && !line.text.startsWith('{') ? JSON.parse(line.text) : undefined;
      if (typeof note === 'string') throw new SourceError(note);
      if (typeof note === 'number') advance(note);
      else yield { ...line, number: (number += 1) };
    }
    const [code] = (await closed) as [number | null];
    if (code !== 0)
      throw new SourceError('is not a whole Parquet file, or takes more memory than there is: its decoder ended');
  } finally {
    process.removeListener('exit', kill);
    stdout.destroy();
    kill();
  }
}

/** @throws {SourceError} if the next piece takes longer than `limit` ms */
async function* within(limit: number, pieces: Pieces): AsyncGenerator<Uint8Array, void> {
  const iterator = pieces[Symbol.asyncIterator]();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_done, failed) => {
      const seconds = Math.ceil(limit / 1_000);
      const error = new SourceError(`seems to be damaged: its next rows cannot be decoded within ${seconds} seconds`);
      timer = setTimeout(() => failed(error), limit);
    });
    try {
      const next = await Promise.race([iterator.next(), late]);
      if (next.done === true) return;
      yield next.value;
    } finally {
      clearTimeout(timer);
    }
  }
}
