import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Answer, type Claims, startTestServer, type TestServer } from '../support/server.js';

interface List {
  readonly feedback: readonly { readonly id: string; readonly question: string }[];
  readonly next_cursor?: string;
}

interface Listed {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface Answered {
  readonly feedbackList?: Listed;
  readonly adapter?: { readonly feedback: Listed };
  readonly reviewQueue?: Listed;
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function submit(more: object, claims: Claims = {}): Promise<string> {
  const { status, body } = await server.call<{ id: string }>('POST', BASE, { body: { ...APPROVED, ...more }, claims });
  expect(status).toBe(201);
  return body.id;
}

function list(search: string, more: Record<string, string> = {}, claims: Claims = {}) {
  return server.call<List>('GET', `${BASE}?${new URLSearchParams({ search, ...more }).toString()}`, { claims });
}

async function idsOf(search: string, more: Record<string, string> = {}, claims: Claims = {}): Promise<string[]> {
  const { status, body } = await list(search, more, claims);
  expect(status).toBe(200);
  return body.feedback.map(({ id }) => id);
}

/** Until a search finds what it should: what is stored is indexed soon. */
async function expectFound(search: string, ids: readonly string[], claims: Claims = {}): Promise<void> {
  await expect.poll(() => idsOf(search, {}, claims), { timeout: 10_000, interval: 20 }).toEqual(ids);
}

describe('a search', () => {
  it('finds entries by words, prefixes and phrases, newest first, in every field that is searched', async () => {
    const ids = [
      await submit({ question: 'How does sharding work?', user_id: 'ann' }),
      await submit({ type: 'negative', correction: 'Sharding divides a table.', adapter_id: 'lora-a' }),
      await submit({ comment: 'Nothing on SHÁRDING here' }),
      await submit({ answer: 'It is what sharding does.' }),
      await submit({
        messages: [
          { role: 'system', content: 'You know sharding.' },
          { role: 'user', content: 'Divide a table' },
          { role: 'assistant', content: 'As you wish, it is divided.' },
        ],
        question: undefined,
        answer: undefined,
      }),
    ];
    const newestFirst = ids.toReversed();
    await expectFound('sharding', newestFirst);
    expect(await idsOf('sharding')).toEqual(newestFirst);
    expect(await idsOf('shardi*', { order: 'asc' })).toEqual(ids);
    expect(await idsOf('"divides a table"')).toEqual([ids[1]]);
    expect(await idsOf('sharding divid*')).toEqual([ids[4], ids[1]]);
    expect(await idsOf('sharding -divid*', { limit: '2' })).toEqual([ids[3], ids[2]]);
    expect(await idsOf('sharding', { type: 'negative' })).toEqual([ids[1]]);
    expect(await idsOf('sharding', { user: 'ann' })).toEqual([ids[0]]);
    expect(await idsOf('sharding', { adapter: 'lora-a', status: 'approved' })).toEqual([ids[1]]);
    expect(await idsOf('sharding', { user: 'nobody' })).toEqual([]);

    const first = await list('sharding', { limit: '3' });
    const second = await list('sharding', { limit: '3', cursor: first.body.next_cursor! });
    expect([...first.body.feedback, ...second.body.feedback].map(({ id }) => id)).toEqual(newestFirst);
    expect(second.body).not.toHaveProperty('next_cursor');
    const other = await list('divid*', { limit: '3', cursor: first.body.next_cursor! });
    expect(other.status).toBe(400);

    const byAdapter = await server.call<List>('GET', `${BASE}/by-adapter/lora-a?search=sharding`);
    expect(byAdapter.body.feedback.map(({ id }) => id)).toEqual([ids[1]]);
    const { data } = await server.graphql(
      `query ($filter: FeedbackFilterInput) {
        feedbackList(filter: $filter, first: 1) { totalCount edges { node { id } } }
        adapter(id: "lora-a") { feedback(filter: $filter) { totalCount edges { node { id } } } }
        reviewQueue(filter: $filter) { totalCount }
      }`,
      { filter: { search: 'sharding' } },
      { roles: ['admin'] },
    );
    expect(data).toEqual({
      feedbackList: { totalCount: 5, edges: [{ node: { id: ids[4] } }] },
      adapter: { feedback: { totalCount: 1, edges: [{ node: { id: ids[1] } }] } },
      reviewQueue: { totalCount: 0 },
    });
  });

  it('finds what a change makes of an entry, also after a restart, and nothing of it once it is erased', async () => {
    const id = await submit({ comment: 'mentions quokkas' });
    await expectFound('quokkas', [id]);
    await server.call('PATCH', `${BASE}/${id}`, { body: { comment: 'mentions wombats' } });
    await expectFound('wombats', [id]);
    expect(await idsOf('quokkas')).toEqual([]);

    const last = await submit({ comment: 'mentions bandicoots' });
    await server.restart();
    await expectFound('bandicoots', [last]);
    expect(await idsOf('wombats')).toEqual([id]);

    expect((await server.call('DELETE', `${BASE}/${id}`, { claims: { roles: ['admin'] } })).status).toBe(200);
    expect(await idsOf('wombats')).toEqual([]);
    expect(await idsOf('wombats OR bandicoots')).toEqual([last]);
    await server.restart();
    expect(await idsOf('wombats')).toEqual([]);
  });

  it('finds a preference by each of its answers', async () => {
    const { status, body } = await server.call<{ id: string }>('POST', BASE, {
      body: {
        question: 'Which animal lives there?',
        candidates: [{ answer: 'It is the echidna there.' }, { answer: 'It is the dugong there.' }],
        preferred: 1,
      },
    });
    expect(status).toBe(201);
    await expectFound('echidna', [body.id]);
    expect(await idsOf('dugong')).toEqual([body.id]);
  });

  it('finds words of Chinese and Japanese', async () => {
    const chinese = await submit({ question: '机器学习很有趣吗？' });
    const japanese = await submit({ question: 'データベースを検索する方法は？' });
    await expectFound('学习', [chinese]);
    await expectFound('検索', [japanese]);
    expect(await idsOf('学习 OR ﾃﾞｰﾀﾍﾞｰｽ')).toEqual([japanese, chinese]);
  });

  it('finds nothing of another organization, and of one user alone what they have submitted', async () => {
    const ann: Claims = { sub: 'ann', org: 'zoo', roles: ['submitter'] };
    const bob: Claims = { sub: 'bob', org: 'zoo', roles: ['submitter'] };
    const [annId, bobId] = [
      await submit({ comment: 'about okapis', user_id: 'ann' }, ann),
      await submit({ comment: 'about okapis', user_id: 'bob' }, bob),
    ];
    await expectFound('okapis', [bobId, annId], { org: 'zoo' });
    expect(await idsOf('okapis')).toEqual([]);
    expect(await idsOf('okapis', {}, ann)).toEqual([annId]);
    expect(await idsOf('okapis', {}, bob)).toEqual([bobId]);
    expect((await list('okapis', { user: 'bob' }, ann)).status).toBe(400);
    const { data } = await server.graphql(
      '{ feedbackList(filter: { search: "okapis" }) { totalCount edges { node { id } } } }',
      {},
      ann,
    );
    expect(data).toEqual({ feedbackList: { totalCount: 1, edges: [{ node: { id: annId } }] } });
  });

  it.each([
    ['', 'must contain at least one word: letters or digits'],
    ['"open', 'must close each quotation mark'],
    ['(open', "must close each '('"],
    ['a AND', "must have a word, a phrase or a bracket after 'AND'"],
    ['*', "may have '*' only at the end of a word, as in 'shard*'"],
    ['x'.repeat(501), 'must have at most 500 characters'],
    ['\u0000', 'must contain at least one word: letters or digits'],
  ])('is refused for %j, each time the same, in REST as in GraphQL', async (search, problem) => {
    for (let nth = 0; nth < 2; nth += 1) {
      const { status, body } = await server.call('GET', `${BASE}?${new URLSearchParams({ search }).toString()}`);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { error: 'Invalid request', details: `'search' ${problem}`, issues: [{ field: 'search', problem }] },
      });
      const { errors } = await server.graphql(
        'query ($search: String) { feedbackList(filter: { search: $search }) { totalCount } }',
        { search },
      );
      expect(errors?.[0]).toMatchObject({ message: `'search' ${problem}`, extensions: { code: 'BAD_USER_INPUT' } });
    }
  });
});

