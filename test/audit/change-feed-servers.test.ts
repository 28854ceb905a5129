import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { type Change, type ChangeFeed, createChangeFeed, isAfter } from '../../src/audit/change-feed.js';
import type { Store } from '../../src/store/contract.js';
import { openPostgresStore } from '../../src/store/engine/postgres/postgres-store.js';
import type { OpenSession } from '../../src/store/engine/postgres/session.js';
import { changePrefix } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import { startPostgres } from '../support/postgres/server.js';
import { withStatementListener } from '../support/postgres/sessions.js';
import { createTestTables } from '../support/postgres/tables.js';

let opened: Store[] = [];
let feeds: ChangeFeed[] = [];

afterEach(async () => {
  for (const feed of feeds) feed.close();
  await Promise.all(opened.map((store) => store.close()));
  feeds = [];
  opened = [];
});

async function open(openSession: OpenSession): Promise<Store> {
  const store = await openPostgresStore({ openSession, version: 'test' });
  opened.push(store);
  return store;
}

/** The feed of a server to which nobody writes. */
function feedOf(store: Store): ChangeFeed {
  const feed = createChangeFeed(store);
  feeds.push(feed);
  return feed;
}

function append(store: Store, org: string, ...nodes: readonly string[]): Promise<void> {
  return store.transact((transaction) => {
    for (const node of nodes) {
      transaction.append(changePrefix(org), encodeRecord({ at: 1, action: 'feedback.submit', node, version: 1 }));
    }
    return Promise.resolve();
  });
}

/** Follows until `last` is seen. After each of `stays` changes it leaves, and comes back with the id of the last one. */
async function followTo(feed: ChangeFeed, org: string, last: string, stay = Infinity): Promise<Change[]> {
  const seen: Change[] = [];
  for (;;) {
    const leave = new AbortController();
    let left = stay;
    for await (const page of feed.follow(org, { after: seen.at(-1)?.id ?? '0', signal: leave.signal })) {
      for (const change of page) {
        seen.push(change);
        if (change.node === last) return seen;
        if ((left -= 1) === 0) break;
      }
      if (left === 0) break;
    }
    leave.abort();
  }
}

it('followers see every change of another server once and in order', async () => {
  const { openSession } = await createTestTables();
  const [one, other, here] = await Promise.all([open(openSession), open(openSession), open(openSession)]);
  const feed = feedOf(here);
  let runs = 0;
  const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(sizes, sizes, fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }), async (a, b, stays) => {
      const org = `run:${(runs += 1)}`;
      const following = [followTo(feed, org, 'last'), ...stays.map((stay) => followTo(feed, org, 'last', stay))];
      await Promise.all(
        [a, b].map(async (commits, writer) => {
          for (const [commit, size] of commits.entries()) {
            const nodes = Array.from({ length: size }, (_, nth) => `${writer}-${commit}-${nth}`);
            await append([one, other][writer] ?? one, org, ...nodes);
          }
        }),
      );
      await append(other, org, 'last');
      const [first, ...others] = await Promise.all(following);
      const written = [a, b].map((commits, writer) =>
        commits.flatMap((size, commit) => Array.from({ length: size }, (_, nth) => `${writer}-${commit}-${nth}`)),
      );
      const nodes = first!.map(({ node }) => node);
      expect(nodes.toSorted()).toEqual([...written.flat(), 'last'].toSorted());
      // What one server wrote is in its order, as it waited for each commit.
      written.forEach((own, writer) => expect(nodes.filter((node) => node.startsWith(`${writer}-`))).toEqual(own));
      expect(first!.every(({ id }, at) => at === 0 || isAfter(id, first![at - 1]!.id))).toBe(true);
      for (const seen of others) expect(seen).toEqual(first);
    }),
    { numRuns: 8 },
  );
  expect(feed.followers).toBe(0);
});

it('one question is asked for all organizations that are followed', async () => {
  const { openSession } = await createTestTables();
  const there = await open(openSession);
  let asked = 0;
  const here = await open(withStatementListener(openSession, (name) => void (asked += name === 'versions' ? 1 : 0)));
  const feed = feedOf(here);
  const orgs = Array.from({ length: 30 }, (_, at) => `org ${at}`);
  const following = Promise.all(orgs.map((org) => followTo(feed, org, 'last')));
  for (const org of orgs) await append(there, org, 'last');
  const before = performance.now();
  await following;
  // As often as there is time for, not as often as somebody follows.
  expect(asked).toBeLessThan(30 + (performance.now() - before) / 50);
});

it('followers go on where they were when the database comes back', async () => {
  const server = await startPostgres();
  try {
    const { openSession } = await createTestTables(server.url('postgres'));
    const [there, here] = await Promise.all([open(openSession), open(openSession)]);
    const feed = feedOf(here);
    await append(there, 'a', 'one');
    const before = followTo(feed, 'a', 'one');
    const following = followTo(feed, 'a', 'last');
    await before;
    await server.kill();
    const meanwhile = followTo(feed, 'a', 'last');
    await server.start();
    const again = await open(openSession);
    await append(again, 'a', 'two', 'three');
    await append(again, 'a', 'last');
    const nodes = (await following).map(({ node }) => node);
    expect(nodes).toEqual(['one', 'two', 'three', 'last']);
    expect((await meanwhile).map(({ node }) => node)).toEqual(nodes);
  } finally {
    for (const feed of feeds) feed.close();
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
    await server.stop();
  }
});
