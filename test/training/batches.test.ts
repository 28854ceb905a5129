import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createIdempotency } from '../../src/audit/idempotency.js';
import { ApiError } from '../../src/errors.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { indexCounterKey } from '../../src/feedback/index/index-keys.js';
import { findFeedback } from '../../src/feedback/read.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { facetsMatching } from '../../src/model/facets.js';
import type { Store, Transaction } from '../../src/store/contract.js';
import { claimedCounter, leaseKey, trainingBatchKey } from '../../src/store/layout.js';
import { findBatch, listInclusions, stateAt, trainingBatchNode } from '../../src/training/batch.js';
import { assignSplit } from '../../src/training/batch.js';
import { beginClaim, type ClaimRequest, ROWS_AT_ONCE } from '../../src/training/claim.js';
import { beginCommit } from '../../src/training/commit.js';
import { MOVED_BEFORE_COMPACTION } from '../../src/training/compact-indexes.js';
import { markUsedForTraining } from '../../src/training/mark-used.js';
import { renewTrainingBatch } from '../../src/training/renew.js';
import {
  ABANDONED_AFTER,
  commitTrainingBatch,
  createTrainingBatch,
  finishBatch,
  reapExpiredLeases,
  markExported,
  releaseTrainingBatch,
} from '../../src/training/work.js';
import { countCalls } from '../support/counting-store.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';

const ALL: ClaimRequest = { filter: {}, newestFirst: false, limit: 100_000, holdout: 0, leaseMinutes: 60 };

async function graphOf(count: number, adapterId = 'lora') {
  const graph = await openGraph();
  const ids: string[] = [];
  for (let left = count; left > 0; left -= 1_000) {
    const rows = Array.from({ length: Math.min(left, 1_000) }, (_, index) => ({
      type: index % 2 === 0 ? ('positive' as const) : ('negative' as const),
      adapterId,
    }));
    ids.push(...(await graph.submit(...rows)));
  }
  return { graph, ids };
}

async function rowsOf({ store }: TestGraph, number: number): Promise<string[]> {
  const included = await store.read((reader) => listInclusions(reader, 'default', trainingBatchNode(number), 100_000));
  return included.map(({ feedbackId }) => feedbackId);
}

async function usesOf({ store }: TestGraph, ids: readonly string[]) {
  const found = await store.read((reader) => findFeedback(reader, 'default', ids));
  return found.map((each) => `${each?.use ?? 'gone'} ${each?.trainingBatchId ?? 0}`);
}

