/** Parquet: a record for each row, with lists and structures as JSON. */
import type { FileHandle } from 'node:fs/promises';
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type Records, SourceError } from './records.js';

/** Bytes of one group of rows once unpacked: it is read at once. */
const MAX_GROUP_BYTES = 512 * 1024 ** 2;

/** @throws {SourceError} if the file is cut short or damaged, or groups too many rows */
export async function* readParquet(file: FileHandle, size: number, advance: (bytes: number) => void): Records {
  const source = createReader(file, size);
  const metadata = await readable(parquetMetadataAsync(source));
  let first = 0;
  for (const { num_rows: rows, total_byte_size: bytes, total_compressed_size: packed } of metadata.row_groups) {
    if (bytes > MAX_GROUP_BYTES) {
      throw new SourceError(
        `has a row group of ${Math.ceil(Number(bytes) / 1024 ** 2)} MiB; write it with row groups of at most ${MAX_GROUP_BYTES / 1024 ** 2} MiB`,
      );
    }
    const end = first + Number(rows);
    const objects = await readable(
      parquetReadObjects({ file: source, metadata, rowStart: first, rowEnd: end, compressors, geoparquet: false }),
    );
    for (const [index, row] of objects.entries()) yield { number: first + index + 1, text: JSON.stringify(row, plain) };
    advance(Number(packed ?? bytes));
    first = end;
  }
}

function createReader(file: FileHandle, size: number): AsyncBuffer {
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const length = Math.max(0, Math.min(end, size) - start);
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, start);
      return bytes.buffer.slice(0, bytesRead);
    },
  };
}

/** The library has no class of its own for what it finds wrong with a file. */
async function readable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new SourceError(`is not a whole Parquet file: ${problem}`, { cause: error });
  }
}

/** What JSON has no form for: integers of 64 bits, and bytes. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
