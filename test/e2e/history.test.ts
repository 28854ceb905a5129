import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const admin = (org: string) => ({ org, roles: ['admin'] });

async function submit(org: string, fields: Record<string, unknown> = {}): Promise<string> {
  const { body } = await server.call('POST', BASE, { body: { ...APPROVED, ...fields }, claims: { org } });
  return body['id'] as string;
}

describe('versions', () => {
  it('keep every state, by number and by time, over REST and GraphQL', async () => {
    const claims = admin('versions');
    const id = await submit('versions', { comment: 'The first one.' });
    const path = `${BASE}/${id}`;
    for (let link = 0; link < 4; link++) {
      await server.call('POST', `${path}/link`, { body: { adapter_id: `lora-${link}` }, claims });
    }
    const body = { feedback_ids: [id], training_batch_id: 9 };
    await server.call('POST', `${BASE}/mark-used`, { body, claims });

    const versions: { version: number; used_for_training: boolean; updated_at: number; comment: string }[] = [];
    let cursor = '';
    do {
      const page = await server.call<{ versions: typeof versions; next_cursor?: string }>(
        'GET',
        `${path}/versions?limit=4${cursor}`,
        { claims },
      );
      versions.push(...page.body.versions);
      cursor = page.body.next_cursor === undefined ? '' : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== '');
    expect(versions.map((each) => each.version)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(versions.map((each) => each.used_for_training)).toEqual([true, false, false, false, false, false]);
    expect(new Set(versions.map((each) => each.comment))).toEqual(new Set(['The first one.']));

    const query = `query ($id: ID!, $version: Int, $asOf: DateTime) {
      feedback(id: $id, version: $version, asOf: $asOf) { version trainingBatchId versions { totalCount } }
    }`;
    const at = async (variables: Record<string, unknown>) =>
      (await server.graphql(query, { id, ...variables }, claims)).data;
    const shown = (version: number, trainingBatchId: number) => ({
      feedback: { version, trainingBatchId, versions: { totalCount: 6 } },
    });
    expect(await at({})).toEqual(shown(6, 9));
    expect(await at({ version: 1 })).toEqual(shown(1, 0));
    expect(await at({ version: 7 })).toEqual({ feedback: null });
    expect(await at({ version: 0 })).toEqual({ feedback: null });
    const newest = versions[0]?.updated_at ?? 0;
    const oldest = versions.at(-1)?.updated_at ?? 0;
    expect(await at({ asOf: new Date(newest).toISOString() })).toEqual(shown(6, 9));
    expect(await at({ asOf: new Date(oldest - 1).toISOString() })).toEqual({ feedback: null });
  });

  it('guard changes: one that expects another version is refused, with nothing changed', async () => {
    const claims = admin('stale');
    const path = `${BASE}/${await submit('stale')}`;
    const link = (adapter: string, headers: Record<string, string>) =>
      server.call('POST', `${path}/link`, { body: { adapter_id: adapter }, claims, headers });
    expect((await server.call('GET', path, { claims })).headers.get('etag')).toBe('"1"');

    const first = await link('a', { 'if-match': '"1"' });
    expect([first.status, first.headers.get('etag')]).toEqual([201, '"2"']);
    const stale = await link('b', { 'if-match': '"1"' });
    expect([stale.status, stale.body['error']]).toEqual([412, 'Precondition Failed']);
    expect((await link('b', { 'if-match': 'W/"2"' })).status).toBe(412);
    expect((await link('b', { 'if-match': 'two' })).status).toBe(400);
    expect((await server.call('DELETE', path, { claims, headers: { 'if-match': '"1"' } })).status).toBe(412);
    const { errors } = await server.graphql(
      'mutation ($id: ID!) { linkFeedback(id: $id, adapterId: "b", expectedVersion: 1) { created } }',
      { id: path.slice(BASE.length + 1) },
      claims,
    );
    expect(errors?.[0]?.extensions['code']).toBe('CONFLICT');
    expect((await server.call('GET', path, { claims })).headers.get('etag')).toBe('"2"');
    expect((await link('b', { 'if-match': '*' })).status).toBe(201);
  });

  it('let exactly one of concurrent changes that expect the same version succeed, so that no update is lost', async () => {
    const claims = admin('race');
    const path = `${BASE}/${await submit('race')}`;
    let version = 1;
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          server.call('POST', `${path}/link`, {
            body: { adapter_id: `r${round}-${index}` },
            claims,
            headers: { 'if-match': `"${version}"` },
          }),
        ),
      );
      expect(answers.map((each) => each.status).sort()).toEqual([201, 412, 412, 412, 412, 412]);
      version += 1;
    }
    const free = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        server.call('POST', `${path}/link`, { body: { adapter_id: `free-${index}` }, claims }),
      ),
    );
    expect(new Set(free.map((each) => each.headers.get('etag'))).size).toBe(20);
    const id = path.slice(BASE.length + 1);
    const { data } = await server.graphql(
      'query ($id: ID!) { feedback(id: $id) { version adapters { totalCount } } }',
      { id },
      claims,
    );
    expect(data).toEqual({ feedback: { version: 26, adapters: { totalCount: 25 } } });
  });
});

