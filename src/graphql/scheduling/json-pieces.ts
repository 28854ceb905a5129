/** JSON in pieces, so that writing a large answer holds up nobody. */
import { fitsInCharacters, MAX_BYTES_OF_CHARACTER } from '../budget/json-size.js';

/** Characters that are written at a stretch. */
const PIECE_CHARACTERS = 32 * 1024;

/** Characters up to which a list or an object in a long value is written by `JSON.stringify`, which is many times as fast. */
const WHOLE_CHARACTERS = 8 * 1024;

/** Characters up to which a value is written in one go: a millisecond or two at most. */
const SHORT_CHARACTERS = 256 * 1024;

/** The most bytes of what {@link isShortJson} finds short. */
export const MAX_SHORT_BYTES = SHORT_CHARACTERS * MAX_BYTES_OF_CHARACTER;

/** The JSON of a value is over its limit. */
export const OVER_LIMIT = Symbol('over the limit');

/** Whether `JSON.stringify` may write a value in one go without holding up others. */
export function isShortJson(value: unknown): boolean {
  return fitsInCharacters(value, SHORT_CHARACTERS);
}

/**
 * What `JSON.stringify` writes for plain values, as UTF-8.
 * @param limit the most bytes
 * @param giveWay called between pieces
 */
export async function jsonInPieces(
  value: unknown,
  limit: number,
  giveWay: () => Promise<void> | undefined,
): Promise<Buffer | typeof OVER_LIMIT> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (const text of jsonPieces(value)) {
    const piece = Buffer.from(text);
    bytes += piece.length;
    if (bytes > limit) return OVER_LIMIT;
    pieces.push(piece);
    await giveWay();
  }
  return Buffer.concat(pieces);
}

interface Output {
  text: string;
}

/** What `JSON.stringify` writes for plain values, a piece whenever there is enough; none ends within a text. */
export function* jsonPieces(value: unknown): Generator<string, void> {
  const output = { text: '' };
  yield* writeValue(value, output);
  yield output.text;
}

function* writeValue(value: unknown, output: Output): Generator<string, void> {
  if (!isContainer(value) || fitsInCharacters(value, WHOLE_CHARACTERS)) {
    output.text += value === undefined ? 'null' : JSON.stringify(value);
    if (output.text.length >= PIECE_CHARACTERS) yield* flush(output);
    return;
  }
  let separator = '';
  if (Array.isArray(value)) {
    output.text += '[';
    for (const item of value as readonly unknown[]) {
      output.text += separator;
      separator = ',';
      yield* writeValue(item, output);
    }
    output.text += ']';
    return;
  }
  output.text += '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    output.text += `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    yield* writeValue(member, output);
  }
  output.text += '}';
}

function* flush(output: Output): Generator<string, void> {
  const { text } = output;
  output.text = '';
  yield text;
}

/** What is written member by member: lists and objects that do not say themselves how they are written, as dates do. */
function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value && typeof value.toJSON === 'function');
}
