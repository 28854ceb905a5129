/**
 * The forms in which trainers load feedback. TRL: "Dataset formats and types"; Axolotl: "Dataset Formats"; LLaMA-Factory:
 * data/README.md.
 */
import type { Feedback } from '../../model/feedback.js';
import { storedToWire } from '../../model/wire-entry.js';
import { omitNullish } from '../../omit-nullish.js';
import { isCorrected } from '../claim.js';

/** Why an entry makes no row of a format. */
export const DROP_REASONS = ['positive_has_no_rejected_answer', 'negative_without_correction'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** A good answer to a question (supervised fine-tuning). */
interface Demonstration {
  readonly question: string;
  readonly completion: string;
}

/** A better and a worse answer to a question (direct preference optimization). */
interface Preference {
  readonly question: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** An answer, and whether it is good (Kahneman-Tversky optimization). */
interface Judgement extends Demonstration {
  readonly label: boolean;
}

type System = string | undefined;

type Format =
  | { readonly task: 'raw' }
  | { readonly task: 'sft'; readonly row: (lesson: Demonstration, system: System) => object }
  | { readonly task: 'dpo'; readonly row: (lesson: Preference, system: System) => object }
  | { readonly task: 'kto'; readonly row: (lesson: Judgement, system: System) => object };

export type Task = Format['task'];

const message = (role: 'system' | 'user' | 'assistant', content: string) => ({ role, content });
const turn = (from: 'human' | 'gpt', value: string) => ({ from, value });

function asked(question: string, system: System): object[] {
  return [...(system === undefined ? [] : [message('system', system)]), message('user', question)];
}

/** Plain strings have no place of their own for a system prompt: it stands in front. */
function promptText(question: string, system: System): string {
  return system === undefined ? question : `${system}\n\n${question}`;
}

const conversation = ({ question, completion }: Demonstration, system: System): object => ({
  messages: [...asked(question, system), message('assistant', completion)],
});

const FORMATS = {
  raw: { task: 'raw' },
  'trl-sft': {
    task: 'sft',
    row: ({ question, completion }, system) => ({
      prompt: asked(question, system),
      completion: [message('assistant', completion)],
    }),
  },
  'trl-dpo': {
    task: 'dpo',
    row: ({ question, chosen, rejected }, system) => ({
      prompt: asked(question, system),
      chosen: [message('assistant', chosen)],
      rejected: [message('assistant', rejected)],
    }),
  },
  'trl-kto': {
    task: 'kto',
    row: ({ question, completion, label }, system) => ({
      prompt: asked(question, system),
      completion: [message('assistant', completion)],
      label,
    }),
  },
  'trl-sft-text': {
    task: 'sft',
    row: ({ question, completion }, system) => ({ prompt: promptText(question, system), completion }),
  },
  'trl-dpo-text': {
    task: 'dpo',
    row: ({ question, chosen, rejected }, system) => ({ prompt: promptText(question, system), chosen, rejected }),
  },
  'trl-kto-text': {
    task: 'kto',
    row: ({ question, completion, label }, system) => ({ prompt: promptText(question, system), completion, label }),
  },
  openai: { task: 'sft', row: conversation },
  'axolotl-sft': { task: 'sft', row: conversation },
  'axolotl-dpo': {
    task: 'dpo',
    row: ({ question, chosen, rejected }, system) => ({
      messages: asked(question, system),
      chosen: message('assistant', chosen),
      rejected: message('assistant', rejected),
    }),
  },
  'axolotl-dpo-intel': {
    task: 'dpo',
    row: ({ question, chosen, rejected }, system) => ({ ...omitNullish({ system }), question, chosen, rejected }),
  },
  'axolotl-kto': {
    task: 'kto',
    row: ({ question, completion, label }, system) => ({
      ...omitNullish({ system }),
      prompt: question,
      completion,
      label,
    }),
  },
  'llamafactory-alpaca-sft': {
    task: 'sft',
    row: ({ question, completion }, system) => ({
      instruction: question,
      input: '',
      output: completion,
      ...omitNullish({ system }),
    }),
  },
  'llamafactory-alpaca-dpo': {
    task: 'dpo',
    row: ({ question, chosen, rejected }, system) => ({
      instruction: question,
      input: '',
      chosen,
      rejected,
      ...omitNullish({ system }),
    }),
  },
  'llamafactory-alpaca-kto': {
    task: 'kto',
    row: ({ question, completion, label }, system) => ({
      instruction: question,
      input: '',
      output: completion,
      kto_tag: label,
      ...omitNullish({ system }),
    }),
  },
  'llamafactory-sharegpt-sft': {
    task: 'sft',
    row: ({ question, completion }, system) => ({
      conversations: [turn('human', question), turn('gpt', completion)],
      ...omitNullish({ system }),
    }),
  },
  'llamafactory-sharegpt-dpo': {
    task: 'dpo',
    row: ({ question, chosen, rejected }, system) => ({
      conversations: [turn('human', question)],
      chosen: turn('gpt', chosen),
      rejected: turn('gpt', rejected),
      ...omitNullish({ system }),
    }),
  },
  'llamafactory-sharegpt-kto': {
    task: 'kto',
    row: ({ question, completion, label }, system) => ({
      conversations: [turn('human', question), turn('gpt', completion)],
      kto_tag: label,
      ...omitNullish({ system }),
    }),
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
}

/**
 * The row that an entry makes. A bad answer is never taught: of negative feedback, supervised fine-tuning gets the
 * correction, and without one nothing.
 */
export function formatRow(format: ExportFormat, feedback: Feedback, system: System): FormattedRow | DropReason {
  const { question, answer } = feedback;
  const found: Format = FORMATS[format];
  const isPositive = feedback.type === 'positive';
  const correction = isCorrected(feedback) ? feedback.correction : undefined;
  switch (found.task) {
    case 'raw':
      return { row: storedToWire(feedback), texts: [], group: '' };
    case 'sft': {
      const completion = isPositive ? answer : correction;
      if (completion === undefined) return 'negative_without_correction';
      return { row: found.row({ question, completion }, system), texts: [question, completion], group: '' };
    }
    case 'dpo': {
      if (isPositive) return 'positive_has_no_rejected_answer';
      if (correction === undefined) return 'negative_without_correction';
      const lesson = { question, chosen: correction, rejected: answer };
      return { row: found.row(lesson, system), texts: [question, correction, answer], group: '' };
    }
    case 'kto': {
      const lesson = { question, completion: answer, label: isPositive };
      return { row: found.row(lesson, system), texts: [question, answer], group: String(isPositive) };
    }
  }
}

/** A row of a format, for its shape. */
export function sampleRow(format: ExportFormat, system: System): object {
  const found: Format = FORMATS[format];
  switch (found.task) {
    case 'raw':
      throw new Error('Rows of this format have not all the same shape');
    case 'sft':
      return found.row({ question: '', completion: '' }, system);
    case 'dpo':
      return found.row({ question: '', chosen: '', rejected: '' }, system);
    case 'kto':
      return found.row({ question: '', completion: '', label: true }, system);
  }
}
