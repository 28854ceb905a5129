/** Axolotl: `chat_template` rows, preference rows beside messages or a question, and KTO rows. */
import { isJsonObject } from '../../../is-json-object.js';
import { BadRowError } from '../bad-row.js';
import { hasAll, type RecordObject } from '../record-object.js';
import { assistant, parseJson } from './chat.js';
import type { ConvertedEntry, Converter } from './converted.js';
import { labelled, preferred, promptTurns } from './rows.js';

export const axolotl: Converter = {
  recognizes: (record) =>
    (hasAll(record, 'messages', 'chosen', 'rejected') && isJsonObject(record['chosen'])) ||
    (hasAll(record, 'question', 'chosen', 'rejected') && typeof record['chosen'] === 'string'),
  convert,
};

function convert(record: RecordObject): readonly ConvertedEntry[] {
  const extras = { record, tools: parseJson(record['tools']) };
  const asked = parseJson(record['messages'] ?? record['conversations'] ?? record['question'] ?? record['prompt']);
  const turns = promptTurns(asked, record['system']);
  if (turns.length === 0) throw new BadRowError("The row has neither 'messages' nor 'question' nor 'prompt'");
  if (hasAll(record, 'chosen', 'rejected')) return preferred(turns, record['chosen'], record['rejected'], extras);
  const completion = record['completion'];
  return labelled(typeof completion === 'string' ? [...turns, assistant(completion)] : turns, record['label'], extras);
}
