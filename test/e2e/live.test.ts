import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChangeFeed } from '../../src/audit/change-feed.js';
import { REVIEW_ACTION } from '../../src/audit/events.js';
import { getFeedback } from '../../src/feedback/read.js';
import { updateFeedback } from '../../src/feedback/update.js';
import { createRequestContext, extendContext } from '../../src/graphql/context.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { createRequestPreparation } from '../../src/graphql/operations/prepared.js';
import { createSchema } from '../../src/graphql/schema.js';
import { prepareSubscription, runSubscription } from '../../src/graphql/subscription-execution.js';
import { permissionsOf } from '../../src/permissions.js';
import { changeStream } from '../../src/rest/change-stream.js';
import { withAppendListener } from '../../src/store/append-listener.js';
import { changePrefix } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { ACTOR, openGraph } from '../support/graph.js';
import { openStream, until } from '../support/live.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { DEFAULT_LIVE_SETTINGS, startTestServer, type TestServer } from '../support/server.js';

const CHANGES = `${BASE}/changes`;
const JSON_ONLY = { accept: 'application/json' };

interface Page {
  readonly changes: { readonly id: string; readonly action: string; readonly node: string; readonly version: number }[];
  readonly count: number;
  readonly next_after: string;
  readonly has_more: boolean;
}

describe('the stream of changes', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer({
      live: {
        ...DEFAULT_LIVE_SETTINGS,
        connectionsPerUser: 2,
        subscriptionsPerUser: 2,
        bufferBytes: 1024,
        heartbeatSeconds: 1,
      },
    });
  });
  afterEach(() => server.stop());

  async function submit(body: object = {}, org?: string): Promise<string> {
    const claims = org === undefined ? {} : { org };
    const answer = await server.call('POST', BASE, { body: { ...APPROVED, ...body }, claims });
    return answer.body['id'] as string;
  }
  const nodeOf = (event: { data: string } | undefined) => (JSON.parse(event!.data) as { node: string }).node;

  it('goes on after the last id, over a broken connection and a restart, without a gap or a repetition', async () => {
    const ids: string[] = [];
    const seen: string[] = [];
    let last = '0';
    for (let round = 0; round < 4; round++) {
      for (let entry = 0; entry < 3; entry++) {
        ids.push(await submit());
        await submit({}, 'another');
      }
      const stream = await openStream(server, CHANGES, { headers: { 'last-event-id': last } });
      expect(stream.status).toBe(200);
      expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
      // One less than there are, so that the next connection begins in the middle.
      while (seen.length < ids.length - 1) {
        const event = await stream.next();
        seen.push(nodeOf(event));
        last = event!.id!;
      }
      stream.leave();
      await until(() => server.live().followers === 0);
      if (round === 1) await server.restart();
    }
    expect(seen).toEqual(ids.slice(0, -1));
  });

  it('tells of changes as they are made, from now on where that is asked for', async () => {
    await submit();
    const stream = await openStream(server, `${CHANGES}?after=now`);
    const id = await submit({ adapter_id: 'lora' });
    const events = [await stream.next(), await stream.next()];
    const told = events.map((event) => JSON.parse(event!.data) as Record<string, unknown>);
    expect(told.map(({ action, node }) => [action, node]).sort()).toEqual([
      ['adapter.create', 'lora'],
      ['feedback.submit', id],
    ]);
    expect(events.map((event) => event!.id)).toEqual(told.map((each) => each['id']));
    stream.leave();
  });

  it('is narrowed as lists are, moves its place over what it does not show, and always tells of an erasure', async () => {
    const stream = await openStream(server, `${CHANGES}?type=negative&adapter=lora`);
    const wanted = { type: 'negative', adapter_id: 'lora', correction: 'No.' };
    await submit({ adapter_id: 'lora' });
    const other = await submit();
    const id = await submit(wanted);
    expect(nodeOf(await stream.next())).toBe(id);
    await server.call('DELETE', `${BASE}/${other}`, { claims: { roles: ['admin'] } });
    const erased = await stream.next();
    expect(JSON.parse(erased!.data)).toMatchObject({ action: 'feedback.erase', node: other, version: 2 });
    stream.leave();
    const submits = await openStream(server, `${CHANGES}?action=feedback.submit&after=0`);
    expect(nodeOf(await submits.next())).not.toBe('lora');
    submits.leave();
  });

  it.each(['yesterday', '-1', '1.0', '01', '1e3', '99999999999999999', '1.10000', '5000'])(
    'refuses to start after %s',
    async (after) => {
      await submit();
      const { status, body } = await server.call('GET', `${CHANGES}?after=${after}`);
      expect(status).toBe(400);
      expect(body['details']).toMatch(/^'after' must/);
      const header = await server.call('GET', CHANGES, { headers: { 'last-event-id': after } });
      expect(header.status).toBe(400);
      expect(header.body['details']).toMatch(/^'Last-Event-ID' must/);
    },
  );

  it('is one page after the other as JSON', async () => {
    const ids = [];
    for (let entry = 0; entry < 5; entry++) ids.push(await submit());
    const pages: Page[] = [];
    let after = '0';
    do {
      const { body } = await server.call<Page>('GET', `${CHANGES}?limit=2&after=${after}`, { headers: JSON_ONLY });
      pages.push(body);
      after = body.next_after;
    } while (pages.at(-1)!.has_more);
    expect(pages.map(({ count }) => count)).toEqual([2, 2, 1]);
    expect(pages.flatMap(({ changes }) => changes.map(({ node }) => node))).toEqual(ids);
    const { body } = await server.call<Page>('GET', `${CHANGES}?after=${after}`, { headers: JSON_ONLY });
    expect(body).toEqual({ changes: [], count: 0, next_after: after, has_more: false });
    expect((await server.call('GET', `${CHANGES}?page=1`, { headers: JSON_ONLY })).status).toBe(400);
  });

  it('is so many of one user, and frees its place when the client is gone', async () => {
    const streams = [await openStream(server, CHANGES), await openStream(server, CHANGES)];
    const { status, body, headers } = await server.call('GET', CHANGES);
    expect([status, body['details']]).toEqual([429, 'One user may have 2 live connections at once']);
    expect(headers.get('retry-after')).toBe('1');
    const others = await openStream(server, CHANGES, { claims: { sub: 'another' } });
    expect(server.live()).toEqual({ connections: 3, subscriptions: 0, followers: 3 });
    for (const stream of [...streams, others]) stream.leave();
    await until(() => server.live().followers === 0);
    expect(server.live().connections).toBe(0);
  });

  it('ends when the token does, and needs one', async () => {
    expect((await fetch(server.url + CHANGES)).status).toBe(401);
    const token = jsonwebtoken.sign({}, server.secret, { subject: 'x', expiresIn: -57 });
    const response = await fetch(server.url + CHANGES, { headers: { authorization: `Bearer ${token}` } });
    // Heartbeats alone, until it ends.
    expect((await response.text()).replace(/^retry: 2000\n\n/, '').replaceAll(':\n\n', '')).toBe('');
  });

  it('ends when the server stops', async () => {
    const stream = await openStream(server, CHANGES);
    const end = stream.next();
    await server.restart();
    expect(await end).toBeUndefined();
  });
});

