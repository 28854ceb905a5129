/** The lines of a file of JSON Lines, one at a time, whatever the file holds. */

/** Bytes of one line. The longest entry that is allowed, with all that an export says of it, is half of that. */
export const MAX_LINE_BYTES = 1024 * 1024;

export interface Line {
  /** From 1, counting blank lines, too. */
  readonly number: number;
  readonly text: string;
  readonly problem?: undefined;
}

/** A line that cannot be read at all. */
export interface UnreadableLine {
  readonly number: number;
  readonly problem: string;
}

const NEWLINE = 0x0a;

/** Splits bytes into lines; blank ones are left out. Of a line that is too long only its number is kept. */
export async function* readLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Line | UnreadableLine, void> {
  let number = 0;
  let parts: Buffer[] = [];
  let bytes = 0;

  function finish(): Line | UnreadableLine | undefined {
    number += 1;
    const line = bytes > MAX_LINE_BYTES ? undefined : Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
    if (line === undefined) return { number, problem: `The line is longer than ${MAX_LINE_BYTES} bytes` };
    const text = decode(line);
    if (text === undefined) return { number, problem: 'The line is not UTF-8' };
    return text.trim() === '' ? undefined : { number, text };
  }

  function add(part: Buffer): void {
    bytes += part.length;
    if (bytes <= MAX_LINE_BYTES) parts.push(part);
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without a byte order mark; `undefined` for what is not UTF-8. */
function decode(line: Buffer): string | undefined {
  try {
    return utf8.decode(line);
  } catch {
    return undefined;
  }
}
