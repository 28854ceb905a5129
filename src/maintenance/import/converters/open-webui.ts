/**
 * Open WebUI: what its administrators export under Evaluations, Feedbacks (backend/open_webui/models/feedbacks.py). Times
 * are in seconds; the rated conversation is in the snapshot, as a tree of messages. A rating of one of several models' answers
 * to the same message is a preference, as its leaderboard takes it, where the answers of the others are in the snapshot.
 */
import { MAX_CANDIDATES } from '../../../model/preference.js';
import { BadRowError } from '../bad-row.js';
import { idAt, objectAt, objectsAt, type RecordObject, textAt, textsAt, valueAt } from '../record-object.js';
import { type ChatMessage, contentText, system } from './chat.js';
import { type ConvertedEntry, type Converter, type ConverterOptions, externalId, type Judged } from './converted.js';
import { pathTo } from './tree.js';

export const openWebUi: Converter = {
  recognizes: (record) =>
    valueAt(record, 'data.rating') !== undefined &&
    (valueAt(record, 'snapshot.chat') !== undefined || valueAt(record, 'meta.message_id') !== undefined),
  convert: (record, options) => [convert(record, options)],
};

function convert(record: RecordObject, { takesPreferences }: ConverterOptions): ConvertedEntry {
  const { messages, siblings: others } = ratedConversation(record);
  const answer = messages.at(-1);
  if (answer?.role !== 'assistant') throw new BadRowError('The rated message is not an answer of the model');
  const rating = Number(valueAt(record, 'data.rating'));
  const detail = valueAt(record, 'data.details.rating');
  const chatTags = textsAt(record, 'meta.tags');
  const siblings = textsAt(record, 'data.sibling_model_ids');
  return {
    prompt: messages.slice(0, -1),
    judged: (takesPreferences ? toPreference(record, answer, rating, others) : undefined) ?? {
      kind: 'verdict',
      answer,
      type: rating === 1 ? 'positive' : rating === -1 ? 'negative' : undefined,
    },
    context: {
      external_id: externalId('open-webui', idAt(record, 'id')),
      user_id: idAt(record, 'user_id'),
      conversation_id: textAt(record, 'meta.chat_id'),
      interaction_id: textAt(record, 'meta.message_id'),
      model_version: ratedModel(record),
      comment: textAt(record, 'data.comment'),
      reason: textAt(record, 'data.reason'),
      tags: textsAt(record, 'data.tags'),
      scores: typeof detail === 'number' ? { rating: detail } : undefined,
      metadata: chatTags.length + siblings.length === 0 ? undefined : { chat_tags: chatTags, sibling_models: siblings },
      source: 'user',
      created_at: valueAt(record, 'created_at'),
    },
  };
}

function ratedModel(record: RecordObject): string | undefined {
  return textAt(record, 'data.model_id') ?? textAt(record, 'meta.model_id');
}

/** The rated answer first, then those of other models; undefined where there are none, or the rating prefers none. */
function toPreference(
  record: RecordObject,
  { content: rated }: ChatMessage,
  rating: number,
  siblings: readonly RecordObject[],
): Judged | undefined {
  const model = ratedModel(record);
  const known = textsAt(record, 'data.sibling_model_ids');
  const candidates = [{ answer: contentText(rated) ?? '', model_version: model }];
  for (const sibling of siblings) {
    // In the arena, the model that answered is another than the one that was asked.
    const other = textAt(sibling, 'selectedModelId') ?? textAt(sibling, 'model');
    const text = contentText(valueAt(sibling, 'content'));
    const isOther = other !== undefined && other !== model && known.includes(other);
    if (!isOther || text === undefined || candidates.some(({ answer }) => answer.trim() === text.trim())) continue;
    if (text.trim() !== '') candidates.push({ answer: text, model_version: other });
  }
  if (candidates.length < 2 || candidates.length > MAX_CANDIDATES) return undefined;
  if (rating === 1) return { kind: 'preference', candidates, preferred: 0 };
  // Elsewhere a bad answer is no praise of the other, nor in the arena of any of several.
  const isLoss = rating === -1 && candidates.length === 2 && valueAt(record, 'meta.arena') === true;
  return isLoss ? { kind: 'preference', candidates, preferred: 1 } : undefined;
}

interface RatedConversation {
  /** From the first to the rated one, with the chat's system prompt in front. */
  readonly messages: readonly ChatMessage[];
  /** Other answers to the same message. */
  readonly siblings: readonly RecordObject[];
}

function ratedConversation(record: RecordObject): RatedConversation {
  const chat = objectAt(record, 'snapshot.chat.chat');
  const id = textAt(record, 'meta.message_id') ?? textAt(chat, 'history.currentId');
  const all = Object.entries(objectAt(chat, 'history.messages'));
  const tree = new Map(all.map(([key, message]) => [key, objectAt({ message }, 'message')]));
  for (const message of objectsAt(chat, 'messages')) {
    const own = textAt(message, 'id');
    if (own !== undefined && !tree.has(own)) tree.set(own, message);
  }
  if (id === undefined || !tree.has(id)) {
    throw new BadRowError('The row has no snapshot of the chat with the rated message in it');
  }
  const prompt = textAt(chat, 'system') ?? textAt(chat, 'params.system');
  const path = pathTo(id, tree, (message) => textAt(message, 'parentId'));
  const parent = textAt(tree.get(id) ?? {}, 'parentId');
  const siblings = [...tree].flatMap(([key, message]) =>
    key !== id && parent !== undefined && textAt(message, 'parentId') === parent && message['role'] === 'assistant'
      ? [message]
      : [],
  );
  return { messages: [...(prompt === undefined ? [] : [system(prompt)]), ...path.flatMap(toTurn)], siblings };
}

function toTurn(message: RecordObject): readonly ChatMessage[] {
  const role = valueAt(message, 'role');
  if (role !== 'system' && role !== 'user' && role !== 'assistant') return [];
  const text = contentText(valueAt(message, 'content'));
  // A turn that was cancelled before it said anything is none.
  return text === undefined || text.trim() === '' ? [] : [{ role, content: text }];
}
