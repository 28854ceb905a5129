import { beforeEach, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Claims, type SharedServer, shareServer } from '../support/server.js';

const BULK = `${BASE}/bulk`;
const REVIEWER = { sub: 'rita', roles: ['reviewer'] };
const OTHER = { sub: 'otto', roles: ['reviewer'] };
const ADMIN = { sub: 'boss', roles: ['admin'] };

interface Operation {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly changed: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly undo?: { readonly restored: number; readonly skipped: Readonly<Record<string, number>> };
}

let server: SharedServer;
beforeEach(async () => {
  server = await shareServer();
});

async function submit(count: number, fields: object = {}): Promise<string[]> {
  const feedback = Array.from({ length: count }, (_, nth) => ({ ...APPROVED, question: `What is ${nth}?`, ...fields }));
  const { body } = await server.call<{ results: { id: string }[] }>('POST', `${BASE}/batch`, { body: { feedback } });
  return body.results.map(({ id }) => id);
}

async function start(
  body: object,
  claims: Claims = REVIEWER,
  headers: Record<string, string> = {},
): Promise<Operation> {
  const answer = await server.call<Operation>('POST', BULK, { body, claims, headers });
  expect(answer).toMatchObject({ status: 202 });
  expect(answer.headers.get('location')).toBe(`${BULK}/${answer.body.id}`);
  return answer.body;
}

/** An operation once it is under way no more. */
async function ended(id: string, claims: Claims = REVIEWER): Promise<Operation> {
  for (;;) {
    const { status, body } = await server.call<Operation>('GET', `${BULK}/${id}`, { claims });
    expect(status).toBe(200);
    if (body.state !== 'running' && body.state !== 'undoing') return body;
  }
}

const refusal = async (body: unknown, claims: Claims = REVIEWER): Promise<unknown> => {
  const answer = await server.call('POST', BULK, { body, claims });
  return [answer.status, answer.body['details']];
};

