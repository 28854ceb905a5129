import { createClient, type FeedbackGraphClient, FeedbackGraphError, type Submission } from '@feedback-graph/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Claims, shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let admin: FeedbackGraphClient;
beforeAll(async () => {
  server = await shareServer();
  admin = clientOf({ roles: ['admin', 'reviewer', 'trainer'] });
});

const clientOf = (claims: Claims) => createClient({ url: server.url, token: server.token(claims) });

async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const entry = (number: number, other: Partial<Submission> = {}): Submission => ({
  type: 'positive',
  question: `What is the answer to question ${number}?`,
  answer: `It is the number ${number}, as far as anybody knows.`,
  adapter_id: 'client_lora',
  ...other,
});

describe('the client, with a real server', () => {
  it('submits, changes its mind, revises, withdraws and reads', async () => {
    const user = clientOf({ sub: 'ann', roles: ['submitter'] });
    const vote = entry(1, { interaction_id: 'chat-1' });
    const first = await user.submit(vote);
    expect([first.validation_status, first.version]).toEqual(['approved', 1]);
    const second = await user.submit({ ...vote, type: 'negative', comment: 'It is not.' });
    expect([second.id, second.type, second.updated]).toEqual([first.id, 'negative', true]);
    const revised = await user.feedback.revise(first.id, { comment: 'It may be.' }, { version: 2 });
    expect([revised.comment, revised.version]).toEqual(['It may be.', 3]);
    const stale = user.feedback.revise(first.id, { comment: 'No.' }, { version: 2 });
    await expect(stale).rejects.toMatchObject({ code: 'PRECONDITION_FAILED', status: 412 });
    expect((await user.feedback.withdraw(first.id)).validation_status).toBe('rejected');
    expect((await collect(user.feedback.versions(first.id))).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    await expect(user.feedback.stats()).rejects.toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect((await admin.feedback.get(first.id)).user_id).toBe('ann');
  });

  it('stores a call once, however often it is sent', async () => {
    const options = { idempotencyKey: 'the-same-call' };
    const [one, two] = [await admin.submit(entry(2), options), await admin.submit(entry(2), options)];
    expect(two.id).toBe(one.id);
    await expect(admin.submit(entry(3), options)).rejects.toMatchObject({ code: 'UNPROCESSABLE', status: 422 });
  });

  it('submits many, of which each has its result, and lists them page by page', async () => {
    const tag = 'many';
    const entries = [
      ...Array.from({ length: 5 }, (_, number) => entry(10 + number, { tags: [tag] })),
      entry(0, { question: '' }),
    ];
    const { stored, results } = await admin.submitBatch(entries, { maxEntries: 2 });
    expect([stored, results.map(({ status }) => status)]).toEqual([5, [201, 201, 201, 201, 201, 400]]);
    const listed = await collect(admin.feedback.list({ tag, limit: 2 }));
    expect(listed.map(({ id }) => id)).toEqual(results.slice(0, 5).map(({ id }) => id));
    const [page] = await collect(admin.feedback.list({ tag, limit: 3 }).pages());
    const rest = await collect(admin.feedback.list({ tag }, { cursor: page?.next_cursor ?? '' }));
    expect([page?.count, rest.length]).toEqual([3, 2]);
    const ofAdapter = admin.feedback.listOfAdapter('client_lora', { tag, limit: 4 });
    expect((await collect(ofAdapter)).length).toBe(5);
    expect((await collect(admin.adapters.list())).map(({ id }) => id)).toContain('client_lora');
  });

  it('reviews', async () => {
    const { id } = await admin.submit(entry(20, { type: 'negative', tags: ['review'] }));
    const claimed = await admin.review.claim({ count: 10, filter: { tag: 'review' } });
    expect(claimed.feedback.map((each) => each.id)).toEqual([id]);
    expect((await collect(admin.review.claims())).map((each) => each.id)).toEqual([id]);
    expect((await admin.review.renew()).count).toBe(1);
    const decided = await admin.review.decide(id, { verdict: 'approve', reason: 'It is right' });
    expect(decided.validation_status).toBe('approved');
    expect((await admin.review.undo(id)).validation_status).toBe('flagged');
    await admin.review.skip([id]);
    await admin.review.release();
    expect((await collect(admin.review.queue())).map((each) => each.id)).toContain(id);
  });

  it('registers adapters, links, and queries the graph', async () => {
    await admin.adapters.register('client_base', { peft_type: 'LORA', rank: 8 });
    const { revision, rank } = await admin.adapters.get('client_base');
    expect([revision, rank]).toEqual([1, 8]);
    const { id } = await admin.submit(entry(30));
    await admin.feedback.link(id, { adapter_id: 'client_base', metadata: { confidence: 0.5 } }, { version: 1 });
    const result = await admin.graph(
      'MATCH (f:Feedback {id: $id})-[:FEEDBACK_FOR]->(a:Adapter) RETURN a.id AS id ORDER BY id',
      { id },
    );
    expect(result).toMatchObject({ columns: ['id'], rows: [['client_base'], ['client_lora']] });
    expect((await admin.adapters.stats('client_base')).total_feedback).toBe(1);
    expect((await admin.adapters.lineage('client_base')).nodes.length).toBe(1);
    await admin.feedback.unlink(id, 'client_base');
    await admin.feedback.erase(id);
    await expect(admin.feedback.get(id)).rejects.toMatchObject({ code: 'GONE', status: 410 });
  });

  it('claims a batch, exports it with its checksum, and commits or releases it', async () => {
    await admin.submitBatch([
      entry(40, { adapter_id: 'trained_lora', type: 'negative', correction: 'It is something else altogether.' }),
      entry(41, { adapter_id: 'trained_lora' }),
    ]);
    const request = { filter: { adapter: 'trained_lora' }, limit: 10, holdout: 0 };
    const first = await admin.training.claim(request);
    expect(first.claimed.count).toBe(2);
    await expect(admin.training.claim(request)).rejects.toBeInstanceOf(FeedbackGraphError);
    expect((await first.release()).state).toBe('released');

    const batch = await admin.training.claim(request);
    await batch.renew(60);
    const rows = await collect(batch.rows({ format: 'trl-dpo' }));
    expect(rows).toEqual([
      expect.objectContaining({ chosen: [{ role: 'assistant', content: 'It is something else altogether.' }] }),
    ]);
    const parquet = await new Response(batch.export({ format: 'trl-dpo', file_type: 'parquet' })).arrayBuffer();
    expect(parquet.byteLength).toBe((await batch.manifest({ format: 'trl-dpo', file_type: 'parquet' })).bytes);
    const result = { produced_adapter: 'trained_lora_v2', version: 'v2', metrics: { loss: 0.4 } };
    expect((await batch.commit(result)).state).toBe('committed');
    expect((await admin.training.batch(batch.number).read()).state).toBe('committed');
    expect((await collect(admin.training.list({ state: 'committed' }))).length).toBe(1);
  });

  it('waits for a large batch without holding a request', async () => {
    const adapter_id = 'large_lora';
    await admin.submitBatch(Array.from({ length: 400 }, (_, number) => entry(100 + number, { adapter_id })));
    const answers: [string, number][] = [];
    const client = createClient({
      url: server.url,
      token: server.token({ roles: ['trainer'] }),
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        answers.push([init.method ?? '', answer.status]);
        return answer;
      },
    });
    const batch = await client.training.claim({ filter: { adapter: adapter_id }, limit: 400 });
    expect(batch.claimed).toMatchObject({ state: 'open', count: 400 });
    expect((await batch.release()).state).toBe('released');
    const again = await client.training.claim({ filter: { adapter: adapter_id }, limit: 400 });
    expect((await again.commit({ produced_adapter: 'large_lora_v2' })).state).toBe('committed');
    expect(answers.filter(([method]) => method === 'POST')).toEqual(Array.from({ length: 4 }, () => ['POST', 202]));
  });

  it('follows changes from a place on, and ends with its signal', async () => {
    const query = { after: 'now' };
    const { data } = await admin.api.GET('/api/v1/llm/feedback/changes', { params: { query } });
    const ended = new AbortController();
    const after = data?.next_after ?? '';
    const changes = admin.changes({ after, action: 'feedback.submit', signal: ended.signal });
    const next = changes.next();
    const { id } = await admin.submit(entry(50));
    expect((await next).value).toMatchObject({ action: 'feedback.submit', node: id, version: 1 });
    const waiting = changes.next();
    ended.abort();
    expect((await waiting).done).toBe(true);
  });

  it('offers every route beside its methods, with the same errors', async () => {
    const { data } = await admin.api.GET('/api/v1/llm/feedback/rules');
    expect(data?.revision).toBe(0);
    const { data: lines } = await admin.api.GET('/api/v1/llm/users/{id}/export', {
      params: { path: { id: 'ann' } },
      headers: { accept: 'application/jsonl' },
      parseAs: 'text',
    });
    expect(lines).toMatch(/^(?:\{.*\}\n)*$/);
    const broken = admin.api.GET('/api/v1/llm/feedback/facets', { params: { query: { field: 'tag', limit: 0 } } });
    await expect(broken).rejects.toMatchObject({ code: 'BAD_USER_INPUT', status: 400 });
  });
});
