import { beforeAll, describe, expect, it } from 'vitest';
import { findFeedback } from '../../src/feedback/read.js';
import { updateFeedback } from '../../src/feedback/update.js';
import { commitTrainingBatch, createTrainingBatch } from '../../src/training/work.js';
import { countCalls, type StoreCalls } from '../support/counting-store.js';
import { ACTOR, openGraph, registerMany, type TestGraph } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

const READ_KEYS = 2_500;

interface Sample {
  readonly graph: TestGraph;
  readonly calls: StoreCalls;
  /** An entry with `size` versions. */
  readonly entry: string;
}

/** A store in which everything that fields walk along has about `size` entries. */
async function openSample(size: number): Promise<Sample> {
  const { store, calls } = countCalls(await openMemoryStore());
  const graph = await openGraph(store, { answerBytes: 1024 ** 2, readKeys: READ_KEYS });
  const entries = (adapterId: string, userId: string) =>
    Array.from({ length: size }, (_, index) => ({
      adapterId,
      userId,
      modelVersion: 'm',
      question: `What is ${index}?`,
    }));
  const [entry = ''] = await graph.submit(...entries('a', 'ann'), ...entries('b', 'ann'), ...entries('c', 'bob'));
  const { number } = await createTrainingBatch(graph.services, ACTOR, {
    filter: { adapterId: 'c' },
    newestFirst: false,
    limit: size,
    holdout: 0.2,
    leaseMinutes: 60,
  });
  await commitTrainingBatch(graph.services, ACTOR, number, { producedAdapter: 'made', version: 'v1', metrics: {} });

  const sharing = await graph.submit(
    ...Array.from({ length: (size * 3) / 4 }, (_, index) => ({ adapterId: `of-${index}` })),
  );
  for (const [index, id] of sharing.entries()) await graph.link(id, `hub-${index % 2}`);

  await registerMany(
    graph,
    ['one', 'two'].flatMap((root) =>
      Array.from({ length: Math.floor(size / 7) }, (_, index) => [`${root}-${index}`, [root]] as const),
    ),
  );

  for (let version = 1; version < size; version++) {
    await store.transact(async (transaction) => {
      const [before] = await findFeedback(transaction, ACTOR.org, [entry]);
      const change = { action: 'feedback.revise', at: version, patch: { comment: `It is ${version}` } } as const;
      await updateFeedback(transaction, graph.services.keyedHash, ACTOR, before!, change);
    });
  }
  return { graph, calls, entry };
}

/** The same field over several parts of the store, under an alias each. */
const aliases = (fields: readonly string[]): string =>
  fields.map((field, index) => `alias${index}: ${field}`).join(' ');

const COMPARED = [
  ['a', 'b'],
  ['b', 'a'],
  ['a', 'c'],
  ['c', 'a'],
  ['b', 'c'],
].map((ids) => `compareAdapters(ids: ${JSON.stringify(ids)}) { questionCount }`);

const WALKS: Readonly<Record<string, (sample: Sample) => readonly string[]>> = {
  'totals of several indexes': () =>
    ['a', 'b']
      .flatMap((id) => ['', 'unused: true', 'type: POSITIVE', 'validationStatus: APPROVED'].map((each) => [id, each]))
      .map(([id, each]) => `feedbackList(filter: { adapterId: "${id}", userId: "ann" ${each} }) { totalCount }`),
  'facets of a filter': () =>
    ['a', 'b']
      .flatMap((id) => ['', 'unused: true', 'type: POSITIVE', 'validationStatus: APPROVED'].map((each) => [id, each]))
      .map(
        ([id, each]) =>
          `feedbackFacets(field: MODEL_VERSION, filter: { adapterId: "${id}" ${each} }) { edges { node { totalFeedback } } }`,
      ),
  comparisons: () => COMPARED,
  'shared feedback': () =>
    ['hub-0', 'hub-1'].map((id) => `adapter(id: "${id}") { sharedFeedback(first: 1) { totalCount } }`),
  'statistics of lineages': () => ['one', 'two'].map((id) => `adapter(id: "${id}") { lineageStats { adapterCount } }`),
  'an old version': ({ entry }) =>
    Array.from({ length: 8 }, (_, version) => `feedback(id: "${entry}", version: ${version + 1}) { id }`),
  'pages of versions': ({ entry }) =>
    Array.from({ length: 8 }, () => `feedback(id: "${entry}") { versions(first: 1000) { pageInfo { hasNextPage } } }`),
  'reports on training': () =>
    ['train', 'holdout']
      .map(
        (split) => `node(id: "batch-1") { ... on TrainingBatch { advice(split: ${split.toUpperCase()}) { entries } } }`,
      )
      .concat('node(id: "batch-1") { ... on TrainingBatch { outcome { truncated } } }'),
};

describe('a field that reads far more than it answers', () => {
  let large: Sample;
  let small: Sample;
  beforeAll(async () => {
    large = await openSample(400);
    small = await openSample(12);
  });

  describe.each(Object.entries(WALKS))('%s', (_, fieldsOf) => {
    it('is answered once over many entries, and many times over few', async () => {
      for (let times = 0; times < 2; times++) {
        for (const field of fieldsOf(large)) expect(await large.graph.errorsOf(`{ ${field} }`)).toEqual([]);
        expect(await small.graph.errorsOf(`{ ${aliases(fieldsOf(small))} }`)).toEqual([]);
      }
    });

    it('is refused many times over many entries by what counters tell, before any range is read', async () => {
      for (let times = 0; times < 2; times++) {
        const { ranges } = large.calls;
        const [error] = await large.graph.errorsOf(`{ ${aliases(fieldsOf(large))} }`);
        expect(error).toMatch(/may read at most 2500 keys .*\(FEEDBACK_LIMIT_READ_KEYS\), and this one needs more/);
        // At most one each: a lineage is walked, and values are listed, before their statistics are read.
        expect(large.calls.ranges - ranges).toBeLessThanOrEqual(fieldsOf(large).length);
      }
    });
  });
});
