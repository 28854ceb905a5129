/**
 * The forms in which trainers load feedback. TRL: "Dataset formats and types"; OpenAI: "Direct preference optimization";
 * Axolotl: "Dataset Formats"; LLaMA-Factory: data/README.md.
 */
import type { ChatMessage } from '../../model/conversation.js';
import type { Feedback } from '../../model/feedback.js';
import { storedToWire } from '../../model/wire-entry.js';
import { omitNullish } from '../../omit-nullish.js';
import type { DropReason } from './drop-reasons.js';
import { correctionOf, exportText } from './export-text.js';
import {
  chatMessages,
  type ChatStyle,
  exportPrompt,
  type ExportPrompt,
  functionsText,
  hasImages,
  hasTools,
  historyPairs,
  isPlain,
  message,
  ROLES_BY_TAG,
  shareTurns,
} from './prompt.js';

/** A good answer to a prompt (supervised fine-tuning). */
interface Demonstration {
  readonly prompt: ExportPrompt;
  readonly completion: string;
}

/** A better and a worse answer to a prompt (direct preference optimization). */
interface Preference {
  readonly prompt: ExportPrompt;
  readonly chosen: string;
  readonly rejected: string;
}

/** An answer, and whether it is good (Kahneman-Tversky optimization). */
interface Judgement extends Demonstration {
  readonly label: boolean;
}

export type System = string | undefined;

/** The shape that all rows of an export have. */
export interface RowShape {
  /** Whether there are conversations, so that all rows have the columns for system prompts, earlier turns and tools. */
  readonly hasConversations: boolean;
  /** Whether columns have fixed types (Parquet): calls of tools, and what they are called with, have none. */
  readonly isTyped: boolean;
}

/** The row of a lesson; undefined where the format has no place for what its prompt holds. */
type RowOf<Lesson> = (lesson: Lesson, shape: RowShape) => object | undefined;

type Format =
  | { readonly task: 'raw' }
  | { readonly task: 'sft'; readonly row: RowOf<Demonstration> }
  | { readonly task: 'dpo'; readonly row: RowOf<Preference> }
  | { readonly task: 'kto'; readonly row: RowOf<Judgement> };

export type Task = Format['task'];

const turn = (from: 'human' | 'gpt', value: string) => ({ from, value });
const said = (content: string) => message('assistant', content);

/** A row whose prompt is a list of chat messages. */
function chatRow(
  prompt: ExportPrompt,
  { isTyped }: RowShape,
  style: ChatStyle & { readonly takesTools: boolean },
  make: (messages: readonly object[]) => object,
): object | undefined {
  if (hasImages(prompt.turns) && (isTyped || style.keepsParts !== true)) return undefined;
  if (hasTools(prompt) && (isTyped || !style.takesTools)) return undefined;
  return { ...make(chatMessages(prompt, { ...style, isBare: isTyped })), ...omitNullish({ tools: prompt.tools }) };
}

const TRL = { parsesArguments: true, takesTools: true };
const OPENAI = { keepsParts: true, takesTools: true };
const OPENAI_PAIRS = { takesTools: true };
const AXOLOTL = { takesTools: true };
const WITHOUT_TOOLS = { takesTools: false };

/** A row that has a place for a question alone. */
function plainRow(prompt: ExportPrompt, make: (question: string) => object): object | undefined {
  return isPlain(prompt) ? make(prompt.question) : undefined;
}

/** Plain strings have no place of their own for a system prompt: it stands in front. */
function textRow(prompt: ExportPrompt, make: (prompt: string) => object): object | undefined {
  const { system } = prompt;
  return plainRow(prompt, (question) => make(system === undefined ? question : `${system}\n\n${question}`));
}

/** A column of its own for the system prompt, which all rows have if one may have it. */
function systemColumn({ system }: ExportPrompt, { hasConversations }: RowShape): object {
  return hasConversations ? { system: system ?? '' } : omitNullish({ system });
}

function alpacaRow(prompt: ExportPrompt, shape: RowShape, answers: object): object | undefined {
  const history = historyPairs(prompt);
  if (history === undefined) return undefined;
  const columns = { instruction: prompt.question, input: '', ...answers, ...systemColumn(prompt, shape) };
  return shape.hasConversations ? { ...columns, history } : columns;
}

