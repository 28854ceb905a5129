import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRowError } from '../../../src/maintenance/import/bad-row.js';
import { toFields } from '../../../src/maintenance/import/converters/converted.js';
import { CONVERTERS, recognizeSource } from '../../../src/maintenance/import/converters/index.js';
import { type RecordObject, valueAt } from '../../../src/maintenance/import/record-object.js';
import { SOURCE_NAMES, type SourceName } from '../../../src/maintenance/import/source-names.js';
import type { Feedback } from '../../../src/model/feedback.js';
import { EXPORT_FORMATS, formatRow, getTask } from '../../../src/training/export/formats.js';

interface Options {
  readonly hasRules?: boolean;
  readonly takesPreferences?: boolean;
  readonly mapping?: Readonly<Record<string, string>>;
}

/** The entries of a record in our names, without what they do not say. */
function convert(
  source: SourceName,
  record: object,
  { hasRules = false, takesPreferences = true, mapping = {} }: Options = {},
) {
  const mapped = (from: RecordObject, field: string): unknown =>
    mapping[field] === undefined ? undefined : valueAt(from, mapping[field]);
  const entries = CONVERTERS[source].convert(record as RecordObject, { hasRules, takesPreferences, mapped });
  return entries.map((entry) => JSON.parse(JSON.stringify(toFields(entry))) as Record<string, unknown>);
}

const problemOf = (source: SourceName, record: object, options?: Options): string => {
  try {
    convert(source, record, options);
  } catch (error) {
    if (error instanceof BadRowError) return error.message;
    throw error;
  }
  throw new Error('It is no bad row');
};

const fixture = (name: string): RecordObject => {
  const path = fileURLToPath(new URL(`../../fixtures/import/${name}`, import.meta.url));
  const [first] = [JSON.parse(readFileSync(path, 'utf8').trim()) as unknown].flat();
  return first as RecordObject;
};

