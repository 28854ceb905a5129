/** LLaMA-Factory (data/README.md): alpaca and ShareGPT, for supervised fine-tuning, preference and KTO. */
import { BadRowError } from '../bad-row.js';
import { hasAll, type RecordObject, textAt } from '../record-object.js';
import { assistant, type ChatMessage, isMessageList, parseJson, user } from './chat.js';
import type { ConvertedEntry, Converter } from './converted.js';
import { labelled, preferred, promptTurns, type RowExtras } from './rows.js';

export const llamaFactory: Converter = {
  recognizes: (record) =>
    isMessageList(record['conversations']) ||
    'kto_tag' in record ||
    (typeof record['instruction'] === 'string' && ('output' in record || 'chosen' in record)),
  convert: (record) => {
    const extras = { record, tools: parseTools(record['tools']) };
    const list = record['conversations'] ?? record['messages'];
    return list === undefined ? convertAlpaca(record, extras) : convertShareGpt(list, record, extras);
  },
};

function convertShareGpt(list: unknown, record: RecordObject, extras: RowExtras): readonly ConvertedEntry[] {
  const turns = promptTurns(parseJson(list), record['system']);
  if (hasAll(record, 'chosen', 'rejected')) return preferred(turns, record['chosen'], record['rejected'], extras);
  return labelled(turns, record['kto_tag'], extras);
}

function convertAlpaca(record: RecordObject, extras: RowExtras): readonly ConvertedEntry[] {
  const instruction = textAt(record, 'instruction');
  if (instruction === undefined) throw new BadRowError("The row has neither 'instruction' nor 'conversations'");
  const input = textAt(record, 'input');
  const question = input === undefined ? instruction : `${instruction}\n${input}`;
  const prompt = promptTurns([...parseHistory(record['history']), user(question)], record['system']);
  if (hasAll(record, 'chosen', 'rejected')) return preferred(prompt, record['chosen'], record['rejected'], extras);
  const output = record['output'];
  // Of two outputs, the first is the better one.
  if (Array.isArray(output) && output.length === 2) return preferred(prompt, output[0], output[1], extras);
  if (typeof output !== 'string') throw new BadRowError("The row has no 'output'");
  return labelled([...prompt, assistant(output)], record['kto_tag'], extras);
}

function parseHistory(history: unknown): readonly ChatMessage[] {
  if (!Array.isArray(history)) return [];
  return history.flatMap((pair: unknown): ChatMessage[] => {
    const [question, answer] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (typeof question !== 'string' || typeof answer !== 'string')
      throw new BadRowError("'history' is not a list of pairs of texts");
    return [user(question), assistant(answer)];
  });
}

/** Tools are JSON in a text. */
function parseTools(tools: unknown): unknown {
  const parsed = parseJson(tools);
  return Array.isArray(parsed) && parsed.length === 0 ? undefined : parsed;
}
