// The entries that are exported, and by hand what a trainer must learn from them.

const CODE = 'def add(a, b):\n    # “sum”\n    return a + b';

export const ENTRIES = [
  { type: 'positive', question: 'How do I enable sharding?', answer: 'Use the SHARD BY clause of CREATE COLLECTION.' },
  {
    type: 'negative',
    question: 'What is the default replication factor?',
    answer: 'The default replication factor is 1.',
    correction: '  The default replication factor is 3 for production.\n\n',
  },
  { type: 'positive', question: '\nName a prime above 90. ', answer: '\n97 is a prime above 90.\n' },
  {
    type: 'negative',
    question: 'Name a prime above 90.',
    answer: ' 91 is a prime above 90.',
    comment: 'It is 7 × 13.',
  },
  { type: 'positive', question: 'Wie schreibt man eine Summe in Python? 如何求和？', answer: `${CODE}\n` },
  { type: 'negative', question: 'Add two numbers.', answer: CODE.replaceAll('    ', '  '), correction: CODE },
  {
    type: 'negative',
    messages: [
      { role: 'system', content: 'You know trees.' },
      { role: 'user', content: 'What is an oak?' },
      { role: 'assistant', content: 'An oak is a tree.' },
      { role: 'user', content: 'How old does it get?' },
      { role: 'assistant', content: 'It gets 5,000 years old.' },
    ],
    correction: 'It often gets 500 years old.',
  },
  {
    question: 'Name an even prime.',
    candidates: [{ answer: 'It is 3.' }, { answer: '\nIt is 2. ' }, { answer: 'There is none.' }],
    preferred: 1,
  },
  {
    question: 'Name an odd prime.',
    candidates: [{ answer: 'It is 3.' }, { answer: 'It is 5.' }],
    preferred: 'tie',
  },
];

const CONVERSATION = ENTRIES.find(({ messages }) => messages !== undefined);

const asked = (question) => [{ role: 'user', content: question }];

/** Formats that have no place for earlier turns. */
const SINGLE_TURN = /-text$|^axolotl-(dpo-intel|kto|orpo|bradley-terry)$/;

const SFT = [
  { prompt: asked('How do I enable sharding?'), completion: 'Use the SHARD BY clause of CREATE COLLECTION.' },
  {
    prompt: asked('What is the default replication factor?'),
    completion: 'The default replication factor is 3 for production.',
  },
  { prompt: asked('Name a prime above 90.'), completion: '97 is a prime above 90.' },
  { prompt: asked('Wie schreibt man eine Summe in Python? 如何求和？'), completion: CODE },
  { prompt: asked('Add two numbers.'), completion: CODE },
  { prompt: CONVERSATION.messages.slice(0, 4), completion: CONVERSATION.correction },
];

const DPO = [
  {
    prompt: asked('What is the default replication factor?'),
    chosen: 'The default replication factor is 3 for production.',
    rejected: 'The default replication factor is 1.',
  },
  { prompt: asked('Name a prime above 90.'), chosen: '97 is a prime above 90.', rejected: '91 is a prime above 90.' },
  { prompt: asked('Add two numbers.'), chosen: CODE, rejected: CODE.replaceAll('    ', '  ') },
  {
    prompt: CONVERSATION.messages.slice(0, 4),
    chosen: CONVERSATION.correction,
    rejected: 'It gets 5,000 years old.',
  },
  { prompt: asked('Name an even prime.'), chosen: 'It is 2.', rejected: 'It is 3.' },
  { prompt: asked('Name an even prime.'), chosen: 'It is 2.', rejected: 'There is none.' },
];

const KTO = ENTRIES.filter(({ candidates }) => candidates === undefined).map(
  ({ type, question, answer, messages }) => ({
    prompt: messages?.slice(0, -1) ?? asked(question.trim()),
    completion: messages?.at(-1).content ?? answer.trim(),
    label: type === 'positive',
  }),
);

const ROWS = { sft: SFT, dpo: DPO, kto: KTO };

/** What a model must learn from an export. @param system the prompt that the export was asked to put in front */
export function expectedRows(format, system) {
  const task = /-(dpo|orpo|bradley-terry)\b/.test(format) ? 'dpo' : format.includes('-kto') ? 'kto' : 'sft';
  const rows = ROWS[task]
    .filter(({ prompt }) => prompt.length === 1 || !SINGLE_TURN.test(format))
    .map((row) => ({ ...row, prompt: withSystem(row.prompt, system) }));
  return { task, rows };
}

/** An entry's own system prompt goes before that of the request. */
function withSystem(prompt, system) {
  return system === undefined || prompt[0].role === 'system'
    ? prompt
    : [{ role: 'system', content: system }, ...prompt];
}
