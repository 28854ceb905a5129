/**
 * The process that decodes a Parquet file, which it has as its standard input: damaged bytes can send a decoder into an
 * endless loop, or make it ask for more memory than there is, and it is this process that ends then.
 *
 * Standard output is JSON, a value on each line: an object is a row, a number how many bytes of the file the rows before it
 * took, a string why the rest cannot be read, to follow the name of the file.
 */
import { once } from 'node:events';
import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Bytes of one group of rows once unpacked: it is read at once. */
const MAX_GROUP_BYTES = 512 * 1024 ** 2;

const FILE = 0;
const readFile = promisify(read);

async function* decode(): AsyncGenerator<object | number | string, void> {
  const source = createReader(fstatSync(FILE).size);
  const metadata = await parquetMetadataAsync(source);
  let first = 0;
  for (const { num_rows: rows, total_byte_size: bytes, total_compressed_size: packed } of metadata.row_groups) {
    if (bytes > MAX_GROUP_BYTES) {
      yield `has a row group of ${Math.ceil(Number(bytes) / 1024 ** 2)} MiB; write it with row groups of at most ${MAX_GROUP_BYTES / 1024 ** 2} MiB`;
      return;
    }
    const end = first + Number(rows);
    yield* await parquetReadObjects({
      file: source,
      metadata,
      rowStart: first,
      rowEnd: end,
      compressors,
      geoparquet: false,
    });
    yield Number(packed ?? bytes);
    first = end;
  }
}

function createReader(size: number): AsyncBuffer {
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const length = Math.max(0, Math.min(end, size) - start);
      const { bytesRead, buffer } = await readFile(FILE, new Uint8Array(length), 0, length, start);
      return buffer.buffer.slice(0, bytesRead);
    },
  };
}

async function say(value: object | number | string): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value, plain)}\n`)) await once(process.stdout, 'drain');
}

/** What JSON has no form for: integers of 64 bits, and bytes. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

// Nobody reads any more.
process.stdout.on('error', () => process.exit(1));
try {
  for await (const value of decode()) await say(value);
} catch (error) {
  const problem = error instanceof Error ? error.message : String(error);
  const isUnreadable = error instanceof Error && 'syscall' in error;
  await say(isUnreadable ? `cannot be read: ${problem}` : `is not a whole Parquet file: ${problem}`);
}
