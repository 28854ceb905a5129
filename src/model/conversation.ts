/**
 * Conversations in the form of OpenAI's chat API, of which the last message is the judged answer. Names inside a message are
 * that API's own, in REST as in GraphQL.
 */
import { isJsonObject } from './json-object.js';

export const CHAT_ROLES = ['system', 'user', 'assistant', 'tool'] as const;
export type ChatRole = (typeof CHAT_ROLES)[number];

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** A reference alone: images themselves are not kept. */
export interface ImagePart {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string; readonly detail?: string };
}

export type ContentPart = TextPart | ImagePart;

export interface ToolCall {
  readonly id?: string;
  readonly type?: 'function';
  /** `arguments` is JSON as a text. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ChatMessage {
  readonly role: ChatRole;
  /** Absent where an assistant only calls tools. */
  readonly content?: string | readonly ContentPart[];
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  /** Of a tool's message: the call that it answers. */
  readonly tool_call_id?: string;
}

/** Answers of models come with fields that are null or empty: these are as good as absent. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** As stored: without the fields that are null, empty or unknown. @param messages without a {@link conversationProblem} */
export function normalizeConversation(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return messages.map(({ role, content, name, tool_calls, tool_call_id }) => ({
    role,
    ...filled({ content: typeof content === 'string' ? content : content?.map(normalizePart) }),
    ...filled({ name, tool_calls: tool_calls?.map(normalizeCall), tool_call_id }),
  }));
}

function normalizePart(part: ContentPart): ContentPart {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const { url, detail } = part.image_url;
  return { type: 'image_url', image_url: { url, ...filled({ detail }) } };
}

function normalizeCall({ id, type, function: called }: ToolCall): ToolCall {
  return { ...filled({ id, type }), function: { name: called.name, arguments: called.arguments } };
}

function filled<Given extends object>(fields: Given): { [Name in keyof Given]?: NonNullable<Given[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isAbsent(value))) as {
    [Name in keyof Given]?: NonNullable<Given[Name]>;
  };
}

/** Whether a stored value is a conversation, whatever the bounds of today. */
export function isConversation(value: unknown): value is readonly ChatMessage[] {
  return (
    Array.isArray(value) &&
    value.every((message) => isJsonObject(message) && CHAT_ROLES.some((role) => role === message.role))
  );
}

/** The texts of a message, without its images. */
export function contentText({ content = '' }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** What an entry says of the conversation, in either form. */
export interface Dialog {
  readonly question: string;
  readonly answer: string;
  readonly messages?: readonly ChatMessage[];
}

/** The question and the judged answer of a conversation. @param messages without a {@link conversationProblem} */
export function judgedTexts(messages: readonly ChatMessage[]): { readonly question: string; readonly answer: string } {
  const question = messages.findLast(({ role }) => role === 'user');
  const answer = messages.at(-1);
  if (question === undefined || answer === undefined) throw new Error('A conversation has no question or no answer');
  return { question: contentText(question), answer: contentText(answer) };
}

/** The whole conversation: of an entry that was submitted as question and answer, these two. */
export function toMessages({ question, answer, messages }: Dialog): readonly ChatMessage[] {
  return (
    messages ?? [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]
  );
}

/** What the model was given to answer. */
export interface Prompt {
  /** The entry's own system prompt. */
  readonly system?: string;
  /** The turns before the judged answer, without the system prompt; the question is the last one of a user. */
  readonly turns: readonly ChatMessage[];
}

export function promptOf(dialog: Dialog): Prompt {
  const turns = toMessages(dialog).slice(0, -1);
  const [first] = turns;
  return first?.role === 'system' ? { system: contentText(first), turns: turns.slice(1) } : { turns };
}

export function systemPromptOf({ messages }: Pick<Dialog, 'messages'>): string | undefined {
  const first = messages?.[0];
  return first?.role === 'system' ? contentText(first) : undefined;
}

/**
 * The conversation with another question and answer; the same object where they are what they were. Of a message with several texts the first is replaced, and the others
 * go, as they were part of what the new text stands for.
 */
export function replaceJudgedTexts(
  messages: readonly ChatMessage[],
  { question, answer }: { readonly question?: string; readonly answer?: string },
): readonly ChatMessage[] {
  const before = judgedTexts(messages);
  if ((question ?? before.question) === before.question && (answer ?? before.answer) === before.answer) return messages;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, index) => {
    const text = index === asked ? question : index === messages.length - 1 ? answer : undefined;
    return text === undefined || text === contentText(message) ? message : withText(message, text);
  });
}

function withText(message: ChatMessage, text: string): ChatMessage {
  const { content } = message;
  if (content === undefined || typeof content === 'string') return { ...message, content: text };
  const images = content.filter((part) => part.type !== 'text');
  return { ...message, content: [{ type: 'text', text }, ...images] };
}

/**
 * The same conversation with each of its texts, and the arguments of its tool calls, replaced; texts that stay as they are
 * leave the conversation the same object.
 */
export function mapTexts(messages: readonly ChatMessage[], replace: (text: string) => string): readonly ChatMessage[] {
  let replacements = 0;
  const changed = (text: string): string => {
    const replaced = replace(text);
    if (replaced !== text) replacements += 1;
    return replaced;
  };
  const mapped = messages.map((message) => {
    const { content, tool_calls: calls } = message;
    return {
      ...message,
      ...(content === undefined
        ? {}
        : {
            content:
              typeof content === 'string'
                ? changed(content)
                : content.map((part) => (part.type === 'text' ? { ...part, text: changed(part.text) } : part)),
          }),
      ...(calls === undefined
        ? {}
        : {
            tool_calls: calls.map((call) => ({
              ...call,
              function: { ...call.function, arguments: changed(call.function.arguments) },
            })),
          }),
    };
  });
  return replacements > 0 ? mapped : messages;
}
