/** What LLaMA-Factory wants to know of a file: its entry of `dataset_info.json` (LLaMA-Factory, data/README.md). */
import type { Split } from '../batch.js';
import { type ExportFormat, getTask } from './formats.js';
import { ROLES_BY_TAG } from './prompt.js';

export type FileType = 'jsonl' | 'parquet';
export const FILE_TYPES = ['jsonl', 'parquet'] as const satisfies readonly FileType[];

export interface ExportName {
  readonly number: number;
  readonly format: ExportFormat;
  readonly split: Split;
  readonly fileType: FileType;
  /** What the file is called, where that is not {@link fileName}'s to say. */
  readonly file?: string;
}

/** @example `batch-7-trl-dpo-train.jsonl` */
export function fileName(name: ExportName): string {
  return name.file ?? `${datasetName(name)}.${name.fileType}`;
}

function datasetName({ number, format, split }: ExportName): string {
  return `batch-${number}-${format}-${split}`;
}

/** Without tags it looks for those of sharegpt. */
const OPENAI_TAGS = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: ROLES_BY_TAG.human,
  assistant_tag: ROLES_BY_TAG.gpt,
  observation_tag: ROLES_BY_TAG.observation,
  function_tag: ROLES_BY_TAG.function_call,
  system_tag: 'system',
} as const;

/** `undefined` for a format of another trainer. */
export function datasetInfo(
  name: ExportName,
  hasSystem: boolean,
  hasConversations: boolean,
): Readonly<Record<string, object>> | undefined {
  if (!name.format.startsWith('llamafactory-')) return undefined;
  const task = getTask(name.format);
  const isAlpaca = name.format.startsWith('llamafactory-alpaca-');
  const isOpenai = name.format.startsWith('llamafactory-openai-');
  const answers = task === 'dpo' ? { chosen: 'chosen', rejected: 'rejected' } : {};
  const columns = {
    ...(isAlpaca
      ? { prompt: 'instruction', query: 'input', ...(task === 'dpo' ? {} : { response: 'output' }) }
      : { messages: isOpenai ? 'messages' : 'conversations' }),
    ...answers,
    ...(task === 'kto' ? { kto_tag: 'kto_tag' } : {}),
    // OpenAI's messages have it among them.
    ...(!isOpenai && (hasSystem || hasConversations) ? { system: 'system' } : {}),
    ...(hasConversations ? (isAlpaca ? { history: 'history' } : { tools: 'tools' }) : {}),
  };
  return {
    [datasetName(name)]: {
      file_name: fileName(name),
      formatting: isAlpaca ? 'alpaca' : isOpenai ? 'openai' : 'sharegpt',
      ...(task === 'dpo' ? { ranking: true } : {}),
      columns,
      ...(isOpenai ? { tags: OPENAI_TAGS } : {}),
    },
  };
}
