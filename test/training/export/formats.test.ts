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
  'openai-dpo': [
    'positive_has_no_rejected_answer',
    { input: { messages: [user] }, preferred_output: [said('C')], non_preferred_output: [said('A')] },
    { input: { messages: [system, user] }, preferred_output: [said('C')], non_preferred_output: [said('A')] },
  ],
  'axolotl-orpo': [
    'positive_has_no_rejected_answer',
    { chosen: [user, said('C')], rejected: [user, said('A')] },
    { system: 'S', chosen: [user, said('C')], rejected: [user, said('A')] },
  ],
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
  'axolotl-bradley-terry': [
    'positive_has_no_rejected_answer',
    { system: '', input: 'Q', chosen: 'C', rejected: 'A' },
    { system: 'S', input: 'Q', chosen: 'C', rejected: 'A' },
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
  'llamafactory-openai-sft': [
    { messages: [user, said('A')] },
    { messages: [user, said('C')] },
    { messages: [system, user, said('C')] },
  ],
  'llamafactory-openai-dpo': [
    'positive_has_no_rejected_answer',
    { messages: [user], chosen: said('C'), rejected: said('A') },
    { messages: [system, user], chosen: said('C'), rejected: said('A') },
  ],
  'llamafactory-openai-kto': [
    { messages: [user, said('A')], kto_tag: true },
    { messages: [user, said('A')], kto_tag: false },
    { messages: [system, user, said('A')], kto_tag: false },
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
    const info = datasetInfo({ number: 7, format, split: 'train', fileType: 'jsonl' }, true, false);
    if (!format.startsWith('llamafactory-')) {
      expect(info).toBeUndefined();
      continue;
    }
    const entry = info![`batch-7-${format}-train`] as { columns: Record<string, string>; [field: string]: unknown };
    const row = rowOf(format, CORRECTED, 'S') as object;
    expect(Object.values(entry.columns).sort()).toEqual(Object.keys(row).sort());
    expect(entry['file_name']).toBe(`batch-7-${format}-train.jsonl`);
    expect(entry['formatting']).toBe(format.split('-')[1]);
    expect(entry['ranking']).toBe(format.endsWith('dpo') ? true : undefined);
    expect('kto_tag' in entry.columns).toBe(format.endsWith('kto'));
  }
});

const DIALOG = [
  { role: 'system', content: 'Answer briefly.' },
  { role: 'user', content: 'What is it?' },
  { role: 'assistant', content: 'A tree.' },
  { role: 'user', content: 'Q' },
  { role: 'assistant', content: 'A' },
] as const;
const CONVERSATION: Feedback = { ...POSITIVE, messages: DIALOG };
const CORRECTED_CONVERSATION: Feedback = { ...CORRECTED, messages: DIALOG };
const SHAPE = { hasConversations: true, isTyped: false };
const prompt = DIALOG.slice(0, 4);
const shared = [
  { from: 'human', value: 'What is it?' },
  { from: 'gpt', value: 'A tree.' },
  { from: 'human', value: 'Q' },
];
const history = [['What is it?', 'A tree.']];
const own = { system: 'Answer briefly.' };

/** Of each format: the row of a conversation, positive or corrected, whatever system prompt the request has. */
const CONVERSATION_ROWS: Readonly<Record<Exclude<ExportFormat, 'raw'>, unknown>> = {
  'trl-sft': { prompt, completion: [said('A')] },
  'trl-dpo': { prompt, chosen: [said('C')], rejected: [said('A')] },
  'trl-kto': { prompt, completion: [said('A')], label: true },
  'trl-sft-text': 'conversation_not_supported',
  'trl-dpo-text': 'conversation_not_supported',
  'trl-kto-text': 'conversation_not_supported',
  openai: { messages: DIALOG },
  'openai-dpo': {
    input: { messages: prompt },
    preferred_output: [said('C')],
    non_preferred_output: [said('A')],
  },
  'axolotl-sft': { messages: DIALOG },
  'axolotl-dpo': { messages: prompt, chosen: said('C'), rejected: said('A') },
  'axolotl-dpo-intel': 'conversation_not_supported',
  'axolotl-orpo': 'conversation_not_supported',
  'axolotl-bradley-terry': 'conversation_not_supported',
  'axolotl-kto': 'conversation_not_supported',
  'llamafactory-alpaca-sft': { instruction: 'Q', input: '', output: 'A', ...own, history },
  'llamafactory-alpaca-dpo': { instruction: 'Q', input: '', chosen: 'C', rejected: 'A', ...own, history },
  'llamafactory-alpaca-kto': { instruction: 'Q', input: '', output: 'A', kto_tag: true, ...own, history },
  'llamafactory-sharegpt-sft': { conversations: [...shared, gpt('A')], ...own, tools: '' },
  'llamafactory-sharegpt-dpo': { conversations: shared, chosen: gpt('C'), rejected: gpt('A'), ...own, tools: '' },
  'llamafactory-sharegpt-kto': { conversations: [...shared, gpt('A')], kto_tag: true, ...own, tools: '' },
  'llamafactory-openai-sft': { messages: DIALOG, tools: '' },
  'llamafactory-openai-dpo': { messages: prompt, chosen: said('C'), rejected: said('A'), tools: '' },
  'llamafactory-openai-kto': { messages: DIALOG, kto_tag: true, tools: '' },
};