describe('Open WebUI', () => {
  const record = fixture('open-webui.json');

  it('keeps the conversation, the system prompt and everything that is said of the answer', () => {
    expect(recognizeSource(record)).toBe('open-webui');
    expect(convert('open-webui', record)).toEqual([
      {
        messages: [
          { role: 'system', content: 'Answer briefly.' },
          { role: 'user', content: 'How do I implement binary search?' },
          { role: 'assistant', content: 'Use two indices, lo and hi, and halve the range.' },
          { role: 'user', content: 'And in Rust?' },
          { role: 'assistant', content: 'Call slice.binary_search(&x), it returns a Result.' },
        ],
        type: 'positive',
        external_id: 'open-webui:fb123456-7890',
        user_id: 'usr-1',
        conversation_id: 'chat-1',
        interaction_id: 'm4',
        model_version: 'llama3.2:latest',
        reason: 'thorough_explanation',
        tags: ['coding'],
        scores: { rating: 9 },
        metadata: { chat_tags: ['technical'], sibling_models: ['qwen2.5:7b'] },
        source: 'user',
        created_at: 1_700_000_000,
      },
    ]);
  });

  it('takes a rating among the answers of several models for a preference, where these are there', () => {
    const sibling = { id: 'm5', parentId: 'm3', role: 'assistant', model: 'qwen2.5:7b', content: 'Write a loop.' };
    const withSibling = (data: object, arena = false, message: object = sibling): RecordObject => {
      const copy = structuredClone(record) as unknown as {
        data: object;
        meta: { arena: boolean };
        snapshot: { chat: { chat: { history: { messages: Record<string, object> } } } };
      };
      copy.data = { ...copy.data, ...data };
      copy.meta.arena = arena;
      copy.snapshot.chat.chat.history.messages['m5'] = message;
      return copy;
    };
    const rated = 'Call slice.binary_search(&x), it returns a Result.';
    const [preference] = convert('open-webui', withSibling({}));
    expect(preference).toMatchObject({
      candidates: [
        { answer: rated, model_version: 'llama3.2:latest' },
        { answer: 'Write a loop.', model_version: 'qwen2.5:7b' },
      ],
      preferred: 0,
      external_id: 'open-webui:fb123456-7890',
    });
    expect((preference?.['messages'] as unknown[]).at(-1)).toEqual({ role: 'assistant', content: rated });
    expect([preference?.['type'], preference?.['model_version'], preference?.['answer']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(convert('open-webui', withSibling({ rating: -1 }, true))).toMatchObject([{ preferred: 1 }]);
    // What the command says of each answer is of one.
    expect(convert('open-webui', withSibling({}), { takesPreferences: false })).toMatchObject([{ type: 'positive' }]);
    // That an answer is bad makes no other one good, and what the same model said before is no other model's answer.
    expect(convert('open-webui', withSibling({ rating: -1 }))).toMatchObject([{ type: 'negative' }]);
    const again = { ...sibling, model: 'llama3.2:latest' };
    expect(convert('open-webui', withSibling({}, false, again))).toMatchObject([{ type: 'positive' }]);
  });

  it('takes ratings as texts and does without a user, and refuses what has no chat', () => {
    const { user_id: _user, ...anonymous } = record;
    const disliked = { ...anonymous, data: { rating: '-1', model_id: 'm' } };
    expect(convert('open-webui', disliked)).toMatchObject([{ type: 'negative', model_version: 'm' }]);
    expect(convert('open-webui', { ...record, data: { rating: 0 } })[0]).not.toHaveProperty('type');
    expect(problemOf('open-webui', { ...record, snapshot: undefined })).toContain('no snapshot');
    expect(problemOf('open-webui', { ...record, meta: { message_id: 'm3' } })).toContain('not an answer');
  });

  it('ends where messages name one another in a circle', () => {
    const chat = {
      history: {
        messages: {
          a: { id: 'a', parentId: 'b', role: 'assistant', content: 'A' },
          b: { id: 'b', parentId: 'a', role: 'user', content: 'B' },
        },
      },
    };
    const circle = { ...record, meta: { message_id: 'a' }, snapshot: { chat: { chat } } };
    expect(convert('open-webui', circle)).toMatchObject([{ question: 'B', answer: 'A' }]);
  });
});

describe('LibreChat', () => {
  const messages = [
    { messageId: 'a', parentMessageId: '0', conversationId: 'c', isCreatedByUser: true, text: 'Hello?' },
    {
      messageId: 'b',
      parentMessageId: 'a',
      conversationId: 'c',
      isCreatedByUser: false,
      text: '',
      content: [{ type: 'text', text: 'Hi.' }],
      model: 'gpt',
      createdAt: '2024-05-01T12:00:00.000Z',
      feedback: { rating: 'thumbsDown', tag: 'not_matched', text: 'Too short.' },
    },
    {
      messageId: 'c',
      parentMessageId: 'a',
      conversationId: 'c',
      isCreatedByUser: false,
      text: 'Good day.',
      feedback: { rating: 'thumbsUp' },
    },
  ];

  it('has an entry for each rated message, on its own branch', () => {
    const conversation = { conversationId: 'c', messages };
    expect(recognizeSource(conversation)).toBe('librechat');
    expect(convert('librechat', conversation)).toEqual([
      {
        question: 'Hello?',
        answer: 'Hi.',
        type: 'negative',
        external_id: 'librechat:b',
        conversation_id: 'c',
        interaction_id: 'b',
        model_version: 'gpt',
        comment: 'Too short.',
        tags: ['not_matched'],
        source: 'user',
        created_at: '2024-05-01T12:00:00.000Z',
      },
      {
        question: 'Hello?',
        answer: 'Good day.',
        type: 'positive',
        external_id: 'librechat:c',
        conversation_id: 'c',
        interaction_id: 'c',
        source: 'user',
      },
    ]);
    expect(
      convert('librechat', { conversationId: 'c', messagesTree: [{ ...messages[0], children: messages.slice(1) }] }),
    ).toHaveLength(2);
    expect(convert('librechat', { conversationId: 'c', messages: messages.slice(0, 1) })).toEqual([]);
    expect(problemOf('librechat', messages[1]!)).toContain('has no conversation');
  });
});

describe('Langfuse', () => {
  const trace = {
    id: 't1',
    sessionId: 's1',
    userId: 'u1',
    timestamp: '2024-05-01 12:00:00.000000',
    input: { messages: [{ role: 'user', content: 'Why?' }] },
    output: { role: 'assistant', content: 'Because.' },
    tags: ['prod'],
    observations: [{ id: 'o1', type: 'GENERATION', model: 'gpt-4o', input: 'Why not?', output: 'Never.' }],
  };
  const score = (name: string, dataType: string, rest: object) => ({
    id: name,
    traceId: 't1',
    name,
    dataType,
    source: 'API',
    timestamp: '2024-05-01T13:00:00.000Z',
    ...rest,
  });

  it('takes the question and the answer of the outermost observation where the trace has none', () => {
    const record = {
      ...trace,
      input: null,
      output: null,
      observations: [
        { id: 'o2', parentObservationId: 'o1', type: 'GENERATION', input: 'Inner?', output: 'Inner.' },
        { id: 'o1', parentObservationId: null, type: 'SPAN', input: 'Why not?', output: 'Never.' },
      ],
      scores: [score('helpful', 'BOOLEAN', { value: 1 })],
    };
    expect(convert('langfuse', record)).toMatchObject([{ question: 'Why not?', answer: 'Never.', type: 'positive' }]);
    expect(problemOf('langfuse', { ...record, observations: [] })).toContain('get the trace of each score');
  });

  it('makes one entry of the scores of a trace', () => {
    const record = {
      ...trace,
      scores: [
        score('helpful', 'BOOLEAN', { value: 0, comment: 'Wrong.' }),
        score('topic', 'CATEGORICAL', { stringValue: 'billing' }),
        score('stars', 'NUMERIC', { value: 2 }),
        score('fix', 'CORRECTION', { stringValue: 'For this reason.' }),
        score('toxicity', 'NUMERIC', { value: 0.1, source: 'EVAL' }),
      ],
    };
    expect(recognizeSource(record)).toBe('langfuse');
    expect(convert('langfuse', record)).toEqual([
      {
        question: 'Why?',
        answer: 'Because.',
        type: 'negative',
        correction: 'For this reason.',
        external_id: 'langfuse:t1',
        trace_id: 't1',
        user_id: 'u1',
        conversation_id: 's1',
        interaction_id: 't1',
        model_version: 'gpt-4o',
        comment: 'Wrong.',
        tags: ['prod'],
        scores: { toxicity: 0.1, helpful: false, topic: 'billing', stars: 2 },
        source: 'user',
        created_at: '2024-05-01T13:00:00.000Z',
      },
    ]);
  });

  it('takes the observation that a score is about, and a score that has its trace in it', () => {
    const alone = { ...score('ok', 'BOOLEAN', { value: 1, observationId: 'o1' }), trace };
    expect(convert('langfuse', alone)).toMatchObject([
      { question: 'Why not?', answer: 'Never.', type: 'positive', span_id: 'o1', external_id: 'langfuse:t1:o1' },
    ]);
  });

  it('says what is missing, and leaves evaluators to rules', () => {
    expect(problemOf('langfuse', score('ok', 'BOOLEAN', { value: 1 }))).toContain('get the trace of each score');
    const evaluated = { ...trace, scores: [score('quality', 'NUMERIC', { value: 0.9, source: 'EVAL' })] };
    expect(convert('langfuse', evaluated)).toEqual([]);
    expect(convert('langfuse', evaluated, { hasRules: true })).toMatchObject([
      { scores: { quality: 0.9 }, source: 'llm' },
    ]);
    const contradicting = {
      ...trace,
      scores: [score('a', 'BOOLEAN', { value: 1 }), score('b', 'BOOLEAN', { value: 0 })],
    };
    expect(problemOf('langfuse', contradicting)).toContain("'a' and 'b' disagree");
    const [ruled] = convert('langfuse', contradicting, { hasRules: true });
    expect([ruled?.['type'], ruled?.['scores']]).toEqual([undefined, { a: true, b: false }]);
  });
});

describe('Phoenix', () => {
  const span = {
    context: { span_id: 's', trace_id: 't' },
    attributes: { 'input.value': '{"question": "Why?"}', output: { value: 'Because.' }, llm: { model_name: 'gpt' } },
    end_time: '2024-05-01T12:00:00+00:00',
  };
  const annotation = (kind: string, result: object, identifier = '') => ({
    span_id: 's',
    name: 'quality',
    annotator_kind: kind,
    identifier,
    result,
    created_at: '2024-05-02T12:00:00+00:00',
  });

  it('makes an entry for each person, and scores of what models say', () => {
    const record = {
      ...span,
      annotations: [
        annotation('HUMAN', { label: 'good' }, 'ann'),
        annotation('HUMAN', { label: 'thumbs_down', explanation: 'No.' }, 'bob'),
        { ...annotation('LLM', { score: 0.4 }), name: 'judge' },
      ],
    };
    expect(recognizeSource(record)).toBe('phoenix');
    expect(convert('phoenix', record)).toMatchObject([
      {
        question: 'Why?',
        answer: 'Because.',
        type: 'positive',
        user_id: 'ann',
        external_id: 'phoenix:s:ann',
        scores: { judge: 0.4, quality: 'good' },
      },
      { type: 'negative', user_id: 'bob', comment: 'No.', trace_id: 't', span_id: 's', model_version: 'gpt' },
    ]);
    expect(convert('phoenix', { ...annotation('LLM', { label: 'good' }), span })).toEqual([]);
    expect(problemOf('phoenix', annotation('HUMAN', { label: 'good' }))).toContain(
      'join each annotation with its span',
    );
  });
});

describe('LangSmith', () => {
  const feedback = {
    id: 'f',
    run_id: 'r',
    key: 'user_score',
    score: 1.0,
    value: null,
    comment: 'Nice.',
    correction: { answer: 'Better.' },
    feedback_source: { type: 'api', user_id: 'u' },
    created_at: '2024-05-01T12:00:00.123456',
  };
  const joined = {
    ...feedback,
    run: { id: 'r', trace_id: 't', inputs: { input: 'Why?' }, outputs: { output: 'Because.' } },
  };

  it('takes a record with its run; a number is a verdict by a rule alone', () => {
    expect(recognizeSource(feedback)).toBe('langsmith');
    expect(convert('langsmith', joined)).toEqual([
      {
        question: 'Why?',
        answer: 'Because.',
        correction: 'Better.',
        external_id: 'langsmith:r:u',
        user_id: 'u',
        trace_id: 't',
        span_id: 'r',
        interaction_id: 'r',
        comment: 'Nice.',
        scores: { user_score: 1 },
        source: 'user',
        created_at: '2024-05-01T12:00:00.123456Z',
      },
    ]);
    expect(convert('langsmith', { ...joined, score: true })).toMatchObject([{ type: 'positive' }]);
    expect(problemOf('langsmith', feedback)).toContain('join each feedback record with its run');
  });
});

describe('Argilla', () => {
  const record = {
    id: 'r',
    fields: { prompt: 'Why?', response: 'Because.', other: 'For a reason.' },
    suggestions: {},
    metadata: { lang: 'en' },
  };

  it('makes an entry for each annotator', () => {
    const responses = {
      verdict: [
        { value: 'good', user_id: 'a' },
        { value: 'bad', user_id: 'b' },
      ],
      stars: [{ value: 4, user_id: 'a' }],
      corrected: [{ value: 'Because of it.', user_id: 'b' }],
      topics: [{ value: ['x', 'y'], user_id: 'b' }],
      comments: [{ value: 'Meh.', user_id: 'b' }],
    };
    expect(recognizeSource({ ...record, responses })).toBe('argilla');
    expect(convert('argilla', { ...record, responses })).toEqual([
      {
        question: 'Why?',
        answer: 'Because.',
        type: 'positive',
        external_id: 'argilla:r:a',
        user_id: 'a',
        interaction_id: 'r',
        scores: { stars: 4 },
        metadata: { lang: 'en' },
        source: 'reviewer',
      },
      {
        question: 'Why?',
        answer: 'Because.',
        type: 'negative',
        correction: 'Because of it.',
        external_id: 'argilla:r:b',
        user_id: 'b',
        interaction_id: 'r',
        comment: 'Meh.',
        tags: ['x', 'y'],
        metadata: { lang: 'en' },
        source: 'reviewer',
      },
    ]);
  });

  it('takes the label of a question about correctness for no correction, nor a correction for a verdict', () => {
    const ask = (responses: object) => convert('argilla', { ...record, responses });
    const value = (each: unknown) => [{ value: each, user_id: 'a' }];
    expect(ask({ verdict: value('bad'), correctness: value('partly') })).toMatchObject([
      { type: 'negative', scores: { correctness: 'partly' } },
    ]);
    expect(ask({ verdict: value('bad'), corrected: value('true') })).toMatchObject([
      { type: 'negative', correction: 'true' },
    ]);
  });

  it('leaves it to rules which answer counts where those of one annotator disagree', () => {
    const value = (each: unknown) => [{ value: each, user_id: 'a' }];
    const own = { ...record, responses: { helpful: value('good'), harmless: value('bad'), stars: value(2) } };
    expect(problemOf('argilla', own)).toContain("'helpful' and 'harmless' disagree: say which counts");
    const [entry] = convert('argilla', own, { hasRules: true });
    expect(entry).toMatchObject({ scores: { helpful: 'good', harmless: 'bad', stars: 2 } });
    expect(entry).not.toHaveProperty('type');
  });

  it('takes rankings as pairs, as the API has them, and no drafts', () => {
    const values = {
      preference: {
        value: [
          { value: 'other', rank: 1 },
          { value: 'response', rank: 2 },
        ],
      },
    };
    const responses = [
      { values, user_id: 'a', status: 'submitted' },
      { values, user_id: 'b', status: 'draft' },
    ];
    expect(convert('argilla', { ...record, responses })).toMatchObject([
      { type: 'negative', answer: 'Because.', correction: 'For a reason.' },
    ]);
  });

  it('takes fields of any name by a mapping', () => {
    const own = {
      ...record,
      fields: { frage: 'Why?', antwort: 'Because.' },
      responses: { verdict: [{ value: 'good' }] },
    };
    expect(problemOf('argilla', own)).toContain('--map fields.NAME=question');
    const mapping = { question: 'fields.frage', answer: 'fields.antwort' };
    expect(convert('argilla', own, { mapping })).toMatchObject([
      { question: 'Why?', answer: 'Because.', type: 'positive' },
    ]);
  });
});

describe('Label Studio', () => {
  const task = (data: object, ...results: object[]) => ({
    id: 7,
    data,
    annotations: [
      { id: 1, completed_by: 3, created_at: '2024-05-01T12:00:00.000000Z', result: results },
      { id: 2, was_cancelled: true, result: results },
    ],
  });

  it('makes an entry for each annotation that was not cancelled', () => {
    const record = task(
      { prompt: 'Why?', response: 'Because.' },
      { from_name: 'verdict', type: 'choices', value: { choices: ['Bad'] } },
      { from_name: 'stars', type: 'rating', value: { rating: 2 } },
      { from_name: 'fixed', type: 'textarea', value: { text: ['For a reason.'] } },
      { from_name: 'comment', type: 'textarea', value: { text: ['No.'] } },
    );
    expect(recognizeSource(record)).toBe('label-studio');
    expect(convert('label-studio', record)).toEqual([
      {
        question: 'Why?',
        answer: 'Because.',
        type: 'negative',
        correction: 'For a reason.',
        external_id: 'label-studio:7:1',
        user_id: '3',
        interaction_id: '7',
        comment: 'No.',
        tags: ['Bad'],
        scores: { stars: 2 },
        source: 'reviewer',
        created_at: '2024-05-01T12:00:00.000000Z',
      },
    ]);
  });

  it('takes comparisons as pairs', () => {
    const chosen = { type: 'pairwise', value: { selected: 'left' } };
    expect(convert('label-studio', task({ prompt: 'Why?', answer1: 'A.', answer2: 'B.' }, chosen))).toMatchObject([
      { type: 'negative', answer: 'B.', correction: 'A.' },
    ]);
    expect(problemOf('label-studio', task({ prompt: 'Why?', one: 'A.' }, chosen))).toContain('no two answers');
  });
});

describe('data sets for training', () => {
  it('HH-RLHF: transcripts that differ in their last answer are a pair', () => {
    const record = fixture('hh-rlhf.jsonl');
    expect(recognizeSource(record)).toBe('hh-rlhf');
    expect(convert('hh-rlhf', record)).toEqual([
      {
        messages: [
          { role: 'user', content: 'What are some cuss words in english?' },
          { role: 'assistant', content: 'Here is a list.\n\nA, B, C' },
          { role: 'user', content: 'What is your favorite one?' },
          { role: 'assistant', content: 'A.' },
        ],
        type: 'negative',
        correction: 'I have not even thought about it.',
      },
    ]);
    expect(
      problemOf('hh-rlhf', { chosen: '\n\nHuman: A\n\nAssistant: B', rejected: '\n\nHuman: C\n\nAssistant: B' }),
    ).toContain('differ before');
    expect(problemOf('hh-rlhf', { chosen: 'B', rejected: 'C' })).toContain('no transcript');
  });

  it('UltraFeedback: a prompt that both conversations repeat stands there once', () => {
    const turns = (content: string) => [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content },
    ];
    const record = { prompt: 'Why?', chosen: turns('Good.'), rejected: turns('Bad.'), score_chosen: 8 };
    expect(recognizeSource(record)).toBe('trl');
    expect(convert('trl', record)).toEqual([
      { question: 'Why?', answer: 'Bad.', type: 'negative', correction: 'Good.' },
    ]);
  });

  it.each([
    ['the prompt', 'Why?', [['user', 'Why?']], ['system', 'user']],
    [
      'a question that came before',
      [
        { role: 'user', content: 'Go on.' },
        { role: 'assistant', content: 'One.' },
        { role: 'user', content: 'Go on.' },
      ],
      [['user', 'Go on.']],
      ['system', 'user', 'assistant', 'user'],
    ],
    [
      'the system prompt, too',
      'Why?',
      [
        ['system', 'Be kind.'],
        ['user', 'Why?'],
      ],
      ['system', 'user'],
    ],
    ['nothing of it', 'Why?', [], ['system', 'user']],
  ])('keep a system prompt and every turn where the answers repeat %s', (_, prompt, before, roles) => {
    const turns = (answer: string) => [...before, ['assistant', answer]].map(([role, content]) => ({ role, content }));
    const record = { system: 'Be kind.', prompt, chosen: turns('Good.'), rejected: turns('Bad.') };
    const [entry] = convert('trl', record);
    const messages = entry?.['messages'] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual([...roles, 'assistant']);
    expect(messages[0]).toEqual({ role: 'system', content: 'Be kind.' });
  });

  it('LLaMA-Factory: calls of functions are calls of tools, and histories are turns', () => {
    const tools = '[{"name": "add", "parameters": {}}]';
    const conversations = [
      { from: 'human', value: '1 + 1?' },
      { from: 'function_call', value: '{"name": "add", "arguments": {"a": 1, "b": 1}}' },
      { from: 'observation', value: '2' },
      { from: 'gpt', value: 'It is 2.' },
    ];
    const record = { conversations, kto_tag: true, tools };
    expect(recognizeSource(record)).toBe('llama-factory');
    expect(convert('llama-factory', record)).toEqual([
      {
        messages: [
          { role: 'user', content: '1 + 1?' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call_1_0', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":1}' } }],
          },
          { role: 'tool', content: '2', tool_call_id: 'call_1_0' },
          { role: 'assistant', content: 'It is 2.' },
        ],
        tools: [{ name: 'add', parameters: {} }],
        type: 'positive',
      },
    ]);
    const alpaca = {
      instruction: 'And this:',
      input: 'x',
      output: 'X',
      history: [['Hi', 'Hello']],
      system: 'Be brief.',
    };
    expect(convert('llama-factory', alpaca)).toMatchObject([
      {
        messages: [
          { role: 'system' },
          { content: 'Hi' },
          { content: 'Hello' },
          { content: 'And this:\nx' },
          { content: 'X' },
        ],
      },
    ]);
  });

  const entry = (type: 'positive' | 'negative'): Feedback =>
    ({
      id: 'feedback-1',
      version: 1,
      type,
      question: 'Why?',
      answer: 'Because.',
      correction: type === 'negative' ? 'For a reason.' : undefined,
      validationStatus: 'approved',
      validationReasons: [],
      use: 'unused',
      trainingBatchId: 0,
      createdAt: 1,
      updatedAt: 1,
      submittedBy: 'a',
      audit: { head: '', length: 0 },
    }) as unknown as Feedback;

  it.each(EXPORT_FORMATS.filter((format) => format !== 'raw'))('our own export %s is understood again', (format) => {
    for (const system of [undefined, 'Be brief.']) {
      for (const type of ['positive', 'negative'] as const) {
        const formatted = formatRow(format, entry(type), system);
        if (typeof formatted === 'string') continue;
        const row = JSON.parse(JSON.stringify(formatted.row)) as RecordObject;
        const source = recognizeSource(row);
        expect(source).toBeDefined();
        const [fields] = convert(source!, row);
        const messages = fields!['messages'] as { content: string }[] | undefined;
        const question = messages === undefined ? fields!['question'] : messages.at(-2)?.content;
        const answer = messages === undefined ? fields!['answer'] : messages.at(-1)?.content;
        expect(question).toContain('Why?');
        if (system !== undefined) expect(JSON.stringify(fields)).toContain(system);
        switch (getTask(format)) {
          case 'sft':
            expect([answer, fields!['type']]).toEqual([type === 'positive' ? 'Because.' : 'For a reason.', undefined]);
            break;
          case 'dpo':
            expect([answer, fields!['type'], fields!['correction']]).toEqual(['Because.', 'negative', 'For a reason.']);
            break;
          default:
            expect([answer, fields!['type']]).toEqual(['Because.', type]);
        }
      }
    }
  });
});

