import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Submission } from '../../src/model/submission.js';
import { weightsForKto } from '../../src/training/advice.js';
import { commitTrainingBatch, createTrainingBatch } from '../../src/training/work.js';
import { ACTOR, openGraph } from '../support/graph.js';

async function claimed(submissions: readonly Partial<Submission>[], holdout = 0) {
  const graph = await openGraph();
  const ids = await graph.submit(...submissions);
  const request = { filter: {}, newestFirst: false, limit: 100_000, holdout, leaseMinutes: 60 };
  await createTrainingBatch(graph.services, ACTOR, request);
  return { graph, ids };
}

describe('advice', () => {
  it('weighs desirable to undesirable examples as TRL asks for, 1 to 1.33', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), (positive, negative) => {
        const weights = weightsForKto(positive, negative)!;
        const ratio = (weights.desirable * positive) / (weights.undesirable * negative);
        expect(ratio).toBeGreaterThanOrEqual(0.999);
        expect(ratio).toBeLessThanOrEqual(4 / 3 + 0.001);
        expect(Math.min(weights.desirable, weights.undesirable)).toBe(1);
      }),
    );
    expect(weightsForKto(0, 5)).toBeUndefined();
    expect(weightsForKto(5, 0)).toBeUndefined();
    expect(weightsForKto(120, 100)).toEqual({ desirable: 1, undesirable: 1 });
  });

  it('takes a question for the same whatever form it has and however it ends', async () => {
    const { graph } = await claimed([
      { question: 'What is a shard?', answer: 'A part.' },
      { question: 'what is a  SHARD', answer: 'A whole.', type: 'negative' },
      { question: 'What is a shard, then?', answer: 'A whole.', type: 'negative' },
    ]);
    const { trainingBatch } = await graph.query<{ trainingBatch: { advice: object } }>(
      '{ trainingBatch(number: 1) { advice { conflictCount } } }',
    );
    expect(trainingBatch.advice).toEqual({ conflictCount: 1 });
  });

  it('says what each way of training gets and what not, how long texts are, and what conflicts', async () => {
    const { graph, ids } = await claimed([
      { question: 'What is a shard?', answer: 'A part.' },
      { question: 'what is a  shard?', answer: 'A whole.', type: 'negative', correction: 'A part.' },
      { question: 'What is a shard?', answer: 'A part.' },
      { question: 'Why?', answer: 'So.', type: 'negative' },
    ]);
    const { trainingBatch } = await graph.query<{ trainingBatch: { advice: object } }>(`{ trainingBatch(number: 1) {
      advice {
        entries positive negative corrected erased conflictCount
        ktoWeights { desirable undesirable }
        tasks { task rows exactDuplicates paired dropped { reason count } }
        lengths { text count shortest median p95 longest mean }
        conflicts { question positiveId negativeId }
      } } }`);
    expect(trainingBatch.advice).toEqual({
      entries: 4,
      positive: 2,
      negative: 2,
      corrected: 1,
      erased: 0,
      conflictCount: 1,
      ktoWeights: { desirable: 1, undesirable: 1 },
      tasks: [
        // The correction says what the good answers say.
        {
          task: 'SFT',
          rows: 1,
          exactDuplicates: 2,
          paired: 0,
          dropped: [{ reason: 'NEGATIVE_WITHOUT_CORRECTION', count: 1 }],
        },
        {
          task: 'DPO',
          rows: 1,
          exactDuplicates: 0,
          paired: 0,
          dropped: [
            { reason: 'POSITIVE_HAS_NO_REJECTED_ANSWER', count: 2 },
            { reason: 'NEGATIVE_WITHOUT_CORRECTION', count: 1 },
          ],
        },
        { task: 'KTO', rows: 3, exactDuplicates: 1, paired: 0, dropped: [] },
      ],
      lengths: [
        { text: 'QUESTION', count: 4, shortest: 4, median: 16, p95: 17, longest: 17, mean: 13.25 },
        { text: 'ANSWER', count: 4, shortest: 3, median: 7, p95: 8, longest: 8, mean: 6.25 },
        { text: 'CORRECTION', count: 1, shortest: 7, median: 7, p95: 7, longest: 7, mean: 7 },
      ],
      conflicts: [{ question: 'what is a  shard?', positiveId: ids[0], negativeId: ids[1] }],
    });
  });
});

describe('the outcome', () => {
  const QUERY = `{ trainingBatch(number: 1) { outcome {
    truncated splits { split questions before { positive negative positiveRatio } after { positive negative positiveRatio } }
  } } }`;
  interface Data {
    readonly trainingBatch: { readonly outcome: { readonly splits: readonly object[] } | null };
  }

  it('compares the produced adapter with its parent on the questions of the batch', async () => {
    const old = { adapterId: 'v1' } as const;
    const { graph } = await claimed([
      { ...old, question: 'A?', type: 'negative', correction: 'Yes.' },
      { ...old, question: 'B?', type: 'negative' },
      { ...old, question: 'C?' },
      { adapterId: 'another', question: 'C?', type: 'negative' },
    ]);
    expect((await graph.query<Data>(QUERY)).trainingBatch.outcome).toBeNull();
    await commitTrainingBatch(graph.services, ACTOR, 1, { producedAdapter: 'v2', version: '2', baseAdapter: 'v1' });
    const made = { adapterId: 'v2', adapterVersion: '2' } as const;
    await graph.submit(
      { ...made, question: ' a? ' },
      { ...made, question: 'B?' },
      { ...made, question: 'C?', type: 'negative' },
      { ...made, question: 'Something else?' },
      { ...made, adapterVersion: '1', question: 'A?', type: 'negative' },
      { ...old, question: 'A?', type: 'negative' },
    );
    expect((await graph.query<Data>(QUERY)).trainingBatch.outcome).toEqual({
      truncated: false,
      splits: [
        {
          split: 'TRAIN',
          questions: 3,
          before: { positive: 1, negative: 3, positiveRatio: 0.25 },
          after: { positive: 2, negative: 1, positiveRatio: 2 / 3 },
        },
        {
          split: 'HOLDOUT',
          questions: 0,
          before: { positive: 0, negative: 0, positiveRatio: null },
          after: { positive: 0, negative: 0, positiveRatio: null },
        },
      ],
    });
  });

  it('keeps apart what was held out, and takes all of the batch where no parent is named', async () => {
    const questions = Array.from({ length: 60 }, (_, index) => `What is ${index}?`);
    const { graph } = await claimed(
      questions.map((question) => ({ question, type: 'negative' as const })),
      0.5,
    );
    await commitTrainingBatch(graph.services, ACTOR, 1, { producedAdapter: 'v2' });
    await graph.submit(...questions.map((question) => ({ question, adapterId: 'v2' })));
    const { outcome } = (await graph.query<Data>(QUERY)).trainingBatch;
    const [train, holdout] = outcome!.splits as {
      questions: number;
      before: { negative: number };
      after: { positive: number };
    }[];
    expect(train!.questions + holdout!.questions).toBe(60);
    expect(holdout!.questions).toBeGreaterThan(10);
    for (const split of [train!, holdout!]) {
      expect([split.before.negative, split.after.positive]).toEqual([split.questions, split.questions]);
    }
  });
});
