/** What an import tells of the rows of its file. */
import { type Fate, type FateCount, FATES, type Summary } from '../../maintenance/import/tally.js';
import { count } from '../offline-store.js';

export interface SummaryOptions {
  readonly unit: 'line' | 'row';
  readonly isDryRun: boolean;
  /** What the file was taken for, if it is not in our own names. */
  readonly source?: string | undefined;
}

const LABELS: Readonly<Partial<Record<Fate, string>>> = { erased: 'erased before', empty: 'no feedback' };

/** Rows that made new entries. */
export function createdEntries(summary: Summary): number {
  return summary.approved.count + summary.flagged.count + summary.rejected.count + summary.pending.count;
}

/**
 * @example
 * Imported 3 entries
 *   approved  2  lines 1-2
 *   flagged   1  line 4
 */
export function summaryText(summary: Summary, { unit, isDryRun, source }: SummaryOptions): string {
  const from = source === undefined ? '' : `, read as ${source}`;
  const done = isDryRun ? 'Nothing was stored. An import would store' : 'Imported';
  const lines = [`${done} ${count(createdEntries(summary), 'entry', 'entries')}${from}`];
  const rows = FATES.filter((fate) => summary[fate].count > 0).map((fate) => ({
    label: LABELS[fate] ?? fate,
    number: summary[fate].count.toLocaleString('en-US'),
    where: whereText(summary[fate], unit),
  }));
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const labels = width(rows.map(({ label }) => label));
  const numbers = width(rows.map(({ number }) => number));
  for (const { label, number, where } of rows) {
    lines.push(`  ${label.padEnd(labels)}  ${number.padStart(numbers)}  ${where}`);
  }
  return `${lines.join('\n')}\n`;
}

/** @example `lines 1-4, 7 and 12 more` */
function whereText({ stretches, elsewhere }: FateCount, unit: 'line' | 'row'): string {
  const names = stretches.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
  const isOne = stretches.length === 1 && stretches[0]?.[0] === stretches[0]?.[1];
  return `${unit}${isOne && elsewhere === 0 ? '' : 's'} ${names}${elsewhere === 0 ? '' : ` and ${elsewhere.toLocaleString('en-US')} more`}`;
}
