import { expect, it } from 'vitest';
import type { Feedback } from '../../../src/model/feedback.js';
import { datasetInfo } from '../../../src/training/export/dataset-info.js';
import { EXPORT_FORMATS, type ExportFormat, formatRow } from '../../../src/training/export/formats.js';

const ENTRY = {
  id: 'feedback-1',
  question: 'Q',
  answer: 'A',
  version: 2,
  validationStatus: 'approved',
  validationReasons: [],
  use: 'claimed',
  trainingBatchId: 1,
  createdAt: 1,
  updatedAt: 1,
  submittedBy: 'ann',
  audit: { head: '', length: 0 },
} as const;
const POSITIVE: Feedback = { ...ENTRY, type: 'positive' };
const CORRECTED: Feedback = { ...ENTRY, type: 'negative', correction: 'C' };
const NEGATIVE: Feedback = { ...ENTRY, type: 'negative', correction: ' ' };

function rowOf(format: ExportFormat, feedback: Feedback, system?: string): unknown {
  const formatted = formatRow(format, feedback, system);
  return typeof formatted === 'string' ? formatted : formatted.row;
}

const user = { role: 'user', content: 'Q' };
const system = { role: 'system', content: 'S' };
const said = (content: string) => ({ role: 'assistant', content });
const human = { from: 'human', value: 'Q' };
const gpt = (value: string) => ({ from: 'gpt', value });

/** Of each format: the rows of a positive entry and of a corrected one, and the latter with a system prompt. */
const ROWS: Readonly<Record<Exclude<ExportFormat, 'raw'>, readonly [unknown, unknown, unknown]>> = {
  'trl-sft': [
    { prompt: [user], completion: [said('A')] },
    { prompt: [user], completion: [said('C')] },
    { prompt: [system, user], completion: [said('C')] },
  ],
  'trl-dpo': [
    'positive_has_no_rejected_answer',
    { prompt: [user], chosen: [said('C')], rejected: [said('A')] },
    { prompt: [system, user], chosen: [said('C')], rejected: [said('A')] },
  ],
  'trl-kto': [
    { prompt: [user], completion: [said('A')], label: true },
    { prompt: [user], completion: [said('A')], label: false },
    { prompt: [system, user], completion: [said('A')], label: false },
  ],
  'trl-sft-text': [
    { prompt: 'Q', completion: 'A' },
    { prompt: 'Q', completion: 'C' },
    { prompt: 'S\n\nQ', completion: 'C' },
  ],
  'trl-dpo-text': [
    'positive_has_no_rejected_answer',
    { prompt: 'Q', chosen: 'C', rejected: 'A' },
    { prompt: 'S\n\nQ', chosen: 'C', rejected: 'A' },
  ],
  'trl-kto-text': [
    { prompt: 'Q', completion: 'A', label: true },
    { prompt: 'Q', completion: 'A', label: false },
    { prompt: 'S\n\nQ', completion: 'A', label: false },
  ],
  openai: [{ messages: [user, said('A')] }, { messages: [user, said('C')] }, { messages: [system, user, said('C')] }],
  'axolotl-sft': [
    { messages: [user, said('A')] },
    { messages: [user, said('C')] },
    { messages: [system, user, said('C')] },
  ],
  'axolotl-dpo': [
    'positive_has_no_rejected_answer',
    { messages: [user], chosen: said('C'), rejected: said('A') },
    { messages: [system, user], chosen: said('C'), rejected: said('A') },
  ],
  'axolotl-dpo-intel': [
    'positive_has_no_rejected_answer',
    { question: 'Q', chosen: 'C', rejected: 'A' },
    { system: 'S', question: 'Q', chosen: 'C', rejected: 'A' },
  ],
  'axolotl-kto': [
    { prompt: 'Q', completion: 'A', label: true },
    { prompt: 'Q', completion: 'A', label: false },
    { system: 'S', prompt: 'Q', completion: 'A', label: false },
  ],
  'llamafactory-alpaca-sft': [
    { instruction: 'Q', input: '', output: 'A' },
    { instruction: 'Q', input: '', output: 'C' },
    { instruction: 'Q', input: '', output: 'C', system: 'S' },
  ],
  'llamafactory-alpaca-dpo': [
    'positive_has_no_rejected_answer',
    { instruction: 'Q', input: '', chosen: 'C', rejected: 'A' },
    { instruction: 'Q', input: '', chosen: 'C', rejected: 'A', system: 'S' },
  ],
  'llamafactory-alpaca-kto': [
    { instruction: 'Q', input: '', output: 'A', kto_tag: true },
    { instruction: 'Q', input: '', output: 'A', kto_tag: false },
    { instruction: 'Q', input: '', output: 'A', kto_tag: false, system: 'S' },
  ],
  'llamafactory-sharegpt-sft': [
    { conversations: [human, gpt('A')] },
    { conversations: [human, gpt('C')] },
    { conversations: [human, gpt('C')], system: 'S' },
  ],
  'llamafactory-sharegpt-dpo': [
    'positive_has_no_rejected_answer',
    { conversations: [human], chosen: gpt('C'), rejected: gpt('A') },
    { conversations: [human], chosen: gpt('C'), rejected: gpt('A'), system: 'S' },
  ],
  'llamafactory-sharegpt-kto': [
    { conversations: [human, gpt('A')], kto_tag: true },
    { conversations: [human, gpt('A')], kto_tag: false },
    { conversations: [human, gpt('A')], kto_tag: false, system: 'S' },
  ],
};

it.each(Object.entries(ROWS))('%s has the rows that its trainer loads', (name, [positive, corrected, prompted]) => {
  const format = EXPORT_FORMATS.find((each) => each === name)!;
  expect(rowOf(format, POSITIVE)).toEqual(positive);
  expect(rowOf(format, CORRECTED)).toEqual(corrected);
  expect(rowOf(format, CORRECTED, 'S')).toEqual(prompted);
});

it('never teaches an answer that was judged bad', () => {
  for (const format of EXPORT_FORMATS) {
    if (format === 'raw') continue;
    const row = rowOf(format, NEGATIVE);
    if (format.includes('kto')) expect(JSON.stringify(row)).toMatch(/"(label|kto_tag)":false/);
    else expect(row).toBe('negative_without_correction');
  }
});

it('raw is the entry in its documented names', () => {
  expect(rowOf('raw', CORRECTED, 'S')).toEqual({
    id: 'feedback-1',
    type: 'negative',
    question: 'Q',
    answer: 'A',
    correction: 'C',
    validation_status: 'approved',
    validation_reasons: [],
    used_for_training: false,
    training_batch_id: 1,
    created_at: 1,
    version: 2,
  });
});

it('dataset_info.json names the columns that the rows have', () => {
  for (const format of EXPORT_FORMATS) {
    const info = datasetInfo({ number: 7, format, split: 'train', fileType: 'jsonl' }, true);
    if (!format.startsWith('llamafactory-')) {
      expect(info).toBeUndefined();
      continue;
    }
    const entry = info![`batch-7-${format}-train`] as { columns: Record<string, string>; [field: string]: unknown };
    const row = rowOf(format, CORRECTED, 'S') as object;
    expect(Object.values(entry.columns).sort()).toEqual(Object.keys(row).sort());
    expect(entry['file_name']).toBe(`batch-7-${format}-train.jsonl`);
    expect(entry['formatting']).toBe(format.includes('alpaca') ? 'alpaca' : 'sharegpt');
    expect(entry['ranking']).toBe(format.endsWith('dpo') ? true : undefined);
    expect('kto_tag' in entry.columns).toBe(format.endsWith('kto'));
  }
});