async function isSound({ store }: TestGraph): Promise<void> {
  const { disagreements } = await verifyStore(store);
  // The graph of tests hashes users by itself.
  expect(disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
}

describe('a claim whose client is gone', () => {
  const COUNT = 2 * ROWS_AT_ONCE + 10;

  it('stops, and gives back what it has taken', async () => {
    const { graph, ids } = await graphOf(COUNT);
    const batch = await createTrainingBatch(graph.services, ACTOR, ALL, undefined, AbortSignal.abort());
    expect(batch).toMatchObject({ state: 'released', feedbackCount: 0, claimed: { total: 2 * ROWS_AT_ONCE } });
    expect(new Set(await usesOf(graph, ids))).toEqual(new Set(['unused 0']));
    await isSound(graph);
  });

  it('goes on where it can be asked for again', async () => {
    const { graph, ids } = await graphOf(COUNT);
    const { keyedHash, now } = graph.services;
    const once = createIdempotency(keyedHash, ACTOR, 'key', 'createTrainingBatch', ALL, now());
    const batch = await createTrainingBatch(graph.services, ACTOR, ALL, once, AbortSignal.abort());
    expect(batch).toMatchObject({ state: 'open', feedbackCount: COUNT });
    expect(await rowsOf(graph, batch.number)).toEqual(ids);
  });
});

describe('a claim', () => {
  it('takes approved and unused feedback under the numbers 1, 2, 3, in the order that is asked for', async () => {
    const { graph, ids } = await graphOf(10);
    const { services } = graph;
    const first = await createTrainingBatch(services, ACTOR, { ...ALL, limit: 3 });
    expect(first).toMatchObject({ number: 1, state: 'open', feedbackCount: 3 });
    expect(first.claimed).toEqual({ total: 3, positive: 2, negative: 1, corrected: 0, holdout: 0 });
    expect(await rowsOf(graph, 1)).toEqual(ids.slice(0, 3));
    const newest = await createTrainingBatch(services, ACTOR, { ...ALL, limit: 3, newestFirst: true });
    expect([newest.number, await rowsOf(graph, 2)]).toEqual([2, ids.slice(7)]);
    const negative = await createTrainingBatch(services, ACTOR, { ...ALL, filter: { type: 'negative' } });
    expect([negative.number, await rowsOf(graph, 3)]).toEqual([3, [ids[3], ids[5]]]);
    await expect(createTrainingBatch(services, ACTOR, { ...ALL, filter: { modelVersion: 'none' } })).rejects.toThrow(
      'no approved, unused and unclaimed',
    );
    expect((await createTrainingBatch(services, ACTOR, ALL)).number).toBe(4);
    expect(await usesOf(graph, [ids[0]!, ids[9]!, ids[4]!])).toEqual(['claimed 1', 'claimed 2', 'claimed 4']);
    await isSound(graph);
  });

  it('takes what is linked to the ancestors or descendants of an adapter, each entry once', async () => {
    const graph = await openGraph();
    await graph.register({ id: 'child', derivedFrom: ['parent'] });
    await graph.register({ id: 'parent', derivedFrom: ['base'] });
    const [onBase, onParent, onChild, other] = await graph.submit(
      { adapterId: 'base' },
      { adapterId: 'parent' },
      { adapterId: 'child' },
      { adapterId: 'other' },
    );
    await graph.link(onParent!, 'child', 'base');
    const claim = async (adapterId: string, lineage: 'self' | 'ancestors' | 'descendants'): Promise<string[]> => {
      const { number } = await createTrainingBatch(graph.services, ACTOR, { ...ALL, filter: { adapterId, lineage } });
      const rows = await rowsOf(graph, number);
      await releaseTrainingBatch(graph.services, ACTOR, number);
      return rows;
    };
    expect(await claim('parent', 'self')).toEqual([onParent]);
    expect(await claim('parent', 'ancestors')).toEqual([onBase, onParent]);
    expect(await claim('parent', 'descendants')).toEqual([onParent, onChild]);
    expect(await claim('child', 'ancestors')).toEqual([onBase, onParent, onChild]);
    expect(await usesOf(graph, [other!, onParent!])).toEqual(['unused 0', 'unused 0']);
  });

  /** The same graph, and what its store was asked to compact. */
  const watchCompactions = (graph: TestGraph) => {
    const compacted: unknown[] = [];
    const store: Store = {
      ...countCalls(graph.store).store,
      compact: (ranges) => {
        compacted.push(ranges);
        return graph.store.compact(ranges);
      },
    };
    return { services: { ...graph.services, store }, compacted };
  };

  it('clears its way now and then of what others have claimed', async () => {
    const { graph, ids } = await graphOf(20);
    const { services, compacted } = watchCompactions(graph);
    await createTrainingBatch(services, ACTOR, { ...ALL, limit: 5 });
    await graph.store.transact((transaction) => {
      transaction.add(claimedCounter('default'), MOVED_BEFORE_COMPACTION - 10);
      return Promise.resolve();
    });
    expect(compacted).toEqual([]);
    await createTrainingBatch(services, ACTOR, { ...ALL, limit: 5 });
    await vi.waitFor(() => expect(compacted).toHaveLength(1));
    await createTrainingBatch(services, ACTOR, { ...ALL, limit: 5 });
    expect(await rowsOf(graph, 3)).toEqual(ids.slice(10, 15));
    expect(compacted).toHaveLength(1);
  });

  it('clears the way now and then of what was marked as used, too', async () => {
    const { graph, ids } = await graphOf(3);
    const { services, compacted } = watchCompactions(graph);
    const mark = (id: string | undefined, trainingBatchId: number) =>
      markUsedForTraining(services, ACTOR, { feedbackIds: [id!], trainingBatchId });
    await mark(ids[0], 1_000);
    const used = facetsMatching({ use: 'used' }).map((each) => indexCounterKey('default', { kind: 'all' }, each));
    await graph.store.transact((transaction) => {
      transaction.add(used[0]!, MOVED_BEFORE_COMPACTION - 2);
      return Promise.resolve();
    });
    expect(compacted).toEqual([]);
    await mark(ids[1], 1_001);
    await vi.waitFor(() => expect(compacted).toHaveLength(1));
    await mark(ids[2], 1_002);
    expect(compacted).toHaveLength(1);
  });

  it('skips numbers that were given from outside, and mark-used refuses those that were allocated', async () => {
    const { graph, ids } = await graphOf(6);
    const { services } = graph;
    const mark = (id: string, trainingBatchId: number) =>
      markUsedForTraining(services, ACTOR, { feedbackIds: [id], trainingBatchId });
    await mark(ids[0]!, 2);
    await mark(ids[1]!, 3);
    const numbers = [];
    for (let at = 0; at < 2; at++) {
      numbers.push((await createTrainingBatch(services, ACTOR, { ...ALL, limit: 1 })).number);
    }
    expect(numbers).toEqual([1, 4]);
    await expect(mark(ids[5]!, 4)).rejects.toMatchObject({ code: 'CONFLICT' });
    // What a batch holds cannot be marked or linked otherwise, by nobody.
    await expect(mark(ids[2]!, 9)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(graph.link(ids[2]!, 'another')).rejects.toMatchObject({ code: 'CONFLICT' });
    await isSound(graph);
  });

  it('never gives a row to two batches, however many claim, release and commit at once', async () => {
    const operation = fc.record({
      kind: fc.constantFrom('claim', 'claim', 'release', 'commit'),
      limit: fc.integer({ min: 1, max: 30 }),
      newestFirst: fc.boolean(),
      which: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 8 }), async (operations) => {
        const { graph, ids } = await graphOf(40);
        const outcomes = await Promise.allSettled(
          operations.map(({ kind, which, ...request }) => {
            if (kind === 'claim') return createTrainingBatch(graph.services, ACTOR, { ...ALL, ...request });
            if (kind === 'release') return releaseTrainingBatch(graph.services, ACTOR, which);
            return commitTrainingBatch(graph.services, ACTOR, which, { producedAdapter: `made-${which}` });
          }),
        );
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ApiError);
        const holders = new Map<string, number>();
        for (let number = 1; number <= operations.length; number++) {
          for (const id of await rowsOf(graph, number)) {
            expect(holders.has(id), 'a row of two batches').toBe(false);
            holders.set(id, number);
          }
        }
        const uses = await usesOf(graph, ids);
        ids.forEach((id, index) => expect(uses[index]!.endsWith(` ${holders.get(id) ?? 0}`)).toBe(true));
        await isSound(graph);
      }),
      { numRuns: 25 },
    );
  });

  it('holds out by id alone: what is held out of a share is held out of every larger one', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (id, a, b) => {
          const [small, large] = a < b ? [a, b] : [b, a];
          if (assignSplit(id, small) === 'holdout') expect(assignSplit(id, large)).toBe('holdout');
          expect(assignSplit(id, 0)).toBe('train');
        },
      ),
    );
    const heldOut = Array.from({ length: 4_000 }, (_, index) => assignSplit(`feedback-${index}`, 0.25)).filter(
      (split) => split === 'holdout',
    ).length;
    expect(heldOut).toBeGreaterThan(850);
    expect(heldOut).toBeLessThan(1_150);
  });
});

