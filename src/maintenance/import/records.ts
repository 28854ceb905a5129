/** What every reader makes of a file: its records, each as JSON of its own, one at a time. */

/** Bytes of one record: a conversation with everything that another system says of it. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

export interface FileRecord {
  /** The line where it begins, or its place in a list, from 1. */
  readonly number: number;
  /** One JSON value, or what should be one. */
  readonly text: string;
  readonly problem?: undefined;
}

/** A record that cannot be read, between others that can. */
export interface UnreadableRecord {
  readonly number: number;
  /** A sentence. */
  readonly problem: string;
}

export type AnyRecord = FileRecord | UnreadableRecord;

export type Records = AsyncGenerator<AnyRecord, void>;

/** The bytes of a file, in pieces. */
export type Pieces = AsyncIterable<Uint8Array>;

/** The rest of the file cannot be read; the records before were. The message follows the name of the file. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

export const TOO_LONG = `The row is longer than ${MAX_RECORD_BYTES / 1024 ** 2} MiB`;
export const NOT_UTF8 = 'The row is not UTF-8';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without a byte order mark; `undefined` for what is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
