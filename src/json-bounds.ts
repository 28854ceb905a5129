/**
 * The bounds of JSON from outside, found before it is parsed: some bytes make so many values, nested so deep, that whatever
 * walks them takes seconds or reaches the end of the stack.
 */

/** Levels of lists and objects. */
export const MAX_JSON_DEPTH = 64;
/** Lists, objects, and the commas between their values. */
export const MAX_JSON_ELEMENTS = 50_000;

/** A list that is a value of the outermost object: where its brackets and its commas are. */
export interface OuterList {
  readonly start: number;
  readonly end: number;
  readonly commas: readonly number[];
}

export interface JsonScan {
  /** Goes on to the byte at `until`, or to the end. */
  readonly scanTo: (until: number) => void;
  /** What is wrong with what was scanned, if anything: the rest of a sentence. */
  readonly problem: () => string | undefined;
  /** The lists that are whole. */
  readonly lists: readonly OuterList[];
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Scans UTF-8 bytes as far as it takes to count. Whether they are JSON at all is for the parser to say. */
export function scanJson(bytes: Uint8Array): JsonScan {
  const lists: OuterList[] = [];
  let open: { readonly start: number; readonly commas: number[] } | undefined;
  let isObject: boolean | undefined;
  let [at, depth, deepest, elements] = [0, 0, 0, 0];
  let inString = false;

  const structure = (byte: number): void => {
    switch (byte) {
      case COMMA:
        elements += 1;
        if (depth === 2) open?.commas.push(at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        isObject ??= byte === OPEN_OBJECT;
        elements += 1;
        depth += 1;
        deepest = Math.max(deepest, depth);
        if (isObject && depth === 2) open = byte === OPEN_LIST ? { start: at, commas: [] } : undefined;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (depth === 2 && open !== undefined && byte === CLOSE_LIST) {
          lists.push({ ...open, end: at });
          open = undefined;
        }
        depth -= 1;
        break;
    }
  };

  return {
    lists,
    scanTo: (until) => {
      for (const end = Math.min(until, bytes.length); at < end; at += 1) {
        const byte = bytes[at] ?? 0;
        if (inString) {
          // What an escape stands for is never the end of a text, whatever it is.
          if (byte === BACKSLASH) at += 1;
          else if (byte === QUOTE) inString = false;
        } else if (byte === QUOTE) inString = true;
        else structure(byte);
      }
    },
    problem: () => {
      if (deepest > MAX_JSON_DEPTH) return `must be JSON nested at most ${MAX_JSON_DEPTH} levels deep`;
      if (elements > MAX_JSON_ELEMENTS) return `must be JSON of at most ${MAX_JSON_ELEMENTS} values`;
      return undefined;
    },
  };
}

/** What is wrong with JSON that is short, if anything: the rest of a sentence. */
export function jsonProblem(text: string | Uint8Array): string | undefined {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const scan = scanJson(bytes);
  scan.scanTo(bytes.length);
  return scan.problem();
}
