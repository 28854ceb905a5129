import { expect, it } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { indexCounterRange } from '../../src/feedback/index/index-keys.js';
import { reviewsOnDays } from '../../src/feedback/index/review-days.js';
import { reviewFeedback, undoReview } from '../../src/feedback/review.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { replaceFeedback } from '../../src/feedback/update.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { ACTOR } from '../support/graph.js';
import { openJudged, START } from '../support/judged.js';

const ANN = { ...ACTOR, sub: 'ann' };
const BOB = { ...ACTOR, sub: 'bob' };
const DAY = 86_400_000;
const DAYS = ['20300101', '20300102'];

async function open() {
  const graph = await openJudged(() => Promise.resolve({ status: 'flagged', reasons: ['It is odd'] }));
  const { services, store } = graph;
  const approve = (actor: typeof ACTOR, id = ''): Promise<void> =>
    reviewFeedback(services, actor, id, { verdict: 'approve' });
  const counted = (sub: string, org = 'default'): Promise<number[]> =>
    store.read((reader) => reviewsOnDays(reader, org, services.keyedHash(org, sub), DAYS));
  return { ...graph, approve, counted };
}

it('a reviewer has decided as many entries on a day as have a review of theirs from that day', async () => {
  const { submit, approve, counted, clock, services, isSound } = await open();
  const [first, second, third] = await submit(3);
  expect(await counted('ann')).toEqual([0, 0]);
  await approve(ANN, first);
  await approve(ANN, second);
  await approve(BOB, third);
  expect([await counted('ann'), await counted('bob'), await counted('ann', 'other')]).toEqual([
    [2, 0],
    [1, 0],
    [0, 0],
  ]);
  // Again on the next day, by the same reviewer and by another: an entry counts once.
  clock.now = START + DAY;
  await reviewFeedback(services, ANN, first ?? '', { verdict: 'reject' });
  await approve(BOB, second);
  expect([await counted('ann'), await counted('bob')]).toEqual([
    [0, 1],
    [1, 1],
  ]);
  await isSound();
});

it('what is undone counts no more, and the review before it counts again on its day, whoever undoes it', async () => {
  const { submit, approve, counted, clock, services, isSound } = await open();
  const [id = ''] = await submit(1);
  await approve(ANN, id);
  clock.now = START + DAY;
  await approve(BOB, id);
  await undoReview(services, ANN, id);
  expect([await counted('ann'), await counted('bob')]).toEqual([
    [1, 0],
    [0, 0],
  ]);
  await undoReview(services, BOB, id);
  await expect(undoReview(services, BOB, id)).rejects.toThrow('no review to undo');
  expect(await counted('ann')).toEqual([0, 0]);
  await isSound();
});

it('an entry that is revised or erased has no review that counts', async () => {
  const { submit, approve, counted, services, isSound } = await open();
  const [revised = '', erased = ''] = await submit(2);
  await approve(BOB, revised);
  await approve(BOB, erased);
  await reviseFeedback(services, ACTOR, revised, { comment: 'It is not so' });
  expect(await counted('bob')).toEqual([1, 0]);
  await eraseFeedback(services, ACTOR, erased);
  expect(await counted('bob')).toEqual([0, 0]);
  await isSound();
});

it('reviews of a server from before are left out, also when they are replaced or undone', async () => {
  const { submit, approve, counted, services, store, read, isSound } = await open();
  const [id = ''] = await submit(1);
  await approve(ANN, id);
  await store.transact(async (transaction) => {
    const entry = await read(id);
    const { counted: _, ...review } = entry.review!;
    const before = { ...entry, review: { ...review, counted: undefined } };
    await replaceFeedback(transaction, services.keyedHash, 'default', entry, before);
  });
  expect(await counted('ann')).toEqual([0, 0]);
  await isSound();
  await approve(ANN, id);
  expect(await counted('ann')).toEqual([1, 0]);
  await undoReview(services, ANN, id);
  expect(await counted('ann')).toEqual([0, 0]);
  await isSound();
});

it('verify finds lost and surplus counts, and repair makes them what the entries say', async () => {
  const { submit, approve, counted, store, isSound } = await open();
  const [first, second] = await submit(2);
  await approve(ANN, first);
  await approve(ANN, second);
  const range = indexCounterRange('default', 'reviewDay');
  const [counter = ''] = await store.read((reader) => reader.scanKeys({ ...range, limit: 2 }));
  await store.transact((transaction) => {
    transaction.add(counter, 5);
    return Promise.resolve();
  });
  const { found } = await verifyStore(store, { repair: true });
  expect(found).toBeGreaterThan(0);
  expect(await counted('ann')).toEqual([2, 0]);
  await isSound();
});
