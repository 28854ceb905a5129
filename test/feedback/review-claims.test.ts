import { describe, expect, it } from 'vitest';
import { sweepExpired } from '../../src/audit/idempotency.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { findFeedback } from '../../src/feedback/read.js';
import { findClaimable, planClaim } from '../../src/feedback/review/claimable.js';
import { claimForReview, MAX_HELD, type ReviewClaimRequest } from '../../src/feedback/review/claims.js';
import { releaseReviewClaims, renewReviewClaims, skipReviews } from '../../src/feedback/review/held.js';
import { MAX_SKIPS, SKIP_LASTS } from '../../src/feedback/review/skips.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { replaceFeedback } from '../../src/feedback/update.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { keyPrefix, prefixRange } from '../../src/store/keys.js';
import { ACTOR } from '../support/graph.js';
import { openJudged, START } from '../support/judged.js';

const ANN = { ...ACTOR, sub: 'ann' };
const BOB = { ...ACTOR, sub: 'bob' };
const MINUTE = 60_000;

/** A graph where everything is flagged, and its clock. */
async function flagging() {
  const graph = await openJudged(() => Promise.resolve({ status: 'flagged', reasons: ['It is odd'] }));
  const { services } = graph;
  const claim = (actor = ANN, request: Partial<ReviewClaimRequest> = {}) =>
    claimForReview(services, actor, { count: 100, minutes: 5, ...request });
  const claimIds = async (actor = ANN, request: Partial<ReviewClaimRequest> = {}) => (await claim(actor, request)).ids;
  const held = async (): Promise<[string, Date][]> => {
    const { reviewClaims } = await graph.query<{
      reviewClaims: { totalCount: number; edges: { node: { id: string; reviewClaim: { until: Date } } }[] };
    }>('{ reviewClaims { totalCount edges { node { id reviewClaim { until } } } } }');
    expect(reviewClaims.totalCount).toBe(reviewClaims.edges.length);
    return reviewClaims.edges.map(({ node }) => [node.id, node.reviewClaim.until]);
  };
  return { ...graph, claim, claimIds, held };
}