describe('the audit trail', () => {
  it('shows administrators who did what when, newest first, as a chain of hashes', async () => {
    const org = 'audit';
    const id = await submit(org, { adapter_id: 'lora' });
    await server.call('POST', `${BASE}/${id}/link`, {
      body: { adapter_id: 'lora-2' },
      claims: { org, sub: 'linker' },
      headers: { 'x-request-id': 'request-of-the-link' },
    });
    const fields =
      'edges { node { id actor action node versionBefore versionAfter requestId position previous } } pageInfo { hasNextPage endCursor }';
    const own = await server.graphql<{ feedback: { audit: AuditPage } }>(
      `query ($id: ID!) { feedback(id: $id) { audit { ${fields} } } }`,
      { id },
      { org, roles: ['reviewer'] },
    );
    const events = own.data?.feedback.audit.edges.map((edge) => edge.node);
    expect(events).toMatchObject([
      {
        actor: 'linker',
        action: 'FEEDBACK_LINK',
        node: id,
        versionBefore: 1,
        versionAfter: 2,
        requestId: 'request-of-the-link',
        position: 2,
      },
      {
        actor: 'tester',
        action: 'FEEDBACK_SUBMIT',
        node: id,
        versionBefore: 0,
        versionAfter: 1,
        position: 1,
        previous: '',
      },
    ]);
    expect(events?.[0]?.previous).toMatch(/^[0-9a-f]{64}$/);

    const log = async (filter: Record<string, unknown>): Promise<string[]> => {
      const nodes: string[] = [];
      let after: string | null = null;
      do {
        const page: { data?: { auditLog: AuditPage } } = await server.graphql<{ auditLog: AuditPage }>(
          `query ($filter: AuditFilterInput, $after: String) { auditLog(filter: $filter, first: 2, after: $after) { ${fields} } }`,
          { filter, after },
          admin(org),
        );
        nodes.push(...(page.data?.auditLog.edges ?? []).map(({ node }) => `${node.action} ${node.node}`));
        after = page.data?.auditLog.pageInfo.hasNextPage === true ? page.data.auditLog.pageInfo.endCursor : null;
      } while (after !== null);
      return nodes;
    };
    const all = [`FEEDBACK_LINK ${id}`, 'ADAPTER_CREATE lora-2', `FEEDBACK_SUBMIT ${id}`, 'ADAPTER_CREATE lora'];
    expect((await log({})).sort()).toEqual([...all].sort());
    expect(await log({ node: id })).toEqual([`FEEDBACK_LINK ${id}`, `FEEDBACK_SUBMIT ${id}`]);
    expect((await log({ actor: 'linker' })).sort()).toEqual(['ADAPTER_CREATE lora-2', `FEEDBACK_LINK ${id}`]);
    expect(await log({ action: 'FEEDBACK_SUBMIT' })).toEqual([`FEEDBACK_SUBMIT ${id}`]);
    expect(await log({ until: new Date(0).toISOString() })).toEqual([]);
    expect(await log({ since: new Date(0).toISOString() })).toHaveLength(4);

    for (const roles of [[], ['reviewer'], ['trainer']]) {
      const { errors } = await server.graphql(`{ auditLog { ${fields} } }`, {}, { org, roles });
      expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    }
    const { errors } = await server.graphql(
      `query ($id: ID!) { feedback(id: $id) { audit { ${fields} } } }`,
      { id },
      { org },
    );
    expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    const elsewhere = await server.graphql<{ auditLog: AuditPage }>(
      `{ auditLog { ${fields} } }`,
      {},
      admin('elsewhere'),
    );
    expect(elsewhere.data?.auditLog.edges).toEqual([]);
  });
});

