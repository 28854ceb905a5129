import { describe, expect, it } from 'vitest';
import { createTrainingBatch } from '../../src/training/work.js';
import { ACTOR, openGraph } from '../support/graph.js';

const FIELDS = `entries holdout truncated advice {
  positive negative corrected conflictCount tasks { task rows } conflicts { question } }`;

interface ForecastData {
  readonly trainingForecast: {
    readonly entries: number;
    readonly holdout: number;
    readonly truncated: boolean;
    readonly advice: { readonly positive: number; readonly negative: number; readonly conflictCount: number };
  };
}

describe('a forecast', () => {
  it('says what the claim then takes, and claims nothing', async () => {
    const graph = await openGraph();
    await graph.submit(
      ...Array.from({ length: 200 }, (_, number) => ({
        question: `What is shard ${number % 50}?`,
        answer: `Answer ${number}.`,
        type: number % 4 === 0 ? ('negative' as const) : ('positive' as const),
        userId: `user ${number % 3}`,
      })),
    );
    const request = { filter: {}, newestFirst: true, limit: 150, holdout: 0.25, maxPerUser: 40 };
    const ask = `{ trainingForecast(limit: 150, order: NEWEST, holdout: 0.25, maxPerUser: 40) { ${FIELDS} } }`;
    const { trainingForecast: before } = await graph.query<ForecastData>(ask);
    expect(await graph.query<ForecastData>(ask)).toEqual({ trainingForecast: before });
    const batch = await createTrainingBatch(graph.services, ACTOR, { ...request, leaseMinutes: 60 });
    expect(batch.claimed).toMatchObject({ total: 120, holdout: before.holdout });
    expect(before).toMatchObject({ entries: 120, truncated: false });
    const { trainingBatch } = await graph.query<{ trainingBatch: { advice: unknown } }>(
      `{ trainingBatch(number: 1) { advice { positive negative corrected conflictCount tasks { task rows } conflicts { question } } } }`,
    );
    expect(before.advice).toEqual(trainingBatch.advice);
    expect(before.advice.conflictCount).toBeGreaterThan(0);
  });

  it('of nothing is empty, and says what is wrong with what was asked', async () => {
    const graph = await openGraph();
    await graph.submit({ question: 'Why?', answer: 'So.' });
    const { trainingForecast } = await graph.query<ForecastData>(
      `{ trainingForecast(limit: 10, filter: { type: NEGATIVE }) { ${FIELDS} } }`,
    );
    expect(trainingForecast).toMatchObject({ entries: 0, holdout: 0, truncated: false });
    const [refused] = await graph.errorsOf('{ trainingForecast(limit: 0, holdout: 0.9) { entries } }');
    expect(refused).toMatch(/limit.*holdout/s);
  });
});

describe('a preview', () => {
  it('shows the first rows of the file, and leaves the batch as it is', async () => {
    const graph = await openGraph();
    await graph.submit(
      ...Array.from({ length: 70 }, (_, number) => ({ question: `Question ${number}`, answer: `Answer ${number}` })),
    );
    await createTrainingBatch(graph.services, ACTOR, {
      filter: {},
      newestFirst: false,
      limit: 100,
      holdout: 0,
      leaseMinutes: 60,
    });
    const { trainingBatch } = await graph.query<{
      trainingBatch: { state: string; preview: { rows: string[]; hasMore: boolean }; all: { hasMore: boolean } };
    }>(`{ trainingBatch(number: 1) { state
      preview(format: TRL_SFT, first: 3) { rows hasMore }
      all: preview(format: LLAMAFACTORY_ALPACA_SFT, split: HOLDOUT) { rows hasMore } } }`);
    expect(trainingBatch.preview.rows.map((row) => JSON.parse(row) as unknown)).toEqual(
      [0, 1, 2].map((number) => ({
        prompt: [{ role: 'user', content: `Question ${number}` }],
        completion: [{ role: 'assistant', content: `Answer ${number}` }],
      })),
    );
    expect(trainingBatch).toMatchObject({
      state: 'OPEN',
      preview: { hasMore: true },
      all: { rows: [], hasMore: false },
    });
  });

  it('of very long rows has fewer, and refuses more than it may have', async () => {
    const graph = await openGraph();
    await graph.submit(
      ...Array.from({ length: 8 }, (_, number) => ({ question: `Question ${number}`, answer: 'long '.repeat(19_000) })),
    );
    await createTrainingBatch(graph.services, ACTOR, {
      filter: {},
      newestFirst: false,
      limit: 100,
      holdout: 0,
      leaseMinutes: 60,
    });
    const { trainingBatch } = await graph.query<{ trainingBatch: { preview: { rows: string[]; hasMore: boolean } } }>(
      '{ trainingBatch(number: 1) { preview(format: RAW) { rows hasMore } } }',
    );
    expect(trainingBatch.preview.rows.length).toBe(5);
    expect(trainingBatch.preview.hasMore).toBe(true);
    const [refused] = await graph.errorsOf(
      '{ trainingBatch(number: 1) { preview(format: RAW, first: 51) { hasMore } } }',
    );
    expect(refused).toContain('from 1 to 50');
  });
});