describe('a claim with a bound per user', () => {
  const bounded = (maxPerUser: number, limit = ALL.limit): ClaimRequest => ({ ...ALL, limit, maxPerUser });

  it('takes so many of each user, who is the submitter where none is named, and looks behind one who is loud', async () => {
    const graph = await openGraph();
    const loud = await graph.submit(...Array.from({ length: ROWS_AT_ONCE + 5 }, () => ({ userId: 'loud' })));
    const [first, ...unnamed] = await graph.submit({ userId: 'bob' }, {}, {}, { userId: ACTOR.sub });
    const batch = await createTrainingBatch(graph.services, ACTOR, bounded(2, 10));
    expect(batch).toMatchObject({ state: 'open', feedbackCount: 5, maxPerUser: 2 });
    expect(await rowsOf(graph, batch.number)).toEqual([loud[0], loud[1], first, unnamed[0], unnamed[1]]);
    const next = await createTrainingBatch(graph.services, ACTOR, bounded(1));
    expect(await rowsOf(graph, next.number)).toEqual([loud[2], unnamed[2]]);
    expect((await createTrainingBatch(graph.services, ACTOR, bounded(1_000, 3))).feedbackCount).toBe(3);
    await isSound(graph);
  });

  it('keeps to it over several transactions, whoever goes on', async () => {
    const graph = await openGraph();
    const users = Array.from({ length: 3 * ROWS_AT_ONCE }, (_, index) => ({ userId: `user-${index % 32}` }));
    const ids = await graph.submit(...users);
    const number = await beginClaim(graph.services, ACTOR, bounded(4));
    expect(await graph.store.read((reader) => findBatch(reader, 'default', number))).toMatchObject({
      state: 'claiming',
    });
    await Promise.all([finishBatch(graph.services, ACTOR, number), finishBatch(graph.services, ACTOR, number)]);
    expect(await rowsOf(graph, number)).toEqual(ids.slice(0, 4 * 32));
    const whole = await createTrainingBatch(graph.services, ACTOR, bounded(3));
    expect(await rowsOf(graph, whole.number)).toEqual(ids.slice(4 * 32, 7 * 32));
    await isSound(graph);
  });
});

