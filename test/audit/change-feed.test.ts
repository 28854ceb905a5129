import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Change, type ChangeFeed, createChangeFeed, isAfter } from '../../src/audit/change-feed.js';
import { UnavailableError } from '../../src/errors.js';
import { withAppendListener } from '../../src/store/append-listener.js';
import type { Store } from '../../src/store/contract.js';
import { openRocksDb } from '../../src/store/engine/rocksdb.js';
import { changePrefix } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import { openTransactionalStore } from '../../src/store/transactions/transactional-store.js';
import { openMemoryStore } from '../support/memory-engine.js';

/** Longer than any test: what is found is then found by being woken. */
const NEVER = 3_600_000;

/** One commit that appends changes of these nodes. */
function append(store: Store, org: string, nodes: readonly string[]): Promise<void> {
  return store.transact((transaction) => {
    for (const node of nodes) {
      transaction.append(changePrefix(org), encodeRecord({ at: 1, action: 'feedback.submit', node, version: 1 }));
    }
    return Promise.resolve();
  });
}

/** A store and the feed that its commits wake. */
function observed(inner: Store, pollMilliseconds = NEVER): { readonly store: Store; readonly feed: ChangeFeed } {
  const feed = createChangeFeed(inner, pollMilliseconds);
  return { store: withAppendListener(inner, (prefixes) => feed.wake(prefixes)), feed };
}

/** Follows until `last` is seen, leaving after so many changes each time and coming back with the last id. */
async function followTo(feed: ChangeFeed, org: string, last: string, stays: readonly number[]): Promise<Change[]> {
  const seen: Change[] = [];
  for (let connection = 0; ; connection++) {
    const leave = new AbortController();
    let left = stays[connection % stays.length]!;
    for await (const page of feed.follow(org, { after: seen.at(-1)?.id ?? '0', signal: leave.signal })) {
      for (const change of page) {
        seen.push(change);
        if (change.node === last) return seen;
        left -= 1;
        if (left === 0) break;
      }
      if (left <= 0) break;
    }
    leave.abort();
    await nextTurn();
  }
}

const commits = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 6,
});
const followers = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 5,
});

async function missesAndRepeatsNothing(inner: Store, runs: number): Promise<void> {
  const { store, feed } = observed(inner);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(commits, followers, async (writers, stays) => {
      const org = `run:${run++}`;
      const reading = stays.map((each) => followTo(feed, org, 'last', each));
      await Promise.all(
        writers.map(async (sizes, writer) => {
          for (const [commit, size] of sizes.entries()) {
            const nodes = Array.from({ length: size }, (_, nth) => `${writer}-${commit}-${nth}`);
            await append(store, org, nodes);
            await append(store, `${org} of another`, ['never seen']);
          }
        }),
      );
      await append(store, org, ['last']);
      const [first, ...others] = await Promise.all(reading);
      const nodes = first!.map(({ node }) => node);
      const written = writers.flatMap((sizes, writer) =>
        sizes.flatMap((size, commit) => Array.from({ length: size }, (_, nth) => `${writer}-${commit}-${nth}`)),
      );
      expect([...nodes].sort()).toEqual([...written, 'last'].sort());
      expect(first!.every(({ id }, at) => at === 0 || isAfter(id, first![at - 1]!.id))).toBe(true);
      // What one writer wrote is in its order, as it waited for each commit.
      writers.forEach((_, writer) => {
        const own = (all: readonly string[]) => all.filter((node) => node.startsWith(`${writer}-`));
        expect(own(nodes)).toEqual(own(written));
      });
      for (const other of others) expect(other).toEqual(first);
    }),
    { numRuns: runs },
  );
  expect(feed.followers).toBe(0);
  feed.close();
}

