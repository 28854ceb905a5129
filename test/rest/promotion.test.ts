import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Claims, shareServer, type SharedServer } from '../support/server.js';

const ADAPTERS = '/api/v1/llm/adapters';
const RULES = '/api/v1/llm/promotion-rules';
const TRAINER = ['trainer'];
const ADMIN = ['admin'];

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

/** Requests of one organization, so that rules of one test are not those of another. */
function organization(org: string) {
  const claims = (roles: readonly string[]): Claims => ({ org, sub: 'pipeline', roles });
  const call = (method: string, path: string, body?: unknown, roles = TRAINER, headers: Record<string, string> = {}) =>
    server.call(method, path, { claims: claims(roles), headers, ...(body !== undefined && { body }) });
  const at = (id: string, rest = '') => `${ADAPTERS}/${encodeURIComponent(id)}${rest}`;
  return {
    call,
    register: (id: string, body: object = {}) => call('PUT', at(id), body),
    promote: (id: string, body: object = {}, roles = TRAINER, headers: Record<string, string> = {}) =>
      call('POST', at(id, '/promote'), body, roles, headers),
    check: (id: string, query = '') => call('GET', at(id, `/promotion${query}`)),
    evaluate: (id: string, ...evaluations: readonly object[]) => call('POST', at(id, '/evaluations'), { evaluations }),
    history: (id: string, query = '') => call('GET', at(id, `/stages${query}`)),
    get: (id: string) => call('GET', at(id)),
    rules: (rules: readonly object[], revision?: number) =>
      call('PUT', RULES, { rules, ...(revision !== undefined && { revision }) }, ADMIN),
    graphql: (query: string, variables: Record<string, unknown> = {}, roles = TRAINER) =>
      server.graphql(query, variables, claims(roles)),
    /** Judges answers of an adapter to numbered questions. */
    judge: async (adapter: string, type: 'positive' | 'negative', from: number, to: number) => {
      const feedback = Array.from({ length: to - from }, (_, nth) => ({
        ...APPROVED,
        type,
        question: `What does the setting number ${from + nth} of the database do?`,
        ...(type === 'negative' && { correction: 'It sets the size of the cache.' }),
        adapter_id: adapter,
        user_id: `user-${adapter}-${from + nth}`,
      }));
      expect((await call('POST', `${BASE}/batch`, { feedback })).status).toBe(201);
    },
  };
}

const results = (body: Record<string, unknown>) =>
  (body['check'] ?? body) as { readonly passed: boolean; readonly results: readonly Record<string, unknown>[] };

