import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import type { Config } from '../../src/config/config.js';
import { claimForReview } from '../../src/feedback/review/claims.js';
import { renewReviewClaims } from '../../src/feedback/review/held.js';
import { submitBatch } from '../../src/feedback/submit.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Store } from '../../src/store/contract.js';
import { parseLocation } from '../../src/store/engines.js';
import { openStore } from '../../src/store/open.js';
import { BASE } from '../support/feedback.js';
import { ACTOR } from '../support/graph.js';
import { openJudged } from '../support/judged.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { type Claims, startTestServer, type TestServer } from '../support/server.js';

/** How two servers come to the same data: as one object, or each by a connection of its own. */
interface SharedData {
  readonly settings: Pick<Config, 'store'> | object;
  readonly open: () => Promise<Store>;
  readonly sharedStore?: Store;
}

async function inMemory(): Promise<SharedData> {
  const sharedStore = await openMemoryStore();
  return { settings: {}, open: () => Promise.resolve(sharedStore), sharedStore };
}

async function inPostgres(): Promise<SharedData> {
  const location = parseLocation(await createTestDatabase())!;
  return { settings: { store: location }, open: () => openStore(location) };
}

const REVIEW = `${BASE}/review`;

interface Claimed {
  readonly feedback: readonly { readonly id: string; readonly claimed_by?: string; readonly claimed_until?: number }[];
  readonly count: number;
  readonly total?: number;
  readonly has_more?: boolean;
  readonly are_skipped?: boolean;
  readonly next_cursor?: string;
}

const idsOf = ({ feedback }: Claimed): string[] => feedback.map(({ id }) => id);

/** In an organization of its own. */
const reviewer = (org: string, sub: string): Claims => ({ org, sub, roles: ['reviewer'] });

async function submitFlagged(server: TestServer, org: string, count: number, fields: object = {}): Promise<string[]> {
  const feedback = Array.from({ length: count }, () => ({
    type: 'negative',
    question: 'How do I enable sharding?',
    answer: 'Use the SHARD BY clause.',
    ...fields,
  }));
  const { body } = await server.call<{ results: { id: string; validation_status: string }[] }>(
    'POST',
    `${BASE}/batch`,
    {
      body: { feedback },
      claims: { org, sub: 'submitter' },
    },
  );
  expect(body.results.every(({ validation_status: status }) => status === 'flagged')).toBe(true);
  return body.results.map(({ id }) => id);
}

