import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { omitNullish } from '../../src/omit-nullish.js';
import { ROWS_AT_ONCE } from '../../src/training/claim.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { answerChecker, type DescribedOperation, type Description, operationsOf } from '../support/openapi.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** What a test cannot bring about from outside of a server that works. */
const NOT_PRODUCED = new Set<number | string>([
  500,
  503,
  'undoBulkOperation 409', // Needs ten operations that are under way: test/feedback/bulk.test.ts.
  'revokeTokens 409', // Needs ten thousand revocations: test/tokens/revocations.test.ts.
  'backUp 409', // Needs a backup that takes its time.
  'backUpStore 409', // The same.
  'exportUser 409',
]);

interface Call {
  /** What stands in the path for its parameters; else their names do. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly roles?: readonly string[];
  readonly sub?: string;
  readonly org?: string;
}

let server: TestServer;
/** Takes one request of each user, and bodies of 1 KiB. */
let narrow: TestServer;
let description: Description;

beforeAll(async () => {
  server = await startTestServer();
  narrow = await startTestServer({ limits: { userPerMinute: 1, orgPerHour: 0 }, bodyLimit: 1024 });
  description = (await (await fetch(`${server.url}/openapi.json`)).json()) as Description;
});
afterAll(() => Promise.all([server.stop(), narrow.stop()]));

async function submit(): Promise<string> {
  const { body } = await server.call('POST', BASE, { body: APPROVED });
  return body['id'] as string;
}

/** The id of a new entry that its submitter has linked to the adapter `lora`. */
async function linked(): Promise<string> {
  const id = await submit();
  await server.call('POST', `${BASE}/${id}/link`, { body: { adapter_id: 'lora' } });
  return id;
}

async function erased(): Promise<string> {
  const id = await submit();
  await server.call('DELETE', `${BASE}/${id}`, { claims: ADMIN });
  return id;
}

/** The headers of a request that reuses the `Idempotency-Key` of a request that was made. */
async function reusedKey(path: string, body: unknown, roles: readonly string[] = []): Promise<Call> {
  const headers = { 'idempotency-key': `key-of-${path}` };
  await server.call('POST', path, { body, headers, claims: { roles } });
  return { headers, roles };
}

/** Registers an adapter with all that can be said of one, and answers its id as it stands in a path. */
async function adapter(): Promise<string> {
  const id = 'themis%2Fhelp%20lora';
  await server.call('PUT', `/api/v1/llm/adapters/${id}`, { body: LORA, claims: TRAINER });
  return id;
}

const EVALUATIONS = { evaluations: [{ name: 'accuracy', value: 0.9, dataset: 'eval', run: '17', measured_at: 0 }] };

/** A request about an adapter whose key was used for another one. */
async function reusedAdapterKey(route: string, first: object, body: object): Promise<Call> {
  const headers = { 'idempotency-key': `key-of-${route}` };
  const id = await adapter();
  await server.call('POST', `/api/v1/llm/adapters/${id}/${route}`, { body: first, headers, claims: TRAINER });
  return { parameters: { id }, body, headers };
}

const LORA = {
  version: 'v2.0',
  base_model: 'meta-llama/Llama-2-7b-hf',
  derived_from: ['meta-llama/Llama-2-7b-hf', 'themis/other'],
  relation: 'finetune',
  peft_type: 'LORA',
  rank: 8,
  lora_alpha: 16.5,
  target_modules: ['q_proj', 'v_proj'],
  datasets: ['themis/help-desk'],
};
const LINK = { adapter_id: 'themis_help_lora_v2', metadata: { confidence: 0.95, session_id: 'abc-123' } };
const UNKNOWN = { id: 'feedback-00000000-0000-7000-8000-000000000000' };
const TRAINER = { roles: ['trainer'] };
const ADMIN = { roles: ['admin'] };
const REVIEWER = { roles: ['reviewer'] };
const APPROVAL = { verdict: 'approve', correction: 'Use the SHARD BY clause of CREATE COLLECTION.', reason: 'Checked' };

/** The id of a new flagged entry. */
async function flagged(): Promise<string> {
  const { body } = await server.call('POST', BASE, { body: { ...APPROVED, type: 'negative' } });
  return String(body['id']);
}

/** The id of a new entry that a reviewer has decided on. */
async function reviewed(): Promise<string> {
  const id = await flagged();
  await server.call('POST', `${BASE}/review/${id}`, { body: APPROVAL, claims: REVIEWER });
  return id;
}

const TRAINING = '/api/v1/llm/training/batches';
const COMMIT = { produced_adapter: 'made', version: 'v1', base_adapter: 'lora', metrics: { loss: 0.5 } };
let adapters = 0;

/** An adapter with an entry that can be claimed. */
async function forTraining(): Promise<string> {
  const adapter = `for-training-${adapters++}`;
  await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: adapter } });
  return adapter;
}

/** The number of a new training batch. */
async function batch(): Promise<string> {
  const body = { filter: { adapter: await forTraining() }, limit: 1 };
  const answer = await server.call('POST', TRAINING, { body, claims: TRAINER });
  return String(answer.body['training_batch_id']);
}

/** More entries than one request claims, commits or releases before it answers. */
const MANY = 3 * ROWS_AT_ONCE;
const ASYNC = { headers: { prefer: 'respond-async' } };

/** An adapter with many entries that can be claimed. */
async function forLongTraining(): Promise<string> {
  const adapter = `for-training-${adapters++}`;
  const feedback = Array.from({ length: MANY }, () => ({ ...APPROVED, adapter_id: adapter }));
  await server.call('POST', `${BASE}/batch`, { body: { feedback } });
  return adapter;
}

/** The number of a new training batch of many entries. */
async function largeBatch(): Promise<string> {
  const body = { filter: { adapter: await forLongTraining() }, limit: MANY };
  const answer = await server.call('POST', TRAINING, { body, claims: TRAINER });
  return String(answer.body['training_batch_id']);
}

/** The number of a training batch that has given back what it held. */
async function released(): Promise<string> {
  const number = await batch();
  await server.call('POST', `${TRAINING}/${number}/release`, { claims: TRAINER });
  return number;
}

const VIEW = {
  name: 'Flagged',
  filter: {
    status: 'flagged',
    source: 'user',
    adapter: 'lora',
    adapter_version: 'v1',
    scores: [{ name: 'rating', min: 4 }],
    since: '2026-01-01T00:00:00Z',
  },
  order: 'desc',
  columns: ['question'],
};

