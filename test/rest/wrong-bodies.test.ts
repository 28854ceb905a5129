import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Description, operationsOf } from '../support/openapi.js';
import { type Answer, shareServer, type SharedServer } from '../support/server.js';

interface Refusal {
  readonly issues?: readonly { readonly field: string }[];
}

const MESSAGES = [
  { role: 'user', content: [{ type: 'text', text: 'Which number is a prime above 90?' }] },
  {
    role: 'assistant',
    content: 'I look it up.',
    tool_calls: [{ type: 'function', function: { name: 'primes', arguments: '{}' } }],
  },
  { role: 'assistant', content: [{ type: 'text', text: 'It is 97.' }] },
];
const CANDIDATES = ['It is 97.', 'It is 91.'].map((content, place) => ({
  messages: [MESSAGES[0], { role: 'assistant', content: [{ type: 'text', text: content }] }],
  adapter_id: `lora-${place}`,
}));
const CONVERSATION = { type: 'positive', messages: MESSAGES, tools: [{ type: 'function' }], tags: ['maths'] };
const ENTRIES = [CONVERSATION, { candidates: CANDIDATES, preferred: 0, scores: { tone: 'kind' }, metadata: { a: 1 } }];
const SCORE = { name: 'tone', kind: 'category', categories: ['kind', 'rude'] };

const FILTER = { type: 'positive', scores: [{ name: 'rating', min: 4 }], since: 0 };
const RULE = {
  kind: 'metric',
  stage: 'candidate',
  metric: 'accuracy',
  dataset: 'd',
  at_least: 0.9,
  passes_unmeasured: true,
};
const VIEW = { name: 'Mine', filter: FILTER, order: 'asc', columns: ['question'], shared: false };
const BULK = [
  { action: 'tag', add_tags: ['maths'], remove_tags: ['art'], ids: ['feedback-1'] },
  { action: 'approve', reason: 'Checked', filter: FILTER },
];

/** For each operation with a body, bodies that have all lists that it takes. */
const BODIES: Readonly<Record<string, readonly object[]>> = {
  submitFeedback: ENTRIES,
  submitFeedbackBatch: [{ feedback: ENTRIES }],
  reviseFeedback: [
    { tags: ['maths'], scores: { tone: 'kind' }, metadata: { a: 1 }, comment: 'Nice', withdrawn: false },
  ],
  linkFeedback: [{ adapter_id: 'lora', metadata: { confidence: 0.95 } }],
  createTrainingBatch: [{ limit: 1, filter: { scores: [{ name: 'rating', min: 4 }], since: 0 }, holdout: 0.1 }],
  renewTrainingBatch: [{ lease_minutes: 60 }],
  commitTrainingBatch: [{ produced_adapter: 'made', version: 'v1', metrics: { loss: 0.42 } }],
  markFeedbackAsUsed: [{ feedback_ids: ['feedback-1'], training_batch_id: 1, expected_versions: [1] }],
  createSavedView: [VIEW],
  updateSavedView: [VIEW],
  previewBulkOperation: BULK,
  startBulkOperation: BULK,
  claimForReview: [
    { count: 1, minutes: 1, filter: { type: 'positive', unused: true, score: 'tone=kind', since: 0 } },
    { count: 1, minutes: 1, ids: ['feedback-1'] },
  ],
  renewReviewClaims: [{ minutes: 1 }],
  releaseReviewClaims: [{ ids: ['feedback-1'] }],
  skipReviews: [{ ids: ['feedback-1'] }],
  reviewFeedback: [{ verdict: 'approve', reason: 'Checked', correction: 'It is 97, a prime.' }],
  registerAdapter: [
    { version: 'v1', rank: 8, lora_alpha: 16, target_modules: ['q'], datasets: ['d'], derived_from: ['base'] },
  ],
  promoteAdapter: [{ stage: 'candidate', reason: 'x', retire: ['old'], rules: [RULE] }],
  recordEvaluations: [{ evaluations: [{ name: 'accuracy', value: 0.9, dataset: 'd', run: 'r', measured_at: 0 }] }],
  runGraphQuery: [{ query: 'RETURN $a AS a', parameters: { a: 1 } }],
  issueToken: [{ sub: 'u', roles: ['reviewer'], expires_in: 60, interaction_id: 'i' }],
  revokeTokens: [{ sub: 'somebody', before: 1 }],
  setPromotionRules: [{ rules: [RULE], revision: 0 }],
  createWebhook: [
    {
      url: 'http://127.0.0.1:9/',
      events: ['feedback.submitted', 'training.ready'],
      filter: { type: 'positive', status: 'approved', adapter: 'lora', tag: 'maths' },
      include: ['entry'],
      training_ready: { adapter_id: 'lora', threshold: 10, cooldown_seconds: 60 },
    },
  ],
  updateWebhook: [
    { description: 'Alerts', events: ['feedback.erased'], filter: { tag: 'maths' }, include: ['entry'], enabled: true },
  ],
  rotateWebhookSecret: [{ grace_seconds: 60 }],
  // After the others: it decides what these may say.
  setFeedbackRules: [
    {
      score_definitions: [{ ...SCORE, positive: { one_of: ['kind'] }, negative: { one_of: ['rude'] } }],
      allowed_tags: ['maths'],
    },
  ],
};

