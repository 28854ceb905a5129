import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { preferenceStats } from '../../src/feedback/index/preference-stats.js';
import { wilsonInterval } from '../../src/feedback/index/wilson-interval.js';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { submitBatch, submitFeedback } from '../../src/feedback/submit.js';
import { unlinkFeedback } from '../../src/feedback/unlink-feedback.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Feedback } from '../../src/model/feedback.js';
import type { GivenSubmission } from '../../src/model/submission.js';
import { createTrainingBatch } from '../../src/training/work.js';
import { ACTOR } from '../support/graph.js';
import { openJudged } from '../support/judged.js';

const ADAPTERS = ['a', 'b', 'c:%'];
const ANSWERS = ['It is 97.', 'It is 91.', 'It is 101.'];

const approve = () => Promise.resolve({ status: 'approved', reasons: [] } as const);

/** What outcomes mean, in the plainest words, without any of the code that keeps them. */
function recount(entries: readonly Feedback[]): Record<string, [won: number, lost: number, tied: number]> {
  const counts = Object.fromEntries(ADAPTERS.map((adapter) => [adapter, [0, 0, 0] as [number, number, number]]));
  for (const { type, validationStatus, withdrawn, candidates = [], preferred } of entries) {
    if (type !== 'preference' || validationStatus !== 'approved' || withdrawn !== undefined) continue;
    for (const adapter of ADAPTERS) {
      const count = counts[adapter];
      const isThere = candidates.some((each) => each.adapterId === adapter);
      const isAlone = candidates.every((each) => each.adapterId === adapter);
      if (count === undefined || !isThere || isAlone) continue;
      if (preferred === 'tie') count[2] += 1;
      else if (candidates[preferred ?? 0]?.adapterId === adapter) count[0] += 1;
      else count[1] += 1;
    }
  }
  return counts;
}

type Step =
  | { readonly kind: 'submit'; readonly submissions: readonly GivenSubmission[] }
  | { readonly kind: 'prefer'; readonly entry: number; readonly preferred: number | 'tie' }
  | { readonly kind: 'withdraw' | 'restore' | 'reject' | 'erase' | 'claim'; readonly entry: number }
  | { readonly kind: 'link' | 'unlink'; readonly entry: number; readonly adapter: string };

const entry = fc.nat({ max: 7 });
const preferred = fc.oneof(fc.nat({ max: 2 }), fc.constant('tie' as const));
const submission: fc.Arbitrary<GivenSubmission> = fc
  .record({
    adapters: fc.array(fc.option(fc.constantFrom(...ADAPTERS), { nil: undefined, freq: 2 }), {
      minLength: 2,
      maxLength: 3,
    }),
    preferred,
    interactionId: fc.constantFrom('i', undefined, undefined),
    externalId: fc.constantFrom('e', 'e', undefined),
    isVerdict: fc.boolean(),
  })
  .map(({ adapters, isVerdict, preferred: place, interactionId, externalId }) => ({
    question: 'Which prime?',
    ...(interactionId !== undefined && { interactionId, userId: 'u' }),
    ...(externalId !== undefined && { externalId }),
    ...(isVerdict
      ? { type: 'positive', answer: 'It is 97.', ...(adapters[0] !== undefined && { adapterId: adapters[0] }) }
      : {
          candidates: adapters.map((adapterId, index) => ({
            answer: ANSWERS[index] ?? '',
            ...(adapterId !== undefined && { adapterId }),
          })),
          preferred: typeof place === 'number' ? place % adapters.length : place,
        }),
  }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      submissions: fc.array(submission, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('prefer' as const), entry, preferred }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('withdraw', 'restore', 'reject', 'erase', 'claim'), entry }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('link', 'unlink'), entry, adapter: fc.constantFrom(...ADAPTERS) }),
  },
);