/** The id of a new view that its owner shares. */
async function savedView(): Promise<string> {
  const { body } = await server.call('POST', `${BASE}/views`, { body: { ...VIEW, shared: true } });
  return String(body['id']);
}

const WEBHOOKS = '/api/v1/llm/webhooks';
/** It is sent tests alone. */
const WEBHOOK = { url: '', events: ['training_batch.recorded'] };
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  WEBHOOK.url = receiver.url;
});
afterAll(() => receiver.close());

/** The id of a new webhook, the only one: an organization has only so many. */
async function webhook(): Promise<string> {
  const { body: before } = await server.call<{ webhooks: { id: string }[] }>('GET', WEBHOOKS, { claims: ADMIN });
  for (const { id } of before.webhooks) await server.call('DELETE', `${WEBHOOKS}/${id}`, { claims: ADMIN });
  const { body } = await server.call('POST', WEBHOOKS, { body: WEBHOOK, claims: ADMIN });
  return String(body['id']);
}

/** A webhook and a delivery that waits. */
async function tested(): Promise<{ readonly id: string; readonly delivery: string }> {
  const id = await webhook();
  const { body } = await server.call('POST', `${WEBHOOKS}/${id}/test`, { claims: ADMIN });
  return { id, delivery: String(body['id']) };
}

/** The id of a new webhook that is sent nothing. */
async function disabled(): Promise<string> {
  const id = await webhook();
  await server.call('PATCH', `${WEBHOOKS}/${id}`, { body: { enabled: false }, claims: ADMIN });
  return id;
}

const BULK_LINK = { action: 'link', adapter_id: 'lora', ids: [UNKNOWN.id] };

/** The id of a bulk operation that links a new entry. */
async function bulkOperation(): Promise<string> {
  const body = { ...BULK_LINK, ids: [await submit()] };
  return String((await server.call('POST', `${BASE}/bulk`, { body })).body['id']);
}

/** The headers of a request that has replaced the rules, by no others. */
async function ruledHeaders(): Promise<Record<string, string>> {
  const headers = { 'idempotency-key': 'rules' };
  await server.call('PUT', `${BASE}/rules`, { body: {}, headers, claims: ADMIN });
  return headers;
}

/**
 * What brings about each status of each operation, beside what {@link commonCall} knows for all of them. A route that is
 * not here fails the test, and so does a status that its description has and nothing here or there brings about.
 */