const description = JSON.parse(readFileSync('schema/openapi.json', 'utf8')) as Description;
const operations = operationsOf(description);

let server: SharedServer;
let entry: string;
beforeAll(async () => {
  server = await shareServer();
  entry = String((await server.call('POST', BASE, { body: APPROVED })).body['id']);
});

/** JSON has such numbers, which JavaScript reads as infinite and does not write. */
const TOO_LARGE = '1e400';

function send<Body>(operation: string, value: unknown): Promise<Answer<Body>> {
  const { method, path } = operations.find(({ operationId }) => operationId === operation)!;
  const node = path.includes('/feedback') ? entry : path.includes('/adapters') ? 'lora' : '1';
  const body = JSON.stringify(value).replaceAll(JSON.stringify({ number: TOO_LARGE }), TOO_LARGE);
  return server.call<Body>(method, path.replaceAll(/\{\w+\}/g, node), { body, claims: { roles: ['admin'] } });
}

/** A value in a body, where it is, and the body with another value there. */
interface Place {
  readonly at: string;
  readonly value: unknown;
  readonly put: (other: unknown) => unknown;
}

function placesIn(value: unknown, at: string, put: Place['put']): Place[] {
  if (typeof value !== 'object' || value === null) return [{ at, value, put }];
  const inside = Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
    Array.isArray(value)
      ? placesIn(each, `${at}[${name}]`, (other) => put(value.with(Number(name), other)))
      : placesIn(each, at === '' ? name : `${at}.${name}`, (other) => put({ ...value, [name]: other })),
  );
  return [{ at, value, put }, ...inside];
}

const PLACES = Object.entries(BODIES).flatMap(([operation, bodies]) =>
  bodies.flatMap((body) => placesIn(body, '', (other) => other)).map((place) => ({ operation, ...place })),
);
const ITEMS = PLACES.filter(({ at }) => at.endsWith(']'));

describe('the problem with an item of a list has its place', () => {
  it.each(ITEMS)('$operation: $at', async ({ operation, at, value, put }) => {
    const { body } = await send<Refusal & { results?: readonly Refusal[] }>(
      operation,
      put(typeof value === 'string' ? 5 : 'wrong'),
    );
    // A batch tells of each entry on its own.
    const [, place, inEntry] = operation === 'submitFeedbackBatch' ? /^feedback\[(\d+)\]\.?(.*)/.exec(at)! : [];
    const { issues } = place === undefined ? body : body.results![Number(place)]!;
    expect(issues?.map(({ field }) => field)).toEqual([(inEntry ?? at) || 'body']);
  });

  /** Every list in a schema, such as `candidates[].messages`. */
  function listsOf(schema: unknown, at: string): string[] {
    const { $ref, type, items, properties, anyOf } = schema as {
      readonly $ref?: string;
      readonly type?: string | readonly string[];
      readonly items?: unknown;
      readonly properties?: object;
      readonly anyOf?: readonly unknown[];
    };
    if ($ref !== undefined) return listsOf(description.components.schemas[$ref.split('/').at(-1)!], at);
    return [
      ...([type].flat().includes('array') ? [`${at}[]`, ...listsOf(items, `${at}[]`)] : []),
      ...(anyOf ?? []).flatMap((each) => listsOf(each, at)),
      ...Object.entries(properties ?? {}).flatMap(([name, each]) => listsOf(each, at === '' ? name : `${at}.${name}`)),
    ];
  }

  it('in every list of every body', () => {
    const taken = operations.flatMap(({ operationId, requestBody }) => {
      const { content } = (requestBody ?? {}) as { content?: Record<string, { schema: unknown }> };
      return listsOf(content?.['application/json']?.schema ?? {}, '').map((list) => `${operationId} ${list}`);
    });
    const tried = new Set(ITEMS.map(({ operation, at }) => `${operation} ${at.replaceAll(/\[\d+\]/g, '[]')}`));
    // No candidate may have calls of tools.
    expect(taken.filter((list) => !tried.has(list) && !/candidates.*tool_calls/.test(list))).toEqual([]);
  });
});

it.each(PLACES)('no value in the place of $at of $operation is answered as a fault of the server', async (place) => {
  const values = [null, true, -1, 2 ** 53, { number: TOO_LARGE }, '', 'wrong', [null], { a: null }];
  const answers = await Promise.all(values.map((value) => send(place.operation, place.put(value))));
  for (const [which, { status, body }] of answers.entries()) {
    expect(status, JSON.stringify(values[which])).not.toBe(500);
    // As a batch tells of an entry.
    expect(JSON.stringify(body)).not.toContain('"status":500');
  }
});
