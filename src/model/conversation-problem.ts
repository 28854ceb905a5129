/** What is allowed in a conversation. */
import { CHAT_ROLES, type ChatMessage, contentText, isAbsent } from './conversation.js';
import { type EntryLimits, idProblem, textProblem } from './input.js';
import { isJsonObject, type JsonObject } from './json-object.js';

export const MAX_TURNS = 500;
const MAX_PARTS = 100;
const MAX_TOOL_CALLS = 128;
const MAX_URL_CHARACTERS = 2_048;

/** Something wrong inside a value: its place behind the value's name (`[3].role`), and the rest of a sentence. */
export interface PlacedProblem {
  readonly at: string;
  readonly problem: string;
}

const MESSAGE_FIELDS = ['role', 'content', 'name', 'tool_calls', 'tool_call_id'];

/** What is first wrong with a conversation, if anything. */
export function conversationProblem(value: unknown, limits?: EntryLimits): PlacedProblem | undefined {
  const size = `must be a list of 2 to ${MAX_TURNS} messages`;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_TURNS) return { at: '', problem: size };
  const messages = value as readonly unknown[];
  for (const [index, message] of messages.entries()) {
    const problem = messageProblem(message, index, limits);
    if (problem !== undefined) return problem;
  }
  // Each was checked.
  const checked = messages as readonly ChatMessage[];
  const last = checked.length - 1;
  if (!checked.some(({ role }) => role === 'assistant')) {
    return { at: '', problem: 'must have a message of the assistant, the judged answer' };
  }
  const answer = checked[last];
  if (answer?.role !== 'assistant') {
    return { at: `[${last}].role`, problem: 'must be assistant: the last message is the judged answer' };
  }
  if (contentText(answer).trim() === '') {
    return { at: `[${last}].content`, problem: 'must not be empty or blank: it is the judged answer' };
  }
  const asked = checked.findLastIndex(({ role }) => role === 'user');
  const question = checked[asked];
  if (question === undefined) return { at: '', problem: 'must have a message of the user before the judged answer' };
  if (contentText(question).trim() === '') {
    return { at: `[${asked}].content`, problem: 'must have a text that is not blank: it is the question' };
  }
  return undefined;
}

function messageProblem(message: unknown, index: number, limits: EntryLimits | undefined): PlacedProblem | undefined {
  const at = `[${index}]`;
  if (!isJsonObject(message)) return { at, problem: 'must be a JSON object' };
  const { role, content, name, tool_calls: calls, tool_call_id: callId } = message;
  if (!CHAT_ROLES.some((each) => each === role)) {
    return { at: `${at}.role`, problem: `must be one of ${CHAT_ROLES.join(', ')}` };
  }
  if (role === 'system' && index > 0) return { at: `${at}.role`, problem: 'must be system in the first message only' };
  if (!isAbsent(calls) && role !== 'assistant') {
    return { at: `${at}.tool_calls`, problem: 'must be left out: only the assistant calls tools' };
  }
  if (!isAbsent(callId) && role !== 'tool') {
    return { at: `${at}.tool_call_id`, problem: 'must be left out: only messages of tools have it' };
  }
  return (
    unknownField(message, MESSAGE_FIELDS, at) ??
    (isAbsent(content) && !isAbsent(calls)
      ? undefined
      : contentProblem(content, role === 'user', `${at}.content`, limits)) ??
    optionalIdProblem(name, `${at}.name`) ??
    optionalIdProblem(callId, `${at}.tool_call_id`) ??
    (isAbsent(calls) ? undefined : toolCallsProblem(calls, `${at}.tool_calls`, limits))
  );
}

