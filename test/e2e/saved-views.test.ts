import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BASE } from '../support/feedback.js';
import { type SharedServer, shareServer, startTestServer, type TestServer } from '../support/server.js';

const VIEWS = `${BASE}/views`;
const ANN = { sub: 'ann' };
const BOB = { sub: 'bob' };
const ADMIN = { sub: 'boss', roles: ['admin'] };
const CONTENT = {
  name: 'Flagged: this month',
  filter: {
    type: 'negative',
    status: 'flagged',
    unused: true,
    model: 'llama',
    adapter: 'lora',
    adapter_version: 'v1',
    user: 'user-1',
    interaction: 'i-1',
    conversation: 'c-1',
    source: 'user',
    tag: 'billing',
    scores: [
      { name: 'rating', min: 2, max: 4 },
      { name: 'tone', is: 'rude' },
    ],
    search: '"credit note" OR refund*',
    since: 1_767_225_600_000,
    until: 1_769_904_000_000,
  },
  order: 'desc',
  columns: ['question', 'tags'],
  shared: false,
};

interface View {
  readonly id: string;
  readonly name: string;
}

let server: SharedServer;
beforeEach(async () => {
  server = await shareServer();
});

const save = async (body: object, claims: object = ANN): Promise<string> => {
  const answer = await server.call<View>('POST', VIEWS, { body, claims });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body.id;
};
const names = async (query = '', claims: object = ANN): Promise<string[]> => {
  const { status, body } = await server.call<{ views: View[] }>('GET', `${VIEWS}${query}`, { claims });
  expect(status).toBe(200);
  return body.views.map(({ name }) => name);
};

