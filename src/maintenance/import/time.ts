/** The times that rows of an import have: in seconds or milliseconds since 1970, or as RFC 3339. */
import { parseTimestamp } from '../../model/time.js';

/** No language model was judged before; a number below is not what it is taken for. Epoch ms. */
const EARLIEST = Date.UTC(2000, 0, 1);
/** Epoch seconds of the year 5138, as milliseconds a day in 1973: no plausible time is either side of it in both units. */
const MOST_SECONDS = 1e11;

export const TIME_PROBLEM =
  'must be a time from the year 2000 on: epoch seconds or milliseconds, or RFC 3339 with a UTC offset, such as 2024-05-01T12:00:00Z';

/** Epoch ms, if it is a time at all. Seconds and milliseconds are told apart by which of them is plausible. */
export function parseTime(value: unknown): number | undefined {
  const time =
    typeof value === 'string' ? parseText(value.trim()) : typeof value === 'number' ? parseEpoch(value) : undefined;
  return time !== undefined && Number.isSafeInteger(time) && time >= EARLIEST ? time : undefined;
}

function parseEpoch(epoch: number): number {
  return Math.round(epoch < MOST_SECONDS ? epoch * 1000 : epoch);
}

function parseText(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return parseEpoch(Number(text));
  // Other programs leave the colon of an offset out.
  return parseTimestamp(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
}
