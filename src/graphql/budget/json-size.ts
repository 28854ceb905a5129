/** How many bytes a value has as JSON, without making the JSON. */

/** The most that a UTF-16 code unit takes in JSON: `\u0001`. */
const MAX_BYTES_OF_UNIT = 6;
/** `"+275760-09-13T00:00:00.000Z"` */
const MAX_DATE_BYTES = 29;
/** `-1.2345678901234567e-300` */
const MAX_NUMBER_BYTES = 25;

/** What JSON writes otherwise than as it is: escapes, and halves of surrogate pairs, which byteLength counts otherwise. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Whether the JSON of a value, as `JSON.stringify` writes it, has at most `limit` bytes. */
export function fitsInBytes(value: unknown, limit: number): boolean {
  // A bound that looks at no text suffices for nearly every answer.
  return addSize(value, 0, limit, AT_MOST) <= limit || addSize(value, 0, limit, EXACT) <= limit;
}

/** The bytes of a value as JSON, exactly; some number above `limit` if there are more. */
export function jsonBytes(value: unknown, limit = Infinity): number {
  return addSize(value, 0, limit, EXACT);
}

interface Sizes {
  readonly text: (text: string) => number;
  readonly number: (number: number) => number;
  readonly date: (date: Date) => number;
}

const AT_MOST: Sizes = {
  text: (text) => MAX_BYTES_OF_UNIT * text.length + 2,
  number: () => MAX_NUMBER_BYTES,
  date: () => MAX_DATE_BYTES,
};

const EXACT: Sizes = {
  text: (text) => (ESCAPED.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2),
  number: (number) => (Number.isFinite(number) ? String(number).length : 'null'.length),
  date: (date) => Buffer.byteLength(JSON.stringify(date)),
};

/** Adds the size of a value to `size`; ends early once that is over `limit`. */
function addSize(value: unknown, size: number, limit: number, sizes: Sizes): number {
  if (size > limit) return size;
  if (typeof value === 'string') return size + sizes.text(value);
  if (typeof value === 'number') return size + sizes.number(value);
  if (typeof value === 'boolean') return size + (value ? 'true' : 'false').length;
  if (typeof value !== 'object' || value === null) return size + 'null'.length;
  if (Array.isArray(value)) {
    let sum = size + '[]'.length + Math.max(value.length - 1, 0);
    for (const item of value) {
      sum = addSize(item, sum, limit, sizes);
      if (sum > limit) return sum;
    }
    return sum;
  }
  if (value instanceof Date) return size + sizes.date(value);
  let sum = size + '{}'.length;
  let members = 0;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (sum > limit) return sum;
    members += 1;
    sum = addSize(member, sum + sizes.text(name) + ':'.length, limit, sizes);
  }
  return sum + Math.max(members - 1, 0);
}
