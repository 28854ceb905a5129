import { describe, expect, it } from 'vitest';
import { conversationProblem } from '../../src/model/conversation-problem.js';
import {
  type ChatMessage,
  judgedTexts,
  mapTexts,
  normalizeConversation,
  promptOf,
  replaceJudgedTexts,
  toMessages,
} from '../../src/model/conversation.js';
import { contextKey, promptKey } from '../../src/model/prompt-key.js';
import { completeSubmission, type GivenSubmission } from '../../src/model/submission.js';

const system: ChatMessage = { role: 'system', content: 'Answer briefly.' };
const user = (content: ChatMessage['content'] & {}): ChatMessage => ({ role: 'user', content });
const said = (content: string): ChatMessage => ({ role: 'assistant', content });
const call = (fields: object = {}, called: object = {}) => ({
  role: 'assistant',
  tool_calls: [
    { id: 'c1', type: 'function', function: { name: 'rate', arguments: '{"from":"EUR"}', ...called }, ...fields },
  ],
});
const DIALOG = [system, user('What is it?'), said('A tree.'), user('And in Rust?'), said('A BTreeMap.')];
const WITH_TOOLS = [
  user('How much is it?'),
  call() as ChatMessage,
  { role: 'tool', content: '{"rate":1.1}', tool_call_id: 'c1' } as const,
  said('It is 1.10.'),
];
const IMAGE = { type: 'image_url', image_url: { url: 'https://example.org/a.png' } } as const;

describe('a conversation', () => {
  it('may have tools, parts and references to images', () => {
    for (const messages of [
      DIALOG,
      WITH_TOOLS,
      [user([{ type: 'text', text: 'What is this?' }, IMAGE]), said('A cat.')],
      // Answers of models come with such fields.
      [user('Hm?'), { ...said('Hm.'), refusal: null, annotations: [], tool_calls: null }],
    ]) {
      expect(conversationProblem(messages)).toBeUndefined();
    }
  });

  it.each<[string, unknown, string, string]>([
    ['nothing', [], '', 'must be a list of 2 to 500 messages'],
    ['501 messages', Array.from({ length: 501 }, () => said('x')), '', 'must be a list of 2 to 500 messages'],
    ['no assistant', [user('Hello?')], '', 'must have a message of the assistant'],
    ['no user', [system, said('Hello.')], '', 'must have a message of the user'],
    ['an answer that is not last', [...DIALOG, user('Thanks')], '[5].role', 'must be assistant: the last message is'],
    ['a blank answer', [user('Hello?'), said(' ')], '[1].content', 'must not be empty or blank'],
    ['an answer that only calls tools', [user('Hello?'), call()], '[1].content', 'must not be empty or blank'],
    ['a question without a text', [user([IMAGE]), said('A cat.')], '[0].content', 'must have a text'],
    ['an unknown role', [user('Hello?'), { role: 'developer', content: 'x' }, said('x')], '[1].role', 'must be one of'],
    ['a role of another kind', [{ role: 5, content: 'x' }, said('x')], '[0].role', 'must be one of'],
    ['a system message in the middle', [user('Hello?'), system, said('x')], '[1].role', 'must be system in the first'],
    ['a message that is a string', ['Hello?', said('x')], '[0]', 'must be a JSON object'],
    ['a message without content', [{ role: 'user' }, said('x')], '[0].content', 'must be a string or a list'],
    ['content of another kind', [{ role: 'user', content: 5 }, said('x')], '[0].content', 'must be a string or a list'],
    ['a lone surrogate', [user('\ud800'), said('x')], '[0].content', 'must be well-formed Unicode'],
    ['a long text', [user('ab'.repeat(50_001)), said('x')], '[0].content', 'must be at most 100000 characters'],
    ['an unknown field', [{ ...user('Hello?'), text: 'x' }, said('x')], '[0].text', 'is not a known field'],
    [
      'an unknown part',
      [user([{ type: 'input_audio' } as never]), said('x')],
      '[0].content[0].type',
      'must be text or',
    ],
    [
      'an image in an answer',
      [user('Hello?'), { role: 'assistant', content: [IMAGE] }],
      '[1].content[0].type',
      'must be text',
    ],
    [
      'an image as data',
      [user([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }]), said('x')],
      '[0].content[0].image_url.url',
      'images are kept as references',
    ],
    [
      'nested tool calls',
      [user('Hello?'), call({ tool_calls: [{}] }), said('x')],
      '[1].tool_calls[0].tool_calls',
      'is not a known field',
    ],
    [
      'arguments that are no text',
      [user('Hello?'), call({}, { arguments: {} }), said('x')],
      '[1].tool_calls[0].function.arguments',
      'must be a string with JSON in it',
    ],
    ['a user who calls tools', [{ ...call(), role: 'user' }, said('x')], '[0].tool_calls', 'only the assistant calls'],
  ])('with %s is refused, and the place is named', (_name, messages, at, problem) => {
    const found = conversationProblem(messages);
    expect(found?.at).toBe(at);
    expect(found?.problem).toContain(problem);
  });

  it('is kept without fields that are null or empty', () => {
    const given = [
      user('Hm?'),
      { ...said('Hm.'), refusal: null, tool_calls: [], name: null },
    ] as unknown as ChatMessage[];
    expect(normalizeConversation(given)).toEqual([user('Hm?'), said('Hm.')]);
    expect(normalizeConversation(WITH_TOOLS)).toEqual(WITH_TOOLS);
  });

  it('has the question, the answer, the system prompt and the turns before the answer', () => {
    expect(judgedTexts(DIALOG)).toEqual({ question: 'And in Rust?', answer: 'A BTreeMap.' });
    const dialog = { ...judgedTexts(DIALOG), messages: DIALOG };
    expect(promptOf(dialog)).toEqual({ system: 'Answer briefly.', turns: DIALOG.slice(1, 4) });
    expect(toMessages({ question: 'Q', answer: 'A' })).toEqual([user('Q'), said('A')]);
  });

  it('takes another question and another answer, and keeps images', () => {
    const parts = [user([{ type: 'text', text: 'Is this' }, { type: 'text', text: 'Ann?' }, IMAGE]), said('Yes, Ann.')];
    expect(judgedTexts(parts).question).toBe('Is this\nAnn?');
    expect(replaceJudgedTexts(parts, { question: 'Is this [NAME]?' })).toEqual([
      user([{ type: 'text', text: 'Is this [NAME]?' }, IMAGE]),
      said('Yes, Ann.'),
    ]);
    expect(replaceJudgedTexts(DIALOG, judgedTexts(DIALOG))).toBe(DIALOG);
  });

  it('has its texts and the arguments of its tools replaced', () => {
    expect(mapTexts(WITH_TOOLS, (text) => text)).toBe(WITH_TOOLS);
    const mapped = JSON.stringify(mapTexts(WITH_TOOLS, (text) => text.replace('EUR', '[X]').replace('1.1', '[Y]')));
    expect(mapped).toContain('[X]');
    expect(mapped.match(/\[Y\]/g)).toHaveLength(2);
  });
});

