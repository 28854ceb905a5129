/**
 * A JSON list, or objects one after the other: a record for each value. The bytes are split by brackets and never parsed as
 * a whole, so that memory is bounded by the largest record, however long the list is.
 */
import {
  type AnyRecord,
  decodeUtf8,
  MAX_RECORD_BYTES,
  NOT_UTF8,
  type Pieces,
  type Records,
  SourceError,
  TOO_LONG,
} from './records.js';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Whether a byte is white space of JSON. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * The values of one JSON list.
 * @throws {SourceError} if the list ends before it is closed, or more follows it
 */
export async function* readJsonList(pieces: Pieces): Records {
  const values = createCollector();
  let state: 'before' | 'inside' | 'after' = 'before';
  for await (const piece of pieces) {
    let start = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (state === 'inside') {
        if (values.isInside(byte)) continue;
        if (byte !== COMMA && byte !== CLOSE_LIST) continue;
        values.add(piece.subarray(start, at));
        start = at + 1;
        if (byte === CLOSE_LIST) state = 'after';
        // An empty list, and a comma behind the last value, make no value.
        if (byte === COMMA || !values.isBlank()) yield values.finish();
      } else if (!isSpace(byte)) {
        if (state === 'after') throw new SourceError('goes on after the end of its JSON list');
        // A byte order mark may stand in front.
        if (byte !== OPEN_LIST) continue;
        state = 'inside';
        start = at + 1;
      }
    }
    if (state === 'inside') values.add(piece.subarray(start));
  }
  if (state === 'inside') throw new SourceError(endsEarly(values.next()));
}

/**
 * JSON objects, each on as many lines as it likes.
 * @throws {SourceError} if something else stands between them, or the last is not whole
 */
export async function* readJsonObjects(pieces: Pieces): Records {
  const values = createCollector();
  let open = false;
  for await (const piece of pieces) {
    let start = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (!open) {
        if (isSpace(byte) || (values.next() === 1 && byte >= 0x80)) continue;
        if (byte !== OPEN_OBJECT) throw new SourceError(`is not JSON behind row ${values.next() - 1}`);
        open = true;
        start = at;
      }
      values.isInside(byte);
      if (values.depth() > 0) continue;
      values.add(piece.subarray(start, at + 1));
      open = false;
      yield values.finish();
    }
    if (open) values.add(piece.subarray(start));
  }
  if (open) throw new SourceError(endsEarly(values.next()));
}

function endsEarly(row: number): string {
  return `is cut short: it ends within row ${row}`;
}

interface Collector {
  /** Follows one byte of a value; tells whether it is inside a text or brackets. */
  readonly isInside: (byte: number) => boolean;
  /** Brackets that are open. */
  readonly depth: () => number;
  readonly add: (part: Uint8Array) => void;
  readonly isBlank: () => boolean;
  /** The number of the value that is collected. */
  readonly next: () => number;
  readonly finish: () => AnyRecord;
}

function createCollector(): Collector {
  let number = 0;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;

  return {
    isInside: (byte) => {
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
        return true;
      }
      if (byte === QUOTE) inText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
      else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && depth > 0) depth -= 1;
      else return depth > 0;
      return true;
    },
    depth: () => depth,
    add: (part) => {
      bytes += part.length;
      if (bytes <= MAX_RECORD_BYTES) parts.push(part);
      else parts = [];
    },
    isBlank: () => bytes <= MAX_RECORD_BYTES && parts.every((part) => part.every(isSpace)),
    next: () => number + 1,
    finish: () => {
      number += 1;
      const value = bytes > MAX_RECORD_BYTES ? undefined : Buffer.concat(parts, bytes);
      parts = [];
      bytes = 0;
      if (value === undefined) return { number, problem: TOO_LONG };
      const text = decodeUtf8(value);
      return text === undefined ? { number, problem: NOT_UTF8 } : { number, text: text.trim() };
    },
  };
}