describe('a claim to review', () => {
  it('gets the oldest flagged entries, each one reviewer alone, also when both ask at once', async () => {
    const { submit, claimIds, isSound } = await flagging();
    const ids = await submit(10);
    const [first, second] = await Promise.all([claimIds(ANN, { count: 4 }), claimIds(BOB, { count: 4 })]);
    expect([...first, ...second].sort()).toEqual(ids.slice(0, 8));
    expect(await claimIds()).toEqual(ids.slice(8));
    expect(await claimIds()).toEqual([]);
    await isSound();
  });

  it('is never of two reviewers, however many ask at once', async () => {
    const { submit, claimIds, isSound } = await flagging();
    const ids = await submit(60);
    const claimed = await Promise.all(
      Array.from({ length: 12 }, (_, nth) => claimIds({ ...ACTOR, sub: `reviewer-${nth}` }, { count: 5 })),
    );
    expect(claimed.flat().sort()).toEqual(ids);
    await isSound();
  });

  it('lapses by itself, and what has lapsed is the next to be claimed', async () => {
    const { submit, clock, read, claimIds, isSound } = await flagging();
    const ids = await submit(3);
    await claimIds(ANN, { count: 2 });
    clock.now += 5 * MINUTE - 1;
    expect(await claimIds(BOB, { count: 1 })).toEqual(ids.slice(2));
    clock.now += 1;
    expect(await claimIds(BOB, { count: 1 })).toEqual(ids.slice(0, 1));
    expect((await read(ids[0]!)).reviewClaim?.reviewer).toBe('bob');
    expect((await read(ids[0]!)).version).toBe(1);
    expect((await read(ids[1]!)).reviewClaim).toBeUndefined();
    await isSound();
  });

  it('refuses what is out of bounds, and entries that are not flagged', async () => {
    const graph = await flagging();
    const { claim } = graph;
    await expect(claim(ANN, { count: 0 })).rejects.toThrow('from 1 to 100');
    await expect(claim(ANN, { count: 101 })).rejects.toThrow('from 1 to 100');
    await expect(claim(ANN, { minutes: 1_441 })).rejects.toThrow('from 1 to 1440');
    await expect(claim(ANN, { filter: { validationStatus: 'approved' } })).rejects.toThrow("'validationStatus'");
    await expect(claim(ANN, { filter: { since: 2, until: 1 } })).rejects.toThrow("'since'");
    const [error] = await graph.errorsOf('mutation { claimReviews(count: 1, after: "AAAA") { hasMore } }');
    expect(error).toContain("'after'");
  });

  it('takes the given entries alone, as far as they can be claimed', async () => {
    const { services, submit, claim, claimIds, isSound } = await flagging();
    const tagged = await submit(3, { tags: ['spam'] });
    const [other] = await submit(1);
    await claimIds(BOB, { count: 1 });
    await skipReviews(services, ANN, [tagged[2]!]);
    const ids = [...tagged, other!, tagged[1]!, 'feedback-unknown'];
    expect(await claim(ANN, { ids, filter: { tag: 'spam' } })).toEqual({
      ids: tagged.slice(1),
      hasMore: false,
      areSkipped: false,
    });
    expect(await claimIds(ANN, { ids })).toEqual([other]);
    expect(await claimIds(ANN, { ids })).toEqual([]);
    await reviewFeedback(services, ANN, other!, { verdict: 'approve' });
    expect(await claimIds(ANN, { ids: [other!] })).toEqual([]);
    await expect(claim(ANN, { ids: [] })).rejects.toThrow("'ids' must have 1 to 100 ids");
    await expect(claim(ANN, { ids: Array<string>(101).fill(other!) })).rejects.toThrow("'ids'");
    await expect(claim(ANN, { ids, after: other! })).rejects.toThrow("'after'");
    await isSound();
  });

  it('ends with the entry', async () => {
    const { services, submit, claimIds, isSound } = await flagging();
    const [id] = await submit(1);
    await claimIds();
    await eraseFeedback(services, ACTOR, id!);
    await isSound();
  });

  it('takes what a filter selects alone', async () => {
    const { submit, claimIds, isSound } = await flagging();
    const tagged = await submit(3, { tags: ['spam'], adapterId: 'lora' });
    const others = await submit(3, { tags: ['spam'] });
    const rated = await submit(2, { scores: { rating: 1 }, type: 'negative' });
    expect(await claimIds(ANN, { filter: { tag: 'none' } })).toEqual([]);
    expect(await claimIds(ANN, { filter: { tag: 'spam', adapterIds: ['lora'] }, count: 2 })).toEqual(
      tagged.slice(0, 2),
    );
    expect(await claimIds(BOB, { filter: { scores: [{ name: 'rating', max: 2 }], type: 'negative' } })).toEqual(rated);
    expect(await claimIds(BOB, { filter: { tag: 'spam' } })).toEqual([...tagged.slice(2), ...others]);
    await isSound();
  });

  it('finds what has lapsed by a filter, too', async () => {
    const { submit, clock, claimIds } = await flagging();
    await submit(1);
    const tagged = await submit(2, { tags: ['spam'] });
    await claimIds(ANN);
    clock.now += 5 * MINUTE;
    expect(await claimIds(BOB, { filter: { tag: 'spam' } })).toEqual(tagged);
  });

  it('says where it has ended, and goes on from there', async () => {
    const graph = await flagging();
    const { submit, claim } = graph;
    const ids = await submit(5);
    const first = await claim(ANN, { count: 2 });
    expect(first).toEqual({ ids: ids.slice(0, 2), hasMore: true, lookedUntil: ids[1], areSkipped: false });
    const second = await claim(ANN, { count: 3, after: ids[2]! });
    expect(second).toEqual({ ids: ids.slice(3), hasMore: false, areSkipped: false });
    const { claimReviews } = await graph.query<{ claimReviews: object }>(
      'mutation { claimReviews(count: 1) { entries { id reviewClaim { reviewer } } hasMore endCursor areSkipped } }',
    );
    const entries = [{ id: ids[2], reviewClaim: { reviewer: 'ann' } }];
    expect(claimReviews).toEqual({ entries, hasMore: false, endCursor: null, areSkipped: false });
  });

  it('looks through so much of indexes that have little in common, and says so', async () => {
    const { submit, store, services, claimIds } = await flagging();
    // None of the 30 with the tag is of the adapter, and each index is read to its end to see it.
    for (let nth = 0; nth < 30; nth += 1) {
      await submit(1, { tags: ['spam'] });
      await submit(1, { adapterId: 'lora' });
    }
    const [wanted] = await submit(1, { tags: ['spam'], adapterId: 'lora' });
    const plan = planClaim('default', { tag: 'spam', adapterIds: ['lora'] }, services.keyedHash);
    const find = (after?: string) =>
      store.read((reader) =>
        findClaimable(
          reader,
          plan,
          { limit: 5, without: new Set(), ...(after !== undefined && { after }) },
          { keys: 20, window: 4 },
        ),
      );
    const rounds: string[] = [];
    for (let found = await find(); ; found = await find(found.lookedUntil)) {
      if (found.ids.length > 0 || found.lookedUntil === undefined) {
        expect(found.ids).toEqual([wanted]);
        break;
      }
      rounds.push(found.lookedUntil);
    }
    expect(rounds.length).toBeGreaterThan(2);
    expect(await claimIds(ANN, { filter: { tag: 'spam', adapterIds: ['lora'] } })).toEqual([wanted]);
  });

  it('takes no more than one reviewer may hold', async () => {
    const { submit, claim, claimIds, services } = await flagging();
    await submit(MAX_HELD + 10);
    for (let nth = 0; nth < MAX_HELD / 100 - 1; nth += 1) await claimIds();
    expect(await claimIds(ANN, { count: 95 })).toHaveLength(95);
    expect(await claim()).toMatchObject({ hasMore: true, ids: { length: 5 } });
    await expect(claim()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await releaseReviewClaims(services, ANN)).toHaveLength(MAX_HELD);
    expect(await claimIds(BOB)).toHaveLength(100);
  });

  it('repeated with its Idempotency-Key claims nothing more', async () => {
    const { submit, services, isSound } = await flagging();
    const ids = await submit(4);
    const idempotency = { org: 'default', keyHash: 'key', fingerprint: 'claim', at: START };
    const claimOnce = () => claimForReview(services, ANN, { count: 2, minutes: 5 }, { idempotency });
    const first = await claimOnce();
    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(await claimOnce()).toEqual(first);
    await isSound();
  });
});

