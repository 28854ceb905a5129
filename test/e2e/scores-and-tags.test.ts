import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Claims, shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

interface List {
  readonly feedback: readonly { readonly external_id: string }[];
}

async function submit(body: object, claims: Claims) {
  return server.call('POST', BASE, { body: { ...APPROVED, ...body }, claims });
}

describe('filters', () => {
  const claims = { org: 'filters', sub: 'ann' };
  beforeAll(async () => {
    const entries = [
      { tags: ['billing'], scores: { rating: 5, tone: 'friendly' }, conversation_id: 'c:1', source: 'user' },
      { tags: ['billing', 'search'], scores: { rating: -2.5 }, conversation_id: 'c:1', source: 'llm' },
      { tags: ['search'], scores: { rating: 3, helpful: true }, source: 'user' },
      { scores: { rating: 0, helpful: false, tone: 'rude' } },
      {},
    ];
    for (const [index, entry] of entries.entries()) {
      expect((await submit({ ...entry, external_id: String(index) }, claims)).status).toBe(201);
    }
  });

  async function listed(query: string): Promise<string> {
    const { status, body } = await server.call<List>('GET', `${BASE}?${query}`, { claims });
    expect(status).toBe(200);
    return body.feedback.map(({ external_id }) => external_id).join('');
  }

  it.each([
    ['tag=billing', '01'],
    ['tag=search&source=user', '2'],
    ['tag=none', ''],
    ['conversation=c:1', '01'],
    ['source=llm', '1'],
    ['score=rating>=3', '02'],
    ['score=rating>=0,rating<=3', '23'],
    ['score=rating<=-1', '1'],
    ['score=rating=0', '3'],
    ['score=helpful=true', '2'],
    ['score=tone=friendly,rating>=4', '0'],
    ['score=tone=friendly&tag=billing&conversation=c:1', '0'],
    ['score=unknown>=1', ''],
    ['score=rating>=0&type=negative', ''],
    ['score=rating>=0&order=desc&limit=2', '32'],
  ])('%s selects %s', async (query, expected) => {
    expect(await listed(encodeURI(query).replaceAll('+', '%2B'))).toBe(expected);
  });

  it.each([
    ['score=rating', "'score' must be conditions"],
    ['score=rating>=high', "'score' must be conditions"],
    ['score=rating>=5,rating<=1', "'score' must have a range that is not empty"],
    ['source=ghost', "'source' must be"],
    [`tag=${'x'.repeat(300)}`, "'tag' must be 1 to 256 bytes"],
  ])('%s is refused', async (query, details) => {
    const { status, body } = await server.call('GET', `${BASE}?${encodeURI(query)}`, { claims });
    expect(status).toBe(400);
    expect(body['details']).toContain(details);
  });

  it('GraphQL filters and counts alike', async () => {
    const { data, errors } = await server.graphql(
      `{
        range: feedbackList(filter: { scores: [{ name: "rating", min: 0 }] }) { totalCount }
        both: feedbackList(filter: { scores: [{ name: "helpful", is: "false" }], source: null }) { totalCount }
        source: feedbackList(filter: { source: USER, tag: "billing" }) { totalCount edges { node { tags source } } }
      }`,
      {},
      claims,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      range: { totalCount: 3 },
      both: { totalCount: 1 },
      source: { totalCount: 1, edges: [{ node: { tags: ['billing'], source: 'USER' } }] },
    });
  });

  it('the change feed filters by them', async () => {
    const path = `${BASE}/changes?tag=search&score=rating%3E%3D0`;
    const headers = { accept: 'application/json' };
    const { body } = await server.call<{ count: number }>('GET', path, { claims, headers });
    expect(body.count).toBe(1);
  });

  it('facets count the entries of each value, in pages', async () => {
    const { body } = await server.call<{ values: { value: string; total_feedback: number }[] }>(
      'GET',
      `${BASE}/facets?field=tag`,
      { claims },
    );
    expect(body.values.map(({ value, total_feedback: total }) => [value, total])).toEqual([
      ['billing', 2],
      ['search', 2],
    ]);
    const { data } = await server.graphql(
      '{ feedbackFacets(field: SOURCE, first: 1) { totalCount pageInfo { hasNextPage } edges { node { value totalFeedback } } } }',
      {},
      claims,
    );
    expect(data).toEqual({
      feedbackFacets: {
        totalCount: 2,
        pageInfo: { hasNextPage: true },
        edges: [{ node: { value: 'llm', totalFeedback: 1 } }],
      },
    });
  });

  it('facets count the values of a score, in their order, and say which score is missing', async () => {
    const { body } = await server.call<{ values: { value: string; total_feedback: number }[] }>(
      'GET',
      `${BASE}/facets?field=score&score_name=rating`,
      { claims },
    );
    expect(body.values.map(({ value, total_feedback: total }) => [value, total])).toEqual([
      ['-2.5', 1],
      ['0', 1],
      ['3', 1],
      ['5', 1],
    ]);
    for (const [query, details] of [
      ['field=score', "'score_name' must name the score whose values are counted"],
      ['field=tag&score_name=rating', "'score_name' is allowed only where the values of a score are counted"],
      ['field=score&score_name=', "'score_name' must be 1 to 256 bytes"],
      ['field=tag&score=rating', "'score' must be conditions"],
      ['field=tag&since=yesterday', "'since' must be"],
      ['field=tag&tag=billing&limit=101', "'limit' must be at most 100 with such a filter"],
      ['field=ghost', "'field' must be"],
    ] as const) {
      for (let times = 0; times < 2; times++) {
        const refused = await server.call('GET', `${BASE}/facets?${query}`, { claims });
        expect([refused.status, refused.body['details']]).toEqual([400, expect.stringContaining(details)]);
      }
    }
  });

  it('facets of a filter count what its list has, for every combination of fields and filters', async () => {
    const fields = ['tag', 'source', 'conversation', 'model', 'score&score_name=rating', 'score&score_name=helpful'];
    const filters = ['', 'tag=billing', 'source=user', 'score=rating>=2', 'type=negative', 'unused=true&tag=search'];
    const own = (field: string, value: string): string => {
      if (!field.startsWith('score')) return `${field}=${encodeURIComponent(value)}`;
      return `score=${field.slice(field.indexOf('=') + 1)}=${encodeURIComponent(value)}`;
    };
    for (const field of fields) {
      for (const filter of filters) {
        const path = `${BASE}/facets?field=${field}&${encodeURI(filter)}`;
        const { body } = await server.call<{ values: { value: string; total_feedback: number }[] }>('GET', path, {
          claims,
        });
        expect(body.values).toEqual((await server.call('GET', path, { claims })).body['values']);
        for (const { value, total_feedback: total } of body.values) {
          const both = [own(field, value), ...filter.split('&')].filter((each) => each !== '');
          const names = new Set(both.map((each) => each.split('=')[0]));
          // One value of a parameter; what combines two is seen in the other combinations.
          if (names.size < both.length) continue;
          const list = await server.call<{ count: number }>('GET', `${BASE}?${both.join('&').replace('>', '%3E')}`, {
            claims,
          });
          expect([path, value, total]).toEqual([path, value, list.body.count]);
        }
      }
    }
  });

  it('a revised entry leaves its old tags and scores', async () => {
    const mine = { org: 'revised', sub: 'ann' };
    const { body } = await submit({ tags: ['a', 'b'], scores: { rating: 1 } }, mine);
    const path = `${BASE}/${String(body['id'])}`;
    await server.call('PATCH', path, { body: { tags: ['b', 'c'], scores: { rating: 2 } }, claims: mine });
    const count = async (query: string) =>
      (await server.call<{ count: number }>('GET', `${BASE}?${query}`, { claims: mine })).body.count;
    expect(await Promise.all(['tag=a', 'tag=b', 'tag=c', 'score=rating=1', 'score=rating=2'].map(count))).toEqual([
      0, 1, 1, 0, 1,
    ]);
  });
});

