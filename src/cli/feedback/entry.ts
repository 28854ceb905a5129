/** How an entry is shown. */
import { type JsonObject, textIn, timeIn } from '../client.js';
import type { Style } from '../screen.js';
import { properties } from '../table.js';
import type { Screen } from '../terminal.js';

const STATUS_STYLES: Readonly<Record<string, Style>> = { approved: 'green', flagged: 'yellow', rejected: 'red' };

export function statusStyle(entry: JsonObject): Style | undefined {
  return STATUS_STYLES[textIn(entry, 'validation_status')];
}

const FIELDS: readonly (readonly [name: string, field: string])[] = [
  ['type', 'type'],
  ['question', 'question'],
  ['answer', 'answer'],
  ['correction', 'correction'],
  ['comment', 'comment'],
  ['status', 'validation_status'],
  ['user', 'user_id'],
  ['interaction', 'interaction_id'],
  ['model', 'model_version'],
  ['adapter', 'adapter_id'],
  ['adapter version', 'adapter_version'],
  ['external id', 'external_id'],
];

/** Everything that is known of an entry, in lines. */
export function entryText(entry: JsonObject, screen: Screen | undefined): string {
  const { validation_reasons: reasons } = entry;
  const rows: (readonly [string, string])[] = [
    ['id', textIn(entry, 'id')],
    ...FIELDS.map(([name, field]) => [name, textIn(entry, field)] as const),
    ['because', Array.isArray(reasons) ? reasons.map(String).join('; ') : ''],
    ['training batch', entry['used_for_training'] === true ? textIn(entry, 'training_batch_id') : ''],
    ['created', timeIn(entry, 'created_at')],
    ['version', textIn(entry, 'version')],
  ];
  return properties(
    rows.filter(([, text]) => text !== ''),
    screen,
  );
}