function contentProblem(
  content: unknown,
  mayHaveImages: boolean,
  at: string,
  limits: EntryLimits | undefined,
): PlacedProblem | undefined {
  if (typeof content === 'string') return placed(at, textProblem(content, limits));
  if (!Array.isArray(content) || content.length === 0 || content.length > MAX_PARTS) {
    return { at, problem: `must be a string or a list of 1 to ${MAX_PARTS} parts` };
  }
  for (const [index, part] of (content as readonly unknown[]).entries()) {
    const problem = partProblem(part, mayHaveImages, `${at}[${index}]`, limits);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function partProblem(
  part: unknown,
  mayBeImage: boolean,
  at: string,
  limits: EntryLimits | undefined,
): PlacedProblem | undefined {
  if (!isJsonObject(part)) return { at, problem: 'must be a JSON object' };
  if (part.type === 'text') {
    const { text } = part;
    if (typeof text !== 'string') return { at: `${at}.text`, problem: 'must be a string' };
    return unknownField(part, ['type', 'text'], at) ?? placed(`${at}.text`, textProblem(text, limits));
  }
  if (part.type !== 'image_url' || !mayBeImage) {
    return { at: `${at}.type`, problem: mayBeImage ? 'must be text or image_url' : 'must be text' };
  }
  const { image_url: image } = part;
  if (!isJsonObject(image)) return { at: `${at}.image_url`, problem: "must be a JSON object with a 'url'" };
  return (
    unknownField(part, ['type', 'image_url'], at) ??
    unknownField(image, ['url', 'detail'], `${at}.image_url`) ??
    placed(`${at}.image_url.url`, urlProblem(image.url)) ??
    optionalIdProblem(image.detail, `${at}.image_url.detail`)
  );
}

function urlProblem(url: unknown): string | undefined {
  const isReference = typeof url === 'string' && url.length <= MAX_URL_CHARACTERS && /^https?:\/\/\S+$/i.test(url);
  if (isReference && url.isWellFormed()) return undefined;
  return `must be an http or https URL of at most ${MAX_URL_CHARACTERS} characters: images are kept as references`;
}

function toolCallsProblem(calls: unknown, at: string, limits: EntryLimits | undefined): PlacedProblem | undefined {
  if (!Array.isArray(calls) || calls.length > MAX_TOOL_CALLS) {
    return { at, problem: `must be a list of at most ${MAX_TOOL_CALLS} calls` };
  }
  for (const [index, call] of (calls as readonly unknown[]).entries()) {
    const problem = toolCallProblem(call, `${at}[${index}]`, limits);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function toolCallProblem(call: unknown, at: string, limits: EntryLimits | undefined): PlacedProblem | undefined {
  if (!isJsonObject(call)) return { at, problem: 'must be a JSON object' };
  if (!isAbsent(call.type) && call.type !== 'function') return { at: `${at}.type`, problem: 'must be function' };
  const called = call.function;
  if (!isJsonObject(called))
    return { at: `${at}.function`, problem: "must be a JSON object with 'name' and 'arguments'" };
  const { name, arguments: given } = called;
  if (typeof name !== 'string') return { at: `${at}.function.name`, problem: 'must be a string' };
  if (typeof given !== 'string') return { at: `${at}.function.arguments`, problem: 'must be a string with JSON in it' };
  return (
    unknownField(call, ['id', 'type', 'function'], at) ??
    unknownField(called, ['name', 'arguments'], `${at}.function`) ??
    optionalIdProblem(call.id, `${at}.id`) ??
    placed(`${at}.function.name`, idProblem(name)) ??
    placed(`${at}.function.arguments`, textProblem(given, limits))
  );
}

function optionalIdProblem(value: unknown, at: string): PlacedProblem | undefined {
  if (isAbsent(value)) return undefined;
  return typeof value === 'string' ? placed(at, idProblem(value)) : { at, problem: 'must be a string' };
}

function placed(at: string, problem: string | undefined): PlacedProblem | undefined {
  return problem === undefined ? undefined : { at, problem };
}

/** @param shownAs the known fields by the names of whoever is told */
export function unknownField(
  fields: JsonObject,
  known: readonly string[],
  at: string,
  shownAs = known,
): PlacedProblem | undefined {
  const name = Object.keys(fields).find((each) => !known.includes(each) && !isAbsent(fields[each]));
  if (name === undefined) return undefined;
  const shown = name.slice(0, 64).toWellFormed();
  return { at: `${at}.${shown}`, problem: `is not a known field; known are ${shownAs.join(', ')}` };
}