describe('a renewed lease', () => {
  async function leased() {
    const { graph, ids } = await graphOf(2);
    const clock = { time: Date.now() };
    const services = { ...graph.services, now: () => clock.time };
    const { number, leaseUntil } = await createTrainingBatch(services, ACTOR, { ...ALL, leaseMinutes: 10 });
    const renew = (minutes: number) => renewTrainingBatch(services, ACTOR, number, minutes);
    return { graph, ids, clock, services, number, leaseUntil, renew };
  }

  it('lasts so long from now, is never shorter, and holds the entries until then', async () => {
    const { graph, ids, clock, services, number, leaseUntil, renew } = await leased();
    clock.time += 5 * 60_000;
    expect((await renew(2)).leaseUntil).toBe(leaseUntil);
    const renewed = await renew(20);
    expect(renewed).toMatchObject({ state: 'open', leaseUntil: clock.time + 20 * 60_000 });
    expect(await renew(20)).toEqual(renewed);
    await markExported(services, ACTOR, number);
    expect(await renew(21)).toMatchObject({ state: 'exported', leaseUntil: clock.time + 21 * 60_000 });
    await isSound(graph);
    clock.time += 21 * 60_000 - 1;
    await reapExpiredLeases(services);
    expect(await usesOf(graph, ids)).toEqual(['claimed 1', 'claimed 1']);
    clock.time += 1;
    await reapExpiredLeases(services);
    expect(await usesOf(graph, ids)).toEqual(['unused 0', 'unused 0']);
    await isSound(graph);
  });

  it('is refused for a batch that holds nothing any more, of others, or that is not there', async () => {
    const { graph, clock, services, number, renew } = await leased();
    await expect(renew(0)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ field: 'leaseMinutes' }] });
    await expect(renew(43_201)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const foreign = { ...ACTOR, org: 'other' };
    await expect(renewTrainingBatch(services, foreign, number, 5)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(renewTrainingBatch(services, ACTOR, 99, 5)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    clock.time += 10 * 60_000;
    await expect(renew(5)).rejects.toThrow('is expired and cannot be renewed');
    await reapExpiredLeases(services);
    await expect(renew(5)).rejects.toThrow('is expired');
    const second = await createTrainingBatch(services, ACTOR, { ...ALL, limit: 1 });
    await commitTrainingBatch(services, ACTOR, second.number, { producedAdapter: 'made' });
    await expect(renewTrainingBatch(services, ACTOR, second.number, 5)).rejects.toThrow('is committed');
    const third = await createTrainingBatch(services, ACTOR, ALL);
    await releaseTrainingBatch(services, ACTOR, third.number);
    await expect(renewTrainingBatch(services, ACTOR, third.number, 5)).rejects.toThrow('is released');
    await markUsedForTraining(services, ACTOR, {
      feedbackIds: [(await graph.submit({}))[0]!],
      trainingBatchId: 50,
    });
    await expect(renewTrainingBatch(services, ACTOR, 50, 5)).rejects.toMatchObject({ code: 'CONFLICT' });
    await isSound(graph);
  });

  it('races with renewals, the end of the lease, release and commit without losing an entry', async () => {
    const operation = fc.constantFrom('renew', 'renew', 'release', 'commit', 'reap');
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 2, maxLength: 6 }),
        fc.boolean(),
        async (operations, lapsed) => {
          const { graph, ids, clock, services, number, renew } = await leased();
          if (lapsed) clock.time += 10 * 60_000;
          const outcomes = await Promise.allSettled(
            operations.map((kind, index) => {
              if (kind === 'renew') return renew(20 + index);
              if (kind === 'release') return releaseTrainingBatch(services, ACTOR, number);
              if (kind === 'commit') return commitTrainingBatch(services, ACTOR, number, { producedAdapter: 'made' });
              return reapExpiredLeases(services);
            }),
          );
          for (const outcome of outcomes)
            if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ApiError);
          expect(new Set(await usesOf(graph, ids)).size).toBe(1);
          await isSound(graph);
        },
      ),
      { numRuns: 25 },
    );
  });
});