describe('a bulk operation', () => {
  it('answers at once, tells its progress, and can be undone once', async () => {
    const ids = await submit(200, { tags: ['bill'] });
    const filter = { tag: 'bill', status: 'approved' };
    const asked = { action: 'reject', reason: 'Advertising', filter };
    const preview = await server.call('POST', `${BULK}/preview`, { body: asked, claims: REVIEWER });
    expect(preview).toMatchObject({ status: 200, body: { selected: 200, changed: 200, skipped: {} } });
    const begun = await start({ ...asked, expected_count: 200 });
    expect(begun).toMatchObject({ total: 200, action: 'reject', reason: 'Advertising', created_by: 'rita' });
    expect(await ended(begun.id)).toMatchObject({ state: 'done', done: 200, changed: 200, skipped: {} });
    const { body } = await server.call('GET', `${BASE}/${ids[7]!}`, {});
    expect(body).toMatchObject({ validation_status: 'rejected', validation_reasons: ['Advertising'], version: 2 });

    const undos = await Promise.all(
      [1, 2, 3].map(() => server.call<Operation>('POST', `${BULK}/${begun.id}/undo`, { claims: REVIEWER })),
    );
    expect(undos.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await ended(begun.id)).toMatchObject({ state: 'undone', undo: { total: 200, restored: 200, skipped: {} } });
    expect((await server.call('GET', `${BASE}/${ids[7]!}`, {})).body).toMatchObject({
      validation_status: 'approved',
      version: 3,
    });
    const canceled = await server.call('POST', `${BULK}/${begun.id}/cancel`, { claims: REVIEWER });
    expect(canceled.status).toBe(409);
  });

  it('is named by the audit events of its entries, and by events of the organization', async () => {
    const [id] = await submit(1);
    const { id: operation } = await start({ action: 'tag', add_tags: ['a'], ids: [id] });
    await ended(operation);
    await server.call('POST', `${BULK}/${operation}/undo`, { claims: REVIEWER });
    await ended(operation);
    const eventsOf = async (node: string): Promise<unknown[]> => {
      const { data } = await server.graphql<{ auditLog: { edges: { node: unknown }[] } }>(
        'query ($node: ID!) { auditLog(filter: { node: $node }) { edges { node { action actor details } } } }',
        { node },
        ADMIN,
      );
      return data!.auditLog.edges.map(({ node: event }) => event);
    };
    expect(await eventsOf(id!)).toMatchObject([
      { action: 'FEEDBACK_TAG', actor: 'rita', details: { undoneBulkOperation: operation } },
      { action: 'FEEDBACK_TAG', actor: 'rita', details: { bulkOperation: operation } },
      { action: 'FEEDBACK_SUBMIT' },
    ]);
    expect(await eventsOf('organization')).toMatchObject([
      { action: 'BULK_OPERATION_UNDO', details: { bulkOperation: operation, entries: 1 } },
      { action: 'BULK_OPERATION_START', actor: 'rita', details: { bulkOperation: operation, entries: 1 } },
    ]);
  });

  it('starts once however often its request is sent with one key', async () => {
    const ids = await submit(3);
    const body = { action: 'approve', reason: 'Fine', ids };
    const headers = { 'idempotency-key': 'bulk-1' };
    const answers = [];
    for (let time = 0; time < 3; time++) answers.push(await start(body, REVIEWER, headers));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await ended(answers[0]!.id);
    const list = await server.call<{ operations: Operation[] }>('GET', BULK, { claims: REVIEWER });
    expect(list.body.operations).toHaveLength(1);
    const other = await server.call('POST', BULK, { body: { ...body, reason: 'No' }, headers, claims: REVIEWER });
    expect(other.status).toBe(422);
    // Also where the same filter selects other entries by now.
    const counted = { action: 'tag', add_tags: ['a'], filter: { model: 'llama' }, expected_count: 0 };
    const again = { 'idempotency-key': 'bulk-2' };
    const first = await start(counted, REVIEWER, again);
    await submit(1, { model_version: 'llama' });
    expect((await start(counted, REVIEWER, again)).id).toBe(first.id);
    expect(await refusal(counted)).toEqual([409, 'The selection has 1 entries, not 0']);
  });

  it('finds nothing of another organization', async () => {
    const ids = await submit(2);
    const elsewhere = { ...REVIEWER, org: 'elsewhere' };
    const body = { action: 'reject', ids };
    const preview = await server.call('POST', `${BULK}/preview`, { body, claims: elsewhere });
    expect(preview.body).toEqual({ selected: 2, changed: 0, skipped: { not_found: 2 } });
    const { id } = await start(body, elsewhere);
    expect(await ended(id, elsewhere)).toMatchObject({ changed: 0, skipped: { not_found: 2 } });
    expect((await server.call('GET', `${BULK}/${id}`, { claims: ADMIN })).status).toBe(404);
    expect((await server.call('GET', `${BASE}/${ids[0]!}`, {})).body).toMatchObject({ version: 1 });
  });

  it('is read, canceled and undone by its author and by admins alone, and undone with the permission that it took', async () => {
    const ids = await submit(2);
    const { id } = await start({ action: 'reject', ids });
    await ended(id);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/cancel'],
      ['POST', '/undo'],
    ] as const) {
      expect((await server.call(method, `${BULK}/${id}${path}`, { claims: OTHER })).status).toBe(404);
    }
    const demoted = { ...REVIEWER, roles: ['member'] };
    expect((await server.call('GET', `${BULK}/${id}`, { claims: demoted })).status).toBe(200);
    expect((await server.call('POST', `${BULK}/${id}/undo`, { claims: demoted })).status).toBe(403);
    expect((await server.call('POST', `${BULK}/${id}/undo`, { claims: ADMIN })).status).toBe(202);
    expect(await ended(id, ADMIN)).toMatchObject({ state: 'undone', undo: { created_by: 'boss', restored: 2 } });
    const mine = await server.call<{ count: number }>('GET', BULK, { claims: OTHER });
    expect(mine.body.count).toBe(0);
    const all = await server.call<{ count: number }>('GET', BULK, { claims: ADMIN });
    expect(all.body.count).toBe(1);
  });

  it('takes the permission of what it does', async () => {
    const ids = await submit(1);
    const member = { sub: 'mia', roles: ['member'] };
    for (const body of [{ action: 'approve' }, { action: 'reopen' }, { action: 'tag', add_tags: ['a'] }]) {
      expect((await server.call('POST', BULK, { body: { ...body, ids }, claims: member })).status).toBe(403);
    }
    const { id } = await start({ action: 'link', adapter_id: 'lora', ids }, member);
    expect(await ended(id, member)).toMatchObject({ changed: 1 });
    // Who reads their own entries alone is told of no others.
    const blind = { sub: 'ben', roles: ['feedback:link', 'feedback:read:own', 'feedback:submit'] };
    expect(
      (await server.call('POST', BULK, { body: { action: 'link', adapter_id: 'x', ids }, claims: blind })).status,
    ).toBe(403);
    const narrow = { sub: 'nora', roles: ['feedback:link', 'feedback:read'] };
    expect(await refusal({ action: 'link', adapter_id: 'new-one', ids }, narrow)).toEqual([
      403,
      expect.stringContaining('adapters:create'),
    ]);
    const theirs = { action: 'unlink', adapter_id: 'lora', ids };
    expect(await ended((await start(theirs, narrow)).id, narrow)).toMatchObject({ skipped: { linked_by_other: 1 } });
  });

  it('refuses what makes no sense, naming the field', async () => {
    const ids = await submit(1);
    expect(await refusal({ action: 'approve' })).toEqual([
      400,
      "'ids' must be given, or 'filter' instead, but not both",
    ]);
    expect(await refusal({ action: 'approve', ids, filter: {} })).toEqual([400, expect.stringContaining('not both')]);
    expect(await refusal({ action: 'approve', ids: [] })).toEqual([400, "'ids' must be a list of 1 to 10000 ids"]);
    expect(await refusal({ action: 'link', ids })).toEqual([400, "Missing 'adapter_id' field (id of the adapter)"]);
    expect(await refusal({ action: 'approve', adapter_id: 'x', ids })).toEqual([
      400,
      "'adapter_id' is not allowed with the action 'approve'",
    ]);
    expect(await refusal({ action: 'tag', ids })).toEqual([400, expect.stringContaining("'add_tags' must name tags")]);
    expect(await refusal({ action: 'tag', add_tags: [''], ids })).toEqual([400, expect.stringContaining("'add_tags'")]);
    expect(await refusal({ action: 'reject', reason: 'x'.repeat(501), ids })).toEqual([
      400,
      expect.stringContaining("'reason'"),
    ]);
    expect(await refusal({ action: 'reject', filter: { since: 2, until: 1 } })).toEqual([
      400,
      expect.stringContaining("'filter.since'"),
    ]);
    expect(await refusal({ action: 'burn', ids })).toEqual([400, expect.stringContaining("'action'")]);
    expect(await refusal({ action: 'approve', ids, expected_count: 2 })).toEqual([
      409,
      'The selection has 1 entries, not 2',
    ]);
    const tooMany = Array.from({ length: 10_001 }, (_, nth) => `feedback-${nth}`);
    expect(await refusal({ action: 'approve', ids: tooMany })).toEqual([400, "'ids' must be a list of 1 to 10000 ids"]);
    for (const path of ['unknown', '../x', 'a%3Ab']) {
      expect((await server.call('GET', `${BULK}/${path}`, { claims: REVIEWER })).status).toBe(404);
    }
  });

  it('selects by a search as lists do, and by 10,000 ids', async () => {
    await submit(3, { comment: 'A refund of the credit note, please.' });
    await submit(2);
    const search = { action: 'tag', add_tags: ['refund'], filter: { search: '"credit note"' } };
    for (;;) {
      const { body } = await server.call<{ selected: number }>('POST', `${BULK}/preview`, {
        body: search,
        claims: REVIEWER,
      });
      if (body.selected === 3) break;
    }
    expect(await ended((await start(search)).id)).toMatchObject({ changed: 3 });
    const hex = (nth: number): string => nth.toString(16).padStart(12, '0');
    const ids = Array.from({ length: 10_000 }, (_, nth) => `feedback-00000000-0000-7000-8000-${hex(nth)}`);
    const { id } = await start({ action: 'approve', ids });
    expect(await ended(id)).toMatchObject({ total: 10_000, changed: 0, skipped: { not_found: 10_000 } });
  });

  it('lists in GraphQL what became of each entry', async () => {
    const ids = await submit(90);
    await ended((await start({ action: 'reject', ids: ids.slice(0, 2) })).id);
    const { data } = await server.graphql<{ startBulkOperation: { id: string; state: string } }>(
      `mutation ($ids: [ID!]!) { startBulkOperation(selection: { ids: $ids }, change: { action: REJECT }) { id state } }`,
      { ids },
      REVIEWER,
    );
    const { id } = data!.startBulkOperation;
    await ended(id);
    const [changed] = ids.slice(5);
    await server.call('POST', `${BASE}/${changed!}/link`, { body: { adapter_id: 'lora' } });
    await server.call('POST', `${BULK}/${id}/undo`, { claims: REVIEWER });
    await ended(id);
    interface Page {
      bulkOperation: {
        skipped: { reason: string; count: number }[];
        undo: { restored: number; skipped: { reason: string; count: number }[] };
        entries: {
          totalCount: number;
          edges: {
            node: { feedbackId: string; version: number | null; skipped: string | null; notRestored: string | null };
          }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
    }
    const read = async (after: string | null): Promise<Page['bulkOperation']> => {
      const answer = await server.graphql<Page>(
        `query ($id: ID!, $after: String) { bulkOperation(id: $id) { skipped { reason count } undo { restored skipped { reason count } }
          entries(first: 50, after: $after) { totalCount edges { node { feedbackId version skipped notRestored } }
            pageInfo { hasNextPage endCursor } } } }`,
        { id, after },
        REVIEWER,
      );
      expect(answer.errors).toBeUndefined();
      return answer.data!.bulkOperation;
    };
    const first = await read(null);
    expect(first.skipped).toEqual([{ reason: 'UNCHANGED', count: 2 }]);
    expect(first.undo).toEqual({ restored: 87, skipped: [{ reason: 'CHANGED_SINCE', count: 1 }] });
    expect(first.entries.pageInfo.hasNextPage).toBe(true);
    const second = await read(first.entries.pageInfo.endCursor);
    expect(second.entries.pageInfo.hasNextPage).toBe(false);
    const nodes = [...first.entries.edges, ...second.entries.edges].map(({ node }) => node);
    expect(nodes.map(({ feedbackId }) => feedbackId)).toEqual([...ids].sort());
    expect(nodes.filter(({ skipped }) => skipped === 'UNCHANGED')).toHaveLength(2);
    expect(nodes.filter(({ notRestored }) => notRestored !== null)).toEqual([
      { feedbackId: changed, version: 2, skipped: null, notRestored: 'CHANGED_SINCE' },
    ]);
    const none = await server.graphql('{ bulkOperation(id: "none") { id } }', {}, REVIEWER);
    expect(none).toEqual({ data: { bulkOperation: null } });
  });
});
