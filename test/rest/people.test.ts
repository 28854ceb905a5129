import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type Claims, startTestServer, type TestServer } from '../support/server.js';

type Row = Readonly<Record<string, unknown>>;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ADMIN = { sub: 'boss', roles: ['admin'] };

async function exported(id: string, claims: Claims = ADMIN): Promise<{ status: number; rows: Row[]; text: string }> {
  const response = await fetch(`${server.url}/api/v1/llm/users/${encodeURIComponent(id)}/export`, {
    headers: { authorization: `Bearer ${server.token(claims)}` },
  });
  const text = await response.text();
  if (response.status !== 200) return { status: response.status, rows: [], text };
  expect(response.headers.get('content-type')).toContain('application/jsonl');
  const lines = text.split('\n').filter((line) => line !== '');
  return { status: 200, rows: lines.map((line) => JSON.parse(line) as Row), text };
}

async function submit(sub: string, entry: object = {}, org?: string): Promise<string> {
  const claims = { sub, ...(org === undefined ? {} : { org }) };
  const { body } = await server.call('POST', BASE, { body: { ...APPROVED, ...entry }, claims });
  return String(body['id']);
}

describe('the export of a person', () => {
  it('has what is theirs whoever submitted it, all versions, and what they did to what others submitted', async () => {
    const own = await submit('ann', { user_id: 'ann', comment: 'Mine.' });
    const said = await submit('service', { user_id: 'ann', adapter_id: 'lora' });
    const sent = await submit('ann');
    const other = await submit('bob', { question: 'A question of Bob?', user_id: 'bob' });
    await submit('ann', { user_id: 'ann', question: 'In another organization?' }, 'elsewhere');
    for (const comment of ['Better.', 'Best.']) {
      const { status } = await server.call('PATCH', `${BASE}/${own}`, { body: { comment }, claims: { sub: 'ann' } });
      expect(status).toBe(200);
    }
    const reviewer = { sub: 'ann', roles: ['reviewer'] };
    const review = { body: { verdict: 'reject', reason: 'Too short.' }, claims: reviewer };
    expect((await server.call('POST', `${BASE}/review/${other}`, review)).status).toBe(200);
    const link = { body: { adapter_id: 'tuned', metadata: { why: 'tried' } }, claims: { sub: 'ann' } };
    expect((await server.call('POST', `${BASE}/${other}/link`, link)).status).toBeLessThan(300);

    const { rows, text } = await exported('ann');
    const ofKind = (kind: string): Row[] => rows.filter((row) => row['kind'] === kind);
    expect(
      ofKind('entry')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([own, said, sent].sort());
    expect(ofKind('entry').find(({ id }) => id === own)).toMatchObject({
      comment: 'Best.',
      version: 3,
      submitted_by: 'ann',
    });
    expect(ofKind('entry').find(({ id }) => id === said)).toMatchObject({ links: [{ adapter_id: 'lora' }] });
    expect(ofKind('version').map(({ id, version, comment }) => [id, version, comment])).toEqual([
      [own, 2, 'Better.'],
      [own, 1, 'Mine.'],
    ]);
    expect(ofKind('review')).toMatchObject([{ feedback_id: other, verdict: 'reject', reason: 'Too short.' }]);
    expect(ofKind('link')).toMatchObject([{ feedback_id: other, adapter_id: 'tuned', metadata: { why: 'tried' } }]);
    expect(ofKind('audit_event').map(({ action }) => action)).toEqual(
      expect.arrayContaining(['feedback.submit', 'feedback.revise', 'feedback.review', 'feedback.link']),
    );
    expect(text).not.toContain('A question of Bob?');
    expect(text).not.toContain('In another organization?');
    expect(text).not.toContain('service"}]');
  });

  it('is whole where there is much', async () => {
    for (let batch = 0; batch < 3; batch++) {
      const feedback = Array.from({ length: 50 }, () => ({ ...APPROVED, user_id: 'many', comment: 'x'.repeat(2_000) }));
      await server.call('POST', `${BASE}/batch`, { body: { feedback }, claims: { sub: 'importer' } });
    }
    const { rows } = await exported('many');
    expect(new Set(rows.map(({ id }) => id)).size).toBe(150);
  });

  it('is empty for somebody unknown, or erased', async () => {
    expect(await exported('nobody at all')).toEqual({ status: 200, rows: [], text: '' });
    await submit('eve', { user_id: 'eve' });
    expect((await exported('eve')).rows).toHaveLength(2);
    await server.call('DELETE', `${BASE}?user_id=eve`, { claims: ADMIN });
    expect(await exported('eve')).toEqual({ status: 200, rows: [], text: '' });
  });

  it('is broken off when the server stops, which is no fault of the server', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const stopping = await startTestServer({ logLevel: 'error' }, undefined, { write });
    const paths = ['users/ann/export', 'admin/backup'];
    const statuses: number[] = [];
    for (let round = 0; round < 5; round++) {
      const asked = paths.map((path) =>
        fetch(`${stopping.url}/api/v1/llm/${path}`, {
          headers: { authorization: `Bearer ${stopping.token(ADMIN)}` },
        }).then(
          ({ status }) => status,
          () => 0,
        ),
      );
      // The server has taken the ones before when it takes this one.
      await fetch(`${stopping.url}/health/live`);
      await stopping.restart();
      statuses.push(...(await Promise.all(asked)));
    }
    await stopping.stop();
    // 0 stands for a connection that ended.
    expect(statuses.filter((status) => ![0, 200, 503].includes(status))).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('is for administrators, of a name that can be one', async () => {
    for (const roles of [[], ['reviewer', 'trainer'], ['operator']]) {
      expect((await exported('ann', { roles })).status).toBe(403);
    }
    expect((await exported('\u0001')).status).toBe(400);
    expect((await exported('x'.repeat(257))).status).toBe(400);
  });
});

describe('the erasure of a person', () => {
  it('names them no more either where they have erased themselves', async () => {
    const claims = { sub: 'quitter', roles: ['admin'] };
    await submit('quitter', { user_id: 'quitter' });
    const { status, body } = await server.call('DELETE', `${BASE}?sub=quitter`, { claims });
    expect([status, body['erased']]).toEqual([200, 1]);
    const query = '{ auditLog(first: 50) { edges { node { actor action } } } }';
    const { data } = await server.graphql<{ auditLog: { edges: { node: { actor: string; action: string } }[] } }>(
      query,
      {},
      ADMIN,
    );
    const events = data!.auditLog.edges.map(({ node }) => node);
    expect(events[0]).toEqual({ actor: '[erased]', action: 'PERSON_ERASE' });
    expect(events.filter(({ actor }) => actor === 'quitter')).toEqual([]);
  });
});