describe.each([
  ['memory', inMemory],
  ['PostgreSQL', inPostgres],
])('two servers over %s', (_name, share) => {
  let shared: SharedData;
  let one: TestServer;
  let other: TestServer;

  beforeAll(async () => {
    shared = await share();
    const secret = randomBytes(32).toString('base64url');
    const settings: Partial<Config> = {
      auth: { kind: 'secret', secret, defaultRole: 'member', rolesClaim: 'roles', orgClaim: 'org', requireOrg: false },
      ...shared.settings,
    };
    const start = () => startTestServer(settings, undefined, undefined, shared.sharedStore);
    [one, other] = await Promise.all([start(), start()]);
  });
  afterAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
    const store = await shared.open();
    expect(await verifyStore(store)).toMatchObject({ found: 0 });
    await store.close();
  });

  const post = <Body = Claimed>(server: TestServer, path: string, body: object, claims: Claims) =>
    server.call<Body>('POST', `${REVIEW}${path}`, { body, claims });

  it('give each entry to one reviewer, whichever server they ask, and however many at once', async () => {
    const ids = await submitFlagged(one, 'crowd', 40);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, nth) =>
        post(nth % 2 === 0 ? one : other, '/claim', { count: 5 }, reviewer('crowd', `reviewer-${nth}`)),
      ),
    );
    expect(claims.flatMap(({ body }) => idsOf(body)).sort()).toEqual(ids);
    const next = await post(one, '/claim', { count: 5 }, reviewer('crowd', 'late'));
    expect(next).toMatchObject({ status: 200, body: { count: 0, has_more: false, are_skipped: false } });
  });

  it('claim by filters, list, renew, release and skip for the same reviewer', async () => {
    const [ann, bob] = [reviewer('team', 'ann'), reviewer('team', 'bob')];
    await submitFlagged(one, 'team', 2);
    const wanted = await submitFlagged(other, 'team', 3, {
      tags: ['urgent'],
      adapter_id: 'lora',
      scores: { rating: 1 },
    });
    const filter = { tag: 'urgent', adapter: 'lora', score: 'rating<=2', status: 'flagged', since: 0 };
    const first = await post(one, '/claim', { count: 2, filter }, ann);
    expect(first.body).toMatchObject({ count: 2, has_more: true, are_skipped: false });
    expect(idsOf(first.body)).toEqual(wanted.slice(0, 2));
    expect(first.body.feedback[0]).toMatchObject({ claimed_by: 'ann' });
    const further = { count: 2, filter, cursor: first.body.next_cursor };
    expect(idsOf((await post(other, '/claim', further, bob)).body)).toEqual(wanted.slice(2));

    const renewed = await post<{ claims: { id: string; claimed_until: number }[] }>(
      other,
      '/claims/renew',
      { minutes: 90 },
      ann,
    );
    expect(renewed.body.claims.map(({ id }) => id)).toEqual(wanted.slice(0, 2));
    const held = await one.call<Claimed>('GET', `${REVIEW}/claims?limit=1`, { claims: ann });
    expect(held.body).toMatchObject({ count: 1, total: 2 });
    expect(held.body.feedback[0]?.claimed_until).toBe(renewed.body.claims[0]?.claimed_until);
    const path = `${REVIEW}/claims?limit=1&cursor=${held.body.next_cursor}`;
    expect(idsOf((await other.call<Claimed>('GET', path, { claims: ann })).body)).toEqual([wanted[1]]);

    const skipped = await post(other, '/skip', { ids: [wanted[0], wanted[2]] }, ann);
    // Another reviewer keeps what they hold.
    expect(skipped.body).toEqual({ skipped_ids: [wanted[0], wanted[2]], count: 2 });
    const refused = await post(one, `/${wanted[2]}`, { verdict: 'approve' }, ann);
    expect(refused.status).toBe(409);
    expect((await post(one, '/claims/release', {}, ann)).body).toEqual({ released_ids: [wanted[1]], count: 1 });
    expect((await post(one, '/claims/release', { ids: [wanted[2]] }, ann)).body).toEqual({
      released_ids: [],
      count: 0,
    });
    expect(idsOf((await post(one, '/claim', { count: 9, filter }, ann)).body)).toEqual([wanted[1]]);
    expect((await post(one, '/claim', { count: 9, filter }, ann)).body).toMatchObject({ are_skipped: true, count: 1 });
    await post(one, '/claims/release', {}, bob);
    expect(idsOf((await post(other, '/claim', { count: 9, ids: wanted }, bob)).body)).toEqual(wanted.slice(2));
  });

  it('remember claims and skips when they start again', async () => {
    const ann = reviewer('again', 'ann');
    const ids = await submitFlagged(one, 'again', 3);
    await post(one, '/skip', { ids: [ids[0]] }, ann);
    await post(one, '/claim', { count: 1 }, ann);
    await one.restart();
    expect(idsOf((await one.call<Claimed>('GET', `${REVIEW}/claims`, { claims: ann })).body)).toEqual([ids[1]]);
    expect(idsOf((await post(one, '/claim', { count: 3 }, reviewer('again', 'bob'))).body)).toEqual([ids[0], ids[2]]);
    expect((await post(one, '/claims/release', {}, ann)).body).toMatchObject({ released_ids: [ids[1]] });
    expect(idsOf((await post(one, '/claim', { count: 3 }, ann)).body)).toEqual([ids[1]]);
  });

  it('let claims lapse by the clock of the store', async () => {
    const store = await shared.open();
    const graph = await openJudged(() => Promise.resolve({ status: 'flagged', reasons: ['It is odd'] }), store);
    const { clock } = graph;
    const services = { ...graph.services, keyedHash: await loadKeyedHash(store) };
    const [ann, bob] = [
      { ...ACTOR, org: 'lapse' },
      { ...ACTOR, org: 'lapse', sub: 'bob' },
    ];
    const outcomes = await submitBatch(services, ann, [{ type: 'positive', question: 'A shard?', answer: 'A part.' }]);
    const [id] = outcomes.map((each) => ('error' in each ? '' : each.feedback.id));
    const claim = async (actor = ann) => (await claimForReview(services, actor, { count: 1, minutes: 5 })).ids;
    expect(await claim()).toEqual([id]);
    expect(await claim(bob)).toEqual([]);
    clock.now += 5 * 60_000;
    expect(await claim(bob)).toEqual([id]);
    expect(await renewReviewClaims(services, ann, 5)).toEqual([]);
    if (shared.sharedStore === undefined) await store.close();
  });

  it('refuse wrong input and wrong roles, and show nothing of another organization', async () => {
    const ann = reviewer('fenced', 'ann');
    const [id] = await submitFlagged(one, 'fenced', 1);
    for (const [path, body, field] of [
      ['/claim', { count: 0 }, 'count'],
      ['/claim', { count: 1, minutes: 1_441 }, 'minutes'],
      ['/claim', { count: 1, filter: { status: 'approved' } }, 'filter.status'],
      ['/claim', { count: 1, filter: { score: 'rating' } }, 'score'],
      ['/claim', { count: 1, filter: { unknown: 1 } }, 'filter.unknown'],
      ['/claim', { count: 1, filter: { since: 20_000_000_000_000, until: 10_000_000_000_000 } }, 'filter.since'],
      ['/claim', { count: 1, cursor: 'AAAA' }, 'cursor'],
      ['/claim', { count: 1, ids: [] }, 'ids'],
      ['/claims/renew', { minutes: 0 }, 'minutes'],
      ['/claims/release', { ids: [] }, 'ids'],
      ['/skip', { ids: Array(101).fill(id) }, 'ids'],
      ['/skip', {}, 'ids'],
    ] as const) {
      const refused = await post<{ issues: { field: string }[] }>(one, path, body, ann);
      expect([path, body, refused.status, refused.body.issues[0]?.field]).toEqual([path, body, 400, field]);
    }
    const bodies = { '/claim': { count: 1 }, '/claims/renew': {}, '/claims/release': {}, '/skip': { ids: [id] } };
    for (const [path, body] of Object.entries(bodies)) {
      for (const role of ['member', 'submitter', 'trainer', 'operator']) {
        expect((await post(one, path, body, { org: 'fenced', sub: 'ann', roles: [role] })).status).toBe(403);
      }
    }
    const elsewhere = reviewer('elsewhere', 'ann');
    expect((await post(one, '/claim', { count: 1 }, elsewhere)).body).toMatchObject({ count: 0, has_more: false });
    expect((await post(one, '/skip', { ids: [id] }, elsewhere)).body).toEqual({ skipped_ids: [], count: 0 });
    expect(idsOf((await post(one, '/claim', { count: 1 }, ann)).body)).toEqual([id]);
    expect((await post(one, '/claims/release', { ids: [id] }, elsewhere)).body).toEqual({ released_ids: [], count: 0 });
    expect((await one.call('GET', `${REVIEW}/claims`, { claims: elsewhere })).body).toMatchObject({ total: 0 });
    expect((await one.call('GET', `${REVIEW}/claims`, { claims: ann })).body).toMatchObject({ total: 1 });
  });
});
