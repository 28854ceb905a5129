/** Days in UTC, as the API counts them: 2026-01-31. */
const DAY = 86_400_000;

/** What came in on one day, by its status now. */
export interface DayCounts {
  readonly day: string;
  readonly approvedCount: number;
  readonly pendingValidation: number;
  readonly flaggedCount: number;
  readonly rejectedCount: number;
}

/** The series of the chart from the bottom up, with the status that each counts. */
export const SERIES = [
  { field: 'approvedCount', status: 'APPROVED', color: '--series-approved' },
  { field: 'pendingValidation', status: 'PENDING', color: '--series-pending' },
  { field: 'flaggedCount', status: 'FLAGGED', color: '--series-flagged' },
  { field: 'rejectedCount', status: 'REJECTED', color: '--series-rejected' },
] as const;

export function totalOf(day: DayCounts): number {
  return SERIES.reduce((total, { field }) => total + day[field], 0);
}

export function toDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A day as a moment: its beginning. */
export function startOf(day: string): string {
  return `${day}T00:00:00.000Z`;
}

/** The first of the last `count` days, today among them, and today. */
export function lastDays(count: number, now = Date.now()): { readonly since: string; readonly until: string } {
  return { since: toDay(now - (count - 1) * DAY), until: toDay(now) };
}