function shareRow(prompt: ExportPrompt, shape: RowShape, answer: string | undefined, more: object): object | undefined {
  const turns = shareTurns(prompt);
  if (turns === undefined) return undefined;
  const columns = {
    conversations: answer === undefined ? turns : [...turns, turn('gpt', answer)],
    ...more,
    ...systemColumn(prompt, shape),
  };
  return shape.hasConversations ? { ...columns, tools: functionsText(prompt) } : columns;
}

/**
 * Messages of OpenAI's roles for LLaMA-Factory. Calls of tools are texts of a role of their own there, too: beside a text they
 * would be lost, and the arguments of different calls would get one another's names when the file is loaded.
 */
function taggedRow(
  prompt: ExportPrompt,
  shape: RowShape,
  answer: string | undefined,
  more: object,
): object | undefined {
  const turns = shareTurns(prompt);
  if (turns === undefined) return undefined;
  const { system } = prompt;
  const columns = {
    messages: [
      ...(system === undefined ? [] : [message('system', system)]),
      ...turns.map(({ from, value }) => ({ role: ROLES_BY_TAG[from], content: value })),
      ...(answer === undefined ? [] : [said(answer)]),
    ],
    ...more,
  };
  return shape.hasConversations ? { ...columns, tools: functionsText(prompt) } : columns;
}

const FORMATS = {
  raw: { task: 'raw' },
  'trl-sft': {
    task: 'sft',
    row: ({ prompt, completion }, shape) =>
      chatRow(prompt, shape, TRL, (messages) => ({ prompt: messages, completion: [said(completion)] })),
  },
  'trl-dpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) =>
      chatRow(prompt, shape, TRL, (messages) => ({
        prompt: messages,
        chosen: [said(chosen)],
        rejected: [said(rejected)],
      })),
  },
  'trl-kto': {
    task: 'kto',
    row: ({ prompt, completion, label }, shape) =>
      chatRow(prompt, shape, TRL, (messages) => ({ prompt: messages, completion: [said(completion)], label })),
  },
  'trl-sft-text': {
    task: 'sft',
    row: ({ prompt, completion }) => textRow(prompt, (text) => ({ prompt: text, completion })),
  },
  'trl-dpo-text': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }) => textRow(prompt, (text) => ({ prompt: text, chosen, rejected })),
  },
  'trl-kto-text': {
    task: 'kto',
    row: ({ prompt, completion, label }) => textRow(prompt, (text) => ({ prompt: text, completion, label })),
  },
  openai: {
    task: 'sft',
    row: ({ prompt, completion }, shape) =>
      chatRow(prompt, shape, OPENAI, (messages) => ({ messages: [...messages, said(completion)] })),
  },
  // Together takes the same.
  'openai-dpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) => {
      const input = chatRow(prompt, shape, OPENAI_PAIRS, (messages) => ({ messages }));
      return input && { input, preferred_output: [said(chosen)], non_preferred_output: [said(rejected)] };
    },
  },
  'axolotl-sft': {
    task: 'sft',
    row: ({ prompt, completion }, shape) =>
      chatRow(prompt, shape, AXOLOTL, (messages) => ({ messages: [...messages, said(completion)] })),
  },
  'axolotl-dpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) =>
      chatRow(prompt, shape, WITHOUT_TOOLS, (messages) => ({
        messages,
        chosen: said(chosen),
        rejected: said(rejected),
      })),
  },
  'axolotl-dpo-intel': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) =>
      plainRow(prompt, (question) => ({ ...systemColumn(prompt, shape), question, chosen, rejected })),
  },
  // Its strategy reads the first question and the first answer alone.
  'axolotl-orpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) =>
      plainRow(prompt, (question) => ({
        ...systemColumn(prompt, shape),
        chosen: [message('user', question), said(chosen)],
        rejected: [message('user', question), said(rejected)],
      })),
  },
  // Its strategy asks each row for a system prompt, and takes an empty one for none.
  'axolotl-bradley-terry': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }) =>
      plainRow(prompt, (question) => ({ system: prompt.system ?? '', input: question, chosen, rejected })),
  },
  'axolotl-kto': {
    task: 'kto',
    row: ({ prompt, completion, label }, shape) =>
      plainRow(prompt, (question) => ({ ...systemColumn(prompt, shape), prompt: question, completion, label })),
  },
  'llamafactory-alpaca-sft': {
    task: 'sft',
    row: ({ prompt, completion }, shape) => alpacaRow(prompt, shape, { output: completion }),
  },
  'llamafactory-alpaca-dpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) => alpacaRow(prompt, shape, { chosen, rejected }),
  },
  'llamafactory-alpaca-kto': {
    task: 'kto',
    row: ({ prompt, completion, label }, shape) => alpacaRow(prompt, shape, { output: completion, kto_tag: label }),
  },
  'llamafactory-sharegpt-sft': {
    task: 'sft',
    row: ({ prompt, completion }, shape) => shareRow(prompt, shape, completion, {}),
  },
  'llamafactory-sharegpt-dpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) =>
      shareRow(prompt, shape, undefined, { chosen: turn('gpt', chosen), rejected: turn('gpt', rejected) }),
  },
  'llamafactory-sharegpt-kto': {
    task: 'kto',
    row: ({ prompt, completion, label }, shape) => shareRow(prompt, shape, completion, { kto_tag: label }),
  },
  'llamafactory-openai-sft': {
    task: 'sft',
    row: ({ prompt, completion }, shape) => taggedRow(prompt, shape, completion, {}),
  },
  'llamafactory-openai-dpo': {
    task: 'dpo',
    row: ({ prompt, chosen, rejected }, shape) =>
      taggedRow(prompt, shape, undefined, { chosen: said(chosen), rejected: said(rejected) }),
  },
  'llamafactory-openai-kto': {
    task: 'kto',
    row: ({ prompt, completion, label }, shape) => taggedRow(prompt, shape, completion, { kto_tag: label }),
  },
} as const satisfies Readonly<Record<string, Format>>;

