/** Axolotl: `chat_template` rows, preference rows beside messages, a question or an input, and KTO rows. */
import { isJsonObject } from '../../../is-json-object.js';
import { BadRowError } from '../bad-row.js';
import { firstOf, hasAll, type RecordObject } from '../record-object.js';
import { assistant, parseJson } from './chat.js';
import type { ConvertedEntry, Converter } from './converted.js';
import { labelled, preferred, promptTurns } from './rows.js';

export const axolotl: Converter = {
  recognizes: (record) =>
    (hasAll(record, 'messages', 'chosen', 'rejected') && isJsonObject(record['chosen'])) ||
    (typeof record['chosen'] === 'string' &&
      hasAll(record, 'chosen', 'rejected') &&
      ('question' in record || ('input' in record && !('instruction' in record)))),
  convert,
};

function convert(record: RecordObject): readonly ConvertedEntry[] {
  const extras = { record, tools: parseJson(record['tools']) };
  const names = ['messages', 'conversations', 'question', 'prompt', 'input'];
  const asked = parseJson(firstOf(record, names));
  const turns = promptTurns(asked, record['system']);
  if (turns.length === 0)
    throw new BadRowError("The row has neither 'messages' nor 'question' nor 'prompt' nor 'input'");
  if (hasAll(record, 'chosen', 'rejected')) return preferred(turns, record['chosen'], record['rejected'], extras);
  const completion = record['completion'];
  return labelled(typeof completion === 'string' ? [...turns, assistant(completion)] : turns, record['label'], extras);
}
