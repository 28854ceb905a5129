/** Bounds of a range of time in the address: whole days as people choose them, exact times as charts and views give them. */
import type { Parameter } from '../../router/search-codec.js';

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MILLISECONDS = 86_400_000;

/** Whether a text is the date of a day that there is. */
export function isDay(text: string): boolean {
  return DAY.test(text) && toIso(text)?.startsWith(text) === true;
}

function toIso(text: string): string | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** A day in UTC, as `2026-01-31`, or an exact time in ISO 8601; empty for none. */
export function moment(): Parameter<string> {
  return {
    initial: '',
    parse: ([first = '']) => (isDay(first) ? first : DAY.test(first) ? undefined : toIso(first)),
    serialize: (value) => (value === '' ? [] : [value]),
  };
}

/** The beginning of a range, as the API takes it. A day begins at midnight, UTC, as the days of the statistics do. */
export function startOf(since: string): string {
  return isDay(since) ? `${since}T00:00:00.000Z` : since;
}

/** The end of a range, which the range does not include. A day is included whole. */
export function endOf(until: string): string {
  return isDay(until) ? new Date(Date.parse(until) + DAY_MILLISECONDS).toISOString() : until;
}

const MIDNIGHT = /T00:00:00(?:\.0+)?Z$/;

/** What `startOf` makes of it is the given time. */
export function sinceOf(start: string): string {
  return MIDNIGHT.test(start) ? start.slice(0, 10) : start;
}

/** What `endOf` makes of it is the given time. */
export function untilOf(end: string): string {
  return MIDNIGHT.test(end) ? new Date(Date.parse(end) - DAY_MILLISECONDS).toISOString().slice(0, 10) : end;
}
