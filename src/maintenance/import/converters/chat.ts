/** Conversations, in the forms in which data sets and traces have them, as OpenAI's chat format. */
import { isJsonObject } from '../../../is-json-object.js';
import { BadRowError } from '../bad-row.js';
import type { RecordObject } from '../record-object.js';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  /** A text, a list of parts, or null beside tool calls. */
  readonly content: unknown;
  readonly name?: string;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
}

/** What the roles are called elsewhere. */
const ROLES = new Map<string, ChatMessage['role']>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['prompter', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bot', 'assistant'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['function_call', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['observation', 'tool'],
]);

export const system = (content: string): ChatMessage => ({ role: 'system', content });
export const user = (content: string): ChatMessage => ({ role: 'user', content });
export const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

/**
 * The messages of a list, with `role` and `content` or with `from` and `value`; undefined if it is no such list.
 * @throws {BadRowError} if one of them has a role that nobody knows
 */
export function toMessages(value: unknown): readonly ChatMessage[] | undefined {
  if (!isMessageList(value)) return undefined;
  const messages: ChatMessage[] = [];
  for (const each of value) messages.push(toMessage(each, messages));
  return messages;
}

export function isMessageList(value: unknown): value is readonly RecordObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage);
}

export function isMessage(value: unknown): value is RecordObject {
  return isJsonObject(value) && (typeof value['role'] === 'string' || typeof value['from'] === 'string');
}

/** @param before the messages before, in which a result finds the call that it answers */
export function toMessage(message: RecordObject, before: readonly ChatMessage[] = []): ChatMessage {
  const name = message['role'] ?? message['from'];
  if (typeof name !== 'string') throw new BadRowError('The role of a message is no text');
  const role = ROLES.get(name.toLowerCase());
  if (role === undefined) throw new BadRowError(`The role '${name.slice(0, 40)}' of a message is unknown`);
  const content = message['content'] ?? message['value'] ?? null;
  if (name === 'function_call') return toolCallMessage(content, before.length);
  const calls = message['tool_calls'];
  const callId = message['tool_call_id'] ?? (role === 'tool' ? lastCallId(before) : undefined);
  return {
    role,
    content,
    ...(typeof message['name'] === 'string' ? { name: message['name'] } : {}),
    ...(Array.isArray(calls) && calls.length > 0 ? { tool_calls: calls as readonly unknown[] } : {}),
    ...(typeof callId === 'string' ? { tool_call_id: callId } : {}),
  };
}

/** ShareGPT has calls as JSON text: an object, or a list of them, with `name` and `arguments`. */
function toolCallMessage(content: unknown, position: number): ChatMessage {
  const calls = [parseJson(content)].flat();
  if (!calls.every(isJsonObject)) throw new BadRowError('A function call is no JSON object with a name and arguments');
  return {
    role: 'assistant',
    content: null,
    tool_calls: calls.map(({ name, arguments: given }, index) => ({
      id: `call_${position}_${index}`,
      type: 'function',
      function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) },
    })),
  };
}

function lastCallId(before: readonly ChatMessage[]): unknown {
  const answered = new Set(before.map(({ tool_call_id: id }) => id));
  const calls = before.flatMap(({ tool_calls: each = [] }) => each).filter(isJsonObject);
  return calls.map(({ id }) => id).find((id) => typeof id === 'string' && !answered.has(id));
}

/** The turns before the last message, and that message, which must be the model's. */
export function splitAnswer(messages: readonly ChatMessage[]): {
  readonly prompt: readonly ChatMessage[];
  readonly answer: ChatMessage;
} {
  const answer = messages.at(-1);
  if (answer?.role !== 'assistant') throw new BadRowError('The conversation does not end with an answer of the model');
  return { prompt: messages.slice(0, -1), answer };
}

/** The text of a message, without what is no text in it. */
export function messageText({ content }: ChatMessage): string {
  return contentText(content) ?? '';
}

/** The text of a content: itself, or that of its parts. */
export function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.flatMap((part: unknown) => {
    const text: unknown = isJsonObject(part) ? part['text'] : part;
    const value: unknown = isJsonObject(text) ? text['value'] : text;
    return typeof value === 'string' ? [value] : [];
  });
  return texts.length === 0 ? undefined : texts.join('\n');
}

/** What a text means as JSON where it is that; every other value is what it is. */
export function parseJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
