/** Opens a file for its records: unpacks it, and recognizes its format where nobody says it. */
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { readCsv } from './csv.js';
import type { FileFormat } from './file-formats.js';
import { readJsonLines } from './json-lines.js';
import { readJsonList, readJsonObjects } from './json-values.js';
import { PARQUET_DECODER, readParquet } from './parquet.js';
import { type Pieces, type Records, SourceError } from './records.js';

export interface Source {
  /** Its name, whose ending tells CSV. */
  readonly name: string;
  /** Its bytes from the first on. */
  readonly read: () => Pieces;
  /** The file, where any part of it can be read at any time: not that of a pipe. */
  readonly file?: { readonly handle: FileHandle; readonly size: number; readonly advance: (bytes: number) => void };
}

export interface OpenedRecords {
  readonly records: Records;
  /** What the numbers of its records count. */
  readonly unit: 'line' | 'row';
}

/** Bytes by which a format is recognized. */
const HEAD_BYTES = 64 * 1024;

/** @throws {SourceError} if the format is none of ours, or cannot be read from a pipe */
export async function openRecords(
  source: Source,
  given?: FileFormat,
  decoder = PARQUET_DECODER,
): Promise<OpenedRecords> {
  let { head, pieces } = await peek(source.read());
  if (startsWith(head, [0x1f, 0x8b])) ({ head, pieces } = await peek(unpacked(pieces)));
  else if (startsWith(head, PARQUET) || given === 'parquet') {
    await closePieces(pieces);
    const { file } = source;
    if (file === undefined) throw new SourceError('is Parquet, which cannot be read from a pipe: save it as a file');
    return { records: readParquet(file.handle, file.size, file.advance, decoder), unit: 'row' };
  }
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) {
    throw new SourceError('is UTF-16; save it as UTF-8');
  }
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  switch (given ?? recognize(text, source.name)) {
    case 'csv':
      return { records: readCsv(pieces, text), unit: 'line' };
    case 'jsonl':
      return { records: readJsonLines(pieces), unit: 'line' };
    case 'list':
      return { records: readJsonList(pieces), unit: 'row' };
    case 'objects':
      return { records: readJsonObjects(pieces), unit: 'row' };
    case 'parquet':
      throw new SourceError('is packed with gzip, in which Parquet cannot be read');
  }
}

const PARQUET = [0x50, 0x41, 0x52, 0x31];

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

function recognize(head: string, name: string): 'csv' | 'jsonl' | 'list' | 'objects' {
  const ending = /\.(\w+)(?:\.gz)?$/.exec(name)?.[1]?.toLowerCase() ?? '';
  if (ending === 'csv' || ending === 'tsv') return 'csv';
  const start = head.trimStart();
  if (start.startsWith('[')) return 'list';
  // What was written for people to read has the first brace on a line of its own; JSON Lines never do.
  if (/^\{[ \t\r]*\n/.test(start)) return 'objects';
  if (start === '' || start.startsWith('{') || ['jsonl', 'ndjson', 'json'].includes(ending)) return 'jsonl';
  throw new SourceError('is neither JSON nor Parquet; if it is CSV, say --from csv');
}

/** The first bytes, and all of them again. */
async function peek(all: Pieces): Promise<{ head: Buffer; pieces: AsyncGenerator<Uint8Array, void> }> {
  const iterator = all[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* first;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), pieces: pieces() };
}

async function closePieces(pieces: AsyncGenerator<Uint8Array, void>): Promise<void> {
  await pieces.return();
}

async function* unpacked(pieces: Pieces): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip();
  // What goes wrong is met where the bytes are read.
  pipeline(Readable.from(pieces), gunzip).catch(() => undefined);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new SourceError('is not whole: its gzip stream is cut short or damaged', { cause: error });
  }
}