describe('saved views', () => {
  it('are kept whole, and can be renamed, changed and deleted by their owner', async () => {
    const id = await save(CONTENT);
    const { body, status } = await server.call('GET', `${VIEWS}/${id}`, { claims: ANN });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...CONTENT, revision: 1, created_by: 'ann' });
    expect(body['filter']).toEqual(CONTENT.filter);

    const renamed = await server.call('PATCH', `${VIEWS}/${id}`, { body: { name: 'Other', revision: 1 }, claims: ANN });
    expect(renamed.body).toMatchObject({ ...CONTENT, name: 'Other', revision: 2 });
    const changed = await server.call('PATCH', `${VIEWS}/${id}`, {
      body: { order: null, filter: {}, columns: [] },
      claims: ANN,
    });
    expect(changed.body).toMatchObject({ name: 'Other', filter: {}, columns: [], revision: 3 });
    expect(changed.body).not.toHaveProperty('order');
    const stale = await server.call('PATCH', `${VIEWS}/${id}`, { body: { name: 'X', revision: 1 }, claims: ANN });
    expect(stale).toMatchObject({ status: 409, body: { details: 'The saved view has the revision 3, not 1' } });

    expect(await server.call('DELETE', `${VIEWS}/${id}`, { claims: ANN })).toMatchObject({ status: 200, body: { id } });
    expect((await server.call('DELETE', `${VIEWS}/${id}`, { claims: ANN })).status).toBe(404);
    expect(await names()).toEqual([]);
  });

  it('have filters in GraphQL that can be sent back as they are', async () => {
    await save(CONTENT);
    const fields =
      'type validationStatus unused modelVersion adapterId adapterVersion userId interactionId conversationId source tag ' +
      'scores { name min max is } search since until';
    const { data } = await server.graphql<{
      savedViews: { edges: { node: { filter: object } }[]; totalCount: number };
    }>(`{ savedViews { totalCount edges { node { name order columns filter { ${fields} } } } } }`, {}, ANN);
    expect(data?.savedViews.totalCount).toBe(1);
    const { filter } = data!.savedViews.edges[0]!.node;
    expect(filter).toMatchObject({ validationStatus: 'FLAGGED', source: 'USER', since: '2026-01-01T00:00:00.000Z' });
    const listed = await server.graphql(
      'query ($filter: FeedbackFilterInput) { feedbackList(filter: $filter) { totalCount } }',
      { filter },
      ANN,
    );
    expect(listed).toEqual({ data: { feedbackList: { totalCount: 0 } } });
  });

  it('are for their owner alone until they are shared, and then readable by all and changed by owner and admins', async () => {
    const id = await save({ name: 'Mine' });
    await save({ name: 'Of Bob' }, BOB);
    expect(await names()).toEqual(['Mine']);
    expect(await names('?scope=shared', BOB)).toEqual([]);
    for (const claims of [BOB, ADMIN]) {
      expect((await server.call('GET', `${VIEWS}/${id}`, { claims })).status).toBe(404);
      expect((await server.call('PATCH', `${VIEWS}/${id}`, { body: { name: 'X' }, claims })).status).toBe(404);
      expect((await server.call('DELETE', `${VIEWS}/${id}`, { claims })).status).toBe(404);
    }

    await server.call('PATCH', `${VIEWS}/${id}`, { body: { shared: true }, claims: ANN });
    expect(await names('?scope=shared', BOB)).toEqual(['Mine']);
    expect(await server.call('GET', `${VIEWS}/${id}`, { claims: BOB })).toMatchObject({ body: { created_by: 'ann' } });
    expect((await server.call('PATCH', `${VIEWS}/${id}`, { body: { name: 'X' }, claims: BOB })).status).toBe(403);
    expect((await server.call('DELETE', `${VIEWS}/${id}`, { claims: BOB })).status).toBe(403);
    const elsewhere = { ...ADMIN, org: 'elsewhere' };
    expect((await server.call('GET', `${VIEWS}/${id}`, { claims: elsewhere })).status).toBe(404);
    expect(await names('?scope=shared', elsewhere)).toEqual([]);

    const unshared = await server.call('PATCH', `${VIEWS}/${id}`, { body: { shared: false }, claims: ADMIN });
    expect(unshared).toMatchObject({ status: 200, body: { shared: false, created_by: 'ann' } });
    expect(await names('?scope=shared', BOB)).toEqual([]);
    expect(await names()).toEqual(['Mine']);
    await server.call('PATCH', `${VIEWS}/${id}`, { body: { shared: true }, claims: ANN });
    expect((await server.call('DELETE', `${VIEWS}/${id}`, { claims: ADMIN })).status).toBe(200);
    expect(await names()).toEqual([]);

    const { data } = await server.graphql<{ auditLog: { edges: { node: { action: string; actor: string } }[] } }>(
      '{ auditLog(filter: { node: "organization" }) { edges { node { action actor } } } }',
      {},
      ADMIN,
    );
    expect(
      data?.auditLog.edges.map(({ node }) => `${node.action} ${node.actor}`).filter((each) => each.startsWith('SAVED')),
    ).toEqual(['SAVED_VIEW_DELETE boss', 'SAVED_VIEW_SHARE ann', 'SAVED_VIEW_CHANGE boss', 'SAVED_VIEW_SHARE ann']);
  });

  it('are 100 of a user at most, also when several are saved at once, in pages oldest first', async () => {
    for (let view = 0; view < 98; view++) await save({ name: `View ${view}` });
    const last = await Promise.all(
      Array.from({ length: 5 }, () => server.call('POST', VIEWS, { body: { name: 'One of the last' }, claims: ANN })),
    );
    expect(last.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
    await save({ name: 'Of somebody else' }, BOB);
    const first = await server.call<{ views: View[]; next_cursor: string }>('GET', `${VIEWS}?limit=60`, {
      claims: ANN,
    });
    const seen = first.body.views.map(({ name }) => name);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, view) => `View ${view}`));
    expect(await names(`?limit=60&cursor=${first.body.next_cursor}`)).toHaveLength(40);
    const other = await server.call('GET', `${VIEWS}?cursor=${first.body.next_cursor}`, { claims: BOB });
    expect(other.status).toBe(400);
  });

  it('are saved once however often a request is sent', async () => {
    const headers = { 'idempotency-key': 'one' };
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => server.call<View>('POST', VIEWS, { body: CONTENT, headers, claims: ANN })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await names()).toEqual([CONTENT.name]);
    const reused = await server.call('POST', VIEWS, { body: { name: 'Another' }, headers, claims: ANN });
    expect(reused.status).toBe(422);
  });

  it('refuse what is no view, and who reads no lists', async () => {
    const refused = async (body: object): Promise<unknown> => {
      const answer = await server.call('POST', VIEWS, { body, claims: ANN });
      expect(answer.status).toBe(400);
      return answer.body['details'];
    };
    expect(await refused({})).toContain("'name'");
    expect(await refused({ name: '  ' })).toBe("'name' must not be blank");
    expect(await refused({ name: 'x'.repeat(257) })).toContain('256 bytes');
    expect(await refused({ name: 'a\nb' })).toContain('control characters');
    expect(await refused({ name: 'X', columns: ['a', 'a'] })).toBe("'columns' must be at most 50 different names");
    expect(await refused({ name: 'X', columns: [''] })).toContain("'columns'");
    expect(
      await refused({ name: 'X', columns: Array.from({ length: 50 }, (_, nth) => `${nth}${'x'.repeat(200)}`) }),
    ).toContain('8192 bytes');
    expect(await refused({ name: 'X', filter: { since: 2, until: 1 } })).toContain("'filter.since' must not be after");
    expect(await refused({ name: 'X', filter: { search: '"open' } })).toContain("'filter.search'");
    expect(await refused({ name: 'X', filter: { adapter_version: 'v1' } })).toContain("'filter.adapter_version'");
    expect(await refused({ name: 'X', filter: { colour: 'red' } })).toContain('colour');
    expect(await refused({ name: 'X', filter: { scores: [{ name: 'a' }] } })).toContain("'filter.scores'");
    expect(await refused({ name: 'X', order: 'random' })).toContain("'order'");
    expect((await server.call('GET', VIEWS, { claims: { ...ANN, roles: ['submitter'] } })).status).toBe(403);
    expect((await server.call('POST', VIEWS, { body: CONTENT, claims: { ...ANN, roles: ['submitter'] } })).status).toBe(
      403,
    );
    expect((await server.call('GET', `${VIEWS}/help_feedback:x`, { claims: ANN })).status).toBe(404);
  });

  it('go with the user who is erased, and not with entries of that user alone', async () => {
    await save({ name: 'Shared by Ann', shared: true });
    await save({ name: 'Of Bob', shared: true }, BOB);
    const exported = await fetch(`${server.url}/api/v1/llm/users/ann/export`, {
      headers: { authorization: `Bearer ${server.token(ADMIN)}` },
    });
    expect(await exported.text()).toContain('"kind":"saved_view"');
    await server.call('DELETE', `${BASE}?sub=ann`, { claims: ADMIN });
    expect(await names('?scope=shared', BOB)).toEqual(['Of Bob']);
    expect(await names()).toEqual([]);
  });
});

describe('a server that starts again', () => {
  let own: TestServer;
  beforeAll(async () => {
    own = await startTestServer();
  });
  afterAll(() => own.stop());

  it('still has the views', async () => {
    const { body } = await own.call<View>('POST', VIEWS, { body: CONTENT });
    await own.restart();
    expect(await own.call('GET', `${VIEWS}/${body.id}`)).toMatchObject({ status: 200, body: { name: CONTENT.name } });
  });
});