describe('what a reviewer holds', () => {
  it('is listed with the time at which each claim ends, for this reviewer alone', async () => {
    const { submit, claimIds, clock, held } = await flagging();
    const ids = await submit(4);
    await claimIds(ANN, { count: 1 });
    await claimIds(BOB, { count: 1 });
    clock.now += MINUTE;
    await claimIds(ANN, { count: 1, minutes: 10 });
    expect(await held()).toEqual([
      [ids[0], new Date(START + 5 * MINUTE)],
      [ids[2], new Date(START + 11 * MINUTE)],
    ]);
  });

  it('is renewed at once, never for less, and after it has lapsed unless another has it', async () => {
    const { submit, services, claimIds, clock, held, isSound } = await flagging();
    const ids = await submit(3);
    await claimIds(ANN, { count: 2 });
    await claimIds(ANN, { count: 1, minutes: 60 });
    expect(await renewReviewClaims(services, ANN, 10)).toEqual([
      { id: ids[0], until: START + 10 * MINUTE },
      { id: ids[1], until: START + 10 * MINUTE },
      { id: ids[2], until: START + 60 * MINUTE },
    ]);
    clock.now += 10 * MINUTE;
    expect((await renewReviewClaims(services, ANN, 5)).map(({ id }) => id)).toEqual(ids);
    clock.now += 5 * MINUTE;
    expect(await claimIds(BOB, { count: 1 })).toEqual([ids[0]]);
    expect((await renewReviewClaims(services, ANN, 5)).map(({ id }) => id)).toEqual([ids[2]]);
    expect((await held()).map(([id]) => id)).toEqual([ids[2]]);
    await expect(renewReviewClaims(services, ANN, 0)).rejects.toThrow("'minutes' must be an integer from 1 to 1440");
    await isSound();
  });

  it('goes back to the queue when it is released: some, or all, and nothing of others', async () => {
    const { submit, services, claimIds, held, isSound } = await flagging();
    const ids = await submit(5);
    await claimIds(ANN, { count: 3 });
    await claimIds(BOB, { count: 1 });
    const named = [ids[1]!, ids[1]!, ids[3]!, ids[4]!, 'feedback-none'];
    expect(await releaseReviewClaims(services, ANN, named)).toEqual([ids[1]]);
    expect(await releaseReviewClaims(services, ANN, named)).toEqual([]);
    expect(await claimIds(BOB, { count: 1 })).toEqual([ids[1]]);
    expect(await releaseReviewClaims(services, ANN)).toEqual([ids[0], ids[2]]);
    expect(await releaseReviewClaims(services, ANN)).toEqual([]);
    expect(await held()).toEqual([]);
    expect(await claimIds(BOB)).toEqual([ids[0], ids[2], ids[4]]);
    await expect(releaseReviewClaims(services, ANN, [])).rejects.toThrow("'ids'");
    await expect(skipReviews(services, ANN, Array<string>(101).fill(ids[0]!))).rejects.toThrow("'ids'");
    await isSound();
  });

  it('ends with the decision', async () => {
    const { submit, services, claimIds, held } = await flagging();
    const [id] = await submit(1);
    await claimIds();
    await reviewFeedback(services, ANN, id!, { verdict: 'approve' });
    expect(await held()).toEqual([]);
    expect(await renewReviewClaims(services, ANN, 5)).toEqual([]);
    expect(await skipReviews(services, ANN, [id!])).toEqual([]);
  });
});