export type ExportFormat = keyof typeof FORMATS;

/** In the order of the table. */
export const EXPORT_FORMATS = Object.keys(FORMATS) as readonly ExportFormat[];

export function getTask(format: ExportFormat): Task {
  return FORMATS[format].task;
}

export interface FormattedRow {
  readonly row: object;
  /** The texts that it teaches, by which duplicates are told; none where all rows are kept. */
  readonly texts: readonly string[];
  /** Rows of different groups are never duplicates of one another. */
  readonly group: string;
  /** Whether it is of a correction or a preference, so that case and white space tell its texts from others. */
  readonly hasCorrection: boolean;
  /** Whether it is made of two entries. */
  readonly isPair: boolean;
}

/**
 * The row that an entry makes, of trimmed texts. A bad answer is never taught: of negative feedback, supervised fine-tuning
 * gets the correction, and without one nothing.
 * @param partner an entry about the same question with the opposite judgement, for a preference pair
 */
export function formatRow(
  format: ExportFormat,
  feedback: Feedback,
  system: System,
  shape: RowShape = { hasConversations: false, isTyped: false },
  partner?: Feedback,
): FormattedRow | DropReason {
  const found: Format = FORMATS[format];
  if (found.task === 'raw') {
    return { row: storedToWire(feedback), texts: [], group: '', hasCorrection: false, isPair: false };
  }
  // Without its calls, an answer would teach to announce a call and not to make it.
  if ((feedback.messages?.at(-1)?.tool_calls ?? []).length > 0) return 'conversation_not_supported';
  const isPositive = feedback.type === 'positive';
  const answer = exportText(feedback.answer);
  const correction = correctionOf(feedback);
  const hasCorrection = correction !== undefined;
  switch (found.task) {
    case 'sft': {
      const completion = isPositive ? answer : correction;
      if (completion === undefined) return 'negative_without_correction';
      const prompt = exportPrompt(feedback, system, exportText);
      const texts = [prompt.question, completion];
      return formatted(found.row({ prompt, completion }, shape), { texts, group: prompt.context, hasCorrection });
    }
    case 'dpo': {
      const sides = preferenceOf(feedback, partner);
      if (typeof sides === 'string') return sides;
      const { asked, chosen, rejected } = sides;
      const prompt = exportPrompt(asked, system, exportText);
      const texts = [prompt.question, chosen, rejected];
      const row = found.row({ prompt, chosen, rejected }, shape);
      return formatted(row, { texts, group: prompt.context, hasCorrection, isPair: !hasCorrection });
    }
    case 'kto': {
      const prompt = exportPrompt(feedback, system, exportText);
      const row = found.row({ prompt, completion: answer, label: isPositive }, shape);
      return formatted(row, { texts: [prompt.question, answer], group: `${String(isPositive)}${prompt.context}` });
    }
  }
}