describe('the outcomes of preferences', () => {
  it('are counted as a plain recount counts them, whatever happens to entries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { services, store, isSound, read } = await openJudged(approve);
        const ids: string[] = [];
        const gone = new Set<string>();
        const take = async (each: Step): Promise<void> => {
          if (each.kind === 'submit') {
            for (const outcome of await submitBatch(services, ACTOR, each.submissions)) {
              if (!('error' in outcome) && !ids.includes(outcome.feedback.id)) ids.push(outcome.feedback.id);
            }
            return;
          }
          const id = ids[each.entry];
          if (id === undefined) return;
          switch (each.kind) {
            case 'prefer':
              return reviseFeedback(services, ACTOR, id, { preferred: each.preferred });
            case 'withdraw':
            case 'restore':
              return reviseFeedback(services, ACTOR, id, { withdrawn: each.kind === 'withdraw' });
            case 'reject':
              return reviewFeedback(services, ACTOR, id, { verdict: 'reject' });
            case 'erase':
              await eraseFeedback(services, ACTOR, id);
              gone.add(id);
              return;
            case 'claim': {
              const claim = { filter: {}, newestFirst: false, limit: 1, holdout: 0, leaseMinutes: 60 };
              await createTrainingBatch(services, ACTOR, claim);
              return;
            }
            case 'link':
              await linkFeedback(services, ACTOR, { feedbackId: id, adapterId: each.adapter });
              return;
            case 'unlink':
              return unlinkFeedback(services, ACTOR, { feedbackId: id, adapterId: each.adapter });
          }
        };
        for (const each of steps) {
          await take(each).catch((error: unknown) => {
            // What may not be done is refused, and changes nothing.
            if (!(error instanceof ApiError)) throw error;
          });
        }
        const entries = await Promise.all(ids.filter((id) => !gone.has(id)).map(read));
        const stats = await store.read((reader) => preferenceStats(reader, 'default', ADAPTERS));
        const counted = stats.map(({ wonCount, lostCount, tiedCount }) => [wonCount, lostCount, tiedCount]);
        expect(counted).toEqual(Object.values(recount(entries)));
        await isSound();
        for (const { id } of entries.filter(({ use }) => use === 'unused')) {
          await reviseFeedback(services, ACTOR, id, { comment: 'Never mind.', withdrawn: true });
          expect((await read(id)).withdrawn).toBe('uncounted');
        }
        await isSound();
      }),
      { numRuns: 60 },
    );
  });

  it('are rebuilt by a repair', async () => {
    const { services, store, isSound } = await openJudged(approve);
    const { feedback } = await submitFeedback(services, ACTOR, {
      question: 'Which prime?',
      candidates: [
        { answer: 'It is 97.', adapterId: 'a' },
        { answer: 'It is 91.', adapterId: 'b' },
      ],
      preferred: 0,
    });
    const prefix = 'index:default:w=';
    const keys = await store.read((reader) => reader.scanKeys({ gte: prefix, lt: `${prefix}~`, limit: 10 }));
    expect(keys).toEqual([`${prefix}a:won:G:${feedback.id}`, `${prefix}b:lost:G:${feedback.id}`]);
    await store.transact((transaction) => {
      for (const key of keys) transaction.delete(key);
      transaction.add('count:default:w=a:won:G', 4);
      return Promise.resolve();
    });
    const found = (await verifyStore(store, { repair: true })).disagreements.filter(({ kind }) => kind !== 'secret');
    expect(found.map(({ kind, repair }) => [kind, repair])).toEqual([
      ['count', 'done'],
      ['index', 'done'],
      ['index', 'done'],
    ]);
    await isSound();
    const [stats] = await store.read((reader) => preferenceStats(reader, 'default', ['a']));
    expect(stats).toMatchObject({ wonCount: 1, lostCount: 0, tiedCount: 0, winRate: 1 });
  });
});

/** As R. G. Newcombe has them, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998). */
it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [20, 20, 0.8389, 1],
  [1, 29, 0.0061, 0.1718],
])('the interval of %i of %i', (successes, trials, low, high) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});