const CALLS: Readonly<Record<string, Readonly<Record<number, () => Call | Promise<Call>>>>> = {
  submitFeedback: {
    201: () => ({ body: { ...APPROVED, adapter_id: 'lora', comment: 'Good.' } }),
    200: async () => {
      const body = { ...APPROVED, external_id: 'a-change-of-mind' };
      await server.call('POST', BASE, { body });
      return { body: { ...body, comment: 'On second thoughts.' } };
    },
    400: () => ({ body: { question: 'What?', extra: true } }),
    409: async () => {
      const body = { ...APPROVED, external_id: 'of-a-user', user_id: 'ann' };
      await server.call('POST', BASE, { body });
      return { body: { ...body, user_id: 'bob' } };
    },
    410: async () => {
      const headers = { 'idempotency-key': 'of-an-entry-that-is-erased' };
      const { body } = await server.call('POST', BASE, { body: APPROVED, headers });
      await server.call('DELETE', `${BASE}/${String(body['id'])}`, { claims: ADMIN });
      return { body: APPROVED, headers };
    },
    422: async () => ({ ...(await reusedKey(BASE, APPROVED)), body: { ...APPROVED, comment: 'Another one.' } }),
  },
  submitFeedbackBatch: {
    201: () => ({ body: { feedback: [APPROVED, { ...APPROVED, type: 'negative' }] } }),
    207: () => ({ body: { feedback: [APPROVED, { ...APPROVED, question: ' ' }, { type: 'good' }] } }),
    400: () => ({ body: { feedback: [] } }),
    422: async () => ({
      ...(await reusedKey(`${BASE}/batch`, { feedback: [APPROVED] })),
      body: { feedback: [APPROVED, APPROVED] },
    }),
  },
  getFeedback: {
    200: async () => ({ parameters: { id: await submit() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: UNKNOWN }),
    410: async () => ({ parameters: { id: await erased() } }),
  },
  listFeedback: {
    200: () => ({ query: 'limit=1&order=desc&type=positive&unused=true&since=0' }),
    400: () => ({ query: 'limit=0&page=2' }),
  },
  getFeedbackStats: { 200: () => ({}) },
  listFeedbackFacets: {
    200: () => ({ query: 'field=tag&limit=1' }),
    400: () => ({ query: 'field=colour' }),
  },
  getFeedbackRules: { 200: () => ({}) },
  setFeedbackRules: {
    200: () => ({ body: { score_definitions: [{ name: 'rating', kind: 'number', min: 1, max: 5 }] }, ...ADMIN }),
    400: () => ({ body: { allowed_tags: [''] }, ...ADMIN }),
    403: () => ({ body: {} }),
    409: () => ({ body: { revision: 1000 }, ...ADMIN }),
    422: async () => ({
      headers: await ruledHeaders(),
      body: { allowed_tags: ['other'] },
      ...ADMIN,
    }),
  },
  listSavedViews: {
    200: async () => {
      await savedView();
      return { query: 'scope=own&limit=1' };
    },
    400: () => ({ query: 'scope=all' }),
  },
  createSavedView: {
    201: () => ({ body: { ...VIEW, shared: true } }),
    400: () => ({ body: { name: ' ', filter: { since: 2, until: 1 } } }),
    404: async () => {
      const headers = { 'idempotency-key': 'of-a-view-that-is-deleted' };
      const { body } = await server.call('POST', `${BASE}/views`, { body: VIEW, headers });
      await server.call('DELETE', `${BASE}/views/${String(body['id'])}`);
      return { body: VIEW, headers };
    },
    409: async () => {
      const claims = { sub: 'with-many-views' };
      for (let view = 0; view < 100; view++) await server.call('POST', `${BASE}/views`, { body: VIEW, claims });
      return { body: VIEW, ...claims };
    },
    422: async () => ({ ...(await reusedKey(`${BASE}/views`, VIEW)), body: { name: 'Another' } }),
  },
  getSavedView: {
    200: async () => ({ parameters: { id: await savedView() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'unknown' } }),
  },
  updateSavedView: {
    200: async () => ({ parameters: { id: await savedView() }, body: { name: 'Renamed', order: null } }),
    400: async () => ({ parameters: { id: await savedView() }, body: {} }),
    403: async () => ({ parameters: { id: await savedView() }, body: { name: 'Mine' }, sub: 'somebody else' }),
    404: () => ({ parameters: { id: 'unknown' }, body: { name: 'Renamed' } }),
    409: async () => ({ parameters: { id: await savedView() }, body: { name: 'Renamed', revision: 7 } }),
  },
  deleteSavedView: {
    200: async () => ({ parameters: { id: await savedView() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    403: async () => ({ parameters: { id: await savedView() }, sub: 'somebody else' }),
    404: () => ({ parameters: { id: 'unknown' } }),
  },
  createWebhook: {
    201: () => ({ body: WEBHOOK, ...ADMIN }),
    400: () => ({ body: { ...WEBHOOK, url: 'ftp://127.0.0.1/' }, ...ADMIN }),
    403: () => ({ body: WEBHOOK }),
    409: async () => {
      const claims = { ...ADMIN, org: 'with-many-webhooks' };
      for (let nth = 0; nth < 20; nth++) await server.call('POST', WEBHOOKS, { body: WEBHOOK, claims });
      return { body: WEBHOOK, ...claims };
    },
    422: async () => ({
      ...(await reusedKey(WEBHOOKS, WEBHOOK, ADMIN.roles)),
      body: { ...WEBHOOK, description: 'Another' },
    }),
  },
  getWebhook: {
    200: async () => ({ parameters: { id: await webhook() }, ...ADMIN }),
    400: () => ({ parameters: { id: '%zz' }, ...ADMIN }),
    403: () => ({}),
    404: () => ({ parameters: { id: 'unknown' }, ...ADMIN }),
  },
  updateWebhook: {
    200: async () => ({
      parameters: { id: await webhook() },
      body: { events: [...WEBHOOK.events, 'training.ready'], training_ready: { threshold: 10 } },
      ...ADMIN,
    }),
    400: async () => ({ parameters: { id: await webhook() }, body: {}, ...ADMIN }),
    403: () => ({ body: { enabled: false } }),
    404: () => ({ parameters: { id: 'unknown' }, body: { enabled: false }, ...ADMIN }),
    409: async () => ({ parameters: { id: await webhook() }, body: { revision: 7, enabled: false }, ...ADMIN }),
  },
  deleteWebhook: {
    200: async () => ({ parameters: { id: await webhook() }, ...ADMIN }),
    400: () => ({ parameters: { id: '%zz' }, ...ADMIN }),
    403: () => ({}),
    404: () => ({ parameters: { id: 'unknown' }, ...ADMIN }),
  },
  rotateWebhookSecret: {
    200: async () => ({ parameters: { id: await webhook() }, body: { grace_seconds: 60 }, ...ADMIN }),
    400: async () => ({ parameters: { id: await webhook() }, body: { grace_seconds: -1 }, ...ADMIN }),
    403: () => ({ body: {} }),
    404: () => ({ parameters: { id: 'unknown' }, body: {}, ...ADMIN }),
    422: async () => {
      const id = await webhook();
      const again = await reusedKey(`${WEBHOOKS}/${id}/rotate-secret`, {}, ADMIN.roles);
      return { ...again, parameters: { id }, body: { grace_seconds: 60 } };
    },
  },
  testWebhook: {
    202: async () => ({ parameters: { id: await webhook() }, ...ADMIN }),
    400: () => ({ parameters: { id: '%zz' }, ...ADMIN }),
    403: () => ({}),
    404: () => ({ parameters: { id: 'unknown' }, ...ADMIN }),
    409: async () => ({ parameters: { id: await disabled() }, ...ADMIN }),
    422: async () => {
      const again = await reusedKey(`${WEBHOOKS}/${await webhook()}/test`, undefined, ADMIN.roles);
      return { ...again, parameters: { id: 'unknown' } };
    },
  },
  listWebhookDeliveries: {
    200: async () => ({ parameters: await tested(), query: 'status=pending&limit=1', ...ADMIN }),
    400: async () => ({ parameters: { id: await webhook() }, query: 'status=lost', ...ADMIN }),
    403: () => ({}),
    404: () => ({ parameters: { id: 'unknown' }, ...ADMIN }),
  },
  getWebhookDelivery: {
    200: async () => ({ parameters: await tested(), ...ADMIN }),
    400: () => ({ parameters: { delivery: '%zz' }, ...ADMIN }),
    403: () => ({}),
    404: async () => ({ parameters: { id: await webhook(), delivery: 'unknown' }, ...ADMIN }),
  },
  redeliverWebhook: {
    202: async () => {
      const parameters = await tested();
      const path = `${WEBHOOKS}/${parameters.id}/deliveries/${parameters.delivery}`;
      const read = async () => (await server.call('GET', path, { claims: ADMIN })).body['status'];
      await expect.poll(read).toBe('delivered');
      return { parameters, ...ADMIN };
    },
    400: () => ({ parameters: { delivery: '%zz' }, ...ADMIN }),
    403: () => ({}),
    404: async () => ({ parameters: { id: await webhook(), delivery: 'unknown' }, ...ADMIN }),
    409: async () => {
      receiver.answer = () => undefined;
      return { parameters: await tested(), ...ADMIN };
    },
    422: async () => {
      receiver.answer = (_, response) => response.writeHead(204).end();
      const { id, delivery } = await tested();
      const path = `${WEBHOOKS}/${id}/deliveries/${delivery}`;
      const read = async () => (await server.call('GET', path, { claims: ADMIN })).body['status'];
      await expect.poll(read).toBe('delivered');
      const again = await reusedKey(`${path}/redeliver`, undefined, ADMIN.roles);
      return { ...again, parameters: { id, delivery: 'unknown' } };
    },
  },
  listWebhooks: {
    200: async () => {
      await webhook();
      return { query: 'limit=1', ...ADMIN };
    },
    400: () => ({ query: 'limit=0', ...ADMIN }),
    403: () => ({}),
  },
  runGraphQuery: {
    200: () => ({ body: { query: 'MATCH (a:Adapter) RETURN a.id AS id LIMIT $most', parameters: { most: 2 } } }),
    400: () => ({ body: { query: 'MATCH (a:Adapter)' } }),
  },
  listFeedbackByAdapter: {
    200: () => ({ parameters: { adapter_id: 'lora' }, query: 'limit=1' }),
    400: () => ({ query: 'cursor=elsewhere' }),
  },
  linkFeedback: {
    200: async () => {
      const id = await submit();
      await server.call('POST', `${BASE}/${id}/link`, { body: LINK });
      return { parameters: { id }, body: LINK };
    },
    201: async () => ({ parameters: { id: await submit() }, body: LINK }),
    400: async () => ({ parameters: { id: await submit() }, body: { adapter_id: 'feedback-1' } }),
    404: () => ({ parameters: UNKNOWN, body: LINK }),
    409: async () => {
      const id = await submit();
      for (let link = 0; link < 32; link++) {
        await server.call('POST', `${BASE}/${id}/link`, { body: { adapter_id: `lora-${link}` } });
      }
      return { parameters: { id }, body: LINK };
    },
    410: async () => ({ parameters: { id: await erased() }, body: LINK }),
    412: async () => ({ parameters: { id: await submit() }, body: LINK, headers: { 'if-match': '"7"' } }),
    422: async () => {
      const id = await submit();
      const again = await reusedKey(`${BASE}/${id}/link`, LINK);
      return { ...again, parameters: { id }, body: { adapter_id: 'another' } };
    },
  },
  unlinkFeedback: {
    200: async () => ({ parameters: { id: await linked(), adapter_id: 'lora' } }),
    400: async () => ({ parameters: { id: await linked(), adapter_id: 'x'.repeat(257) } }),
    403: async () => ({ parameters: { id: await linked(), adapter_id: 'lora' }, sub: 'somebody else' }),
    404: () => ({ parameters: { ...UNKNOWN, adapter_id: 'lora' } }),
    409: async () => {
      const { body } = await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: 'lora' } });
      return { parameters: { id: String(body['id']), adapter_id: 'lora' } };
    },
    410: async () => ({ parameters: { id: await erased(), adapter_id: 'lora' } }),
    412: async () => ({ parameters: { id: await linked(), adapter_id: 'lora' }, headers: { 'if-match': '"7"' } }),
  },
  listReviewQueue: {
    200: async () => {
      await flagged();
      return { query: 'status=flagged', ...REVIEWER };
    },
    400: () => ({ query: 'limit=0', ...REVIEWER }),
    403: () => ({}),
  },
  claimForReview: {
    200: async () => {
      await flagged();
      return { body: { count: 1, minutes: 5 }, ...REVIEWER };
    },
    400: () => ({ body: { count: 0 }, ...REVIEWER }),
    403: () => ({ body: { count: 1 } }),
    422: async () => {
      const again = await reusedKey(`${BASE}/review/claim`, { count: 1 }, REVIEWER.roles);
      return { ...again, body: { count: 2 }, ...REVIEWER };
    },
    409: async () => {
      // As many as one reviewer may hold.
      const claims = { sub: 'busy', ...REVIEWER };
      for (let submitted = 0; submitted < 500; submitted += 100) {
        const feedback = Array.from({ length: 100 }, () => ({ ...APPROVED, type: 'negative', tags: ['busy'] }));
        await server.call('POST', `${BASE}/batch`, { body: { feedback } });
        const body = { count: 100, filter: { tag: 'busy' } };
        await server.call('POST', `${BASE}/review/claim`, { body, claims });
      }
      return { body: { count: 1 }, ...claims };
    },
  },
  listReviewClaims: {
    200: async () => {
      await flagged();
      await server.call('POST', `${BASE}/review/claim`, { body: { count: 1 }, claims: REVIEWER });
      return REVIEWER;
    },
    400: () => ({ query: 'limit=0', ...REVIEWER }),
    403: () => ({}),
  },
  renewReviewClaims: {
    200: () => ({ body: { minutes: 5 }, ...REVIEWER }),
    400: () => ({ body: { minutes: 0 }, ...REVIEWER }),
    403: () => ({ body: {} }),
    422: async () => {
      const again = await reusedKey(`${BASE}/review/claims/renew`, { minutes: 5 }, REVIEWER.roles);
      return { ...again, body: { minutes: 6 } };
    },
  },
  releaseReviewClaims: {
    200: () => ({ body: {}, ...REVIEWER }),
    400: () => ({ body: { ids: [] }, ...REVIEWER }),
    403: () => ({ body: {} }),
    422: async () => {
      const again = await reusedKey(`${BASE}/review/claims/release`, {}, REVIEWER.roles);
      return { ...again, body: { ids: [UNKNOWN.id] } };
    },
  },
  skipReviews: {
    200: async () => ({ body: { ids: [await flagged()] }, ...REVIEWER }),
    400: () => ({ body: { ids: [] }, ...REVIEWER }),
    403: () => ({ body: { ids: [UNKNOWN.id] } }),
    422: async () => {
      const again = await reusedKey(`${BASE}/review/skip`, { ids: [UNKNOWN.id] }, REVIEWER.roles);
      return { ...again, body: { ids: [UNKNOWN.id, UNKNOWN.id] } };
    },
  },
  reviewFeedback: {
    200: async () => ({ parameters: { id: await flagged() }, body: APPROVAL, ...REVIEWER }),
    400: async () => ({ parameters: { id: await flagged() }, body: { verdict: 'perhaps' }, ...REVIEWER }),
    403: async () => ({ parameters: { id: await flagged() }, body: APPROVAL }),
    404: () => ({ parameters: UNKNOWN, body: APPROVAL, ...REVIEWER }),
    409: async () => {
      const id = await submit();
      await server.call('PATCH', `${BASE}/${id}`, { body: { withdrawn: true } });
      return { parameters: { id }, body: APPROVAL, ...REVIEWER };
    },
    410: async () => ({ parameters: { id: await erased() }, body: APPROVAL, ...REVIEWER }),
    412: async () => ({
      parameters: { id: await flagged() },
      body: APPROVAL,
      headers: { 'if-match': '"7"' },
      ...REVIEWER,
    }),
    422: async () => {
      const id = await flagged();
      const again = await reusedKey(`${BASE}/review/${id}`, APPROVAL, REVIEWER.roles);
      return { ...again, parameters: { id }, body: { verdict: 'reject' }, ...REVIEWER };
    },
  },
  undoReview: {
    200: async () => ({ parameters: { id: await reviewed() }, ...REVIEWER }),
    403: async () => ({ parameters: { id: await reviewed() } }),
    404: () => ({ parameters: UNKNOWN, ...REVIEWER }),
    409: async () => ({ parameters: { id: await submit() }, ...REVIEWER }),
    410: async () => ({ parameters: { id: await erased() }, ...REVIEWER }),
    400: async () => ({ parameters: { id: await reviewed() }, headers: { 'if-match': 'seven' }, ...REVIEWER }),
    412: async () => ({ parameters: { id: await reviewed() }, headers: { 'if-match': '"7"' }, ...REVIEWER }),
    422: async () => {
      const headers = { 'idempotency-key': 'of-an-undo' };
      const id = await reviewed();
      await server.call('POST', `${BASE}/review/${id}/undo`, { headers, claims: REVIEWER });
      return { parameters: { id: await reviewed() }, headers, ...REVIEWER };
    },
  },
  previewBulkOperation: {
    200: async () => ({ body: { action: 'tag', add_tags: ['a'], ids: [await submit(), UNKNOWN.id] } }),
    400: () => ({ body: { action: 'approve' } }),
  },
  startBulkOperation: {
    202: async () => ({ body: { action: 'link', adapter_id: 'lora', ids: [await submit()] } }),
    400: () => ({ body: { action: 'link', ids: [UNKNOWN.id] } }),
    403: () => ({ body: { action: 'approve', ids: [UNKNOWN.id] } }),
    409: () => ({ body: { action: 'approve', ids: [UNKNOWN.id], expected_count: 2 }, ...REVIEWER }),
    422: async () => ({
      ...(await reusedKey(`${BASE}/bulk`, BULK_LINK)),
      body: { ...BULK_LINK, adapter_id: 'another' },
    }),
  },
  listBulkOperations: {
    200: async () => {
      await bulkOperation();
      return { query: 'limit=1' };
    },
    400: () => ({ query: 'cursor=elsewhere' }),
  },
  getBulkOperation: {
    200: async () => ({ parameters: { id: await bulkOperation() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'unknown' } }),
  },
  cancelBulkOperation: {
    200: async () => ({ parameters: { id: await bulkOperation() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'unknown' } }),
    409: async () => {
      const id = await bulkOperation();
      await server.call('POST', `${BASE}/bulk/${id}/undo`);
      return { parameters: { id } };
    },
    422: async () => {
      const headers = { 'idempotency-key': 'of-a-cancel' };
      await server.call('POST', `${BASE}/bulk/${await bulkOperation()}/cancel`, { headers });
      return { parameters: { id: await bulkOperation() }, headers };
    },
  },
  undoBulkOperation: {
    202: async () => ({ parameters: { id: await bulkOperation() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'unknown' } }),
    422: async () => {
      const headers = { 'idempotency-key': 'of-a-bulk-undo' };
      await server.call('POST', `${BASE}/bulk/${await bulkOperation()}/undo`, { headers });
      return { parameters: { id: await bulkOperation() }, headers };
    },
  },
  reviseFeedback: {
    200: async () => ({ parameters: { id: await submit() }, body: { type: 'negative' } }),
    400: async () => ({ parameters: { id: await submit() }, body: {} }),
    403: async () => {
      const { body } = await server.call('POST', BASE, { body: APPROVED, claims: { sub: 'somebody-else' } });
      return { parameters: { id: String(body['id']) }, body: { type: 'negative' } };
    },
    404: () => ({ parameters: UNKNOWN, body: { type: 'negative' } }),
    409: async () => {
      const id = await submit();
      const body = { feedback_ids: [id], training_batch_id: 7 };
      await server.call('POST', `${BASE}/mark-used`, { body, claims: TRAINER });
      return { parameters: { id }, body: { type: 'negative' } };
    },
    410: async () => ({ parameters: { id: await erased() }, body: { type: 'negative' } }),
    412: async () => ({
      parameters: { id: await submit() },
      body: { type: 'negative' },
      headers: { 'if-match': '"7"' },
    }),
    422: async () => {
      const id = await submit();
      const headers = { 'idempotency-key': 'of-a-change-of-mind' };
      await server.call('PATCH', `${BASE}/${id}`, { body: { type: 'negative' }, headers });
      return { parameters: { id }, headers, body: { withdrawn: true } };
    },
  },
  markFeedbackAsUsed: {
    200: async () => ({ body: { feedback_ids: [await submit()], training_batch_id: 7 }, ...TRAINER }),
    400: () => ({ body: { feedback_ids: [], training_batch_id: 0 }, ...TRAINER }),
    403: () => ({ body: { feedback_ids: [UNKNOWN.id], training_batch_id: 7 } }),
    404: () => ({ body: { feedback_ids: [UNKNOWN.id], training_batch_id: 7 }, ...TRAINER }),
    409: async () => {
      const body = { feedback_ids: [await submit()], training_batch_id: 7 };
      await server.call('POST', `${BASE}/mark-used`, { body, claims: TRAINER });
      return { body: { ...body, training_batch_id: 8 }, ...TRAINER };
    },
    422: async () => {
      const body = { feedback_ids: [await submit()], training_batch_id: 7 };
      const again = await reusedKey(`${BASE}/mark-used`, body, TRAINER.roles);
      return { ...again, body: { ...body, training_batch_id: 8 } };
    },
  },
  listFeedbackVersions: {
    200: async () => ({ parameters: { id: await submit() } }),
    400: () => ({ query: 'limit=1001' }),
    404: () => ({ parameters: UNKNOWN }),
    410: async () => ({ parameters: { id: await erased() } }),
  },
  getFeedbackStatsByDay: {
    200: async () => {
      await submit();
      return { query: `since=${Date.now() - 86_400_000}&until=${Date.now()}` };
    },
    400: () => ({ query: 'since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z' }),
    403: () => ({ query: 'since=0&until=0', roles: ['submitter'] }),
  },
  getReviewsByDay: {
    200: () => ({ query: 'since=2030-01-01T00:00:00Z&until=2030-01-31T00:00:00Z', ...REVIEWER }),
    400: () => ({ query: 'since=172800000&until=1', ...REVIEWER }),
    403: () => ({ query: 'since=0&until=0' }),
  },
  getAdapterStatsByDay: {
    200: async () => {
      await linked();
      return { parameters: { id: 'lora' }, query: `since=${Date.now() - 86_400_000}&until=${Date.now()}` };
    },
    400: async () => {
      await linked();
      return { parameters: { id: 'lora' }, query: 'since=2026-01-01T00:00:00Z' };
    },
    403: () => ({ query: 'since=0&until=0', roles: ['submitter'] }),
    404: () => ({ parameters: { id: 'nothing' }, query: 'since=0&until=0' }),
  },
  listSimilarFeedback: {
    200: async () => {
      await submit();
      return { parameters: { id: await submit() } };
    },
    400: () => ({ query: 'limit=21' }),
    403: async () => ({ parameters: { id: await submit() }, roles: ['submitter'] }),
    404: () => ({ parameters: UNKNOWN }),
    410: async () => ({ parameters: { id: await erased() } }),
  },
  listFeedbackChanges: {
    200: () => ({ query: 'limit=2&type=positive', headers: { accept: 'application/json' } }),
    400: () => ({ query: 'after=yesterday' }),
  },
  eraseFeedback: {
    200: async () => ({ parameters: { id: await submit() }, ...ADMIN }),
    400: async () => ({ parameters: { id: await submit() }, headers: { 'if-match': 'seven' }, ...ADMIN }),
    404: () => ({ parameters: UNKNOWN, ...ADMIN }),
    410: async () => ({ parameters: { id: await erased() }, ...ADMIN }),
    412: async () => ({ parameters: { id: await submit() }, headers: { 'if-match': '"7"' }, ...ADMIN }),
  },
  eraseFeedbackOfUser: {
    200: () => ({ query: 'user_id=nobody', ...ADMIN }),
    400: () => ({ query: '', ...ADMIN }),
    403: () => ({ query: 'user_id=nobody' }),
  },
  createTrainingBatch: {
    201: async () => ({ body: { filter: { adapter: await forTraining() }, limit: 5, holdout: 0.1 }, ...TRAINER }),
    202: async () => {
      const body = { filter: { adapter: await forLongTraining() }, limit: MANY };
      return { body, ...ASYNC, ...TRAINER };
    },
    400: () => ({ body: { limit: 0, holdout: 2 }, ...TRAINER }),
    403: () => ({ body: { limit: 1 } }),
    409: () => ({ body: { filter: { adapter: 'nothing' }, limit: 1 }, ...TRAINER }),
    422: async () => {
      const body = { filter: { adapter: await forTraining() }, limit: 1 };
      return { ...(await reusedKey(TRAINING, body, TRAINER.roles)), body: { ...body, limit: 2 } };
    },
  },
  listTrainingBatches: {
    200: () => ({ query: 'limit=2&state=open' }),
    400: () => ({ query: 'state=closed' }),
  },
  getTrainingBatch: {
    200: async () => ({ parameters: { number: await batch() } }),
    400: () => ({ parameters: { number: '%zz' } }),
    404: () => ({ parameters: { number: '999999' } }),
  },
  commitTrainingBatch: {
    200: async () => ({ parameters: { number: await batch() }, body: COMMIT, ...TRAINER }),
    202: async () => ({ parameters: { number: await largeBatch() }, body: COMMIT, ...ASYNC, ...TRAINER }),
    400: async () => ({ parameters: { number: await batch() }, body: { produced_adapter: 'batch-1' }, ...TRAINER }),
    403: () => ({ parameters: { number: '1' }, body: COMMIT }),
    404: () => ({ parameters: { number: '999999' }, body: COMMIT, ...TRAINER }),
    409: async () => {
      const number = await batch();
      await server.call('POST', `${TRAINING}/${number}/release`, { claims: TRAINER });
      return { parameters: { number }, body: COMMIT, ...TRAINER };
    },
    422: async () => {
      const number = await batch();
      const again = await reusedKey(`${TRAINING}/${number}/commit`, COMMIT, TRAINER.roles);
      return { ...again, parameters: { number }, body: { produced_adapter: 'another' } };
    },
  },
  exportTrainingBatch: {
    200: async () => ({ parameters: { number: await batch() }, query: 'format=trl-sft', ...TRAINER }),
    206: async () => ({
      parameters: { number: await batch() },
      query: 'format=raw&split=train',
      headers: { range: 'bytes=1-5' },
      ...TRAINER,
    }),
    400: () => ({ parameters: { number: '1' }, query: 'format=csv', ...TRAINER }),
    403: () => ({ parameters: { number: '1' }, query: 'format=raw' }),
    404: () => ({ parameters: { number: '999999' }, query: 'format=raw', ...TRAINER }),
    409: async () => ({ parameters: { number: await released() }, query: 'format=raw', ...TRAINER }),
    416: async () => ({
      parameters: { number: await batch() },
      query: 'format=raw',
      headers: { range: 'bytes=1000000-' },
      ...TRAINER,
    }),
  },
  getTrainingManifest: {
    200: async () => ({ parameters: { number: await batch() }, query: 'format=llamafactory-alpaca-kto', ...TRAINER }),
    400: () => ({ parameters: { number: '1' }, ...TRAINER }),
    403: () => ({ parameters: { number: '1' }, query: 'format=raw' }),
    404: () => ({ parameters: { number: '999999' }, query: 'format=raw', ...TRAINER }),
    409: async () => ({ parameters: { number: await released() }, query: 'format=raw', ...TRAINER }),
  },
  getCroissant: {
    200: async () => ({ parameters: { number: await batch() }, query: 'format=trl-dpo&license=CC0-1.0', ...TRAINER }),
    400: () => ({ parameters: { number: '1' }, ...TRAINER }),
    403: () => ({ parameters: { number: '1' }, query: 'format=raw' }),
    404: () => ({ parameters: { number: '999999' }, query: 'format=raw', ...TRAINER }),
    409: async () => ({ parameters: { number: await released() }, query: 'format=raw', ...TRAINER }),
  },
  getDatasetInfo: {
    200: async () => ({ parameters: { number: await batch() }, query: 'format=llamafactory-sharegpt-dpo', ...TRAINER }),
    400: async () => ({ parameters: { number: await batch() }, query: 'format=raw', ...TRAINER }),
    403: () => ({ parameters: { number: '1' }, query: 'format=raw' }),
    404: () => ({ parameters: { number: '999999' }, query: 'format=raw', ...TRAINER }),
    409: async () => ({ parameters: { number: await released() }, query: 'format=raw', ...TRAINER }),
  },
  renewTrainingBatch: {
    200: async () => ({ parameters: { number: await batch() }, body: { lease_minutes: 2_000 }, ...TRAINER }),
    400: async () => ({ parameters: { number: await batch() }, body: { lease_minutes: 0 }, ...TRAINER }),
    403: () => ({ parameters: { number: '1' }, body: {} }),
    404: () => ({ parameters: { number: '999999' }, body: {}, ...TRAINER }),
    409: async () => ({ parameters: { number: await released() }, body: {}, ...TRAINER }),
    422: async () => {
      const number = await batch();
      const again = await reusedKey(`${TRAINING}/${number}/renew`, { lease_minutes: 2_000 }, TRAINER.roles);
      return { ...again, parameters: { number }, body: { lease_minutes: 3_000 } };
    },
  },
  releaseTrainingBatch: {
    200: async () => ({ parameters: { number: await batch() }, ...TRAINER }),
    202: async () => ({ parameters: { number: await largeBatch() }, ...ASYNC, ...TRAINER }),
    400: () => ({ parameters: { number: '%zz' } }),
    403: () => ({ parameters: { number: '1' } }),
    404: () => ({ parameters: { number: '0' }, ...TRAINER }),
    409: async () => {
      const number = await batch();
      await server.call('POST', `${TRAINING}/${number}/commit`, { body: COMMIT, claims: TRAINER });
      return { parameters: { number }, ...TRAINER };
    },
    422: async () => {
      const headers = { 'idempotency-key': 'releases-two-batches' };
      await server.call('POST', `${TRAINING}/${await batch()}/release`, { headers, claims: TRAINER });
      return { headers, parameters: { number: await batch() }, ...TRAINER };
    },
  },
  issueToken: {
    201: () => ({ body: { sub: 'ann', interaction_id: 'chat-1' }, ...ADMIN }),
    400: () => ({ body: { sub: 'ann', expires_in: 0 }, ...ADMIN }),
    403: () => ({ body: { sub: 'ann' } }),
    422: async () => ({
      ...(await reusedKey('/api/v1/llm/tokens', { sub: 'ann' }, ADMIN.roles)),
      body: { sub: 'bob' },
    }),
  },
  revokeTokens: {
    200: () => ({ body: { jti: 'some-token' }, ...ADMIN }),
    400: () => ({ body: {}, ...ADMIN }),
    403: () => ({ body: { jti: 'some-token' } }),
    422: async () => ({
      ...(await reusedKey('/api/v1/llm/tokens/revoke', { jti: 'some-token' }, ADMIN.roles)),
      body: { jti: 'another' },
    }),
  },
  backUp: { 200: () => ADMIN },
  backUpStore: { 200: () => ({ roles: ['operator'] }), 403: () => ({}) },
  exportUser: {
    200: () => ({ parameters: { id: 'tester' }, ...ADMIN }),
    400: () => ({ parameters: { id: '%01' }, ...ADMIN }),
  },
  registerAdapter: {
    200: async () => {
      const id = await adapter();
      return { parameters: { id }, body: { ...LORA, lora_alpha: 32 }, ...TRAINER };
    },
    201: () => ({ parameters: { id: 'themis%2Fregistered' }, body: LORA, ...TRAINER }),
    400: () => ({ body: { rank: 0, relation: 'child' }, ...TRAINER }),
    403: () => ({ body: LORA }),
    409: () => ({ parameters: { id: 'own-parent' }, body: { derived_from: ['own-parent'] }, ...TRAINER }),
    412: async () => ({
      parameters: { id: await adapter() },
      body: LORA,
      headers: { 'if-match': '"99"' },
      ...TRAINER,
    }),
    422: async () => {
      const path = '/api/v1/llm/adapters/reused';
      const headers = { 'idempotency-key': `key-of-${path}` };
      await server.call('PUT', path, { body: LORA, headers, claims: TRAINER });
      return { parameters: { id: 'reused' }, body: {}, headers, ...TRAINER };
    },
  },
  listAdapters: {
    200: async () => {
      await adapter();
      return { query: 'limit=2' };
    },
    400: () => ({ query: 'cursor=elsewhere' }),
  },
  getAdapter: {
    200: async () => ({ parameters: { id: await adapter() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'nobody%2Fknows' } }),
  },
  promoteAdapter: {
    200: async () => ({ parameters: { id: await adapter() }, body: { stage: 'retired' }, ...TRAINER }),
    400: async () => ({ parameters: { id: await adapter() }, body: { stage: 'best' }, ...TRAINER }),
    403: () => ({ body: {} }),
    404: () => ({ parameters: { id: 'nobody' }, body: {}, ...TRAINER }),
    409: async () => ({ parameters: { id: await adapter() }, body: {}, ...TRAINER }),
    412: async () => ({ parameters: { id: await adapter() }, body: {}, headers: { 'if-match': '"99"' }, ...TRAINER }),
    413: () => ({ body: { reason: 'x'.repeat(40_000) }, ...TRAINER }),
    422: async () => ({
      ...(await reusedAdapterKey('promote', { stage: 'retired' }, { stage: 'candidate' })),
      ...TRAINER,
    }),
  },
  checkPromotion: {
    200: async () => ({ parameters: { id: await adapter() } }),
    400: () => ({ query: 'stage=retired' }),
    404: () => ({ parameters: { id: 'nobody' } }),
  },
  listStageChanges: {
    200: async () => {
      await server.call('POST', `/api/v1/llm/adapters/${await adapter()}/promote`, {
        body: { force: true, reason: 'To have one.' },
        claims: { roles: ['admin'] },
      });
      return { parameters: { id: await adapter() }, query: 'limit=1' };
    },
    400: async () => ({ parameters: { id: await adapter() }, query: 'cursor=elsewhere' }),
    404: () => ({ parameters: { id: 'nobody' } }),
  },
  recordEvaluations: {
    201: async () => ({ parameters: { id: await adapter() }, body: EVALUATIONS, ...TRAINER }),
    400: () => ({ body: { evaluations: [] }, ...TRAINER }),
    403: () => ({ body: EVALUATIONS }),
    404: () => ({ parameters: { id: 'nobody' }, body: EVALUATIONS, ...TRAINER }),
    409: async () => {
      const id = 'measured-by-all-metrics';
      await server.call('PUT', `/api/v1/llm/adapters/${id}`, { body: {}, claims: TRAINER });
      for (const from of [0, 100]) {
        const evaluations = Array.from({ length: 100 }, (_, nth) => ({ name: `metric-${from + nth}`, value: nth }));
        await server.call('POST', `/api/v1/llm/adapters/${id}/evaluations`, { body: { evaluations }, claims: TRAINER });
      }
      return { parameters: { id }, body: EVALUATIONS, ...TRAINER };
    },
    413: () => ({ body: { evaluations: [{ name: 'x'.repeat(40_000), value: 1 }] }, ...TRAINER }),
    422: async () => ({
      ...(await reusedAdapterKey('evaluations', EVALUATIONS, { evaluations: [{ name: 'loss', value: 1 }] })),
      ...TRAINER,
    }),
  },
  listEvaluations: {
    200: async () => {
      const path = `/api/v1/llm/adapters/${await adapter()}/evaluations`;
      await server.call('POST', path, { body: EVALUATIONS, claims: TRAINER });
      return { parameters: { id: await adapter() }, query: 'limit=1' };
    },
    400: async () => ({ parameters: { id: await adapter() }, query: 'cursor=elsewhere' }),
    404: () => ({ parameters: { id: 'nobody' } }),
  },
  getAdapterBom: {
    200: async () => ({ parameters: { id: await adapter() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'nobody' } }),
  },
  getPromotionRules: { 200: () => ({}) },
  setPromotionRules: {
    200: () => ({ body: { rules: [{ kind: 'entries', at_least: 20 }] }, ...ADMIN }),
    400: () => ({ body: { rules: [{ kind: 'entries' }] }, ...ADMIN }),
    403: () => ({ body: { rules: [] } }),
    409: () => ({ body: { rules: [], revision: 1000 }, ...ADMIN }),
    422: async () => {
      const headers = { 'idempotency-key': 'key-of-promotion-rules' };
      const claims = { roles: ['admin'] };
      await server.call('PUT', '/api/v1/llm/promotion-rules', { body: { rules: [] }, headers, claims });
      return { headers, body: { rules: [{ kind: 'entries', at_least: 20 }] }, ...ADMIN };
    },
  },
  getAdapterLineage: {
    200: async () => ({ parameters: { id: await adapter() }, query: 'direction=ancestors&max_depth=2' }),
    400: () => ({ query: 'direction=sideways' }),
    404: () => ({ parameters: { id: 'nobody%2Fknows' } }),
  },
  getAdapterStats: {
    200: async () => ({ parameters: { id: await adapter() } }),
    400: () => ({ parameters: { id: '%zz' } }),
    404: () => ({ parameters: { id: 'nobody%2Fknows' } }),
  },
};

/** What brings about a status on any operation; nothing if that depends on the operation. */
function commonCall({ parameters = [] }: DescribedOperation, status: number): Call | undefined {
  const long = 'x'.repeat(40_000);
  switch (status) {
    case 401:
      return { headers: { authorization: 'Bearer of nothing' } };
    case 403:
      return { roles: ['operator'] };
    case 429:
      return {};
    case 413:
      return { body: { ...APPROVED, comment: long }, ...ADMIN };
    case 414:
      return {
        parameters: Object.fromEntries(
          parameters.flatMap((each) => ('in' in each && each.in === 'path' ? [[each.name, long.slice(0, 5_000)]] : [])),
        ),
      };
    case 415:
      return { body: 'type=positive', headers: { 'content-type': 'application/x-www-form-urlencoded' }, ...ADMIN };
    default:
      return undefined;
  }
}

async function answerOf(operation: DescribedOperation, status: number) {
  const call = (await CALLS[operation.operationId]?.[status]?.()) ?? commonCall(operation, status);
  if (call === undefined) return undefined;
  const { parameters = {}, query, body, headers = {}, roles, sub: given, org } = call;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? name);
  const target = status === 413 || status === 429 ? narrow : server;
  const sub = target === narrow ? `${operation.operationId} ${status}` : given;
  const claims = omitNullish({ sub, roles, org });
  if (status === 429) await narrow.call('GET', `${BASE}/stats`, { claims });
  const response = await fetch(`${target.url}${path}${query === undefined ? '' : `?${query}`}`, {
    method: operation.method,
    headers: {
      authorization: `Bearer ${target.token(claims)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /^application\/(?:json|[\w.]+\+json)$/.test(response.headers.get('content-type')?.split(';')[0] ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
}

describe('the description of the API', () => {
  it('is served to everyone, and is the one in schema/', async () => {
    const response = await fetch(`${server.url}/openapi.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const served: unknown = await response.json();
    expect(served).toEqual(JSON.parse(await readFile('schema/openapi.json', 'utf8')));
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(served).toMatchObject({
      openapi: '3.1.0',
      info: { version, license: { name: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      security: [{ bearer: [] }],
    });
  });

  it('asks for no field that has a default', () => {
    const asked: string[] = [];
    const look = (place: string, schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties = {}, required } = schema as {
        readonly properties?: Readonly<Record<string, object>>;
        // A property may be named so, too.
        readonly required?: unknown;
      };
      const names = Array.isArray(required) ? required.map(String) : [];
      asked.push(...names.filter((name) => 'default' in (properties[name] ?? {})).map((name) => `${place}.${name}`));
      for (const [name, part] of Object.entries(schema)) look(`${place}.${name}`, part);
    };
    look('schemas', description.components.schemas);
    expect(asked).toEqual([]);
  });

  it('has nothing that a linter finds fault with', async () => {
    const command = ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'schema/openapi.json', '--format=json'];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] });
  });

  it('describes the answers of every route, in every status that it names', async () => {
    const problemsOf = answerChecker(description);
    const operations = operationsOf(description);
    expect(operations.map((each) => each.operationId).sort()).toEqual(Object.keys(CALLS).sort());

    const problems: Record<string, readonly string[]> = {};
    for (const operation of operations) {
      for (const status of operation.statuses) {
        const name = `${operation.operationId} ${status}`;
        if (NOT_PRODUCED.has(status) || NOT_PRODUCED.has(name)) continue;
        const answer = await answerOf(operation, status);
        if (answer === undefined) problems[name] = ['nothing brings it about'];
        else if (answer.status !== status) {
          problems[name] = [`the answer is ${answer.status}: ${JSON.stringify(answer.body)}`];
        } else {
          const found = problemsOf(operation, answer);
          if (found.length > 0) problems[name] = found;
        }
      }
    }
    expect(problems).toEqual({});
  });

  it('says when to come back: the headers of a refusal by a limit', async () => {
    const claims = { sub: 'the one who asks twice' };
    await narrow.call('GET', `${BASE}/stats`, { claims });
    const { status, headers } = await narrow.call('GET', `${BASE}/stats`, { claims });
    expect(status).toBe(429);
    const described = Object.keys(description.components.responses['TooManyRequests']?.headers ?? {});
    expect(described.sort()).toEqual([
      'Retry-After',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'X-Request-Id',
    ]);
    expect(described.filter((name) => !headers.has(name))).toEqual([]);
  });

  it('would tell of an answer that is not as described', () => {
    const problemsOf = answerChecker(description);
    const stats = operationsOf(description).find((each) => each.operationId === 'getFeedbackStats')!;
    const headers = new Headers({ 'content-type': 'application/json', 'x-ratelimit-limit': 'many' });
    const body = { total_feedback: '1', surprise: true };
    expect(problemsOf(stats, { status: 200, headers, body })).toEqual(
      expect.arrayContaining([
        '/total_feedback must be integer',
        ' must NOT have additional properties',
        " must have required property 'positive_count'",
        'X-RateLimit-Limit:  must be integer',
      ]),
    );
    expect(problemsOf(stats, { status: 404, headers, body: {} })).toEqual(['404 is not described']);
  });
});
