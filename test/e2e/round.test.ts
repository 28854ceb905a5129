import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const BASE = '/api/v1/llm/feedback';

/** The two submissions of the documentation: docs/api.md, "Submit feedback", and the tour of README.md. */
const POSITIVE = {
  type: 'positive',
  question: 'How do I enable sharding in ThemisDB?',
  answer: 'To enable sharding, use SHARD BY clause in CREATE COLLECTION.',
  user_id: 'user123',
  model_version: 'llama-2-7b',
  adapter_id: 'themis_help_lora',
  adapter_version: 'v1.0',
};
const NEGATIVE = {
  type: 'negative',
  question: 'What is the default replication factor?',
  answer: 'The default replication factor is 1.',
  correction: 'The default replication factor is 3 for production.',
  user_id: 'user456',
  model_version: 'llama-2-7b',
};

describe('the documented round over HTTP on RocksDB files', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it('submits, reads, lists, links, counts, marks as used, and keeps everything over a restart', async () => {
    const before = Date.now();
    const submitted = await server.call('POST', BASE, { body: POSITIVE });
    expect(submitted.status).toBe(201);
    expect(submitted.body).toEqual({
      id: expect.stringMatching(/^feedback-[0-9a-f-]{36}$/) as string,
      type: 'positive',
      question: POSITIVE.question,
      answer: POSITIVE.answer,
      validation_status: 'approved',
      validation_reasons: [],
      version: 1,
      created_at: expect.any(Number) as number,
      message: 'Feedback recorded successfully',
    });
    expect(submitted.body['created_at']).toBeGreaterThanOrEqual(before);
    const id = submitted.body['id'] as string;
    const second = (await server.call('POST', BASE, { body: NEGATIVE })).body['id'] as string;

    const entry = {
      ...POSITIVE,
      id,
      validation_status: 'approved',
      validation_reasons: [],
      used_for_training: false,
      training_batch_id: 0,
      version: 1,
      created_at: submitted.body['created_at'],
    };
    expect((await server.call('GET', `${BASE}/${id}`)).body).toEqual(entry);

    const list = await server.call<{ feedback: { id: string }[] }>('GET', `${BASE}?limit=50`);
    expect(list.body).toMatchObject({ count: 2, limit: 50 });
    expect(list.body).not.toHaveProperty('next_cursor');
    expect(list.body.feedback[0]).toEqual(entry);
    expect(list.body.feedback[1]).toMatchObject({ id: second, correction: NEGATIVE.correction });

    const link = { adapter_id: 'themis_help_lora_v2', metadata: { confidence: 0.95, session_id: 'abc-123' } };
    const linked = await server.call('POST', `${BASE}/${id}/link`, { body: link });
    expect(linked.status).toBe(201);
    expect(linked.body).toMatchObject({ feedback_id: id, ...link });
    const again = await server.call('POST', `${BASE}/${id}/link`, { body: { ...link, metadata: { confidence: 1 } } });
    expect([again.status, again.body['metadata']]).toEqual([200, { confidence: 1 }]);

    const byAdapter = await server.call('GET', `${BASE}/by-adapter/themis_help_lora_v2?limit=100&unused=true`);
    expect(byAdapter.body).toEqual({
      adapter_id: 'themis_help_lora_v2',
      feedback: [{ ...entry, version: 3 }],
      count: 1,
      total_linked: 1,
    });

    const marked = await server.call('POST', `${BASE}/mark-used`, {
      body: { feedback_ids: [id, second], training_batch_id: 7 },
      claims: { roles: ['trainer'] },
    });
    expect([marked.status, marked.body]).toEqual([200, { marked: 2, training_batch_id: 7 }]);

    await server.restart();
    expect((await server.call('GET', `${BASE}/${id}`)).body).toEqual({
      ...entry,
      used_for_training: true,
      training_batch_id: 7,
      version: 4,
    });
    expect((await server.call('GET', `${BASE}/stats`)).body).toEqual({
      total_feedback: 2,
      positive_count: 1,
      negative_count: 1,
      pending_validation: 0,
      approved_count: 2,
      rejected_count: 0,
      flagged_count: 0,
      unused_for_training: 0,
      used_for_training: 2,
      positive_ratio: 0.5,
    });
    expect((await server.call('GET', `${BASE}/by-adapter/themis_help_lora_v2?unused=true`)).body).toMatchObject({
      count: 0,
      total_linked: 1,
    });
  });
});