describe('marking as used under expected versions', () => {
  it('changes nothing unless every entry is at the version that is named for it', async () => {
    const claims = admin('expected');
    const [changed, same] = [await submit('expected'), await submit('expected')];
    await server.call('POST', `${BASE}/${changed}/link`, { body: { adapter_id: 'lora' }, claims });
    const mark = (fields: Record<string, unknown>) =>
      server.call('POST', `${BASE}/mark-used`, {
        body: { feedback_ids: [same, changed], training_batch_id: 3, ...fields },
        claims,
      });

    const stale = await mark({ expected_versions: [1, 1] });
    expect(stale.status).toBe(409);
    expect(stale.body['details']).toBe(`The feedback entry ${changed} is at version 2, not at version 1`);
    for (const wrong of [[1], [1, 2, 3], [1, 0], [1, 'two'], 'all']) {
      const { status, body } = await mark({ expected_versions: wrong });
      expect([status, body['details']]).toEqual([400, expect.stringContaining('expected_versions')]);
      expect(body['details']).not.toContain('feedbackIds');
    }
    // One entry that is named twice cannot be at two versions.
    expect((await mark({ feedback_ids: [same, same], expected_versions: [1, 2] })).status).toBe(409);
    const { body: unchanged } = await server.call('GET', `${BASE}/${same}`, { claims });
    expect(unchanged).toMatchObject({ version: 1, used_for_training: false });

    expect((await mark({ expected_versions: [1, 2] })).body).toMatchObject({ marked: 2 });
  });
});

describe('batch submit', () => {
  it('judges each entry on its own and stores the good ones in their order', async () => {
    const claims = { org: 'batch' };
    const feedback = [
      { ...APPROVED, adapter_id: 'lora' },
      { ...APPROVED, type: 'maybe' },
      null,
      { ...APPROVED, question: ' ' },
      { ...APPROVED, answer: 'eh' },
      { ...APPROVED, adapter_id: 'lora' },
    ];
    const { status, body } = await server.call<Batch>('POST', `${BASE}/batch`, { body: { feedback }, claims });
    expect(status).toBe(207);
    expect(body.stored).toBe(3);
    expect(body.results.map((each) => each.status)).toEqual([201, 400, 400, 400, 201, 201]);
    expect(body.results[1]).toMatchObject({ details: "'type' must be positive, negative or preference" });
    expect(body.results[3]).toMatchObject({
      details: "'question' must not be empty or blank",
      issues: [{ field: 'question' }],
    });
    expect(body.results[4]).toMatchObject({ validation_status: 'rejected' });
    const list = await server.call<{ feedback: { id: string }[] }>('GET', BASE, { claims });
    expect(list.body.feedback.map((each) => each.id)).toEqual(body.results.flatMap((each) => each.id ?? []));
    const stats = await server.call('GET', `${BASE}/by-adapter/lora`, { claims });
    expect(stats.body).toMatchObject({ total_linked: 2 });

    const good = await server.call<Batch>('POST', `${BASE}/batch`, {
      body: { feedback: Array.from({ length: 1_000 }, () => APPROVED) },
      claims,
    });
    expect([good.status, good.body.stored]).toEqual([201, 1_000]);
    for (const wrong of [{}, { feedback: [] }, { feedback: {} }, { feedback: Array(1_001).fill(APPROVED) }, []]) {
      expect((await server.call('POST', `${BASE}/batch`, { body: wrong, claims })).status).toBe(400);
    }
    const { data } = await server.graphql(
      `mutation ($input: [SubmitFeedbackInput!]!) { submitFeedbackBatch(input: $input) {
        results { feedback { validationStatus } error { code issues { field } } } } }`,
      {
        input: [
          { ...APPROVED, type: 'POSITIVE' },
          { type: 'POSITIVE', question: '', answer: 'What?' },
        ],
      },
      claims,
    );
    expect(data).toEqual({
      submitFeedbackBatch: {
        results: [
          { feedback: { validationStatus: 'APPROVED' }, error: null },
          { feedback: null, error: { code: 'BAD_USER_INPUT', issues: [{ field: 'question' }] } },
        ],
      },
    });
  });
});