/**
 * The rows that a preference makes, of trimmed texts: the preferred answer against each of the others.
 * @param rejected the places of these among the candidates
 */
export function formatPreference(
  format: ExportFormat,
  feedback: Feedback,
  rejected: readonly number[],
  system: System,
  shape: RowShape = { hasConversations: false, isTyped: false },
): readonly FormattedRow[] | DropReason {
  const found: Format = FORMATS[format];
  if (found.task !== 'dpo') return 'preference_is_no_verdict';
  const prompt = exportPrompt(feedback, system, exportText);
  const chosen = exportText(feedback.answer);
  const rows: FormattedRow[] = [];
  for (const place of rejected) {
    const worse = exportText(feedback.candidates?.[place]?.answer ?? '');
    const texts = [prompt.question, chosen, worse];
    const row = formatted(found.row({ prompt, chosen, rejected: worse }, shape), {
      texts,
      group: prompt.context,
      // As there, case and white space may be what makes one better.
      hasCorrection: true,
    });
    if (typeof row === 'string') return row;
    rows.push(row);
  }
  return rows;
}

interface Sides {
  /** The entry whose prompt the row has. */
  readonly asked: Feedback;
  readonly chosen: string;
  readonly rejected: string;
}

function preferenceOf(feedback: Feedback, partner: Feedback | undefined): Sides | DropReason {
  const isPositive = feedback.type === 'positive';
  const answer = exportText(feedback.answer);
  const correction = correctionOf(feedback);
  if (correction !== undefined) return { asked: feedback, chosen: correction, rejected: answer };
  if (partner === undefined) return isPositive ? 'positive_has_no_rejected_answer' : 'negative_without_correction';
  const other = exportText(partner.answer);
  return isPositive
    ? { asked: feedback, chosen: answer, rejected: other }
    : { asked: partner, chosen: other, rejected: answer };
}

function formatted(
  row: object | undefined,
  rest: Pick<FormattedRow, 'texts' | 'group'> & Partial<Pick<FormattedRow, 'hasCorrection' | 'isPair'>>,
): FormattedRow | DropReason {
  return row === undefined ? 'conversation_not_supported' : { row, hasCorrection: false, isPair: false, ...rest };
}

/** The turns of a row that has all that a format has a place for. */
const SAMPLE_TURNS: readonly ChatMessage[] = [
  { role: 'user', content: '' },
  { role: 'assistant', content: '' },
  { role: 'user', content: '' },
];

/** A row of a format, for its shape. */
export function sampleRow(format: ExportFormat, system: System, shape: RowShape): object {
  const found: Format = FORMATS[format];
  const make = (turns: readonly ChatMessage[]): object | undefined => {
    const prompt: ExportPrompt = { turns, question: '', context: '', ...omitNullish({ system: system && '' }) };
    switch (found.task) {
      case 'raw':
        throw new Error('Rows of this format have not all the same shape');
      case 'sft':
        return found.row({ prompt, completion: '' }, shape);
      case 'dpo':
        return found.row({ prompt, chosen: '', rejected: '' }, shape);
      case 'kto':
        return found.row({ prompt, completion: '', label: true }, shape);
    }
  };
  // Some have a place for a question alone.
  const row = make(SAMPLE_TURNS) ?? make(SAMPLE_TURNS.slice(0, 1));
  if (row === undefined) throw new Error('A format has no row');
  return row;
}
