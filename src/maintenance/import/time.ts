/** The times that rows of an import have: in seconds or milliseconds since 1970, or as RFC 3339. */

/** No language model was judged before; a number below is not what it is taken for. Epoch ms. */
const EARLIEST = Date.UTC(2000, 0, 1);
/** Epoch seconds of the year 5138, as milliseconds a day in 1973: no plausible time is either side of it in both units. */
const MOST_SECONDS = 1e11;

export const TIME_PROBLEM =
  'must be a time from the year 2000 on: epoch seconds or milliseconds, or RFC 3339 with a UTC offset, such as 2024-05-01T12:00:00Z';

/** With an offset: without one, a time would mean another moment on another machine. */
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/i;

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
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return undefined;
  // JavaScript takes February 30 for March 1.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return isDay ? Date.parse(text.replace(' ', 'T')) : undefined;
}
