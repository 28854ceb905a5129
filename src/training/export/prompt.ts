/** The prompt of an entry, all that comes before the answer, in the forms that trainers load. */
import { type ChatMessage, contentText, type Dialog, promptOf, type ToolCall } from '../../model/conversation.js';
import type { JsonObject } from '../../model/json-object.js';
import { contextKey } from '../../model/prompt-key.js';
import { omitNullish } from '../../omit-nullish.js';

/** What an entry is exported from. */
export interface PromptSource extends Dialog {
  readonly tools?: readonly JsonObject[];
}

export interface ExportPrompt {
  /** The entry's own system prompt, or else that of the request. */
  readonly system?: string;
  /** The turns before the answer, without the system prompt. Of a plain prompt, the question alone. */
  readonly turns: readonly ChatMessage[];
  readonly tools?: readonly JsonObject[];
  /** The last text of a user. */
  readonly question: string;
  /** Rows of different contexts are never duplicates of one another. */
  readonly context: string;
}

/**
 * The turns that an entry's answer is learned from.
 * @param system the system prompt of the request, for entries that have none of their own
 * @param trim what becomes of each text
 */
export function exportPrompt(
  entry: PromptSource,
  system: string | undefined,
  trim: (text: string) => string = (text) => text,
): ExportPrompt {
  const { system: own = '', turns } = promptOf(entry);
  const { tools } = entry;
  const hasOwn = own.trim() !== '';
  const context = contextKey(entry);
  return {
    ...omitNullish({ system: hasOwn ? trim(own) : system, tools: tools?.length === 0 ? undefined : tools }),
    turns: turns.map((turn) => (typeof turn.content === 'string' ? { ...turn, content: trim(turn.content) } : turn)),
    question: trim(entry.question),
    context: hasOwn ? JSON.stringify([context, own]) : context,
  };
}

/** A message of a role and a text, as every trainer has it. */
export const message = (role: 'system' | 'user' | 'assistant', content: string) => ({ role, content });

/** Whether it is a question alone, with texts only and without tools. */
export function isPlain({ turns, tools }: ExportPrompt): boolean {
  return turns.length === 1 && tools === undefined && !hasImages(turns);
}

export function hasImages(turns: readonly ChatMessage[]): boolean {
  return turns.some(({ content }) => typeof content === 'object' && content.some(({ type }) => type !== 'text'));
}

/** Whether tools are named, called or answer. */
export function hasTools({ turns, tools }: ExportPrompt): boolean {
  return tools !== undefined || turns.some(({ role, tool_calls: calls }) => role === 'tool' || calls !== undefined);
}

/** How chat messages are to be written. */
export interface ChatStyle {
  /** Arguments of tool calls as objects, as chat templates take them, instead of as OpenAI's text. */
  readonly parsesArguments?: boolean;
  /** Parts of texts and images stay parts, instead of becoming one text. */
  readonly keepsParts?: boolean;
  /** Nothing but role and content. */
  readonly isBare?: boolean;
}

/** The turns as chat messages, the system prompt first. */
export function chatMessages({ system, turns }: ExportPrompt, style: ChatStyle = {}): object[] {
  const chat = turns.map((turn) => chatMessage(turn, style));
  return system === undefined ? chat : [message('system', system), ...chat];
}

function chatMessage(turn: ChatMessage, { parsesArguments, keepsParts, isBare }: ChatStyle): object {
  const { role, content, name, tool_calls: calls, tool_call_id } = turn;
  const said = { role, content: keepsParts === true && typeof content === 'object' ? content : contentText(turn) };
  if (isBare === true) return said;
  return {
    ...said,
    ...omitNullish({
      name,
      tool_calls: parsesArguments === true ? calls?.map(withParsedArguments) : calls,
      tool_call_id,
    }),
  };
}

function withParsedArguments(call: ToolCall): object {
  const { name, arguments: given } = call.function;
  return { ...call, function: { name, arguments: parsed(given) } };
}

/** What a model gave as arguments need not be JSON: then it stays the text that it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The turns before the question as pairs of a question and an answer (LLaMA-Factory, alpaca).
 * @returns undefined where they are not such pairs
 */
export function historyPairs(prompt: ExportPrompt): (readonly [string, string])[] | undefined {
  const { turns } = prompt;
  if (hasTools(prompt) || hasImages(turns)) return undefined;
  if (turns.some(({ role }, index) => role !== (index % 2 === 0 ? 'user' : 'assistant'))) return undefined;
  if (turns.length % 2 === 0) return undefined;
  return Array.from({ length: (turns.length - 1) / 2 }, (_, pair) => [
    textAt(turns, 2 * pair),
    textAt(turns, 2 * pair + 1),
  ]);
}

function textAt(turns: readonly ChatMessage[], index: number): string {
  const turn = turns[index];
  return turn === undefined ? '' : contentText(turn);
}

/** The roles that LLaMA-Factory's sharegpt has, by OpenAI's names; those of calls have none there. */
export const ROLES_BY_TAG = {
  human: 'user',
  gpt: 'assistant',
  observation: 'tool',
  function_call: 'function_call',
} as const;

export interface ShareTurn {
  readonly from: keyof typeof ROLES_BY_TAG;
  readonly value: string;
}

/**
 * The turns as LLaMA-Factory's sharegpt has them: what is said to the model and what it says take turns.
 * @returns undefined where they do not, or where it has no place for what they hold
 */
export function shareTurns({ turns }: ExportPrompt): ShareTurn[] | undefined {
  if (hasImages(turns) || turns.length % 2 === 0) return undefined;
  const shared = turns.map((turn, index) => {
    const isSaidByModel = index % 2 === 1;
    return (turn.role === 'assistant') === isSaidByModel ? shareTurn(turn) : undefined;
  });
  return shared.every((each) => each !== undefined) ? shared : undefined;
}

function shareTurn(turn: ChatMessage): ShareTurn | undefined {
  const { role, tool_calls: calls } = turn;
  const text = contentText(turn);
  if (role === 'tool') return { from: 'observation', value: text };
  if (role === 'user') return { from: 'human', value: text };
  if (calls === undefined) return { from: 'gpt', value: text };
  // A turn is either a text or calls.
  if (text.trim() !== '') return undefined;
  const called = calls.map(({ function: { name, arguments: given } }) => ({ name, arguments: parsed(given) }));
  return { from: 'function_call', value: JSON.stringify(called.length === 1 ? called[0] : called) };
}

/** The definitions of tools as LLaMA-Factory has them: a JSON text of a list of functions, empty where there are none. */
export function functionsText({ tools }: ExportPrompt): string {
  return tools === undefined ? '' : JSON.stringify(tools.map((tool) => tool['function'] ?? tool));
}