describe('what a reviewer skips', () => {
  it('is given to others as before, and to the reviewer once there is nothing else', async () => {
    const { submit, services, claim, claimIds, held, isSound } = await flagging();
    const ids = await submit(4);
    await claimIds(ANN, { count: 2 });
    expect(await skipReviews(services, ANN, [ids[0]!, 'feedback-none', ids[0]!])).toEqual([ids[0]]);
    expect((await held()).map(([id]) => id)).toEqual([ids[1]]);
    expect(await claim(ANN, { count: 1 })).toMatchObject({ ids: [ids[2]], areSkipped: false });
    expect(await claim(ANN)).toMatchObject({ ids: [ids[3]], areSkipped: false, hasMore: false });
    expect(await claim(ANN)).toMatchObject({ ids: [ids[0]], areSkipped: true, hasMore: false });
    await skipReviews(services, ANN, [ids[1]!, ids[0]!]);
    expect(await claim(ANN, { count: 1 })).toMatchObject({ ids: [ids[1]], areSkipped: true });
    expect(await claimIds(BOB)).toEqual([ids[0]]);
    await isSound();
  });

  it('comes again only as far as a filter selects it', async () => {
    const { submit, services, claim } = await flagging();
    const [plain] = await submit(1);
    const [tagged] = await submit(1, { tags: ['spam'] });
    await skipReviews(services, ANN, [plain!, tagged!]);
    expect(await claim(ANN, { filter: { tag: 'spam' } })).toMatchObject({ ids: [tagged], areSkipped: true });
  });

  it('is forgotten after a day, with everything that was stored of it', async () => {
    const { submit, services, store, clock, claim, isSound } = await flagging();
    const ids = await submit(2);
    await skipReviews(services, ANN, [ids[0]!]);
    clock.now += SKIP_LASTS - 1;
    expect(await claim(ANN)).toMatchObject({ ids: [ids[1]] });
    await releaseReviewClaims(services, ANN);
    clock.now += 1;
    expect(await claim(ANN)).toMatchObject({ ids, areSkipped: false });
    await sweepExpired(store, clock.now + 1);
    const stored = await store.read((reader) =>
      reader.scanKeys({ ...prefixRange(keyPrefix('review_skips')), limit: Infinity }),
    );
    expect(stored).toEqual([]);
    await isSound();
  });

  it('has a bound: of more, those that were skipped first come again', async () => {
    const { submit, services, claim } = await flagging();
    const ids = await submit(MAX_SKIPS + 1);
    for (let from = 0; from < ids.length; from += 100) {
      await skipReviews(services, ANN, ids.slice(from, from + 100));
    }
    expect(await claim(ANN)).toMatchObject({ ids: [ids[0]], areSkipped: false });
  });

  it('is checked by verify, which repairs what stands in its place', async () => {
    const { submit, services, store } = await flagging();
    const ids = await submit(1);
    await skipReviews(services, ANN, ids);
    const [key] = await store.read((reader) =>
      reader.scanKeys({ ...prefixRange(keyPrefix('review_skips')), limit: Infinity }),
    );
    await store.transact((transaction) => {
      transaction.put(key!, Buffer.from('nonsense'));
      return Promise.resolve();
    });
    const { disagreements } = await verifyStore(store, { repair: true });
    expect(disagreements.filter(({ kind }) => kind === 'review_skips')).toMatchObject([{ repair: 'done' }]);
    const again = await verifyStore(store, { repair: true });
    expect(again.disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
    expect(await claimForReview(services, ANN, { count: 1, minutes: 5 })).toMatchObject({ ids, areSkipped: false });
  });
});

it('claims of a server from before lapse as they did, and are in no index of their reviewer', async () => {
  const { submit, services, store, clock, claimIds, held, isSound } = await flagging();
  const [id] = await submit(1);
  await claimIds();
  await store.transact(async (transaction) => {
    const [feedback] = await findFeedback(transaction, 'default', [id!]);
    const reviewClaim = { reviewer: 'ann', until: START + 5 * MINUTE };
    await replaceFeedback(transaction, services.keyedHash, 'default', feedback!, { ...feedback!, reviewClaim });
  });
  expect(await held()).toEqual([]);
  await isSound();
  clock.now += 5 * MINUTE;
  expect(await claimIds(BOB)).toEqual([id]);
  await isSound();
});