describe('the rules of an organization', () => {
  const RULES = {
    score_definitions: [
      { name: 'rating', kind: 'number', min: 1, max: 5, positive: { at_least: 4 }, negative: { at_most: 2 } },
      { name: 'tone', kind: 'category', categories: ['friendly', 'rude'] },
      { name: 'helpful', kind: 'boolean', positive: { one_of: ['true'] }, negative: { one_of: ['false'] } },
    ],
    allowed_tags: ['billing'],
  };
  const claims = { org: 'rules', sub: 'ann' };
  const admin = { ...claims, roles: ['admin'] };
  const untyped = { question: APPROVED.question, answer: APPROVED.answer, comment: 'So it is.' };
  beforeAll(async () => {
    const { status, body } = await server.call('PUT', `${BASE}/rules`, { body: RULES, claims: admin });
    expect([status, body]).toEqual([200, { ...RULES, revision: 1 }]);
  });

  const send = (body: object) => server.call('POST', BASE, { body: { ...untyped, ...body }, claims });

  it.each([
    [{ rating: 4 }, 'positive', 'approved'],
    [{ rating: 2 }, 'negative', 'approved'],
    [{ rating: 3 }, 'negative', 'flagged'],
    [{ helpful: true }, 'positive', 'approved'],
    [{ tone: 'rude', helpful: false }, 'negative', 'approved'],
    [{ rating: 5, helpful: false }, 'positive', 'approved'],
  ])('decide the type by %j: %s, %s', async (scores, type, validation) => {
    const { status, body } = await send({ scores });
    expect([status, body['type'], body['validation_status']]).toEqual([201, type, validation]);
  });

  it('leave an entry flagged that they cannot decide, until somebody says its type', async () => {
    const { body } = await send({ scores: { rating: 3 }, question: 'Is it so so?' });
    const revise = (change: object) =>
      server.call('PATCH', `${BASE}/${String(body['id'])}`, { body: change, claims }).then((answer) => answer.body);
    expect((await revise({ comment: 'It is neither.' }))['validation_status']).toBe('flagged');
    expect((await revise({ type: 'positive' }))['validation_status']).toBe('approved');
  });

  it('are named in part where there are many, and have words of bounded length', async () => {
    const own = { org: 'many rules', roles: ['admin'] };
    const names = Array.from({ length: 30 }, (_, index) => `score${index}`);
    const body = { score_definitions: names.map((name) => ({ name, kind: 'boolean' })) };
    expect((await server.call('PUT', `${BASE}/rules`, { body, claims: own })).status).toBe(200);
    const scores = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`other${index}`, true]));
    const refused = await server.call('POST', BASE, { body: { ...APPROVED, scores }, claims: own });
    expect(refused.body['details']).toContain('score9 and 20 more');
    expect(JSON.stringify(refused.body).length).toBeLessThan(8_000);
    for (const more of [{ categories: ['x'.repeat(300)] }, { positive: { one_of: ['x'.repeat(300)] } }]) {
      const long = { score_definitions: [{ name: 's', kind: 'category', ...more }] };
      expect((await server.call('PUT', `${BASE}/rules`, { body: long, claims: own })).status).toBe(400);
    }
  });

  it('never change a type that was given', async () => {
    expect((await send({ type: 'negative', scores: { rating: 5 } })).body['type']).toBe('negative');
  });

  it.each([
    [{}, "Missing 'type' field (positive or negative)"],
    [{ scores: { tone: 'rude' } }, "Missing 'type' field (positive or negative)"],
    [{ scores: { rating: 6 } }, "'scores' has 'rating', which must be a number from 1 to 5"],
    [{ type: 'positive', scores: { rating: 'high' } }, "'scores' has 'rating', which must be a number from 1 to 5"],
    [{ type: 'positive', scores: { stars: 1 } }, "'scores' has 'stars', which is not a known score; known are rating"],
    [{ type: 'positive', scores: { tone: 'cold' } }, "'scores' has 'tone', which must be one of friendly, rude"],
    [{ type: 'positive', tags: ['other'] }, "'tags' must be tags that the organization allows, not 'other'"],
  ])('refuse %j', async (fields, details) => {
    const { status, body } = await send(fields);
    expect([status, body['details']]).toEqual([400, expect.stringContaining(details)]);
  });

  it('count in a batch and in a change of mind as well', async () => {
    const { status, body } = await server.call<{ results: { status: number; type?: string }[] }>(
      'POST',
      `${BASE}/batch`,
      {
        body: {
          feedback: [
            { ...untyped, scores: { rating: 5 } },
            { ...untyped, scores: { rating: 9 } },
          ],
        },
        claims,
      },
    );
    expect([status, body.results.map((result) => [result.status, result.type])]).toEqual([
      207,
      [
        [201, 'positive'],
        [400, undefined],
      ],
    ]);
    const { body: mine } = await send({ type: 'positive', tags: ['billing'] });
    const refused = await server.call('PATCH', `${BASE}/${String(mine['id'])}`, { body: { tags: ['x'] }, claims });
    expect(refused.status).toBe(400);
  });

  it('are for admins to change, leave an audit event, and say if they were changed meanwhile', async () => {
    const own = { org: 'changed', roles: ['admin'] };
    expect((await server.call('PUT', `${BASE}/rules`, { body: {}, claims: { org: 'changed' } })).status).toBe(403);
    const before = await server.call('GET', `${BASE}/rules`, { claims: { org: 'changed' } });
    expect(before.body).toEqual({ score_definitions: [], allowed_tags: [], revision: 0 });
    const { data } = await server.graphql(
      'mutation { setFeedbackRules(input: { allowedTags: ["a"] }, expectedRevision: 0) { allowedTags revision } }',
      {},
      own,
    );
    expect(data).toEqual({ setFeedbackRules: { allowedTags: ['a'], revision: 1 } });
    const late = await server.call('PUT', `${BASE}/rules`, { body: { revision: 0 }, claims: own });
    expect(late.status).toBe(409);
    const { data: log } = await server.graphql('{ auditLog(first: 1) { edges { node { action node } } } }', {}, own);
    expect(log).toEqual({
      auditLog: { edges: [{ node: { action: 'FEEDBACK_RULES_SET', node: 'organization' } }] },
    });
  });

  it.each([
    [{ score_definitions: [{ name: 'a', kind: 'number', min: 2, max: 1 }] }, 'must not have a min above its max'],
    [
      { score_definitions: [{ name: 'a', kind: 'boolean', positive: { at_least: 1 } }] },
      'must say when it is positive',
    ],
    [
      {
        score_definitions: [
          { name: 'a', kind: 'number' },
          { name: 'a', kind: 'number' },
        ],
      },
      'must not define a score twice',
    ],
    [{ score_definitions: [{ name: 'a', kind: 'stars' }] }, 'must be number, boolean or category'],
    [{ allowed_tags: [''] }, 'must be a list of tags'],
  ])('are refused where they make no sense: %j', async (body, details) => {
    const answer = await server.call('PUT', `${BASE}/rules`, { body, claims: { org: 'wrong', roles: ['admin'] } });
    expect([answer.status, answer.body['details']]).toEqual([400, expect.stringContaining(details)]);
  });
});

