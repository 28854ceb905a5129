import { beforeAll, describe, expect, test } from 'vitest';
import { LINEAGE, SHARED, STATISTICS, UNUSED_OF_ADAPTER } from '../support/documented-queries.js';
import { shareServer, type SharedServer, startTestServer } from '../support/server.js';

const BASE = '/api/v1/llm/feedback';
const ROUTE = '/api/v1/llm/graph/query';

let server: SharedServer;
const ids: string[] = [];

async function query(text: string, parameters?: Record<string, unknown>, claims?: { org?: string; roles?: string[] }) {
  return server.call<{ columns: string[]; rows: unknown[][]; plan?: unknown; details?: string }>('POST', ROUTE, {
    body: { query: text, ...(parameters && { parameters }) },
    ...(claims && { claims }),
  });
}

beforeAll(async () => {
  server = await shareServer();
  const trainer = { claims: { roles: ['trainer'] } };
  for (const [id, parent] of [
    ['v1', 'base_model'],
    ['themis_help_lora_v2', 'v1'],
  ]) {
    const body = { derived_from: [parent] };
    expect((await server.call('PUT', `/api/v1/llm/adapters/${id!}`, { body, ...trainer })).status).toBe(201);
  }
  for (let index = 0; index < 24; index += 1) {
    const { body } = await server.call<{ id: string }>('POST', BASE, {
      body: {
        type: index % 3 === 0 ? 'negative' : 'positive',
        question: `How does step ${index} go on?`,
        answer: `Run the command of step ${index}.`,
        comment: 'Said in the morning.',
        user_id: `user-${index % 2}`,
        adapter_id: index < 20 ? 'themis_help_lora_v2' : 'v1',
        adapter_version: '2',
      },
    });
    ids.push(body.id);
    const link = { adapter_id: 'v1', metadata: { by: 'hand' } };
    if (index < 12) expect((await server.call('POST', `${BASE}/${body.id}/link`, { body: link })).status).toBe(201);
  }
  const used = { feedback_ids: ids.slice(0, 5), training_batch_id: 7 };
  expect((await server.call('POST', `${BASE}/mark-used`, { body: used, ...trainer })).status).toBe(200);
});

describe('the documented queries', () => {
  test('find what an adapter may be trained on', async () => {
    const { status, body } = await query(UNUSED_OF_ADAPTER);
    expect([status, body.columns, body.rows.length]).toEqual([200, ['f'], 15]);
    const { body: entry } = await server.call('GET', `${BASE}/${ids[5]!}`);
    expect(body.rows[0]).toEqual([{ id: ids[5], labels: ['Feedback'], properties: entry }]);
  });

  test('tell the statistics of each adapter', async () => {
    const { body } = await query(STATISTICS);
    expect(body.columns).toEqual([
      'adapter_id',
      'total_feedback',
      'positive_count',
      'negative_count',
      'positive_ratio',
    ]);
    expect(body.rows.toSorted()).toEqual([
      ['themis_help_lora_v2', 20, 13, 7, 13 / 20],
      ['v1', 16, 11, 5, 11 / 16],
    ]);
  });

  test('follow the lineage of what was said', async () => {
    const { body } = await query(LINEAGE);
    expect(body.columns).toEqual(['path', 'f.id', 'a1.id']);
    expect(body.rows).toHaveLength(36);
    const row = body.rows.find(([, id, adapter]) => id === ids[0] && adapter === 'themis_help_lora_v2');
    const path = row?.[0] as { nodes: { id: string }[]; relationships: { type: string; properties: object }[] };
    expect(path.nodes.map(({ id }) => id)).toEqual([ids[0], 'themis_help_lora_v2', 'v1', 'base_model']);
    expect(path.relationships.map(({ type }) => type)).toEqual(['FEEDBACK_FOR', 'DERIVED_FROM', 'DERIVED_FROM']);
    expect(path.relationships[0]?.properties).toEqual({
      adapter_version: '2',
      created_at: expect.any(Number) as number,
      updated_at: expect.any(Number) as number,
    });
  });

  test('count what adapters share', async () => {
    const { body } = await query(SHARED);
    expect(body.columns).toEqual(['a1.id', 'a2.id', 'shared_feedback_count']);
    expect(body.rows.toSorted()).toEqual([
      ['themis_help_lora_v2', 'v1', 12],
      ['v1', 'themis_help_lora_v2', 12],
    ]);
  });

  test('read no entry for what counters tell', async () => {
    const reads = async (text: string) => {
      const { body } = await query(`PROFILE ${text}`);
      const sum = (step: { reads?: number; steps: unknown[] }): number =>
        (step.reads ?? 0) + step.steps.reduce((all: number, each) => all + sum(each as typeof step), 0);
      return sum(body.plan as { steps: unknown[] });
    };
    // Three adapters and their groups; two adapters and their one pair; a page of fifteen.
    expect(await reads(STATISTICS)).toBeLessThan(10);
    expect(await reads(SHARED)).toBeLessThan(10);
    expect(await reads(`${UNUSED_OF_ADAPTER.slice(0, -'LIMIT 100'.length)}LIMIT 2`)).toBeLessThan(40);
    expect(await reads('MATCH (f:Feedback {type: "negative"}) RETURN count(*)')).toBeLessThan(3);
  });
});