describe('followers of changes', () => {
  let directory: string;
  let rocksdb: Store;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feedback-graph-changes-'));
    rocksdb = await openTransactionalStore((mode) => openRocksDb(directory, mode));
  });
  afterAll(async () => {
    await rocksdb.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('see every change once and in order, however often they leave and come back, in memory', async () => {
    const store = await openMemoryStore();
    await missesAndRepeatsNothing(store, 100);
    await store.close();
  });

  it('see every change once and in order, however often they leave and come back, on RocksDB', async () => {
    await missesAndRepeatsNothing(rocksdb, 20);
  });

  it('find by themselves what nobody has told them of', async () => {
    const store = await openMemoryStore();
    const feed = createChangeFeed(store, 5);
    const seen = followTo(feed, 'a', 'last', [100]);
    await nextTurn();
    await append(store, 'a', ['first', 'last']);
    expect((await seen).map(({ node }) => node)).toEqual(['first', 'last']);
    feed.close();
    await store.close();
  });

  it('look for the commits of other servers by one question for all of them, and nobody asks while nobody follows', async () => {
    vi.useFakeTimers();
    const inner = await openMemoryStore();
    const asked: (readonly string[])[] = [];
    const versions = (orgs: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      asked.push(orgs);
      return Promise.resolve(new Map(orgs.map((org) => [org, inner.sequence])));
    };
    const feed = createChangeFeed({ read: (work) => inner.read(work), versions });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual([]);
    const leave = new AbortController();
    const pages = ['a', 'a', 'b'].map((org) => feed.follow(org, { after: '0', signal: leave.signal }).next());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.every((orgs) => orgs.join() === 'a,b')).toBe(true);
    expect(asked.length).toBeGreaterThan(90);
    await append(inner, 'a', ['one']);
    await append(inner, 'b', ['one']);
    await vi.advanceTimersByTimeAsync(200);
    for (const page of pages) expect((await page).value).toHaveLength(1);
    leave.abort();
    feed.close();
    await inner.close();
    vi.useRealTimers();
  });

  it('share one read where they are at the same place', async () => {
    const inner = await openMemoryStore();
    let reads = 0;
    const counting: Pick<Store, 'read'> = {
      read: (work) => {
        reads += 1;
        return inner.read(work);
      },
    };
    const feed = createChangeFeed(counting, NEVER);
    const leaves = Array.from({ length: 50 }, () => new AbortController());
    const pages = leaves.map(({ signal }) => feed.follow('a', { after: '0', signal }));
    const next = pages.map((each) => each.next());
    await append(inner, 'a', ['one']);
    feed.wake(new Set([changePrefix('a')]));
    await Promise.all(next);
    expect(reads).toBeLessThanOrEqual(3);
    expect(feed.followers).toBe(50);
    for (const leave of leaves) leave.abort();
    await Promise.all(pages.map((each) => each.return()));
    expect(feed.followers).toBe(0);
    feed.close();
    await inner.close();
  });

  it('wait while the store cannot be read, and go on where they were', async () => {
    const inner = await openMemoryStore();
    await append(inner, 'a', ['one']);
    let failures = 3;
    const failing: Pick<Store, 'read'> = {
      read: (work) => (failures-- > 0 ? Promise.reject(new UnavailableError('not now', 1)) : inner.read(work)),
    };
    const feed = createChangeFeed(failing, 5);
    const { signal } = new AbortController();
    const { value } = await feed.follow('a', { after: '0', signal }).next();
    expect(value?.map(({ node }) => node)).toEqual(['one']);
    failures = 3;
    expect(await feed.read((reader) => reader.counters(['x']), signal)).toEqual([0]);
    feed.close();
    await inner.close();
  });

  it('end while they wait: by their signal, and with the feed', async () => {
    const store = await openMemoryStore();
    const feed = createChangeFeed(store, NEVER);
    const leave = new AbortController();
    const left = feed.follow('a', { after: '0', signal: leave.signal }).next();
    const closed = feed.follow('a', { after: '0', signal: new AbortController().signal }).next();
    await nextTurn();
    leave.abort();
    expect(await left).toEqual({ done: true, value: undefined });
    expect(feed.followers).toBe(1);
    feed.close();
    expect(await closed).toEqual({ done: true, value: undefined });
    expect(feed.followers).toBe(0);
    await store.close();
  });

  it('are given an empty page when they are idle', async () => {
    const store = await openMemoryStore();
    const feed = createChangeFeed(store, NEVER);
    const idle = feed.follow('a', { after: '0', signal: new AbortController().signal, idleMilliseconds: 1 });
    expect(await idle.next()).toEqual({ done: false, value: [] });
    feed.close();
    await idle.return();
    await store.close();
  });
});
