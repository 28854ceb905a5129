/** Anthropic's HH-RLHF, and data sets of its form: two transcripts of a conversation that differ in their last answer. */
import { BadRowError } from '../bad-row.js';
import { type RecordObject, textAt } from '../record-object.js';
import type { ChatMessage } from './chat.js';
import type { ConvertedEntry, Converter } from './converted.js';
import { preferred } from './rows.js';

const TURN = /\n\n(Human|Assistant):/;

export const hhRlhf: Converter = {
  recognizes: (record) => isTranscript(record['chosen']) && isTranscript(record['rejected']),
  convert: (record) => convert(record),
};

function isTranscript(value: unknown): boolean {
  return typeof value === 'string' && value.trimStart().startsWith('Human:');
}

function convert(record: RecordObject): readonly ConvertedEntry[] {
  const chosen = parseTranscript(textAt(record, 'chosen') ?? '', 'chosen');
  const rejected = parseTranscript(textAt(record, 'rejected') ?? '', 'rejected');
  return preferred([], chosen, rejected, { record });
}

function parseTranscript(text: string, name: string): readonly ChatMessage[] {
  // What stands before the first turn is at index 0; then speakers and their texts alternate.
  const [before = '', ...turns] = `\n\n${text.trim()}`.split(TURN);
  if (before.trim() !== '' || turns.length < 2) {
    throw new BadRowError(`'${name}' is no transcript that begins with 'Human:'`);
  }
  const messages: ChatMessage[] = [];
  for (let index = 0; index < turns.length; index += 2) {
    const role = turns[index] === 'Human' ? 'user' : 'assistant';
    messages.push({ role, content: (turns[index + 1] ?? '').trim() });
  }
  return messages;
}