describe('a stream that nobody reads', () => {
  it('is cut off, and has read no more than it needs', async () => {
    const store = await openMemoryStore();
    for (let commit = 0; commit < 20; commit++) {
      await store.transact((transaction) => {
        for (let change = 0; change < 1_000; change++) {
          const event = { at: 1, action: 'feedback.submit', node: `feedback-${change}`, version: 1 };
          transaction.append(changePrefix('a'), encodeRecord(event));
        }
        return Promise.resolve();
      });
    }
    let reads = 0;
    const counted = {
      read: <T>(work: Parameters<typeof store.read<T>>[0]) => {
        reads += 1;
        return store.read(work);
      },
    };
    const feed = createChangeFeed(counted);
    const { stream } = changeStream(feed, {
      org: 'a',
      after: '0',
      heartbeat: 5,
      select: (page) => Promise.resolve(page),
    });
    stream.read(0);
    const error = await new Promise((resolve) => stream.once('error', resolve));
    expect(String(error)).toContain('takes nothing');
    await until(() => feed.followers === 0);
    expect(reads).toBeLessThan(5);
    feed.close();
    await store.close();
  });
});

describe('feedbackReviewed', () => {
  it('tells of what reviewers decide, in the state that they gave it', async () => {
    const inner = await openMemoryStore();
    const changes = createChangeFeed(inner);
    const graph = await openGraph(withAppendListener(inner, (prefixes) => changes.wake(prefixes)));
    const [first, second] = await graph.submit({}, { type: 'negative' });
    const query = 'subscription { feedbackReviewed(filter: { type: NEGATIVE }) { id validationStatus version } }';
    const schema = createSchema();
    const prepareRequest = createRequestPreparation(schema, { limits: DEFAULT_OPERATION_LIMITS, introspection: true });
    const prepared = prepareSubscription(schema, prepareRequest, { query });
    if ('length' in prepared) throw prepared[0]!;
    const principal = { sub: 'ann', org: ACTOR.org, permissions: permissionsOf('member'), expiresAt: Infinity };
    const events = await runSubscription(prepared, () =>
      extendContext(createRequestContext(graph.services, principal, 'test'), { changes }),
    );
    if (!(Symbol.asyncIterator in events)) throw events.errors![0]!;
    const next = events.next();
    for (const id of [first!, second!]) {
      await graph.services.store.transact(async (transaction) => {
        const before = await getFeedback(transaction, ACTOR.org, id);
        const patch = { validationStatus: 'rejected' as const };
        await updateFeedback(transaction, graph.services.keyedHash, ACTOR, before, {
          action: REVIEW_ACTION,
          at: 1,
          patch,
        });
      });
    }
    expect(structuredClone((await next).value)).toEqual({
      data: { feedbackReviewed: { id: second, validationStatus: 'REJECTED', version: 2 } },
    });
    await events.return();
    expect(changes.followers).toBe(0);
    changes.close();
    await inner.close();
  });
});