it.each(Object.entries(CONVERSATION_ROWS))('%s keeps the turns before the answer', (name, expected) => {
  const format = EXPORT_FORMATS.find((each) => each === name)!;
  const entry = /dpo|orpo|bradley/.test(name) ? CORRECTED_CONVERSATION : CONVERSATION;
  const formatted = formatRow(format, entry, 'Of the request', SHAPE);
  expect(typeof formatted === 'string' ? formatted : formatted.row).toEqual(expected);
});

const CALL = { id: 'c1', type: 'function', function: { name: 'rate', arguments: '{"from":"EUR"}' } } as const;
const RATE = { type: 'function', function: { name: 'rate', parameters: { type: 'object' } } };
const WITH_TOOLS: Feedback = {
  ...POSITIVE,
  tools: [RATE],
  messages: [
    { role: 'user', content: 'Q' },
    { role: 'assistant', tool_calls: [CALL] },
    { role: 'tool', content: '1.1', tool_call_id: 'c1' },
    { role: 'assistant', content: 'A' },
  ],
};

it('tools and their calls are kept where a trainer documents a form for them', () => {
  const row = (format: ExportFormat, shape = SHAPE) => {
    const formatted = formatRow(format, WITH_TOOLS, undefined, shape);
    return typeof formatted === 'string' ? formatted : formatted.row;
  };
  const answer = { role: 'tool', content: '1.1', tool_call_id: 'c1' };
  const called = (parameters: unknown) => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ ...CALL, function: { name: 'rate', arguments: parameters } }],
  });
  expect(row('trl-sft')).toEqual({
    prompt: [user, called({ from: 'EUR' }), answer],
    completion: [said('A')],
    tools: [RATE],
  });
  expect(row('openai')).toEqual({ messages: [user, called('{"from":"EUR"}'), answer, said('A')], tools: [RATE] });
  expect(row('llamafactory-sharegpt-sft')).toEqual({
    conversations: [
      human,
      { from: 'function_call', value: '{"name":"rate","arguments":{"from":"EUR"}}' },
      { from: 'observation', value: '1.1' },
      gpt('A'),
    ],
    system: '',
    tools: '[{"name":"rate","parameters":{"type":"object"}}]',
  });
  expect(row('llamafactory-openai-sft')).toEqual({
    messages: [
      user,
      { role: 'function_call', content: '{"name":"rate","arguments":{"from":"EUR"}}' },
      { role: 'tool', content: '1.1' },
      said('A'),
    ],
    tools: '[{"name":"rate","parameters":{"type":"object"}}]',
  });
  for (const format of ['llamafactory-alpaca-sft', 'trl-sft-text', 'axolotl-kto'] as const) {
    expect(row(format)).toBe('conversation_not_supported');
  }
  expect(formatRow('openai-dpo', { ...WITH_TOOLS, type: 'negative', correction: 'C' }, undefined, SHAPE)).toMatchObject(
    {
      row: { input: { messages: [user, called('{"from":"EUR"}'), answer], tools: [RATE] } },
    },
  );
  // Their columns have no fixed types.
  expect(row('trl-sft', { ...SHAPE, isTyped: true })).toBe('conversation_not_supported');
});

it('an answer that calls tools beside its text makes no row, as the text alone teaches not to call them', () => {
  const call = { id: '1', type: 'function', function: { name: 'rate', arguments: '{}' } } as const;
  const last = { role: 'assistant', content: 'A', tool_calls: [call] } as const;
  const entry: Feedback = { ...POSITIVE, messages: [{ role: 'user', content: 'Q' }, last] };
  for (const format of EXPORT_FORMATS.filter((each) => /sft|kto|^openai$/.test(each))) {
    expect([format, formatRow(format, entry, undefined, SHAPE)]).toEqual([format, 'conversation_not_supported']);
  }
});

it('images are kept where messages have parts, and are never left out silently', () => {
  const parts = [
    { type: 'text', text: 'Q' },
    { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
  ] as const;
  const entry: Feedback = { ...POSITIVE, messages: [{ role: 'user', content: parts }, said('A') as never] };
  const row = formatRow('openai', entry, undefined, SHAPE);
  expect(row).toMatchObject({ row: { messages: [{ role: 'user', content: parts }, said('A')] } });
  for (const format of EXPORT_FORMATS.filter((each) => /sft|kto/.test(each))) {
    expect(formatRow(format, entry, undefined, SHAPE)).toBe('conversation_not_supported');
  }
});

it('the same question after other turns is another row, and so is one with another system prompt', () => {
  const groups = [
    POSITIVE,
    CONVERSATION,
    { ...CONVERSATION, messages: DIALOG.slice(1) },
    { ...CONVERSATION, messages: [{ role: 'system', content: 'Other.' } as const, ...DIALOG.slice(1)] },
  ].map((entry) => {
    const formatted = formatRow('trl-sft', entry, undefined, SHAPE);
    return typeof formatted === 'string' ? formatted : formatted.group;
  });
  expect(new Set(groups).size).toBe(4);
});

it('dataset_info.json names the columns of conversations', () => {
  for (const format of EXPORT_FORMATS.filter((each) => each.startsWith('llamafactory-'))) {
    const info = datasetInfo({ number: 7, format, split: 'train', fileType: 'jsonl' }, false, true);
    const { columns } = info![`batch-7-${format}-train`] as { columns: Record<string, string> };
    for (const entry of [CORRECTED_CONVERSATION, CORRECTED]) {
      const formatted = formatRow(format, entry, undefined, SHAPE);
      const row = typeof formatted === 'string' ? {} : formatted.row;
      expect(Object.values(columns).sort()).toEqual(Object.keys(row).sort());
    }
  }
});