it('batches are listed by state, as it is now, over several pages', async () => {
  const { graph } = await graphOf(8);
  for (let at = 0; at < 6; at++) await createTrainingBatch(graph.services, ACTOR, { ...ALL, limit: 1 });
  for (const number of [2, 5]) await releaseTrainingBatch(graph.services, ACTOR, number);
  interface Page {
    readonly trainingBatches: {
      readonly edges: readonly { readonly node: { readonly number: number } }[];
      readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
      readonly totalCount: number;
    };
  }
  const page = async (state: string, after?: string) => {
    const { trainingBatches } = await graph.query<Page>(
      `query ($state: TrainingBatchState, $after: String) {
        trainingBatches(state: $state, first: 3, after: $after) { edges { node { number } } pageInfo { endCursor hasNextPage } totalCount }
      }`,
      { state, after },
    );
    const { edges, pageInfo, totalCount } = trainingBatches;
    return { numbers: edges.map(({ node }) => node.number), ...pageInfo, totalCount };
  };
  const first = await page('OPEN');
  expect(first).toMatchObject({ numbers: [6, 4, 3], hasNextPage: true, totalCount: 4 });
  expect(await page('OPEN', first.endCursor)).toMatchObject({ numbers: [1], hasNextPage: false });
  expect(await page('RELEASED')).toMatchObject({ numbers: [5, 2], hasNextPage: false, totalCount: 2 });
  expect(await page('COMMITTED')).toMatchObject({ numbers: [], hasNextPage: false, totalCount: 0 });
  const [error] = await graph.errorsOf('query ($after: String) { trainingBatches(after: $after) { totalCount } }', {
    after: first.endCursor,
  });
  expect(error).toContain('cursor');
});