describe('graph queries', () => {
  test('take parameters, and answer the same over GraphQL', async () => {
    const text = 'MATCH (f:Feedback) WHERE f.user_id = $user AND f.type IN $types RETURN count(*) AS n';
    const parameters = { user: 'user-1', types: ['positive', 'negative'] };
    expect((await query(text, parameters)).body).toEqual({ columns: ['n'], rows: [[12]] });
    const { data } = await server.graphql(
      'query ($q: String!, $p: JSONObject) { graphQuery(query: $q, parameters: $p) { columns rows plan } }',
      { q: text, p: parameters },
    );
    expect(data).toEqual({ graphQuery: { columns: ['n'], rows: [[12]], plan: null } });
  });

  test('show nothing of other organizations', async () => {
    const other = { org: 'other' };
    expect((await query('MATCH (n) RETURN count(*)', {}, other)).body.rows).toEqual([[0]]);
    expect((await query('MATCH (n) RETURN n', {}, other)).body.rows).toEqual([]);
    expect((await query('MATCH (n {id: $id}) RETURN n', { id: ids[0] }, other)).body.rows).toEqual([]);
    expect((await query('MATCH (n:Adapter {id: "v1"})<--(m) RETURN m', {}, other)).body.rows).toEqual([]);
  });

  test('see every kind of node and relationship', async () => {
    const all = await query('MATCH (n) RETURN labels(n)[0] AS label, count(*) AS n ORDER BY label');
    expect(all.body.rows).toEqual([
      ['Adapter', 3],
      ['Feedback', 24],
      ['TrainingBatch', 1],
    ]);
    const trainer = { roles: ['trainer'] };
    const types = await query('MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n ORDER BY type', {}, trainer);
    expect(types.body.rows).toEqual([
      ['DERIVED_FROM', 2],
      ['FEEDBACK_FOR', 36],
      ['INCLUDES', 5],
    ]);
    const batch = await query(
      'MATCH (b:TrainingBatch)-[:INCLUDES]->(f) RETURN b.id, b.state, b.training_batch_id, count(f)',
      {},
      trainer,
    );
    expect(batch.body.rows).toEqual([['batch-7', 'external', 7, 5]]);
    const linked = await query('MATCH (f {id: $id})-[r]->(a) WHERE r.metadata.by = "hand" RETURN a.id', { id: ids[3] });
    expect(linked.body.rows).toEqual([['v1']]);
  });

  test('push conditions on time and order into the index', async () => {
    const [, first] = (await query('MATCH (f:Feedback) RETURN min(f.created_at), max(f.created_at)')).body.rows[0]!;
    const since = await query('MATCH (f:Feedback) WHERE f.created_at > $at RETURN f', { at: first });
    expect(since.body.rows).toEqual([]);
    const newest = await query('PROFILE MATCH (f:Feedback) RETURN f.id ORDER BY f.created_at DESC, f.id LIMIT 3');
    expect(newest.body.rows).toHaveLength(3);
    const plan = await query('EXPLAIN MATCH (f:Feedback) RETURN f.id ORDER BY f.created_at DESC LIMIT 3');
    expect(JSON.stringify(plan.body.plan)).toContain('in the order of created_at descending');
    expect(plan.body.rows).toEqual([]);
  });

  test('are refused in one sentence that says where', async () => {
    const refused = async (text: string) => {
      const { status, body } = await query(text);
      return [status, body.details];
    };
    expect(await refused('MATCH (n) RETRUN n')).toEqual([
      400,
      "Expected RETURN or another clause instead of 'RETRUN' (line 1, column 11)\nMATCH (n) RETRUN n\n          ^",
    ]);
    expect(await refused('MATCH (a:Adapter) WHERE a.id = $nobody RETURN a')).toEqual([
      400,
      expect.stringContaining('nobody'),
    ]);
    expect((await query('RETURN $a', { a: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown })).status).toBe(400);
    expect((await server.call('POST', ROUTE, { body: { query: 7 } })).status).toBe(400);
    expect((await server.call('POST', ROUTE, { body: { query: 'RETURN 1', parameters: [1] } })).status).toBe(400);
  });

  test.each([
    ["CREATE (f:Feedback {id: 'x'})", 'submitFeedback'],
    ["MERGE (a:Adapter {id: 'x'})", 'registerAdapter'],
    ["INSERT (a:Adapter {id: 'x'})", 'linkFeedback'],
    ["MATCH (f:Feedback) SET f.type = 'positive'", 'markUsedForTraining'],
    ['MATCH (f:Feedback) REMOVE f.type', 'markUsedForTraining'],
    ['MATCH (f:Feedback) DELETE f', 'eraseFeedback'],
    ['MATCH (f:Feedback) DETACH DELETE f', 'eraseFeedback'],
  ])('are refused with the mutation to use instead: %s', async (text, mutation) => {
    const { status, body } = await query(text);
    expect([status, body.details]).toEqual([400, expect.stringMatching(`queries are read-only; use .*'${mutation}'`)]);
  });

  test('tell GraphQL clients in extensions what is wrong and where', async () => {
    const { body } = await server.call<{ errors: unknown }>('POST', '/graphql', {
      body: { query: '{ graphQuery(query: "MATCH (n)\\nRETURN m") { rows } }' },
    });
    expect(body.errors).toEqual([
      {
        message: "Variable 'm' is not defined (line 2, column 8)\nRETURN m\n       ^",
        path: ['graphQuery'],
        locations: [{ line: 1, column: 3 }],
        extensions: {
          code: 'BAD_USER_INPUT',
          query: { kind: 'SyntaxError', detail: 'UndefinedVariable', line: 2, column: 8 },
        },
      },
    ]);
  });
});

