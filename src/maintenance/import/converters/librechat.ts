/** LibreChat: an exported conversation, with the feedback on its messages. */
import { BadRowError } from '../bad-row.js';
import { idAt, objectAt, objectsAt, type RecordObject, textAt, valueAt } from '../record-object.js';
import { type ChatMessage, contentText, system } from './chat.js';
import { type ConvertedEntry, type Converter, externalId } from './converted.js';
import { pathTo } from './tree.js';

export const librechat: Converter = {
  recognizes: (record) =>
    typeof record['conversationId'] === 'string' &&
    (listMessages(record).some((message) => 'isCreatedByUser' in message) || 'isCreatedByUser' in record),
  convert: (record) => {
    const messages = listMessages(record);
    if (messages.length === 0 && isRated(record)) {
      throw new BadRowError('A single message has no conversation: export conversations with their messages');
    }
    const byId = new Map(messages.map((message) => [textAt(message, 'messageId') ?? '', message]));
    return messages.filter(isRated).map((message) => convert(record, message, byId));
  },
};

function convert(
  conversation: RecordObject,
  message: RecordObject,
  byId: ReadonlyMap<string, RecordObject>,
): ConvertedEntry {
  const id = textAt(message, 'messageId');
  const path = pathTo(id ?? '', byId, (each) => textAt(each, 'parentMessageId'));
  const turns = path.map(toTurn);
  const answer = turns.at(-1);
  if (answer?.role !== 'assistant') throw new BadRowError('The rated message is not an answer of the model');
  const prompt = textAt(conversation, 'options.promptPrefix') ?? textAt(conversation, 'options.system');
  const feedback = objectAt(message, 'feedback');
  const tag = textAt(feedback, 'tag') ?? textAt(feedback, 'tag.key');
  const rating = feedback['rating'];
  return {
    prompt: [...(prompt === undefined ? [] : [system(prompt)]), ...turns.slice(0, -1)],
    judged: {
      kind: 'verdict',
      answer,
      type: rating === 'thumbsUp' ? 'positive' : rating === 'thumbsDown' ? 'negative' : undefined,
    },
    context: {
      external_id: externalId('librechat', id),
      user_id: idAt(message, 'user') ?? idAt(conversation, 'user'),
      conversation_id: textAt(message, 'conversationId') ?? textAt(conversation, 'conversationId'),
      interaction_id: id,
      model_version: textAt(message, 'model') ?? textAt(conversation, 'options.model'),
      comment: textAt(feedback, 'text'),
      tags: tag === undefined ? undefined : [tag],
      source: 'user',
      created_at: valueAt(message, 'updatedAt.$date') ?? valueAt(message, 'createdAt.$date') ?? message['createdAt'],
    },
  };
}

function isRated(message: RecordObject): boolean {
  return valueAt(message, 'feedback.rating') !== undefined && valueAt(message, 'feedback.rating') !== null;
}

/** All messages of a conversation: a list, or a tree of `children`. */
function listMessages(conversation: RecordObject): readonly RecordObject[] {
  const messages = [...objectsAt(conversation, 'messages'), ...objectsAt(conversation, 'messagesTree')];
  // The list grows while it is walked.
  for (const message of messages) messages.push(...objectsAt(message, 'children'));
  return messages;
}

function toTurn(message: RecordObject): ChatMessage {
  const text = textAt(message, 'text') ?? contentText(message['content']) ?? '';
  return { role: message['isCreatedByUser'] === true ? 'user' : 'assistant', content: text };
}
