import type { components, paths } from '@feedback-graph/client';
import createClient, { type Client } from 'openapi-fetch';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { shareServer, type SharedServer } from '../support/server.js';

const BASE = '/api/v1/llm/feedback';

let server: SharedServer;
let client: Client<paths>;
let trainer: Client<paths>;
beforeAll(async () => {
  server = await shareServer();
  const clientOf = (roles: readonly string[]) =>
    createClient<paths>({ baseUrl: server.url, headers: { authorization: `Bearer ${server.token({ roles })}` } });
  client = clientOf([]);
  trainer = clientOf(['trainer']);
});

describe('a client that is generated from the description', () => {
  it('does the documented round', async () => {
    const positive = await client.POST(BASE, {
      body: {
        type: 'positive',
        question: 'How do I enable sharding in ThemisDB?',
        answer: 'To enable sharding, use SHARD BY clause in CREATE COLLECTION.',
        user_id: 'user123',
        model_version: 'llama-2-7b',
        adapter_id: 'themis_help_lora',
        adapter_version: 'v1.0',
      },
    });
    expect(positive.response.status).toBe(201);
    const id = positive.data?.id ?? '';
    expectTypeOf(positive.data).toEqualTypeOf<components['schemas']['SubmittedFeedback'] | undefined>();
    const negative = await client.POST(BASE, {
      body: {
        type: 'negative',
        question: 'What is the default replication factor?',
        answer: 'The default replication factor is 1.',
        user_id: 'user456',
        model_version: 'llama-2-7b',
      },
    });
    expect([positive.data?.validation_status, negative.data?.validation_status]).toEqual(['approved', 'flagged']);

    const entry = await client.GET('/api/v1/llm/feedback/{id}', { params: { path: { id } } });
    expectTypeOf(entry.data).toEqualTypeOf<components['schemas']['Feedback'] | undefined>();
    expect(entry.data).toMatchObject({ id, user_id: 'user123', used_for_training: false, training_batch_id: 0 });
    expect(entry.response.headers.get('etag')).toBe('"1"');

    type Query = NonNullable<paths[typeof BASE]['get']['parameters']['query']>;
    const listed = async (query: Query) => {
      const { data } = await client.GET(BASE, { params: { query } });
      return data?.feedback.map((each) => each.id);
    };
    const both = [id, negative.data?.id];
    expect(await listed({ limit: 50 })).toEqual(both);
    expect(await listed({ order: 'desc' })).toEqual(both.toReversed());
    expect(await listed({ type: 'positive' })).toEqual([id]);
    expect(await listed({ status: 'flagged' })).toEqual([negative.data?.id]);
    expect(await listed({ unused: true, status: 'approved', limit: 100 })).toEqual([id]);
    expect(await listed({ unused: false })).toEqual([]);
    expect(await listed({ model: 'llama-2-7b', user: 'user456' })).toEqual([negative.data?.id]);
    expect(await listed({ adapter: 'themis_help_lora', since: 0 })).toEqual([id]);
    const first = await client.GET(BASE, { params: { query: { limit: 1 } } });
    expect(await listed({ limit: 1, cursor: first.data?.next_cursor ?? '' })).toEqual([negative.data?.id]);

    const path = { id };
    const body = { adapter_id: 'themis_help_lora_v2', metadata: { confidence: 0.95, session_id: 'abc-123' } };
    const linked = await client.POST('/api/v1/llm/feedback/{id}/link', {
      params: { path, header: { 'If-Match': '"1"' } },
      body,
    });
    expect([linked.response.status, linked.data?.type, linked.data?.metadata]).toEqual([
      201,
      'FEEDBACK_FOR',
      body.metadata,
    ]);

    const byAdapter = await client.GET('/api/v1/llm/feedback/by-adapter/{adapter_id}', {
      params: { path: { adapter_id: 'themis_help_lora_v2' }, query: { limit: 100, unused: true } },
    });
    expect(byAdapter.data).toMatchObject({ adapter_id: 'themis_help_lora_v2', count: 1, total_linked: 1 });

    const marked = await trainer.POST('/api/v1/llm/feedback/mark-used', {
      body: { feedback_ids: [id], training_batch_id: 7 },
    });
    expect(marked.data).toEqual({ marked: 1, training_batch_id: 7 });

    const { data: stats } = await client.GET('/api/v1/llm/feedback/stats');
    expect(stats).toMatchObject({ total_feedback: 2, positive_count: 1, used_for_training: 1, positive_ratio: 0.5 });
  });

  it('knows the errors', async () => {
    const { data, error, response } = await client.POST('/api/v1/llm/feedback/mark-used', {
      body: { feedback_ids: ['feedback-12345'], training_batch_id: 7 },
    });
    expectTypeOf(error).toEqualTypeOf<components['schemas']['Error'] | undefined>();
    expect(data).toBeUndefined();
    expect([response.status, error?.error, error?.code]).toEqual([403, 'Forbidden', 'FORBIDDEN']);

    // A score may decide the type, so the description does not require one.
    const incomplete = await client.POST(BASE, { body: { question: 'What is it?', answer: 'It is this.' } });
    expect(incomplete.error).toMatchObject({
      error: 'Invalid request',
      details: "Missing 'type' field (positive or negative)",
      issues: [{ field: 'type', missing: true }],
    });
  });
});
