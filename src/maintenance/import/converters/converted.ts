/** What converters make of the records of other systems: the one shape between their names and ours. */
import type { FeedbackType } from '../../../model/facets.js';
import { FEEDBACK_FIELDS } from '../../../model/feedback-fields.js';
import type { RecordObject } from '../record-object.js';
import { type ChatMessage, messageText } from './chat.js';

/** One judgement of an answer, or a choice between two. */
export interface ConvertedEntry {
  /** The turns before the answer; the last is the user's or a tool's. */
  readonly prompt: readonly ChatMessage[];
  readonly tools?: unknown;
  readonly judged: Judged;
  readonly context: Context;
}

export type Judged =
  | {
      readonly kind: 'verdict';
      readonly answer: ChatMessage;
      /** Absent where only a rule can tell. */
      readonly type?: FeedbackType | undefined;
      readonly correction?: string | undefined;
    }
  | { readonly kind: 'pair'; readonly chosen: ChatMessage; readonly rejected: ChatMessage }
  | {
      readonly kind: 'preference';
      /** Whose models the candidates name, and not the context. */
      readonly candidates: readonly { readonly answer: string; readonly model_version?: string | undefined }[];
      readonly preferred: number;
    };

/** What is known beside, by its names in REST. Values are checked where rows are parsed. */
export interface Context {
  readonly external_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly interaction_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly model_version?: string | undefined;
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly comment?: string | undefined;
  readonly reason?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly scores?: RecordObject | undefined;
  readonly metadata?: RecordObject | undefined;
  readonly source?: 'user' | 'reviewer' | 'llm' | 'code' | undefined;
  /** In any form of time that imports take. */
  readonly created_at?: unknown;
}

/** What a converter is told beside the record. */
export interface ConverterOptions {
  /** Whether rules decide the verdict: then judgements of models and programs count, too. */
  readonly hasRules: boolean;
  /** Whether an entry may have several candidates: not where the command says what each has one of, such as its adapter. */
  readonly takesPreferences: boolean;
  /** What `--map` names for the question or the answer, where it does. */
  readonly mapped: (record: RecordObject, field: 'question' | 'answer') => unknown;
}

/** A source that `--from` names. */
export interface Converter {
  /** Whether a record is surely from there, so that nobody has to say it. */
  readonly recognizes: (record: RecordObject) => boolean;
  /**
   * The judgements in a record; none if nobody has judged it.
   * @throws {BadRowError} if there is one that cannot be understood
   */
  readonly convert: (record: RecordObject, options: ConverterOptions) => readonly ConvertedEntry[];
}

/** The entry by the names of REST. */
export function toFields({ prompt, tools, judged, context }: ConvertedEntry): RecordObject {
  if (judged.kind === 'preference') {
    const { candidates, preferred } = judged;
    const best: ChatMessage = { role: 'assistant', content: candidates[preferred]?.answer ?? '' };
    // The answer follows from the candidates.
    const { answer: _answer, ...asked } = conversationFields(prompt, best, tools);
    return { ...context, model_version: undefined, ...asked, candidates, preferred };
  }
  const answer = judged.kind === 'pair' ? judged.rejected : judged.answer;
  return {
    ...context,
    ...conversationFields(prompt, answer, tools),
    ...(judged.kind === 'pair'
      ? // The answer that lost is the bad one, and the other says what would have been right.
        { type: 'negative', correction: messageText(judged.chosen) }
      : { type: judged.type, correction: judged.correction }),
  };
}

/** One question and one answer in their own fields, and every longer conversation as messages. */
function conversationFields(
  prompt: readonly ChatMessage[],
  answer: ChatMessage,
  tools: unknown,
): RecordObject & { readonly answer?: unknown } {
  const [first, second] = prompt;
  const isSimple =
    first?.role === 'user' &&
    second === undefined &&
    tools === undefined &&
    typeof first.content === 'string' &&
    typeof answer.content === 'string' &&
    answer.tool_calls === undefined;
  if (isSimple) return { question: first.content, answer: answer.content };
  return { messages: [...prompt, answer], ...(tools === undefined ? {} : { tools }) };
}

/** The verdict that a word or a truth value of another system means, if it is one of those that we know. */
export function parseVerdict(value: unknown): FeedbackType | undefined {
  return FEEDBACK_FIELDS.type.kind.parse(value);
}

/** An external id under which the same record is known again; the source keeps the ids of two systems apart. */
export function externalId(source: string, ...parts: readonly (string | undefined)[]): string | undefined {
  const known = parts.filter((part) => part !== undefined && part !== '');
  return known.length === 0 || parts[0] === undefined ? undefined : [source, ...known].join(':');
}