describe('a request that is sent again', () => {
  const post = (path: string, body: unknown, key: string, sub = 'ann') =>
    server.call('POST', path, {
      body,
      claims: { org: 'again', sub, roles: ['trainer'] },
      headers: { 'idempotency-key': key },
    });
  const total = async () =>
    (await server.call('GET', `${BASE}/stats`, { claims: { org: 'again' } })).body['total_feedback'];

  it('takes place once under one Idempotency-Key, whoever of the copies comes first', async () => {
    const key = randomUUID();
    const before = (await total()) as number;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(BASE, { ...APPROVED, adapter_id: 'k' }, key)),
    );
    expect(new Set(answers.map((each) => JSON.stringify(each.body))).size).toBe(1);
    expect(answers.every((each) => each.status === 201)).toBe(true);
    await server.restart();
    const id = answers[0]?.body['id'] as string;
    await server.call('POST', `${BASE}/${id}/link`, { body: { adapter_id: 'later' }, claims: { org: 'again' } });
    expect((await post(BASE, { ...APPROVED, adapter_id: 'k' }, key)).body).toEqual(answers[0]?.body);
    expect(await total()).toBe(before + 1);

    const other = await post(BASE, { ...APPROVED, adapter_id: 'another' }, key);
    expect([other.status, other.body['error']]).toEqual([422, 'Unprocessable Content']);
    expect((await post(`${BASE}/${id}/link`, { adapter_id: 'k' }, key)).status).toBe(422);
    expect((await post(BASE, { ...APPROVED, adapter_id: 'k' }, key, 'bob')).body['id']).not.toBe(id);
    expect((await post(BASE, APPROVED, 'no blanks allowed')).status).toBe(400);
  });

  it('takes place once if it is a batch, a link, a mark or a registration, too', async () => {
    const batch = { feedback: [APPROVED, { ...APPROVED, question: '' }] };
    const key = randomUUID();
    const first = await post(`${BASE}/batch`, batch, key);
    expect((await post(`${BASE}/batch`, batch, key)).body).toEqual(first.body);
    const id = (first.body as unknown as Batch).results[0]?.id ?? '';
    const linkKey = randomUUID();
    for (const status of [201, 201]) {
      expect((await post(`${BASE}/${id}/link`, { adapter_id: 'z', metadata: { a: 1 } }, linkKey)).status).toBe(status);
    }
    const marked = { feedback_ids: [id], training_batch_id: 5 };
    const markKey = randomUUID();
    for (let time = 0; time < 2; time++) {
      expect((await post(`${BASE}/mark-used`, marked, markKey)).body).toEqual({ marked: 1, training_batch_id: 5 });
    }
    expect((await post(`${BASE}/mark-used`, marked, randomUUID())).status).toBe(409);
  });

  it('keeps one entry under one external_id', async () => {
    const claims = { org: 'external' };
    const body = { ...APPROVED, external_id: 'ticket:17 %' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => server.call('POST', BASE, { body, claims })));
    expect(new Set(answers.map((each) => each.body['id'])).size).toBe(1);
    const batch = await server.call<Batch>('POST', `${BASE}/batch`, {
      body: {
        feedback: [
          { ...body, question: 'Another question?' },
          { ...APPROVED, external_id: 'x' },
          { ...APPROVED, external_id: 'x' },
        ],
      },
      claims,
    });
    const ids = batch.body.results.map((each) => each.id);
    expect(ids[0]).toBe(answers[0]?.body['id']);
    expect(ids[1]).toBe(ids[2]);
    expect((await server.call('GET', BASE, { claims })).body['count']).toBe(2);
    expect((await server.call('GET', `${BASE}/${ids[0] ?? ''}`, { claims })).body['external_id']).toBe('ticket:17 %');
  });
});

