/** JSON Lines: a record for each line, whatever the lines before it hold. */
import {
  type AnyRecord,
  decodeUtf8,
  MAX_RECORD_BYTES,
  NOT_UTF8,
  type Pieces,
  type Records,
  TOO_LONG,
} from './records.js';

const NEWLINE = 0x0a;

/** Splits bytes into lines; blank ones are counted and left out. Of a line that is too long only its number is kept. */
export async function* readJsonLines(pieces: Pieces): Records {
  let number = 0;
  let parts: Uint8Array[] = [];
  let bytes = 0;

  function finish(): AnyRecord | undefined {
    number += 1;
    const line = bytes > MAX_RECORD_BYTES ? undefined : Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
    if (line === undefined) return { number, problem: TOO_LONG };
    const text = decodeUtf8(line);
    if (text === undefined) return { number, problem: NOT_UTF8 };
    return text.trim() === '' ? undefined : { number, text };
  }

  function add(part: Uint8Array): void {
    bytes += part.length;
    if (bytes <= MAX_RECORD_BYTES) parts.push(part);
    else parts = [];
  }

  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      add(piece.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line) yield line;
    }
    add(piece.subarray(start));
  }
  if (bytes > 0) {
    const line = finish();
    if (line) yield line;
  }
}
