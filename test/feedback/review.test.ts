import { describe, expect, it } from 'vitest';
import { findFeedback } from '../../src/feedback/read.js';
import { claimForReview } from '../../src/feedback/review/claims.js';
import { reviewFeedback, undoReview } from '../../src/feedback/review.js';
import { updateFeedback } from '../../src/feedback/update.js';
import { createTrainingBatch } from '../../src/training/work.js';
import { ACTOR } from '../support/graph.js';
import { openJudged, START } from '../support/judged.js';

const ANN = { ...ACTOR, sub: 'ann' };
const BOB = { ...ACTOR, sub: 'bob' };

/** A graph where everything is flagged, and its clock. */
const flagging = () => openJudged(() => Promise.resolve({ status: 'flagged', reasons: ['It is odd'] }));

describe('a review', () => {
  it('approves with the missing correction, and can be taken back', async () => {
    const graph = await flagging();
    const { services, submit, read, isSound } = graph;
    const [id] = await submit(1, { type: 'negative' });
    await claimForReview(services, ANN, { count: 1, minutes: 5 });
    await reviewFeedback(services, ANN, id!, { verdict: 'approve', correction: 'The right answer.' });
    expect(await read(id!)).toMatchObject({
      version: 2,
      validationStatus: 'approved',
      validationReasons: [],
      correction: 'The right answer.',
      review: { verdict: 'approve', reviewer: 'ann', at: START, version: 2 },
    });
    expect(await read(id!)).not.toHaveProperty('reviewClaim');
    await undoReview(services, BOB, id!);
    const undone = await read(id!);
    expect(undone).toMatchObject({ version: 3, validationStatus: 'flagged', validationReasons: ['It is odd'] });
    expect([undone.review, undone.correction]).toEqual([undefined, undefined]);
    expect((await claimForReview(services, BOB, { count: 1, minutes: 5 })).ids).toEqual([id]);
    const { feedback } = await graph.query<{ feedback: { audit: { edges: { node: object }[] } } }>(
      'query ($id: ID!) { feedback(id: $id) { audit { edges { node { action actor reason } } } } }',
      { id },
    );
    expect(feedback.audit.edges.map(({ node }) => node)).toEqual([
      { action: 'FEEDBACK_REOPEN', actor: 'bob', reason: 'review of version 2' },
      { action: 'FEEDBACK_REVIEW', actor: 'ann', reason: null },
      { action: 'FEEDBACK_SUBMIT', actor: 'ann', reason: null },
    ]);
    await isSound();
  });

  it('is refused while another reviewer or training has the entry', async () => {
    const { services, submit, clock } = await flagging();
    const [id] = await submit(1);
    await claimForReview(services, ANN, { count: 1, minutes: 5 });
    await expect(reviewFeedback(services, BOB, id!, { verdict: 'approve' })).rejects.toThrow('Another reviewer');
    clock.now += 5 * 60_000;
    await reviewFeedback(services, BOB, id!, { verdict: 'approve' });
    await createTrainingBatch(services, ACTOR, {
      filter: {},
      newestFirst: false,
      limit: 10,
      holdout: 0,
      leaseMinutes: 60,
    });
    await expect(reviewFeedback(services, BOB, id!, { verdict: 'reject' })).rejects.toThrow('holds the feedback entry');
    await expect(undoReview(services, BOB, id!)).rejects.toThrow('holds the feedback entry');
  });

  it('has no reason and no correction that is blank', async () => {
    const { services, submit } = await flagging();
    const [id] = await submit(1);
    await expect(reviewFeedback(services, ANN, id!, { verdict: 'reject', reason: ' ' })).rejects.toThrow('reason');
    await expect(reviewFeedback(services, ANN, id!, { verdict: 'approve', correction: ' ' })).rejects.toThrow('blank');
    await expect(undoReview(services, ANN, id!)).rejects.toThrow('no review');
  });
});

it('lists what waits: flagged before pending, oldest first, with its exact length, page by page', async () => {
  const graph = await flagging();
  const { services, store, submit, read } = graph;
  const ids = await submit(5, { adapterId: 'lora' });
  await store.transact(async (transaction) => {
    const pending = (await findFeedback(transaction, 'default', [ids[0]!]))[0]!;
    await updateFeedback(transaction, services.keyedHash, ACTOR, pending, {
      action: 'feedback.judge',
      at: START,
      patch: { validationStatus: 'pending' },
    });
  });
  expect((await read(ids[0]!)).validationStatus).toBe('pending');
  const document = `query ($first: Int!, $after: String, $filter: FeedbackFilterInput) {
    reviewQueue(first: $first, after: $after, filter: $filter) {
      totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
  interface Page {
    reviewQueue: {
      totalCount: number;
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  }
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page: Page = await graph.query<Page>(document, { first: 2, after });
    expect(page.reviewQueue.totalCount).toBe(5);
    seen.push(...page.reviewQueue.edges.map(({ node }) => node.id));
    after = page.reviewQueue.pageInfo.hasNextPage ? page.reviewQueue.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual([...ids.slice(1), ids[0]]);
  const pending = await graph.query<Page>(document, {
    first: 9,
    filter: { validationStatus: 'PENDING', adapterId: 'lora' },
  });
  expect(pending.reviewQueue).toMatchObject({ totalCount: 1, edges: [{ node: { id: ids[0] } }] });
  expect(await graph.errorsOf(document, { first: 2, after: 'nonsense' })).toEqual([expect.stringContaining('cursor')]);
});
