/** JSON in pieces, so that writing a large answer holds up nobody. */
import { fitsInCharacters, MAX_BYTES_OF_CHARACTER } from '../budget/json-size.js';
import { WrittenJson } from '../written-json.js';

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
 * @param write writes what is short
 */
export async function jsonInPieces(
  value: unknown,
  limit: number,
  giveWay: () => Promise<void> | undefined,
  write: WriteJson = JSON.stringify,
): Promise<Buffer | typeof OVER_LIMIT> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (const text of jsonPieces(value, write)) {
    const piece = Buffer.from(text);
    bytes += piece.length;
    if (bytes > limit) return OVER_LIMIT;
    pieces.push(piece);
    await giveWay();
  }
  return Buffer.concat(pieces);
}

/** What `JSON.stringify` writes for plain values, some of which are written already. */
export function jsonText(value: unknown): string {
  if (value instanceof WrittenJson) return value.text;
  if (!isContainer(value)) return value === undefined ? 'null' : JSON.stringify(value);
  let separator = '';
  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value as readonly unknown[]) {
      text += separator + jsonText(item);
      separator = ',';
    }
    return `${text}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  if (!hasParts(members)) return JSON.stringify(members);
  let text = '{';
  // Object.entries takes many times as long.
  for (const name in members) {
    const member = members[name];
    if (member === undefined) continue;
    text += `${separator}${PLAIN_NAME.test(name) ? `"${name}"` : JSON.stringify(name)}:${jsonText(member)}`;
    separator = ',';
  }
  return `${text}}`;
}

/** A name that JSON writes as it is. */
const PLAIN_NAME = /^\w+$/;

function hasParts(members: Readonly<Record<string, unknown>>): boolean {
  for (const name in members) {
    const member = members[name];
    if (member instanceof WrittenJson || isContainer(member)) return true;
  }
  return false;
}

type WriteJson = (value: unknown) => string;

interface Output {
  text: string;
  readonly write: WriteJson;
}

/** What `JSON.stringify` writes for plain values, a piece whenever there is enough; none ends within a text. */
export function* jsonPieces(value: unknown, write: WriteJson = JSON.stringify): Generator<string, void> {
  const output = { text: '', write };
  yield* writeValue(value, output);
  yield output.text;
}

function* writeValue(value: unknown, output: Output): Generator<string, void> {
  if (!isContainer(value) || fitsInCharacters(value, WHOLE_CHARACTERS)) {
    output.text += value === undefined ? 'null' : output.write(value);
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