describe('every source', () => {
  it('refuses what it does not understand, whatever that is', () => {
    const records = [fixture('open-webui.json'), fixture('hh-rlhf.jsonl')];
    const names = fc.constantFrom(
      'messages',
      'role',
      'content',
      'chosen',
      'rejected',
      'prompt',
      'completion',
      'data',
      'scores',
      'annotations',
      'result',
      'fields',
      'responses',
      'history',
      'snapshot',
      'chat',
      'feedback',
      'rating',
      'conversations',
      'from',
      'value',
      'input',
      'output',
      'name',
      'key',
      'tools',
      'dataType',
      // What makes an object none that JavaScript could turn into a text.
      'toString',
      'valueOf',
    );
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('user', 'assistant', 'constructor', 'BOOLEAN', 'x', '', 1, -1, true, null),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    })).object;
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.constantFrom(...records)),
        fc.constantFrom(...SOURCE_NAMES),
        fc.boolean(),
        (record, source, hasRules) => {
          recognizeSource(record);
          try {
            convert(source, record, { hasRules });
          } catch (error) {
            expect(error).toBeInstanceOf(BadRowError);
          }
        },
      ),
      {
        numRuns: 2_000,
        examples: [
          [{ prompt: { from: 'user', role: { toString: 1, valueOf: 1 } } }, 'trl', false],
          [{ prompt: { role: 'constructor', content: 'Why?' }, completion: 'So.' }, 'trl', false],
        ],
      },
    );
  });

  it('takes nothing for its own that is in our names', () => {
    expect(recognizeSource({ type: 'positive', question: 'Why?', answer: 'So.' })).toBeUndefined();
    expect(recognizeSource({ type: 'positive', messages: [{ role: 'user', content: 'a' }] })).toBeUndefined();
    expect(recognizeSource({ rating: 1, text: 'a' })).toBeUndefined();
  });
});