describe('more than one transaction takes', () => {
  const COUNT = 2 * ROWS_AT_ONCE + 10;

  it('is claimed, committed and released chunk by chunk, whoever goes on', async () => {
    const { graph, ids } = await graphOf(COUNT);
    const { services } = graph;
    const number = await beginClaim(services, ACTOR, ALL);
    const claiming = await graph.store.read((reader) => findBatch(reader, 'default', number));
    expect(claiming).toMatchObject({ state: 'claiming', feedbackCount: ROWS_AT_ONCE });
    await isSound(graph);
    await expect(beginCommit(services, ACTOR, number, { producedAdapter: 'made' })).rejects.toThrow('is claiming');
    // Two at once go on with the same batch, as after a request that was sent again.
    await Promise.all([finishBatch(services, ACTOR, number), finishBatch(services, ACTOR, number)]);
    expect(await rowsOf(graph, number)).toEqual(ids);

    await releaseTrainingBatch(services, ACTOR, number);
    expect(new Set(await usesOf(graph, ids))).toEqual(new Set(['unused 0']));
    await isSound(graph);

    const again = await createTrainingBatch(services, ACTOR, ALL);
    await beginCommit(services, ACTOR, again.number, { producedAdapter: 'made' });
    await reapExpiredLeases(services, { abandonedAfter: 0 });
    expect(new Set(await usesOf(graph, ids))).toEqual(new Set([`used ${again.number}`]));
    expect(await graph.store.read((reader) => findBatch(reader, 'default', again.number))).toMatchObject({
      state: 'committed',
      feedbackCount: COUNT,
    });
    await isSound(graph);
  });

  it('is finished at the next start, wherever it was left', async () => {
    const { graph, ids } = await graphOf(COUNT);
    const number = await beginClaim(graph.services, ACTOR, ALL);
    await reapExpiredLeases(graph.services, { abandonedAfter: 0 });
    expect(await rowsOf(graph, number)).toEqual(ids);
    const aborted = AbortSignal.abort();
    await beginCommit(graph.services, ACTOR, number, { producedAdapter: 'made' });
    expect((await finishBatch(graph.services, ACTOR, number, aborted)).state).toBe('committing');
    const uses = new Set(await usesOf(graph, ids));
    expect(uses).toEqual(new Set([`used ${number}`, `claimed ${number}`]));
    await isSound(graph);
    await reapExpiredLeases(graph.services, { abandonedAfter: 0 });
    expect(new Set(await usesOf(graph, ids))).toEqual(new Set([`used ${number}`]));
  });
});

