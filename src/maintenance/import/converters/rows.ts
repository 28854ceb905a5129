/** The rows of data sets for training, whichever library they are for: demonstrations, pairs, and labelled answers. */
import { isDeepStrictEqual } from 'node:util';
import { BadRowError } from '../bad-row.js';
import { idAt, type RecordObject, textAt } from '../record-object.js';
import { assistant, type ChatMessage, isMessage, splitAnswer, system, toMessage, toMessages, user } from './chat.js';
import { type ConvertedEntry, type Judged, parseVerdict } from './converted.js';

/** What a row says beside its conversation. */
export interface RowExtras {
  readonly record: RecordObject;
  readonly tools?: unknown;
}

/** An answer, and whether it is good where the row says so. */
export function labelled(
  messages: readonly ChatMessage[],
  label: unknown,
  { record, tools }: RowExtras,
): readonly ConvertedEntry[] {
  const { prompt, answer } = splitAnswer(messages);
  return [entry(prompt, { kind: 'verdict', answer, type: parseVerdict(label) }, record, tools)];
}

/**
 * A better and a worse answer. Each is a message, its text, or a whole conversation that ends with it.
 * @param prompt the turns before; where there are none, both answers have them
 */
export function preferred(
  prompt: readonly ChatMessage[],
  chosen: unknown,
  rejected: unknown,
  { record, tools }: RowExtras,
): readonly ConvertedEntry[] {
  const [better, worse] = [answerTurns(chosen, 'chosen'), answerTurns(rejected, 'rejected')];
  const good = splitAnswer(better);
  const bad = splitAnswer(worse);
  if (JSON.stringify(good.prompt) !== JSON.stringify(bad.prompt)) {
    throw new BadRowError("'chosen' and 'rejected' differ before their last answer");
  }
  const judged = { kind: 'pair', chosen: good.answer, rejected: bad.answer } as const;
  return [entry(joinTurns(prompt, good.prompt), judged, record, tools)];
}

/** The turns of a prompt and those after it, which may begin with the last of the prompt again, or with all of it. */
function joinTurns(prompt: readonly ChatMessage[], turns: readonly ChatMessage[]): readonly ChatMessage[] {
  const isSame = (one: ChatMessage, other: ChatMessage | undefined): boolean =>
    one.role === other?.role && isDeepStrictEqual(one.content, other.content);
  const repeated = prompt.findIndex((_, start) =>
    prompt.slice(start).every((message, index) => isSame(message, turns[index])),
  );
  return [...(repeated < 0 ? prompt : prompt.slice(0, repeated)), ...turns];
}

function entry(prompt: readonly ChatMessage[], judged: Judged, record: RecordObject, tools: unknown): ConvertedEntry {
  if (!prompt.some(({ role }) => role === 'user')) throw new BadRowError('The row has no question');
  // A prompt may have several rows.
  const id = idAt(record, 'id');
  return {
    prompt,
    ...(tools === undefined || tools === null || tools === '' ? {} : { tools }),
    judged,
    context: {
      interaction_id: id,
      model_version: textAt(record, 'model'),
      created_at: record['created_at'],
    },
  };
}

function answerTurns(value: unknown, name: string): readonly ChatMessage[] {
  if (typeof value === 'string') return [assistant(value)];
  if (isMessage(value)) return [{ ...toMessage(value), role: 'assistant' }];
  const messages = toMessages(value);
  if (messages === undefined) throw new BadRowError(`'${name}' is neither a text nor messages`);
  return messages;
}

/** The turns of a prompt: a text of the user, or messages; with the row's own system prompt in front. */
export function promptTurns(prompt: unknown, systemPrompt?: unknown): readonly ChatMessage[] {
  const turns =
    typeof prompt === 'string'
      ? [user(prompt)]
      : (toMessages(prompt) ?? (isMessage(prompt) ? [toMessage(prompt)] : []));
  const isTold = typeof systemPrompt === 'string' && systemPrompt.trim() !== '' && turns[0]?.role !== 'system';
  return isTold ? [system(systemPrompt), ...turns] : turns;
}
