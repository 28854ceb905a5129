/** How an entry is shown. */
import { type Field, JUDGEMENT_FIELDS, listFields, ORIGIN_FIELDS } from '../../model/feedback-fields.js';
import { type JsonObject, textIn, timeIn } from '../client.js';
import type { Style } from '../screen.js';
import { properties } from '../table.js';
import type { Screen } from '../terminal.js';
import { fieldLabel } from './fields.js';

const STATUS_STYLES: Readonly<Record<string, Style>> = { approved: 'green', flagged: 'yellow', rejected: 'red' };

export function statusStyle(entry: JsonObject): Style | undefined {
  return STATUS_STYLES[textIn(entry, 'validation_status')];
}

/** Everything that is known of an entry, in lines. */
export function entryText(entry: JsonObject, screen: Screen | undefined): string {
  const { validation_reasons: reasons } = entry;
  const row = (field: Field): readonly [string, string] => [fieldLabel(field), textIn(entry, field.rest)];
  const rows: (readonly [string, string])[] = [
    ['id', textIn(entry, 'id')],
    ...listFields(JUDGEMENT_FIELDS).map(row),
    ['status', textIn(entry, 'validation_status')],
    ...listFields(ORIGIN_FIELDS).map(row),
    ['reasons', Array.isArray(reasons) ? reasons.map(String).join('; ') : ''],
    ['training batch', entry['used_for_training'] === true ? textIn(entry, 'training_batch_id') : ''],
    ['created', timeIn(entry, 'created_at')],
    ['version', textIn(entry, 'version')],
  ];
  return properties(
    rows.filter(([, text]) => text !== ''),
    screen,
  );
}