it('a server that does not search says so, removes what is erased all the same, and catches up once it searches', async () => {
  const own = await startTestServer();
  try {
    const call = <Body>(method: string, path: string, body?: unknown) =>
      own.call<Body>(method, path, { claims: { roles: ['admin'] }, ...(body !== undefined && { body }) });
    const find = async (search: string): Promise<string[] | number> => {
      const { status, body } = await call<List>('GET', `${BASE}?search=${search}`);
      return status === 200 ? body.feedback.map(({ id }) => id) : status;
    };
    const { body: first } = await call<{ id: string }>('POST', BASE, { ...APPROVED, comment: 'has numbats' });
    const { body: second } = await call<{ id: string }>('POST', BASE, { ...APPROVED, comment: 'has numbats too' });
    await expect.poll(() => find('numbats'), { timeout: 10_000 }).toEqual([second.id, first.id]);

    await own.restart({ search: false });
    expect(await call('GET', `${BASE}?search=numbats`)).toMatchObject({
      status: 400,
      body: { details: "'search' is not available: this server does not search (FEEDBACK_SEARCH=off)" },
    });
    expect((await call('DELETE', `${BASE}/${second.id}`)).status).toBe(200);
    const { body: third } = await call<{ id: string }>('POST', BASE, { ...APPROVED, comment: 'numbats again' });

    await own.restart({ search: true });
    await expect.poll(() => find('numbats'), { timeout: 10_000 }).toEqual([third.id, first.id]);
  } finally {
    await own.stop();
  }
});