describe('a submission', () => {
  const conversation: GivenSubmission = { type: 'positive', messages: DIALOG };

  it('takes its question and its answer from the conversation', () => {
    const complete = completeSubmission(conversation);
    expect(complete).toEqual({ ...conversation, question: 'And in Rust?', answer: 'A BTreeMap.' });
    // As import relies on.
    expect(completeSubmission(complete)).toBe(complete);
  });

  it('that has both forms must say the same in both', () => {
    expect(() => completeSubmission({ ...conversation, question: 'What?' })).toThrow(
      "'question' must be left out beside 'messages'",
    );
  });

  it('is refused beyond the limits, which are named', () => {
    const limits = { textCharacters: 1_000, entryBytes: 2_000 };
    expect(() => completeSubmission({ ...conversation, comment: 'x'.repeat(1_001) }, limits)).toThrow(
      '1000 characters',
    );
    const tools = [{ type: 'function', description: 'x'.repeat(2_000) }];
    expect(() => completeSubmission({ ...conversation, tools }, limits)).toThrow(
      "'entry' must be at most 2000 bytes of JSON (FEEDBACK_LIMIT_ENTRY_BYTES)",
    );
  });

  it.each<[string, object, string]>([
    ['10,000 tags', { tags: Array.from({ length: 10_000 }, (_, index) => `t${index}`) }, 'at most 32 strings'],
    ['the same tag twice', { tags: ['a', 'a'] }, 'must not have the same tag twice'],
    ['an empty tag', { tags: [''] }, 'must be a list of tags, each of which must be 1 to 256 bytes'],
    ['a score that is a list', { scores: { rating: [5] } }, "a number, a boolean or a category for 'rating'"],
    ['a score that is not finite', { scores: { rating: Infinity } }, "a finite number for 'rating'"],
    ['an empty category', { scores: { tone: '' } }, "a category for 'tone' that must be 1 to 256 bytes"],
    ['33 scores', { scores: Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`s${at}`, at])) }, 'at most 32'],
    ['large metadata', { metadata: { a: 'x'.repeat(16_384) } }, 'must be at most 16384 bytes of JSON'],
    ['metadata that is a list', { metadata: [1] }, 'must be a JSON object'],
    ['another source', { source: 'ghost' }, 'must be user, reviewer, import, llm or code'],
  ])('with %s is refused', (_name, fields, problem) => {
    const given = { type: 'positive', question: 'What?', answer: 'That.', ...fields } as unknown as GivenSubmission;
    expect(() => completeSubmission(given)).toThrow(problem);
  });
});

it('the same question is the same after the same turns only', () => {
  const dialog = (messages: readonly ChatMessage[]) => ({ ...judgedTexts(messages), messages });
  const alone = { question: 'And in Rust?', answer: 'x' };
  expect(contextKey(alone)).toBe('');
  expect(promptKey(dialog([user('and in  rust'), said('y')]))).toBe(promptKey(alone));
  expect(promptKey(dialog([system, user('And in Rust'), said('y')]))).toBe(promptKey(alone));
  expect(promptKey(dialog(DIALOG))).not.toBe(promptKey(alone));
  expect(promptKey(dialog([...DIALOG.slice(1, 4), said('another answer')]))).toBe(promptKey(dialog(DIALOG)));
  const other = [user('What else is it?'), ...DIALOG.slice(2)];
  expect(promptKey(dialog(other))).not.toBe(promptKey(dialog(DIALOG)));
});
