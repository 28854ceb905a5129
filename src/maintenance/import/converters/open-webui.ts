/**
 * Open WebUI: what its administrators export under Evaluations, Feedbacks (backend/open_webui/models/feedbacks.py). Times
 * are in seconds; the rated conversation is in the snapshot, as a tree of messages.
 */
import { BadRowError } from '../bad-row.js';
import { idAt, objectAt, objectsAt, type RecordObject, textAt, textsAt, valueAt } from '../record-object.js';
import { type ChatMessage, contentText, system } from './chat.js';
import { type ConvertedEntry, type Converter, externalId } from './converted.js';
import { pathTo } from './tree.js';

export const openWebUi: Converter = {
  recognizes: (record) =>
    valueAt(record, 'data.rating') !== undefined &&
    (valueAt(record, 'snapshot.chat') !== undefined || valueAt(record, 'meta.message_id') !== undefined),
  convert: (record) => [convert(record)],
};

function convert(record: RecordObject): ConvertedEntry {
  const messages = ratedConversation(record);
  const answer = messages.at(-1);
  if (answer?.role !== 'assistant') throw new BadRowError('The rated message is not an answer of the model');
  const rating = Number(valueAt(record, 'data.rating'));
  const detail = valueAt(record, 'data.details.rating');
  const chatTags = textsAt(record, 'meta.tags');
  const siblings = textsAt(record, 'data.sibling_model_ids');
  return {
    prompt: messages.slice(0, -1),
    judged: { kind: 'verdict', answer, type: rating === 1 ? 'positive' : rating === -1 ? 'negative' : undefined },
    context: {
      external_id: externalId('open-webui', idAt(record, 'id')),
      user_id: idAt(record, 'user_id'),
      conversation_id: textAt(record, 'meta.chat_id'),
      interaction_id: textAt(record, 'meta.message_id'),
      model_version: textAt(record, 'data.model_id') ?? textAt(record, 'meta.model_id'),
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

/** The messages from the first to the rated one, with the chat's system prompt in front. */
function ratedConversation(record: RecordObject): readonly ChatMessage[] {
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
  return [...(prompt === undefined ? [] : [system(prompt)]), ...path.flatMap(toTurn)];
}

function toTurn(message: RecordObject): readonly ChatMessage[] {
  const role = valueAt(message, 'role');
  if (role !== 'system' && role !== 'user' && role !== 'assistant') return [];
  const text = contentText(valueAt(message, 'content'));
  // A turn that was cancelled before it said anything is none.
  return text === undefined || text.trim() === '' ? [] : [{ role, content: text }];
}
