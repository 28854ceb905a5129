/** The days of a chart. */
import { InvalidInputError } from '../errors.js';

/** Ms. */
const DAY = 86_400_000;
/** Of one answer. */
const MAX_DAYS = 366;

/**
 * The UTC days from one time to another, each by its first moment (epoch ms).
 * @throws {InvalidInputError} for more than {@link MAX_DAYS}, or none
 */
export function daysBetween(since: Date, until: Date): readonly number[] {
  const first = Math.floor(since.getTime() / DAY);
  const count = Math.floor(until.getTime() / DAY) - first + 1;
  if (count < 1 || count > MAX_DAYS) {
    throw new InvalidInputError([{ field: 'until', problem: `must be 0 to ${MAX_DAYS - 1} days after 'since'` }]);
  }
  return Array.from({ length: count }, (_, index) => (first + index) * DAY);
}

/** Statistics in the order of days, each with its day, such as `2030-01-31`. */
export function withDays<Stats extends object>(
  days: readonly number[],
  stats: readonly Stats[],
): (Stats & { readonly day: string })[] {
  return stats.map((each, index) => ({ ...each, day: new Date(days[index] ?? 0).toISOString().slice(0, 10) }));
}