describe('a promotion', () => {
  it('is refused with every rule, what was measured and what is required, and takes place once they hold', async () => {
    const { register, judge, promote, check, get, history } = organization('gate');
    const registered = await register('v2', { version: '2', derived_from: ['v1'] });
    await judge('v1', 'positive', 0, 5);
    await judge('v1', 'negative', 5, 10);
    await judge('v2', 'negative', 0, 10);

    const refused = await promote('v2', { reason: 'nightly' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ error: 'Conflict', code: 'CONFLICT', promoted: false });
    expect(refused.body['details']).toBe(
      "2 of 2 promotion rules do not hold: 10 approved entries, at least 20 required; 0 % of 10 common questions right, 50 % for the parent 'v1': a difference of -0.5, at least 0 required",
    );
    expect(results(refused.body)).toMatchObject({
      stage: 'production',
      passed: false,
      rules_revision: 0,
      results: [
        { rule: { kind: 'entries', at_least: 20 }, passed: false, measured: 10, source: 'organization' },
        { rule: { kind: 'positive_share', minimum_count: 5 }, measured: -0.5, count: 10, parent_id: 'v1' },
      ],
    });
    expect(await get('v2')).toMatchObject({ body: { revision: 1 } });
    expect((await get('v2')).body).not.toHaveProperty('stage');
    expect(await history('v2')).toMatchObject({ status: 200, body: { changes: [], count: 0 } });

    await judge('v2', 'positive', 0, 10);
    await judge('v2', 'positive', 0, 10);
    expect((await check('v2')).body).toMatchObject({ passed: true, results: [{ measured: 30 }, { measured: 0.5 }] });
    const promoted = await promote('v2', { reason: 'nightly' });
    expect(promoted.status).toBe(200);
    expect(promoted.headers.get('etag')).toBe('"2"');
    expect(promoted.body).toMatchObject({
      id: 'v2',
      stage: 'production',
      revision: 2,
      promoted: true,
      changed: true,
      retired: [],
      change: { stage: 'production', created_by: 'pipeline', reason: 'nightly', forced: false, adapter_version: '2' },
      check: { passed: true },
    });
    const { body: after } = await get('v2');
    expect(after).toMatchObject({ stage: 'production', revision: 2, version: '2' });
    expect(after['updated_at']).toBe(registered.body['updated_at']);

    const again = await promote('v2');
    expect(again).toMatchObject({ status: 200, body: { promoted: true, changed: false, revision: 2 } });
    expect(again.body).not.toHaveProperty('check');
    expect(await history('v2')).toMatchObject({ body: { count: 1, changes: [{ revision: 2 }] } });
  });

  it('needs org:admin and a reason to be forced, and is audited as forced', async () => {
    const { register, promote, history, graphql } = organization('force');
    await register('lora');
    const asTrainer = await promote('lora', { force: true, reason: 'Rollback' });
    expect(asTrainer.status).toBe(403);
    expect(asTrainer.body['details']).toContain('org:admin');
    expect((await promote('lora', { force: true }, ADMIN)).body['details']).toContain("Missing 'reason' field");
    expect((await promote('lora', { force: true, reason: ' ' }, ADMIN)).status).toBe(400);
    const forced = await promote('lora', { force: true, reason: 'Rollback' }, ADMIN);
    expect(forced).toMatchObject({ status: 200, body: { change: { forced: true }, check: { passed: false } } });
    expect((await history('lora')).body).toMatchObject({
      changes: [{ forced: true, reason: 'Rollback', results: [{ passed: false }, { passed: false }] }],
    });
    const { data } = await graphql(
      '{ auditLog(filter: { node: "lora" }) { edges { node { action actor reason details } } } }',
      {},
      ADMIN,
    );
    expect(JSON.stringify(data)).toContain(
      '{"action":"ADAPTER_STAGE_FORCED","actor":"pipeline","reason":"Rollback","details":{"stage":"production","failedRules":2}}',
    );
  });

  it('retires others by the same change, which are listed by stage', async () => {
    const { rules, register, promote, call, history, graphql } = organization('retire');
    await rules([]);
    for (const id of ['old:1', 'old 2', 'new']) await register(id);
    for (const id of ['old:1', 'old 2']) expect((await promote(id)).status).toBe(200);
    const listed = async (stage: string, more = '') =>
      (await call('GET', `${ADAPTERS}?stage=${stage}${more}`)).body as {
        adapters: { id: string }[];
        next_cursor?: string;
      };
    expect((await listed('production')).adapters.map(({ id }) => id)).toEqual(['old 2', 'old:1']);

    for (const retire of [['none'], ['new'], ['old:1', 'old:1'], ['feedback-1']]) {
      expect((await promote('new', { retire })).status, String(retire)).toBe(400);
    }
    const swapped = await promote('new', { retire: ['old:1', 'old 2'], reason: 'better' });
    expect(swapped.body).toMatchObject({ stage: 'production', retired: ['old:1', 'old 2'] });
    expect((await history('old:1')).body).toMatchObject({
      changes: [{ stage: 'retired', previous_stage: 'production', replaced_by: 'new' }, { stage: 'production' }],
    });
    expect((await listed('production')).adapters).toMatchObject([{ id: 'new', stage: 'production' }]);
    const first = await listed('retired', '&limit=1');
    expect(first.adapters.map(({ id }) => id)).toEqual(['old 2']);
    const rest = await listed('retired', `&cursor=${first.next_cursor ?? ''}`);
    expect(rest.adapters.map(({ id }) => id)).toEqual(['old:1']);
    expect((await call('GET', `${ADAPTERS}?stage=best`)).status).toBe(400);
    const { data } = await graphql(
      '{ production: adapters(stage: PRODUCTION) { totalCount } retired: adapters(stage: RETIRED) { totalCount edges { node { stage stageChangedAt } } } }',
    );
    expect(data).toMatchObject({ production: { totalCount: 1 }, retired: { totalCount: 2 } });
    const matched = await call('POST', '/api/v1/llm/graph/query', {
      query: "MATCH (a:Adapter) WHERE a.stage = 'production' RETURN a.id",
    });
    expect(matched.body).toMatchObject({ rows: [['new']] });
    // What has changed is no candidate for what is listed twice.
    expect((await promote('new', { stage: 'retired' })).body).toMatchObject({ stage: 'retired', promoted: true });
    expect((await listed('production')).adapters).toEqual([]);
  });

  it('takes place once under a key, and only at the revision that it expects', async () => {
    const { rules, register, promote, call } = organization('once');
    await rules([]);
    await register('lora');
    expect((await promote('lora', {}, TRAINER, { 'if-match': '"7"' })).status).toBe(412);
    const key = { 'idempotency-key': 'run-17', 'if-match': '"1"' };
    const first = await promote('lora', {}, TRAINER, key);
    expect(first).toMatchObject({ status: 200, body: { revision: 2, changed: true } });
    const second = await promote('lora', {}, TRAINER, key);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect((await promote('lora', { stage: 'retired' }, TRAINER, key)).status).toBe(422);
    await call('PUT', `${ADAPTERS}/lora`, { version: '2' });
    expect((await call('GET', `${ADAPTERS}/lora`)).body).toMatchObject({ stage: 'production', version: '2' });
  });

  it('of a version that was registered since is checked, and the one before keeps its place until it passes', async () => {
    const { rules, register, promote, get, evaluate, history, call } = organization('versions');
    await rules([{ kind: 'metric', metric: 'accuracy', at_least: 0.9 }]);
    await register('lora', { version: '1' });
    await evaluate('lora', { name: 'accuracy', value: 0.95 });
    expect((await promote('lora')).body).toMatchObject({ changed: true });
    expect((await promote('lora')).body).toMatchObject({ changed: false });
    await register('lora', { version: '2' });
    expect((await promote('lora')).body).toMatchObject({ promoted: false, check: { passed: false } });
    expect((await get('lora')).body).toMatchObject({ stage: 'production', stage_version: '1', version: '2' });
    await evaluate('lora', { name: 'accuracy', value: 0.96 });
    expect((await promote('lora')).body).toMatchObject({
      changed: true,
      change: { stage: 'production', previous_stage: 'production', adapter_version: '2', rules_revision: 1 },
    });
    expect((await get('lora')).body).toMatchObject({ stage: 'production', stage_version: '2' });
    expect((await history('lora')).body).toMatchObject({ count: 2 });
    const listed = await call('GET', `${ADAPTERS}?stage=production`);
    expect(listed.body).toMatchObject({ count: 1, adapters: [{ id: 'lora', stage_version: '2' }] });
  });

  it('reaches no adapter of another organization', async () => {
    const { register } = organization('theirs');
    const ours = organization('ours');
    await Promise.all([register('theirs'), ours.register('lora', { derived_from: ['theirs'] })]);
    const theirs = organization('theirs');
    await theirs.evaluate('theirs', { name: 'accuracy', value: 0.5 });
    await ours.evaluate('lora', { name: 'accuracy', value: 0.9 });
    await ours.rules([{ kind: 'metric_against_parent', metric: 'accuracy', at_least: 0 }]);
    expect((await ours.check('lora')).body).toMatchObject({ passed: false });
    expect((await ours.promote('theirs-alone')).status).toBe(404);
    await theirs.register('theirs-alone');
    expect((await ours.promote('theirs-alone')).status).toBe(404);
    await ours.rules([]);
    const refused = await ours.promote('lora', { retire: ['theirs-alone'] });
    expect([refused.status, refused.body['details']]).toEqual([400, expect.stringContaining("'theirs-alone' is none")]);
  });

  it('is recorded as it was, whatever becomes of the entries and the persons behind it', async () => {
    const { register, judge, promote, history, check, rules, graphql } = organization('kept');
    await register('v2', { version: '2', derived_from: ['v1'] });
    await judge('v1', 'negative', 0, 2);
    await judge('v2', 'positive', 0, 2);
    await rules([
      { kind: 'entries', at_least: 2 },
      { kind: 'positive_share', at_least: 0.5, minimum_count: 2 },
    ]);
    await promote('v2', { reason: 'Better' });
    const { body: before } = await history('v2');
    for (const adapter of ['v1', 'v2']) {
      for (let nth = 0; nth < 2; nth++) {
        const erasure = `mutation { eraseFeedbackOfUser(userId: "user-${adapter}-${nth}") { erasedCount } }`;
        expect((await graphql(erasure, {}, ADMIN)).errors).toBeUndefined();
      }
    }
    expect((await check('v2')).body).toMatchObject({ passed: false, results: [{ measured: 0 }, { count: 0 }] });
    expect((await history('v2')).body).toEqual(before);
    expect(before).toMatchObject({ changes: [{ results: [{ measured: 2 }, { measured: 1, count: 2 }] }] });
    // It keeps its stage: whether it is to leave it is for its people to decide.
    expect((await promote('v2')).body).toMatchObject({ promoted: true, changed: false });
  });

  it('of two that retire each other at once, the second sees the first', async () => {
    const { rules, register, promote, call } = organization('both');
    await rules([]);
    await Promise.all(['a', 'b'].map((id) => register(id)));
    const both = await Promise.all([promote('a', { retire: ['b'] }), promote('b', { retire: ['a'] })]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const { adapters } = (await call('GET', `${ADAPTERS}?stage=production`)).body as { adapters: object[] };
    expect(adapters).toHaveLength(1);
  });

  it.each([
    ['an unknown adapter', 'none', {}, 404, 'Adapter not found'],
    ['an unknown stage', 'lora', { stage: 'best' }, 400, 'stage'],
    ['an unknown field', 'lora', { because: 'x' }, 400, 'because'],
    ['a long reason', 'lora', { reason: 'x'.repeat(501) }, 400, "'reason' must be 1 to 500"],
    ['a rule without its bound', 'lora', { rules: [{ kind: 'win_rate' }] }, 400, "'rules[0].at_least' must be"],
    [
      'a rule of another kind',
      'lora',
      { rules: [{ kind: 'entries', at_least: 1, metric: 'x' }] },
      400,
      "'rules[0].metric'",
    ],
    ['force into retirement', 'lora', { stage: 'retired', force: true, reason: 'x' }, 400, "'force'"],
  ])('is refused for %s', async (_what, id, body, status, details) => {
    const { register, promote } = organization('refusals');
    await register('lora');
    const refused = await promote(id, body, ADMIN);
    expect([refused.status, refused.body['details']]).toEqual([status, expect.stringContaining(details)]);
  });

  it('is for those who may write adapters', async () => {
    const { register, promote, check, call } = organization('rights');
    await register('lora');
    expect((await promote('lora', {}, ['member'])).status).toBe(403);
    expect((await call('POST', `${ADAPTERS}/lora/evaluations`, { evaluations: [] }, ['member'])).status).toBe(403);
    expect((await call('PUT', RULES, { rules: [] })).status).toBe(403);
    expect((await check('lora')).status).toBe(200);
    expect((await call('GET', `${ADAPTERS}/lora/promotion`, undefined, ['adapters:read'])).status).toBe(403);
  });
});

describe('rules', () => {
  it('are set by admins with a revision, and a request may add its own', async () => {
    const { rules, register, promote, call, check } = organization('rules');
    await register('lora', { version: '1' });
    expect((await call('GET', RULES)).body).toMatchObject({ revision: 0, rules: [{ kind: 'entries' }, {}] });
    const metric = { kind: 'metric', stage: 'candidate', metric: 'loss', at_most: 0.5 };
    const set = await rules([metric], 0);
    expect(set).toMatchObject({ status: 200, body: { revision: 1, rules: [metric] } });
    expect((await rules([], 0)).status).toBe(409);
    expect((await check('lora')).body).toMatchObject({ passed: true, results: [] });
    expect((await check('lora', '?stage=candidate')).body).toMatchObject({
      passed: false,
      results: [{ rule: metric, explanation: "No evaluation 'loss' of the version '1' was recorded" }],
    });
    const stricter = { kind: 'entries', at_least: 1 };
    const refused = await promote('lora', { rules: [stricter] });
    expect(refused.status).toBe(409);
    expect(results(refused.body).results).toMatchObject([
      { source: 'request', rule: { ...stricter, stage: 'production' } },
    ]);
    expect((await promote('lora')).status).toBe(200);
    for (const [rule, field] of [
      [{ kind: 'metric', metric: 'x' }, 'rules[0].at_least'],
      [{ kind: 'metric', at_least: 1 }, 'rules[0].metric'],
      [{ kind: 'metric', metric: 'x', at_least: 2, at_most: 1 }, 'rules[0].at_least'],
      [{ kind: 'entries', at_least: 1.5 }, 'rules[0].at_least'],
      [{ kind: 'positive_share', at_least: 0, at_most: 1 }, 'rules[0].at_most'],
      [{ kind: 'metric_against_parent', metric: 'x' }, 'rules[0].at_least'],
      [{ kind: 'metric_against_parent', at_least: 0 }, 'rules[0].metric'],
      [{ kind: 'metric_against_parent', metric: 'x', at_least: 0, minimum_count: 1 }, 'rules[0].minimum_count'],
    ] as const) {
      expect((await rules([rule])).body).toMatchObject({ issues: [{ field }] });
    }
    expect((await rules(Array.from({ length: 51 }, () => stricter))).status).toBe(400);
  });

  it('go by preferences with their confidence interval, and by whether there are enough', async () => {
    const { rules, register, check, call } = organization('wins');
    await register('a');
    const feedback = Array.from({ length: 4 }, (_, nth) => ({
      question: `Which one is the prime number ${nth}?`,
      candidates: [
        { answer: 'This one is prime.', adapter_id: 'a' },
        { answer: 'That one is prime.', adapter_id: 'b' },
      ],
      preferred: nth === 0 ? 1 : 0,
      user_id: `user-${nth}`,
    }));
    expect((await call('POST', `${BASE}/batch`, { feedback })).status).toBe(201);
    const rule = { kind: 'win_rate', at_least: 0.5 };
    await rules([
      rule,
      { ...rule, bound: 'low' },
      { ...rule, minimum_count: 5 },
      { ...rule, minimum_count: 5, passes_unmeasured: true },
    ]);
    expect(results((await check('a')).body).results).toMatchObject([
      { passed: true, measured: 0.75, count: 4 },
      { passed: false, measured: expect.closeTo(0.3, 2) as number },
      { passed: false, count: 4, explanation: '4 decided preferences, at least 5 required' },
      { passed: true },
    ]);
  });

  it('go by the newest evaluation of the version that is registered', async () => {
    const { rules, register, check, evaluate, promote, call } = organization('metrics');
    await register('lora', { version: '1' });
    await rules([{ kind: 'metric', metric: 'accuracy', dataset: 'eval', at_least: 0.9 }]);
    expect((await evaluate('lora', { name: 'accuracy', value: 0.95, dataset: 'other' })).status).toBe(201);
    expect((await check('lora')).body).toMatchObject({ passed: false });
    const posted = await evaluate(
      'lora',
      { name: 'accuracy', value: 0.93, dataset: 'eval', run: 'https://ci/17', measured_at: 1_700_000_000_000 },
      { name: 'accuracy', value: 0.5, dataset: 'eval', measured_at: 1_600_000_000_000 },
    );
    expect(posted.body).toMatchObject({
      count: 2,
      evaluations: [
        { value: 0.93, run: 'https://ci/17', adapter_version: '1', created_by: 'pipeline' },
        { value: 0.5 },
      ],
    });
    expect((await check('lora')).body).toMatchObject({ passed: true, results: [{ measured: 0.93 }] });
    await register('lora', { version: '2' });
    expect((await promote('lora')).body).toMatchObject({ check: { results: [{ passed: false }] } });
    const page = await call('GET', `${ADAPTERS}/lora/evaluations?limit=2`);
    const { next_cursor: cursor = '', evaluations } = page.body as {
      next_cursor?: string;
      evaluations: { value: number }[];
    };
    expect(evaluations.map(({ value }) => value)).toEqual([0.5, 0.93]);
    const next = await call('GET', `${ADAPTERS}/lora/evaluations?limit=2&cursor=${cursor}`);
    expect(next.body).toMatchObject({ count: 1, evaluations: [{ value: 0.95 }] });
    expect(next.body).not.toHaveProperty('next_cursor');
  });

  it.each([
    [[], 'evaluations'],
    [[{ name: '', value: 1 }], "'evaluations[0].name'"],
    [
      [
        { name: 'a', value: 1 },
        { name: 'b', value: 1, measured_at: 1_700_000_000 },
      ],
      "'evaluations[1].measured_at' must be in epoch milliseconds",
    ],
    [[{ name: 'a', value: 1, measured_at: 99_999_999_999_999 }], 'must not be in the future'],
    [[{ name: 'a', value: '1' }], 'value'],
    [[{ name: 'a', value: 1, dataset: 'x'.repeat(257) }], "'evaluations[0].dataset'"],
  ])('evaluations %j are refused', async (evaluations, details) => {
    const { register, evaluate } = organization('bad-evaluations');
    await register('lora');
    const refused = await evaluate('lora', ...evaluations);
    expect([refused.status, refused.body['details']]).toEqual([400, expect.stringContaining(details)]);
    expect((await evaluate('none', { name: 'a', value: 1 })).status).toBe(404);
  });
});

it('GraphQL promotes, checks and records alike', async () => {
  const { graphql, register } = organization('graphql');
  await register('lora');
  const promote = (input: object, roles = TRAINER) =>
    graphql(
      'mutation ($input: PromoteAdapterInput!) { promoteAdapter(input: $input) { promoted adapter { stage } change { id } check { passed results { passed rule { kind } } } retired } }',
      { input },
      roles,
    );
  expect((await promote({ id: 'lora' })).data).toMatchObject({
    promoteAdapter: { promoted: false, adapter: { stage: null }, change: null, check: { passed: false } },
  });
  expect((await promote({ id: 'lora', force: true, reason: 'x' })).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const { data, errors } = await graphql(
    `
      mutation {
        recordEvaluations(adapterId: "lora", evaluations: [{ name: "accuracy", value: 0.9 }]) {
          evaluations {
            id
            name
            value
          }
        }
        setPromotionRules(rules: [{ kind: METRIC, metric: "accuracy", atLeast: 0.9 }]) {
          revision
        }
      }
    `,
    {},
    ADMIN,
  );
  expect([data, errors]).toMatchObject([{ setPromotionRules: { revision: 1 } }, undefined]);
  expect((await promote({ id: 'lora' })).data).toMatchObject({
    promoteAdapter: { promoted: true, adapter: { stage: 'PRODUCTION' } },
  });
  const read = await graphql(`
    {
      adapter(id: "lora") {
        promotion(rules: [{ kind: ENTRIES, atLeast: 5 }]) {
          passed
          results {
            source
            measured
          }
        }
        stageHistory(first: 1) {
          totalCount
          edges {
            node {
              stage
              createdBy
              results {
                passed
              }
            }
          }
        }
        evaluations(first: 1) {
          totalCount
          edges {
            node {
              name
            }
          }
        }
      }
      promotionRules {
        rules {
          kind
          stage
        }
      }
    }
  `);
  expect(read.data).toMatchObject({
    adapter: {
      promotion: {
        passed: false,
        results: [
          { source: 'ORGANIZATION', measured: 0.9 },
          { source: 'REQUEST', measured: 0 },
        ],
      },
      stageHistory: { totalCount: 1, edges: [{ node: { stage: 'PRODUCTION', createdBy: 'pipeline' } }] },
      evaluations: { totalCount: 1 },
    },
    promotionRules: { rules: [{ kind: 'METRIC', stage: 'PRODUCTION' }] },
  });
});

it('an erased person is no longer named by stages and evaluations', async () => {
  const { register, rules, promote, evaluate, history, call, graphql } = organization('erased');
  await rules([]);
  await register('lora');
  await promote('lora');
  await evaluate('lora', { name: 'accuracy', value: 1 });
  const { errors } = await graphql('mutation { eraseFeedbackOfUser(sub: "pipeline") { erasedCount } }', {}, ADMIN);
  expect(errors).toBeUndefined();
  expect((await history('lora')).body).toMatchObject({ changes: [{ created_by: '[erased]' }] });
  expect((await call('GET', `${ADAPTERS}/lora/evaluations`)).body).toMatchObject({
    evaluations: [{ created_by: '[erased]' }],
  });
});