describe('erasure', () => {
  it('leaves a tombstone and the audit trail, and says who had learned from it', async () => {
    const claims = admin('erase');
    const id = await submit('erase', {
      user_id: 'ann',
      model_version: 'm',
      adapter_id: 'lora',
      interaction_id: 'i',
      external_id: 'e',
    });
    await server.call('POST', `${BASE}/mark-used`, { body: { feedback_ids: [id], training_batch_id: 12 }, claims });
    for (const roles of [[], ['reviewer', 'trainer']]) {
      expect((await server.call('DELETE', `${BASE}/${id}`, { claims: { org: 'erase', roles } })).status).toBe(403);
      expect((await server.call('DELETE', `${BASE}?user_id=ann`, { claims: { org: 'erase', roles } })).status).toBe(
        403,
      );
    }
    const erased = await server.call('DELETE', `${BASE}/${id}`, { claims });
    expect([erased.status, erased.body]).toEqual([
      200,
      { id, erased_at: expect.any(Number) as number, training_batches: ['batch-12'], adapters: [] },
    ]);

    const gone = { error: 'Gone', details: 'Feedback entry was erased' };
    for (const [method, path, body] of [
      ['GET', `${BASE}/${id}`, undefined],
      ['GET', `${BASE}/${id}/versions`, undefined],
      ['DELETE', `${BASE}/${id}`, undefined],
      ['POST', `${BASE}/${id}/link`, { adapter_id: 'a' }],
    ] as const) {
      const answer = await server.call(method, path, { body, claims });
      expect([path, answer.status, answer.body]).toMatchObject([path, 410, gone]);
    }
    for (const query of ['', '?user=ann', '?model=m', '?adapter=lora', '?interaction=i', '?unused=false']) {
      expect((await server.call('GET', `${BASE}${query}`, { claims })).body['count']).toBe(0);
    }
    expect((await server.call('GET', `${BASE}/by-adapter/lora`, { claims })).body).toMatchObject({ total_linked: 0 });
    expect((await server.call('GET', `${BASE}/stats`, { claims })).body).toMatchObject({
      total_feedback: 0,
      used_for_training: 0,
    });
    const { data } = await server.graphql<{ auditLog: AuditPage }>(
      'query ($id: ID!) { auditLog(filter: { node: $id }) { edges { node { action } } } }',
      { id },
      claims,
    );
    expect(data?.auditLog.edges.map((edge) => edge.node.action)).toEqual([
      'FEEDBACK_ERASE',
      'FEEDBACK_USE',
      'FEEDBACK_SUBMIT',
    ]);
    expect(await submit('erase', { external_id: 'e' })).not.toBe(id);
    expect((await server.call('DELETE', `${BASE}/feedback-0`, { claims })).status).toBe(404);
  });

  it("takes a user's whole feedback", async () => {
    const claims = admin('erase-user');
    for (let entry = 0; entry < 3; entry++) await submit('erase-user', { user_id: 'ann' });
    await submit('erase-user', { user_id: 'bob' });
    const { body } = await server.call('DELETE', `${BASE}?user_id=ann`, { claims });
    expect(body).toEqual({ erased: 3, training_batches: [], adapters: [] });
    expect((await server.call('GET', BASE, { claims })).body).toMatchObject({ count: 1 });
    expect((await server.call('DELETE', BASE, { claims })).status).toBe(400);
  });

  it('takes what somebody has submitted, by the name that tokens have', async () => {
    const claims = admin('erase-sub');
    const by = async (sub: string, entry: object = {}): Promise<void> => {
      const { status } = await server.call('POST', BASE, {
        body: { ...APPROVED, ...entry },
        claims: { org: 'erase-sub', sub },
      });
      expect(status).toBe(201);
    };
    await by('ann');
    await by('ann', { user_id: 'bob' });
    await by('bob', { user_id: 'ann' });
    const erase = (query: string) => server.call('DELETE', `${BASE}?${query}`, { claims });
    for (const query of ['user_id=ann&sub=ann', 'sub=', 'user_id=']) {
      const { status, body } = await erase(query);
      expect([query, status, body['error']]).toEqual([query, 400, 'Invalid request']);
    }
    expect((await erase('sub=ann')).body).toEqual({ erased: 2, training_batches: [], adapters: [] });
    expect((await erase('sub=ann')).body).toMatchObject({ erased: 0 });
    expect((await server.call('GET', BASE, { claims })).body).toMatchObject({
      feedback: [expect.objectContaining({ user_id: 'ann' })],
    });
    const { data, errors } = await server.graphql(
      'mutation { eraseFeedbackOfUser(sub: "bob") { erasedCount } }',
      {},
      claims,
    );
    expect([data, errors]).toEqual([{ eraseFeedbackOfUser: { erasedCount: 1 } }, undefined]);
    const refused = await server.graphql('mutation { eraseFeedbackOfUser { erasedCount } }', {}, claims);
    expect(refused.errors?.[0]?.message).toContain("must be given, or 'sub' instead, but not both");
  });
});

interface AuditPage {
  readonly edges: { readonly node: { readonly action: string; readonly node: string; readonly previous: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface Batch {
  readonly results: { readonly status: number; readonly id?: string }[];
  readonly stored: number;
}