describe('of several servers over one store', () => {
  const COUNT = 3 * ROWS_AT_ONCE + 10;

  it('one that starts leaves alone what another is at, and goes on once that has died, however many leases there are', async () => {
    const { graph, ids } = await graphOf(COUNT);
    let time = Date.now();
    const services = { ...graph.services, now: () => time };
    const number = await beginClaim(services, ACTOR, { ...ALL, leaseMinutes: 43_200 });
    // They lapse sooner, and fill the first read.
    await graph.store.transact((transaction) => {
      for (let other = 0; other < 1_000; other++)
        transaction.put(leaseKey(time + 3_600_000, trainingBatchKey('other', other)), Buffer.alloc(0));
      return Promise.resolve();
    });
    const state = async () => {
      const batch = await graph.store.read((reader) => findBatch(reader, 'default', number));
      return [batch?.state, batch?.feedbackCount];
    };
    time += ABANDONED_AFTER - 1;
    await reapExpiredLeases(services);
    expect(await state()).toEqual(['claiming', ROWS_AT_ONCE]);
    // A step of the other server.
    await finishBatch(services, ACTOR, number, AbortSignal.abort());
    time += ABANDONED_AFTER - 1;
    await reapExpiredLeases(services);
    expect(await state()).toEqual(['claiming', 2 * ROWS_AT_ONCE]);
    time += 1;
    await reapExpiredLeases(services);
    expect(await state()).toEqual(['open', COUNT]);
    expect(await rowsOf(graph, number)).toEqual(ids);
  });

  it('one that is overtaken counts the entries of each user as the other has claimed them', async () => {
    const graph = await openGraph();
    const { services, store } = graph;
    // The first two in the second step, the others in the third.
    const [rejected, approved] = [ROWS_AT_ONCE + 10, ROWS_AT_ONCE + 20];
    const [ofRejected, ofApproved] = [2 * ROWS_AT_ONCE + 40, 2 * ROWS_AT_ONCE + 41];
    const userOf = (index: number): string => {
      if (index === rejected || index === ofRejected) return 'x';
      return index === approved || index === ofApproved ? 'y' : `user-${index}`;
    };
    const ids = await graph.submit(
      ...Array.from({ length: 3 * ROWS_AT_ONCE }, (_, index) => ({ userId: userOf(index) })),
    );
    await reviewFeedback(services, ACTOR, ids[approved]!, { verdict: 'reject' });
    const number = await beginClaim(services, ACTOR, { ...ALL, maxPerUser: 1 });
    let isOvertaken = false;
    const slow: Store = Object.assign(Object.create(store) as Store, {
      transact: <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> =>
        store.transact(async (transaction) => {
          const answer = await work(transaction);
          if (isOvertaken) return answer;
          isOvertaken = true;
          await reviewFeedback(services, ACTOR, ids[rejected]!, { verdict: 'reject' });
          await reviewFeedback(services, ACTOR, ids[approved]!, { verdict: 'approve' });
          await finishBatch(services, ACTOR, number, AbortSignal.abort());
          return answer;
        }),
    });
    await finishBatch({ ...services, store: slow }, ACTOR, number);
    expect(await rowsOf(graph, number)).toEqual(ids.filter((_, index) => index !== rejected && index !== ofApproved));
  });

  it('one goes on with what another has left whose clock was far ahead', async () => {
    const { graph } = await graphOf(COUNT);
    const ahead = { ...graph.services, now: () => Date.now() + 3_600_000 };
    const number = await beginClaim(ahead, ACTOR, ALL);
    await reapExpiredLeases(graph.services);
    expect(await graph.store.read((reader) => findBatch(reader, 'default', number))).toMatchObject({ state: 'open' });
  });
});