it('gives the page, and a total that is told to be inexact, where a phrase has to be looked for in much', async () => {
  const own = await startTestServer({
    bodyLimit: 2 * 1024 ** 2,
    entryLimits: { textCharacters: 1_000_000, entryBytes: 2 * 1024 ** 2 },
  });
  try {
    const admin: Claims = { roles: ['admin'] };
    const statuses = new Set<string>();
    const store = async (question: string): Promise<string> => {
      const body = { ...APPROVED, question, adapter_id: 'lora-a', user_id: 'ann' };
      const stored = await own.call<{ id: string; validation_status: string }>('POST', BASE, { body, claims: admin });
      statuses.add(stored.body.validation_status);
      return stored.body.id;
    };
    // Bytes are what a search is bound by; words are what it takes its time for.
    const much = 'beta gamma alpha gamma'.padEnd(500).repeat(1_980);
    const phrase = `alpha beta ${'gamma alpha '.repeat(500)}`;
    // One entry has the phrase but is behind more texts than one search reads.
    const oldest = await store(phrase);
    for (let nth = 0; nth < 27; nth += 1) await store(much);
    const newest = [await store(phrase), await store(phrase)].toReversed();
    expect(statuses.size).toBe(1);
    const [status = ''] = statuses;
    const search = '"alpha beta"';
    const feedback = 'feedbackList(filter: $filter, first: 1, after: $after) { ...Listed }';
    const ofAdapter = 'adapter(id: "lora-a") { feedback(filter: $filter, first: 1, after: $after) { ...OfAdapter } }';
    const queue = 'reviewQueue(filter: $filter, first: 1, after: $after) { ...Listed }';
    const fields = 'totalCount totalCountIsExact edges { node { id } } pageInfo { hasNextPage endCursor }';
    const ask = async (field: string, filter: object, after: string | null = null): Promise<Listed | undefined> => {
      const type = field === ofAdapter ? 'OfAdapter on AdapterFeedbackConnection' : 'Listed on FeedbackConnection';
      const query = `query ($filter: FeedbackFilterInput, $after: String) { ${field} } fragment ${type} { ${fields} }`;
      const { data, errors } = await own.graphql<Answered>(query, { filter, after }, admin);
      expect(errors).toBeUndefined();
      return data?.feedbackList ?? data?.adapter?.feedback ?? data?.reviewQueue;
    };
    await expect
      .poll(() => ask(feedback, { search: 'alpha' }), { timeout: 60_000 })
      .toMatchObject({ totalCount: 30, totalCountIsExact: true });

    const filters = [{}, { userId: 'ann' }, { validationStatus: status.toUpperCase() }];
    const inexact = { totalCount: 2, totalCountIsExact: false, edges: [{ node: { id: newest[0] } }] };
    for (const more of filters) expect(await ask(feedback, { search, ...more })).toMatchObject(inexact);
    expect(await ask(ofAdapter, { search })).toMatchObject(inexact);
    expect(await ask(feedback, { search })).toMatchObject(inexact);
    await own.restart();
    expect(await ask(feedback, { search })).toMatchObject(inexact);

    // The oldest first: what follows it is looked through, page by page.
    const queued: string[] = [];
    for (let after: string | null | undefined = null; after !== undefined;) {
      const page: Listed | undefined = await ask(queue, { search, validationStatus: status.toUpperCase() }, after);
      expect(page).toMatchObject({ totalCount: 2, totalCountIsExact: false });
      queued.push(...(page?.edges.map(({ node }) => node.id) ?? []));
      after = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : undefined;
    }
    expect(queued).toEqual([oldest, ...newest.toReversed()]);

    for (const path of [BASE, `${BASE}/by-adapter/lora-a`]) {
      const found: string[] = [];
      for (let next: Record<string, string> | undefined = {}; next !== undefined;) {
        const parameters: string = new URLSearchParams({ search, limit: '10', ...next }).toString();
        const page: Answer<List> = await own.call<List>('GET', `${path}?${parameters}`, { claims: admin });
        expect(page.status).toBe(200);
        found.push(...page.body.feedback.map(({ id }) => id));
        next = page.body.next_cursor === undefined ? undefined : { cursor: page.body.next_cursor };
      }
      expect(found).toEqual([...newest, oldest]);
    }

    const environment = { FEEDBACK_URL: own.url, FEEDBACK_TOKEN: own.token(admin) };
    const listed = await runCommand(
      ['feedback', 'list', '--search', search, '--order', 'asc', '--limit', '2'],
      environment,
    );
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining(oldest) as string });
    expect(listed.error).toContain('More entries: --cursor ');
    const none = await runCommand(['feedback', 'list', '--search', '"beta alpha"'], environment);
    expect(none.error).toMatch(/^No entries match so far\.\nMore entries: --cursor /);
  } finally {
    await own.stop();
  }
}, 120_000);
