/** Entries as files. */
import type { JsonObject } from '../../api/scalars.js';

export type ExportFormat = 'csv' | 'jsonl';

/** Fields of the API's documents that are columns of CSV; whatever else an entry has is in the last one, as JSON. */
const COLUMNS = [
  'id',
  'type',
  'validation_status',
  'question',
  'answer',
  'correction',
  'comment',
  'reason',
  'tags',
  'scores',
  'user_id',
  'adapter_id',
  'adapter_version',
  'model_version',
  'source',
  'conversation_id',
  'interaction_id',
  'created_at',
  'version',
  'used_for_training',
] as const;
const OTHERS = 'other_fields';

/** A spreadsheet takes these at the beginning of a cell for a formula, which could load or send something. */
const FORMULA = /^[=+\-@\t\r]/;

function toCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A time as people read it; the API's documents have epoch milliseconds. */
function toTime(value: unknown): unknown {
  return typeof value === 'number' ? new Date(value).toISOString() : value;
}

/** What stands at the beginning of a file: for CSV, the names of the columns, and the mark by which Excel knows UTF-8. */
export function exportHead(format: ExportFormat): string {
  return format === 'csv' ? `\ufeff${[...COLUMNS, OTHERS].join(',')}\r\n` : '';
}

export function exportRow(format: ExportFormat, document: JsonObject): string {
  if (format === 'jsonl') return `${JSON.stringify(document)}\n`;
  const others = Object.entries(document).filter(([name]) => !COLUMNS.some((column) => column === name));
  const cells = COLUMNS.map((column) => toCell(column === 'created_at' ? toTime(document[column]) : document[column]));
  return `${[...cells, toCell(others.length === 0 ? undefined : Object.fromEntries(others))].join(',')}\r\n`;
}
