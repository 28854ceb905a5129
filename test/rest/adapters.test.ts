import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Claims, shareServer, type SharedServer } from '../support/server.js';

const ADAPTERS = '/api/v1/llm/adapters';
const TRAINER = { roles: ['trainer'] };

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const pathOf = (id: string) => `${ADAPTERS}/${encodeURIComponent(id)}`;

function put(id: string, body: unknown, headers: Record<string, string> = {}, claims: Claims = {}) {
  return server.call('PUT', pathOf(id), { body, headers, claims: { ...claims, ...TRAINER } });
}

function get(path: string, claims: Claims = {}) {
  return server.call('GET', path, { claims });
}

describe('an adapter over REST', () => {
  it('is registered with all that is said of it, read again and counted', async () => {
    const registration = {
      version: 'v2.0',
      base_model: 'meta-llama/Llama-2-7b-hf',
      peft_type: 'LORA',
      rank: 8,
      lora_alpha: 16,
      target_modules: ['q_proj', 'v_proj'],
      datasets: ['themis/help-desk'],
    };
    const made = await put('all', { ...registration, derived_from: ['b', 'a'], relation: 'merge' });
    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toBe('"1"');
    const at = expect.any(Number) as number;
    const edge = { relation: 'merge', created_at: at };
    const whole = {
      id: 'all',
      revision: 1,
      ...registration,
      derived_from: [
        { id: 'a', ...edge },
        { id: 'b', ...edge },
      ],
      created_at: at,
      updated_at: at,
    };
    expect(made.body).toEqual(whole);
    const read = await get(pathOf('all'));
    expect([read.status, read.headers.get('etag'), read.body]).toEqual([200, '"1"', whole]);

    await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: 'all' } });
    await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: 'all', adapter_version: 'v 2' } });
    const stats = await get(`${pathOf('all')}/stats`);
    expect(stats.body).toMatchObject({ id: 'all', total_feedback: 2, positive_count: 2, positive_ratio: 1 });
    const ofVersion = await get(`${pathOf('all')}/stats?version=v%202`);
    expect(ofVersion.body).toMatchObject({ id: 'all', version: 'v 2', total_feedback: 1 });
    expect((await get(`${pathOf('all')}/stats?version=`)).status).toBe(400);
  });

  it('keeps what is left out, and is derived from its base model where it has no parents', async () => {
    await put('kept', { version: 'v1', rank: 8, base_model: 'base' });
    const again = await put('kept', { version: 'v2' });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({
      revision: 2,
      version: 'v2',
      rank: 8,
      base_model: 'base',
      derived_from: [{ id: 'base' }],
    });
    const alone = await put('kept', { derived_from: [] });
    expect(alone.body).toMatchObject({ version: 'v2', derived_from: [] });
  });

  it.each(['org/name', 'a b', 'ü 🦙', '100%', 'stats', 'a?b#c', '..%2F', 'x/stats', 'x/lineage', ':', 'é'.repeat(128)])(
    'has the id %j',
    async (id) => {
      const made = await put(id, { derived_from: ['of/odd ids'] });
      expect([made.status, made.body['id']]).toEqual([201, id]);
      expect((await get(pathOf(id))).body).toEqual(made.body);
      expect((await get(`${pathOf(id)}/stats`)).body).toMatchObject({ id, total_feedback: 0 });
    },
  );

  it('is found on exactly one page', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => `page/${index}`);
    for (const id of ids) await put(id, {}, {}, { org: 'pages' });
    const found: string[] = [];
    let query = '?limit=2';
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await get(`${ADAPTERS}${query}`, { org: 'pages' });
      const page = body as { adapters: { id: string }[]; count: number; limit: number; next_cursor?: string };
      expect([page.count, page.limit]).toEqual([page.adapters.length, 2]);
      found.push(...page.adapters.map((each) => each.id));
      expect(page.next_cursor === undefined).toBe(pages === 2);
      query = `?limit=2&cursor=${encodeURIComponent(page.next_cursor ?? '')}`;
    }
    expect(found).toEqual(ids);
  });

  it('is changed at the revision that is expected, or not at all', async () => {
    await put('guarded', { version: 'v1' });
    const stale = await put('guarded', { version: 'v3' }, { 'if-match': '"2"' });
    expect([stale.status, stale.body['details']]).toEqual([
      412,
      'The adapter guarded is at revision 1, not at revision 2',
    ]);
    const changed = await put('guarded', { version: 'v2' }, { 'if-match': '"1"' });
    expect([changed.status, changed.headers.get('etag'), changed.body['version']]).toEqual([200, '"2"', 'v2']);
    const absent = await put('not-guarded', {}, { 'if-match': '"1"' });
    expect([absent.status, absent.body['details']]).toEqual([
      412,
      'The adapter not-guarded is not registered yet, not at revision 1',
    ]);
    expect((await get(pathOf('not-guarded'))).status).toBe(404);
  });

  it('is registered once under one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'put-once' };
    const first = await put('once', { version: 'v1' }, headers);
    const again = await put('once', { version: 'v1' }, headers);
    expect([first.body, first.status]).toEqual([again.body, 201]);
    expect((await put('once', { version: 'v2' }, headers)).status).toBe(422);
  });

  it('belongs to its organization alone', async () => {
    await put('mine', {}, {}, { org: 'one' });
    expect((await get(pathOf('mine'), { org: 'other' })).status).toBe(404);
    expect((await get(ADAPTERS, { org: 'other' })).body).toMatchObject({ adapters: [], count: 0 });
  });

  it('has its lineage as nodes and edges', async () => {
    await put('lineage/2', { version: 'v2', derived_from: ['lineage/1'] });
    await put('lineage/3', { derived_from: ['lineage/2'] });
    const at = expect.any(Number) as number;
    const up = { child_id: 'lineage/2', parent_id: 'lineage/1', created_at: at };
    const down = { child_id: 'lineage/3', parent_id: 'lineage/2', created_at: at };
    const itself = { id: 'lineage/2', version: 'v2', depth: 0 };
    const path = `${pathOf('lineage/2')}/lineage`;
    const whole = await get(path);
    const { nodes, edges, ...rest } = whole.body as { nodes: unknown[]; edges: unknown[] };
    expect(rest).toEqual({ id: 'lineage/2', truncated: false });
    expect(nodes[0]).toEqual(itself);
    expect(nodes).toHaveLength(3);
    expect(nodes).toEqual(
      expect.arrayContaining([
        { id: 'lineage/1', depth: 1 },
        { id: 'lineage/3', depth: -1 },
      ]),
    );
    expect(edges).toHaveLength(2);
    expect(edges).toEqual(expect.arrayContaining([up, down]));
    expect((await get(`${path}?direction=ancestors&max_depth=1`)).body).toEqual({
      id: 'lineage/2',
      nodes: [itself, { id: 'lineage/1', depth: 1 }],
      edges: [up],
      truncated: false,
    });
    expect((await get(`${path}?limit=1`)).body).toMatchObject({ nodes: [itself], edges: [], truncated: true });
  });

  it('cannot become its own ancestor', async () => {
    await put('top', { derived_from: [] });
    await put('bottom', { derived_from: ['top'] });
    const { status, body } = await put('top', { derived_from: ['bottom'] });
    expect([status, body['code']]).toEqual([409, 'CONFLICT']);
    expect(body['details']).toContain('top');
  });

  it.each<[unknown, string]>([
    [{ rank: 1.5 }, "'rank' must be an integer from 1 to 1000000"],
    [{ lora_alpha: -1 }, "'lora_alpha' must be a number above 0, at most 1000000000"],
    [{ lora_alpha: '16' }, "'lora_alpha' must be a number"],
    [{ relation: 'merge' }, "'relation' must be given together with the parents it describes"],
    [{ relation: 'x', derived_from: [] }, "'relation' must be adapter, finetune, merge or quantized"],
    [{ derived_from: ['batch-7'] }, "'derived_from' must not start with 'feedback-' or 'batch-', which name other"],
    [{ derived_from: ['organization'] }, "'derived_from' must not be 'organization', which audit events name"],
    [{ target_modules: [''] }, "'target_modules' must be names or patterns of 1 to 4096 bytes of UTF-8"],
    [{ target_modules: Array(9).fill('x'.repeat(4_000)) }, "'target_modules' must be at most 32768 bytes of UTF-8 to"],
    [{ datasets: ['\u0000'] }, "'datasets' must be names of 1 to 256 bytes of UTF-8, without control characters"],
    [{ base_model: '' }, "'base_model' must be 1 to 256 bytes of UTF-8"],
    [{ loraAlpha: 1 }, "'loraAlpha' is not a known field"],
  ])('is refused with %j', async (body, details) => {
    const answer = await put('refused', body);
    expect(answer.status).toBe(400);
    expect(answer.body['details']).toContain(details);
    expect((await get(pathOf('refused'))).status).toBe(404);
  });

  it('is not registered by everybody, nor under the id of another kind of node', async () => {
    expect((await server.call('PUT', pathOf('x'), { body: {} })).status).toBe(403);
    const { status, body } = await put('feedback-1', {});
    expect([status, body['details']]).toEqual([
      400,
      "'id' must not start with 'feedback-' or 'batch-', which name other kinds of nodes",
    ]);
  });
});
