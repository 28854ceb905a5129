/** What LLaMA-Factory wants to know of a file: its entry of `dataset_info.json` (LLaMA-Factory, data/README.md). */
import type { Split } from '../batch.js';
import { type ExportFormat, getTask } from './formats.js';

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

/** `undefined` for a format of another trainer. */
export function datasetInfo(
  name: ExportName,
  hasSystem: boolean,
  hasConversations: boolean,
): Readonly<Record<string, object>> | undefined {
  if (!name.format.startsWith('llamafactory-')) return undefined;
  const task = getTask(name.format);
  const isAlpaca = name.format.startsWith('llamafactory-alpaca-');
  const answers = task === 'dpo' ? { chosen: 'chosen', rejected: 'rejected' } : {};
  const columns = {
    ...(isAlpaca
      ? { prompt: 'instruction', query: 'input', ...(task === 'dpo' ? {} : { response: 'output' }) }
      : { messages: 'conversations' }),
    ...answers,
    ...(task === 'kto' ? { kto_tag: 'kto_tag' } : {}),
    ...(hasSystem || hasConversations ? { system: 'system' } : {}),
    ...(hasConversations ? (isAlpaca ? { history: 'history' } : { tools: 'tools' }) : {}),
  };
  return {
    [datasetName(name)]: {
      file_name: fileName(name),
      formatting: isAlpaca ? 'alpaca' : 'sharegpt',
      ...(task === 'dpo' ? { ranking: true } : {}),
      columns,
    },
  };
}