describe('the time of a submission', () => {
  const claims = { org: 'times' };
  const at = Date.UTC(2024, 4, 1, 12);

  it('may be earlier: lists and statistics are in its order', async () => {
    const now = await submit({ external_id: 'now' }, claims);
    const earlier = await submit({ external_id: 'earlier', created_at: at }, claims);
    expect([earlier.status, earlier.body['created_at']]).toEqual([201, at]);
    const { body } = await server.call<List>('GET', BASE, { claims });
    expect(body.feedback.map(({ external_id }) => external_id)).toEqual(['earlier', 'now']);
    const { data, errors } = await server.graphql(
      'mutation ($at: DateTime!) { submitFeedback(input: { type: POSITIVE, question: "How so?", answer: "Like so.", createdAt: $at }) { createdAt } }',
      { at: '2024-05-01T14:00:00+02:00' },
      claims,
    );
    expect([errors, data]).toEqual([undefined, { submitFeedback: { createdAt: '2024-05-01T12:00:00.000Z' } }]);
    expect(now.status).toBe(201);
  });

  it.each([at / 1000, 'yesterday', '2024-02-30T12:00:00Z', '2024-05-01T12:00:00', String(at), 1.5])(
    'is refused where it is %j, alone and in a batch',
    async (created_at) => {
      const { status, body } = await submit({ created_at }, claims);
      expect([status, body['details']]).toEqual([400, expect.stringContaining("'created_at' must be ")]);
      const { body: batch } = await server.call<{ results: { status: number }[] }>('POST', `${BASE}/batch`, {
        body: { feedback: [{ ...APPROVED, created_at }, APPROVED] },
        claims,
      });
      expect(batch.results.map((result) => result.status)).toEqual([400, 201]);
    },
  );

  it('is taken as RFC 3339 as well', async () => {
    const { body } = await submit({ created_at: '2024-05-01T14:00:00+02:00' }, claims);
    expect(body['created_at']).toBe(at);
  });

  it('is not before 1970, over GraphQL neither', async () => {
    const text = `mutation ($at: DateTime!) {
      submitFeedback(input: { type: POSITIVE, question: "How so?", answer: "Like so.", createdAt: $at }) { id }
    }`;
    for (const early of ['1960-01-01T00:00:00Z', '0001-01-01T00:00:00Z']) {
      const { errors } = await server.graphql(text, { at: early }, claims);
      expect(errors?.map(({ message }) => message)).toEqual(["'createdAt' must not be before 1970"]);
    }
  });

  it('is not in the future', async () => {
    const { status, body } = await submit({ created_at: Date.now() + 3_600_000 }, claims);
    expect([status, body['details']]).toEqual([400, "'created_at' must not be in the future"]);
  });
});