describe('the budgets of graph queries', () => {
  test('of an operation that is answered do not go on, and keep nobody out', async () => {
    const many = Array.from({ length: 90 }, (_, index) => `a${index}: graphQuery(query: "RETURN (") { rows }`).join(
      ' ',
    );
    for (let times = 0; times < 5; times += 1) {
      expect((await server.graphql(`{ ${many} }`)).errors?.map(({ extensions }) => extensions['code'])).toEqual([
        'BAD_USER_INPUT',
      ]);
    }
    expect((await query('RETURN 1 AS one')).body.rows).toEqual([[1]]);
  });

  test('find nothing by what cannot have been stored', async () => {
    for (const x of ['\ud800', 'feedback-\ud800', 'batch-\ud800', '']) {
      for (const text of [
        'MATCH (n {id: $x}) RETURN n',
        'MATCH (f:Feedback {user_id: $x}) RETURN f',
        'MATCH (f:Feedback {model_version: $x}) RETURN f',
        'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter {id: $x}) RETURN f',
        "MATCH (f:Feedback {type: 'negative'})-[:FEEDBACK_FOR]->(a) WHERE a.id IN [$x] RETURN f",
      ]) {
        expect([text, (await query(text, { x })).body.rows]).toEqual([text, []]);
      }
      const counted = await query('MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter {id: $x}) RETURN count(*)', { x });
      expect(counted.body.rows).toEqual([[0]]);
    }
  });

  test('are not answered with more than the memory of a query takes, however often a node is in it', async () => {
    const text = 'MATCH (f:Feedback) WITH f LIMIT 1 UNWIND range(1, 300000) AS x RETURN f';
    const { status, body } = await query(text);
    expect([status, body.details]).toEqual([400, expect.stringContaining('memory budget')]);
  });

  test('end a query that spends too much, and say of what', async () => {
    const budget = { timeMs: 10_000, rows: 1_000, bytes: 100_000, paths: 50 };
    const small = await startTestServer({ queries: { budget, atOnce: 2 } });
    try {
      const details = async (text: string) => {
        const { status, body } = await small.call<{ details: string }>('POST', ROUTE, { body: { query: text } });
        expect(status).toBe(400);
        return body.details;
      };
      expect(await details('UNWIND range(1, 100000) AS x RETURN count(x)')).toMatch(
        /exceeded its row budget of 1000 rows/,
      );
      expect(
        await details('UNWIND range(1, 900) AS x RETURN collect(toString(x) + "a long text to keep, again and again")'),
      ).toMatch(/exceeded its memory budget of 100000 bytes/);
      await small.call('PUT', '/api/v1/llm/adapters/a0', { body: {}, claims: { roles: ['trainer'] } });
      for (let index = 1; index < 12; index += 1) {
        const parents = Array.from({ length: index }, (_, parent) => `a${parent}`);
        await small.call('PUT', `/api/v1/llm/adapters/a${index}`, {
          body: { derived_from: parents },
          claims: { roles: ['trainer'] },
        });
      }
      expect(await details('MATCH p = (:Adapter {id: "a11"})-[:DERIVED_FROM*]->(x) RETURN count(p)')).toMatch(
        /exceeded its path budget of 50 partial paths/,
      );
      expect(await details('UNWIND range(1, 999) AS x RETURN reduce(s = 0, i IN range(1, 200000) | s + i)')).toMatch(
        /exceeded its \w+ budget/,
      );
    } finally {
      await small.stop();
    }
  });

  test('let so many run at once, and others meanwhile', async () => {
    const budget = { timeMs: 60_000, rows: 1e9, bytes: 1e8, paths: 1e9 };
    const busy = await startTestServer({ queries: { budget, atOnce: 1 } });
    try {
      const gone = new AbortController();
      const ask = (signal?: AbortSignal) =>
        fetch(`${busy.url}${ROUTE}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${busy.token()}`, 'content-type': 'application/json' },
          body: JSON.stringify({ query: 'UNWIND range(1, 1000000000) AS x RETURN count(x)' }),
          ...(signal && { signal }),
        });
      const endless = ask(gone.signal).catch((error: unknown) => error);
      // Others are answered while it runs.
      expect((await busy.call('GET', `${BASE}/stats`)).status).toBe(200);
      let refused = await busy.call('POST', ROUTE, { body: { query: 'RETURN 1 AS x' } });
      while (refused.status === 200) refused = await busy.call('POST', ROUTE, { body: { query: 'RETURN 1 AS x' } });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      gone.abort();
      await endless;
      // Its place is free once the server has seen that nobody waits any more.
      let answer = refused;
      while (answer.status === 503) answer = await busy.call('POST', ROUTE, { body: { query: 'RETURN 1 AS x' } });
      expect(answer.body).toEqual({ columns: ['x'], rows: [[1]] });
    } finally {
      await busy.stop();
    }
  });
});

