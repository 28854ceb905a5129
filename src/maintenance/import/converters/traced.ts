/** The input and output of a trace or span, in the many forms in which applications log them, as a conversation. */
import { isJsonObject } from '../../../is-json-object.js';
import { firstOf, type RecordObject } from '../record-object.js';
import { assistant, type ChatMessage, isMessage, parseJson, toMessage, toMessages, user } from './chat.js';

/** What applications call what goes into a model, likeliest first. */
const INPUT_NAMES = [
  'messages',
  'input',
  'question',
  'query',
  'prompt',
  'user_input',
  'text',
  'content',
  'value',
  'args',
];
/** What they call what comes out. */
const OUTPUT_NAMES = ['output', 'answer', 'response', 'completion', 'result', 'text', 'content', 'value', 'message'];
/** Objects within objects that are looked into. */
const MAX_DEPTH = 6;

/** The turns before an answer; undefined if there are none to be found. */
export function tracedPrompt(input: unknown): readonly ChatMessage[] | undefined {
  const messages = find(input, INPUT_NAMES, (value) => {
    if (typeof value === 'string') return value.trim() === '' ? undefined : [user(value)];
    return toMessages(value) ?? (isMessage(value) ? [toMessage(value)] : undefined);
  });
  // What a model said at the end is the answer itself, which some log as input, too.
  return messages?.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages;
}

/** The answer; undefined if there is none to be found. */
export function tracedAnswer(output: unknown): ChatMessage | undefined {
  return find(output, [...OUTPUT_NAMES, 'messages'], (value) => {
    if (typeof value === 'string') return value.trim() === '' ? undefined : assistant(value);
    if (isMessage(value)) return toMessage({ role: 'assistant', ...value });
    const last = toMessages(value)?.findLast(({ role }) => role === 'assistant');
    if (last !== undefined) return last;
    const choice: unknown = isJsonObject(value) && Array.isArray(value['choices']) ? value['choices'][0] : undefined;
    return isJsonObject(choice) && isMessage(choice['message']) ? toMessage(choice['message']) : undefined;
  });
}

function find<Found>(
  given: unknown,
  names: readonly string[],
  read: (value: unknown) => Found | undefined,
  depth = 0,
): Found | undefined {
  const value = parseJson(given);
  const found = read(value);
  if (found !== undefined || depth === MAX_DEPTH) return found;
  if (Array.isArray(value)) return value.length === 1 ? find(value[0], names, read, depth + 1) : undefined;
  if (!isJsonObject(value)) return undefined;
  return find(firstOf(value, names) ?? onlyValue(value), names, read, depth + 1);
}

/** An object with one value is a name for it. */
function onlyValue(object: RecordObject): unknown {
  const values = Object.values(object);
  return values.length === 1 ? values[0] : undefined;
}
