/** How many bytes a value has as JSON, without making the JSON. */
import { startStretches, type Stretches } from '../../yield-to-event-loop.js';
import { WrittenJson } from '../written-json.js';

/** What JSON writes otherwise than as it is: escapes, and halves of surrogate pairs, which byteLength counts otherwise. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The most bytes that JSON takes for a character as {@link fitsInCharacters} counts them: `\u0001`. */
export const MAX_BYTES_OF_CHARACTER = 6;
/** More characters than a number, a date or the punctuation of a list or an object has, at six bytes each. */
const CHARACTERS_OF_OTHERS = 8;

/** Characters up to which a list or an object in a longer value is measured in one go. */
const PART_CHARACTERS = 8 * 1024;
/** Texts, numbers and the like in a list that are measured in one go. */
const PART_ITEMS = 256;

/** Whether the JSON of a value has at most `limit` bytes, letting others have their turn in between. */
export async function fitsInBytesYielding(
  value: unknown,
  limit: number,
  stretches: Pick<Stretches, 'shouldYield' | 'yieldToEventLoop'> = startStretches(),
): Promise<boolean> {
  let bytes = 0;
  for (const size of measureParts(value)) {
    bytes += size;
    if (bytes > limit) return false;
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return true;
}

/** The bytes of the parts of a value, of all together those of the value. */
function* measureParts(value: unknown): Generator<number, void> {
  if (!isContainer(value) || fitsInCharacters(value, PART_CHARACTERS)) {
    yield jsonBytes(value);
    return;
  }
  if (Array.isArray(value)) {
    let size = '[]'.length + Math.max(value.length - 1, 0);
    for (const [index, item] of (value as readonly unknown[]).entries()) {
      if (isContainer(item)) yield* measureParts(item);
      else size += jsonBytes(item);
      if (index % PART_ITEMS > 0) continue;
      yield size;
      size = 0;
    }
    yield size;
    return;
  }
  yield '{}'.length;
  let separator = '';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield separator.length + bytesOfText(name) + ':'.length;
    separator = ',';
    yield* measureParts(member);
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof WrittenJson);
}

/**
 * Whether the JSON of a value has at most `limit` characters, escapes counted as one; numbers, dates and punctuation count as
 * more than they have. Looks at no text, and no further than the limit.
 */
export function fitsInCharacters(value: unknown, limit: number): boolean {
  return roomLeft(value, limit) >= 0;
}

/** What is left of `room` characters behind a value; below 0 as soon as it is known not to fit. */
function roomLeft(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length - 1;
  let left = room - CHARACTERS_OF_OTHERS;
  if (typeof value !== 'object' || value === null) return left;
  if (value instanceof WrittenJson) return room - value.text.length;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at++) left = roomLeft(value[at], left - 1);
    return left;
  }
  // Object.entries takes ten times as long.
  for (const name in value) {
    if (left < 0) return left;
    left = roomLeft((value as Readonly<Record<string, unknown>>)[name], left - name.length - 1);
  }
  return left;
}

/** The bytes of a value as JSON, exactly; some number above `limit` if there are more. */
export function jsonBytes(value: unknown, limit = Infinity): number {
  return addSize(value, 0, limit);
}

function bytesOfText(text: string): number {
  return ESCAPED.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2;
}

/** Adds the size of a value to `size`; ends early once that is over `limit`. */
function addSize(value: unknown, size: number, limit: number): number {
  if (size > limit) return size;
  if (typeof value === 'string') return size + bytesOfText(value);
  if (typeof value === 'number') return size + (Number.isFinite(value) ? String(value).length : 'null'.length);
  if (typeof value === 'boolean') return size + (value ? 'true' : 'false').length;
  if (typeof value !== 'object' || value === null) return size + 'null'.length;
  if (Array.isArray(value)) {
    let sum = size + '[]'.length + Math.max(value.length - 1, 0);
    for (const item of value) {
      sum = addSize(item, sum, limit);
      if (sum > limit) return sum;
    }
    return sum;
  }
  if (value instanceof WrittenJson) return size + Buffer.byteLength(value.text);
  if (value instanceof Date) return size + Buffer.byteLength(JSON.stringify(value));
  let sum = size + '{}'.length;
  let members = 0;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (sum > limit) return sum;
    members += 1;
    sum = addSize(member, sum + bytesOfText(name) + ':'.length, limit);
  }
  return sum + Math.max(members - 1, 0);
}
