/** What is sent as a stream. */
import { Readable } from 'node:stream';
import { ApiError, UnavailableError } from '../errors.js';
import type { Application } from '../http/application.js';

/** After so many ms without a byte taken by the client, a download is broken off. */
const MAX_STALL = 60_000;

/** A stream that ends with an error when nobody takes what it has for too long. */
export function breakOffStalled(bytes: AsyncIterable<Buffer>): Readable {
  async function* watched(): AsyncGenerator<Buffer, void> {
    for await (const piece of bytes) {
      const stalled = setTimeout(() => {
        stream.destroy(new Error('The client of a download takes nothing'));
      }, MAX_STALL);
      try {
        yield piece;
      } finally {
        clearTimeout(stalled);
      }
    }
  }
  const stream = Readable.from(watched(), { objectMode: false });
  // It may be broken off before it is sent, when nobody else listens.
  stream.on('error', () => undefined);
  return stream;
}

/** Downloads that are much work, of which one at a time is under way for each key. */
export interface SingleDownloads<Key> {
  /**
   * Begins one, which ends with an error when nobody takes it for too long, or when the server stops.
   * @param taken says that one is under way already
   * @param record is done before the first byte is sent; where it fails, nothing is
   * @throws {ApiError} CONFLICT if one is under way
   */
  begin(key: Key, taken: string, bytes: AsyncIterable<Buffer>, record: () => Promise<unknown>): Promise<Readable>;
}

export function createSingleDownloads<Key>(application: Application): SingleDownloads<Key> {
  const underWay = new Map<Key, Readable>();
  // Nobody waits for them before the server stops; their clients see that the end is missing.
  application.addHook('preClose', () => {
    for (const stream of underWay.values()) stream.destroy(serverStops());
    return Promise.resolve();
  });
  return {
    begin: async (key, taken, bytes, record) => {
      if (underWay.has(key)) throw new ApiError('CONFLICT', taken);
      const stream = breakOffStalled(bytes);
      underWay.set(key, stream);
      stream.once('close', () => underWay.delete(key));
      try {
        await record();
      } catch (error) {
        stream.destroy();
        throw error;
      }
      return stream;
    },
  };
}

/** Breaks off a download when the server stops: its client is to try again, also one that has not had the first byte. */
export function serverStops(): UnavailableError {
  return new UnavailableError('The server stops', 1);
}

/** A range of bytes as a client asks for it; the last one of `last` is included. */
export type ByteRange =
  | { readonly first: number; readonly last?: number }
  /** So many bytes of the end. */
  | { readonly suffix: number };

/**
 * The one range of a `Range` header; `undefined` for none, several, or what is no range of bytes: these are answered with
 * the whole (RFC 9110, 14.2).
 */
export function parseRange(header: string | undefined): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? [];
  if (first !== '') {
    if (last === '') return { first: Number(first) };
    return Number(last) < Number(first) ? undefined : { first: Number(first), last: Number(last) };
  }
  return last === '' ? undefined : { suffix: Number(last) };
}

/** Where a range lies in `size` bytes, `end` excluded; `undefined` if nothing of it does. */
export function resolveRange(range: ByteRange, size: number): { start: number; end: number } | undefined {
  const start = 'suffix' in range ? Math.max(0, size - range.suffix) : range.first;
  const end = 'suffix' in range || range.last === undefined ? size : Math.min(size, range.last + 1);
  return start < end ? { start, end } : undefined;
}

/** The bytes from `start` to `end` (excluded). Ends as soon as these are there. */
export async function* bytesBetween(
  pieces: AsyncIterable<Buffer>,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void> {
  let at = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    if (part.length > 0) yield part;
    if (at >= end) return;
  }
}