describe('the end of a batch', () => {
  it('is a commit with its edges; the same again answers the same, another one is refused', async () => {
    const { graph, ids } = await graphOf(4, 'v1');
    const { services } = graph;
    const { number } = await createTrainingBatch(services, ACTOR, ALL);
    await markExported(services, ACTOR, number);
    const request = { producedAdapter: 'v2', version: '2.0', baseAdapter: 'v1', metrics: { loss: 0.5, epochs: 3 } };
    const committed = await commitTrainingBatch(services, ACTOR, number, request);
    expect(committed).toMatchObject({ state: 'committed', training: request, feedbackCount: 4 });
    const again = await commitTrainingBatch(services, ACTOR, number, { ...request, metrics: { epochs: 3, loss: 0.5 } });
    expect(again).toEqual(committed);
    await expect(commitTrainingBatch(services, ACTOR, number, { producedAdapter: 'v3' })).rejects.toThrow(
      'already been committed for the adapter v2',
    );
    await expect(releaseTrainingBatch(services, ACTOR, number)).rejects.toMatchObject({ code: 'CONFLICT' });
    const data = await graph.query<{ adapter: object }>(
      '{ adapter(id: "v2") { version derivedFrom { edges { node { id } } } } }',
    );
    expect(data.adapter).toEqual({ version: '2.0', derivedFrom: { edges: [{ node: { id: 'v1' } }] } });
    const erased = await eraseFeedback(services, ACTOR, ids[0]!);
    expect(erased).toMatchObject({ trainingBatches: ['batch-1'], adapters: ['v2'] });
    await isSound(graph);
  });

  it('leaves a batch as it was if its adapter would become its own ancestor', async () => {
    const { graph, ids } = await graphOf(2, 'v1');
    await graph.register({ id: 'v2', derivedFrom: ['v1'] });
    const { number } = await createTrainingBatch(graph.services, ACTOR, ALL);
    const cycle = { producedAdapter: 'v1', baseAdapter: 'v2' };
    await expect(commitTrainingBatch(graph.services, ACTOR, number, cycle)).rejects.toThrow('cycle');
    expect(await usesOf(graph, ids)).toEqual(['claimed 1', 'claimed 1']);
    await isSound(graph);
  });

  it('comes by itself when the lease lapses, and counts from that moment on', async () => {
    const { graph, ids } = await graphOf(3);
    let time = Date.now();
    const services = { ...graph.services, now: () => time };
    const { number } = await createTrainingBatch(services, ACTOR, { ...ALL, leaseMinutes: 1 });
    await eraseFeedback(services, ACTOR, ids[1]!);
    time += 59_999;
    await reapExpiredLeases(services);
    const held = await graph.store.read((reader) => findBatch(reader, 'default', number));
    expect(stateAt(held!, time)).toBe('open');
    time += 1;
    expect(stateAt(held!, time)).toBe('expired');
    await expect(commitTrainingBatch(services, ACTOR, number, { producedAdapter: 'made' })).rejects.toThrow(
      'is expired',
    );
    await reapExpiredLeases(services);
    expect(await graph.store.read((reader) => findBatch(reader, 'default', number))).toMatchObject({
      state: 'expired',
      feedbackCount: 0,
      claimed: { total: 3 },
    });
    expect(await usesOf(graph, ids)).toEqual(['unused 0', 'gone 0', 'unused 0']);
    expect(await createTrainingBatch(services, ACTOR, ALL)).toMatchObject({ number: 2, feedbackCount: 2 });
    await isSound(graph);
  });

  it('comes for all others where the record of one is damaged', async () => {
    const { graph, ids } = await graphOf(2);
    let time = Date.now();
    const services = { ...graph.services, now: () => time };
    await createTrainingBatch(services, ACTOR, { ...ALL, limit: 1, leaseMinutes: 1 });
    await createTrainingBatch(services, ACTOR, { ...ALL, limit: 1, leaseMinutes: 2 });
    await graph.store.transact((transaction) => {
      transaction.put(trainingBatchKey('default', 1), Buffer.from('damaged'));
      return Promise.resolve();
    });
    time += 600_000;
    await expect(reapExpiredLeases(services)).rejects.toThrow();
    const failures: string[] = [];
    await reapExpiredLeases(services, { onFailure: (_error, lease) => failures.push(lease) });
    expect(failures).toEqual([expect.stringContaining('lease:')]);
    expect(await usesOf(graph, ids)).toEqual(['claimed 1', 'unused 0']);
  });
});

it.each<[string, Partial<ClaimRequest>]>([
  ['limit', { limit: 0 }],
  ['limit', { limit: 100_001 }],
  ['holdout', { holdout: 0.51 }],
  ['holdout', { holdout: Number.NaN }],
  ['leaseMinutes', { leaseMinutes: 0 }],
  ['maxPerUser', { maxPerUser: 0 }],
  ['maxPerUser', { maxPerUser: 1.5 }],
  ['lineage', { filter: { lineage: 'ancestors' } }],
  ['adapterId', { filter: { adapterId: 'batch-1' } }],
  ['since', { filter: { since: 2, until: 1 } }],
])('a claim with a wrong %s is refused, and says so', async (field, wrong) => {
  const { graph } = await graphOf(1);
  const refused = createTrainingBatch(graph.services, ACTOR, { ...ALL, ...wrong });
  await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ field }] });
});