test('a query whose operation has failed beside it gives back its place', async () => {
  const budget = { timeMs: 60_000, rows: 1e9, bytes: 1e8, paths: 1e9 };
  const busy = await startTestServer({ queries: { budget, atOnce: 1 } });
  try {
    const endless = 'graphQuery(query: "UNWIND range(1, 1000000000) AS x RETURN count(x)") { rows }';
    const failing = 'compareAdapters(ids: ["a", "b"]) { totalQuestions: questions { question } }';
    const { body } = await busy.call('POST', '/graphql', { body: { query: `{ ${endless} ${failing} }` } });
    expect(body).toMatchObject({ data: null, errors: [{ path: ['compareAdapters'] }] });
    let answer = await busy.call('POST', ROUTE, { body: { query: 'RETURN 1 AS x' } });
    while (answer.status === 503) answer = await busy.call('POST', ROUTE, { body: { query: 'RETURN 1 AS x' } });
    expect(answer.body).toEqual({ columns: ['x'], rows: [[1]] });
  } finally {
    await busy.stop();
  }
});

test('many queries of one GraphQL operation take no places from one another', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `q${index}`);
  const text = JSON.stringify('MATCH (f:Feedback) RETURN count(f) AS total');
  const body = { query: `{ ${names.map((name) => `${name}: graphQuery(query: ${text}) { rows }`).join(' ')} }` };
  for (let times = 0; times < 2; times++) {
    const answer = await server.call('POST', '/graphql', { body });
    expect(answer.body).toEqual({ data: Object.fromEntries(names.map((name) => [name, { rows: [[ids.length]] }])) });
  }
});
