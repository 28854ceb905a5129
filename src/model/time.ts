/** Times as clients and files write them, read in one place. Moments are epoch ms. */

/** The last moment that a JavaScript date can hold (ECMA-262, "Time Values"). */
export const MAX_TIME = 8_640_000_000_000_000;

/** Epoch seconds of 1973 to 5138. As milliseconds they would be of the first three years of the epoch, which nobody means. */
const SECONDS = { from: 100_000_000, to: 100_000_000_000 };

/** RFC 3339, with or without seconds: a time without an offset would mean another moment on another machine. */
const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[T ]([01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

export const TIME_FORMS = 'a time in RFC 3339, such as 2026-11-28T00:00:00Z, or in epoch milliseconds';

/** A time as RFC 3339 has it, as epoch ms; undefined for anything else, such as 30 February, and before 1970. */
export function parseTimestamp(text: string): number | undefined {
  const [, year = '', month = '', day = ''] = TIMESTAMP.exec(text) ?? [];
  if (year === '' || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const time = Date.parse(text.replace(' ', 'T').toUpperCase());
  return time >= 0 ? time : undefined;
}

/** Whether a number is one of epoch seconds rather than milliseconds. */
export function isEpochSeconds(value: number): boolean {
  return value >= SECONDS.from && value < SECONDS.to;
}

/** A time in one of {@link TIME_FORMS} as epoch ms, or what is wrong with it as the rest of a sentence. */
export function readTime(value: unknown): number | { readonly problem: string } {
  const time = typeof value === 'string' ? parseTimestamp(value) : value;
  if (typeof time !== 'number' || !Number.isSafeInteger(time) || time < 0 || time > MAX_TIME) {
    return { problem: `must be ${TIME_FORMS}` };
  }
  if (typeof value === 'number' && isEpochSeconds(value)) {
    return { problem: `must be in epoch milliseconds; ${value} is in epoch seconds` };
  }
  return time;
}
