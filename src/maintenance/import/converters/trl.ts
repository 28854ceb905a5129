/**
 * TRL ("Dataset formats and types"), and others who write the same: UltraFeedback, OpenAI's fine-tuning. Prompt-completion,
 * language modelling with messages, preference with the prompt of its own or within the answers, unpaired preference.
 */
import { BadRowError } from '../bad-row.js';
import { hasAll, objectAt, type RecordObject } from '../record-object.js';
import { isMessageList, parseJson, toMessages } from './chat.js';
import type { ConvertedEntry, Converter } from './converted.js';
import { labelled, preferred, promptTurns } from './rows.js';

export const trl: Converter = {
  recognizes: (record) =>
    hasAll(record, 'prompt', 'completion') ||
    hasAll(record, 'prompt', 'chosen', 'rejected') ||
    hasAll(record, 'preferred_output', 'non_preferred_output') ||
    (hasAll(record, 'chosen', 'rejected') && isMessageList(record['chosen']) && !hasAll(record, 'conversations')) ||
    (isMessageList(record['messages']) && !('type' in record)),
  convert,
};

function convert(record: RecordObject): readonly ConvertedEntry[] {
  const tools = parseJson(record['tools']);
  const extras = { record, tools };
  if (hasAll(record, 'preferred_output', 'non_preferred_output')) {
    const input = objectAt(record, 'input');
    const withTools = { ...extras, tools: tools ?? input['tools'] };
    return preferred(
      promptTurns(input['messages']),
      record['preferred_output'],
      record['non_preferred_output'],
      withTools,
    );
  }
  const prompt = promptTurns(record['prompt'], record['system']);
  if (hasAll(record, 'chosen', 'rejected')) return preferred(prompt, record['chosen'], record['rejected'], extras);
  if (hasAll(record, 'completion')) {
    const completion = record['completion'];
    const answer =
      typeof completion === 'string'
        ? toMessages([{ role: 'assistant', content: completion }])
        : toMessages(completion);
    return labelled([...prompt, ...(answer ?? [])], record['label'], extras);
  }
  const messages = toMessages(parseJson(record['messages']));
  if (messages === undefined) {
    throw new BadRowError("The row has neither 'completion' nor 'chosen' and 'rejected' nor 'messages'");
  }
  return labelled(promptTurns(messages, record['system']), record['label'], extras);
}
