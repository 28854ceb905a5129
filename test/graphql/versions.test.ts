import { expect, it } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { markUsedForTraining } from '../../src/training/mark-used.js';
import { ACTOR, openGraph } from '../support/graph.js';

interface Versions {
  readonly adapter: {
    readonly statsByVersion: {
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      readonly edges: { readonly node: { readonly adapterVersion: string; readonly totalFeedback: number } }[];
    };
  };
}
const VERSIONS = `query ($first: Int = 100, $after: String) {
  adapter(id: "lora:1") {
    statsByVersion(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { adapterVersion totalFeedback positiveCount usedForTraining } }
    }
  }
}`;

it('the statistics of each version of an adapter stay right through every change of its entries', async () => {
  const graph = await openGraph();
  const ids = await graph.submit(
    { adapterId: 'lora:1', adapterVersion: 'v1' },
    { adapterId: 'lora:1', adapterVersion: 'v1', type: 'negative' },
    { adapterId: 'lora:1', adapterVersion: 'v2:beta' },
    { adapterId: 'lora:1' },
    { adapterId: 'lora:10', adapterVersion: 'v1' },
    { adapterVersion: 'v1' },
  );
  await graph.link(ids[5]!, 'lora:1');
  await markUsedForTraining(graph.services, ACTOR, { feedbackIds: [ids[0]!], trainingBatchId: 1 });
  const { adapter } = await graph.query<Versions>(VERSIONS);
  expect(adapter.statsByVersion.edges.map(({ node }) => node)).toEqual([
    { adapterVersion: 'v1', totalFeedback: 2, positiveCount: 1, usedForTraining: 1 },
    { adapterVersion: 'v2:beta', totalFeedback: 1, positiveCount: 1, usedForTraining: 0 },
  ]);
  expect(adapter.statsByVersion.totalCount).toBe(2);
  expect(
    await graph.query(`{ adapter(id: "lora:1") {
      all: stats { totalFeedback } v1: stats(adapterVersion: "v1") { totalFeedback } none: stats(adapterVersion: "v2") { totalFeedback }
    } }`),
  ).toEqual({ adapter: { all: { totalFeedback: 5 }, v1: { totalFeedback: 2 }, none: { totalFeedback: 0 } } });

  await eraseFeedback(graph.services, ACTOR, ids[2]!);
  const after = await graph.query<Versions>(VERSIONS);
  expect(after.adapter.statsByVersion.edges.map(({ node }) => node.adapterVersion)).toEqual(['v1']);
});

it('versions of an adapter are paged through by name, without gap or duplicate', async () => {
  const graph = await openGraph();
  const names = Array.from({ length: 25 }, (_, index) => `v${String(index).padStart(2, '0')}`);
  await graph.submit(
    ...names.flatMap((adapterVersion) => [
      { adapterId: 'lora:1', adapterVersion },
      { adapterId: 'lora:1', adapterVersion, type: 'negative' as const },
    ]),
  );
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const data: Versions = await graph.query<Versions>(VERSIONS, { first: 7, after });
    const { edges, pageInfo, totalCount }: Versions['adapter']['statsByVersion'] = data.adapter.statsByVersion;
    expect(totalCount).toBe(25);
    seen.push(...edges.map(({ node }) => node.adapterVersion));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  expect(seen).toEqual(names);
});

it('every list of feedback can be filtered by a version of an adapter', async () => {
  const graph = await openGraph();
  const [v1, v2, other, linked] = await graph.submit(
    { adapterId: 'a', adapterVersion: 'v1', modelVersion: 'm' },
    { adapterId: 'a', adapterVersion: 'v2', modelVersion: 'm' },
    { adapterId: 'b', adapterVersion: 'v1', modelVersion: 'm' },
    { adapterId: 'b', adapterVersion: 'v1' },
  );
  await graph.link(linked!, 'a');
  await graph.link(v1!, 'b');
  const list = async (filter: object): Promise<string[]> => {
    const { feedbackList } = await graph.query<{
      feedbackList: { totalCount: number; edges: { node: { id: string } }[] };
    }>('query ($filter: FeedbackFilterInput) { feedbackList(filter: $filter) { totalCount edges { node { id } } } }', {
      filter,
    });
    expect(feedbackList.totalCount).toBe(feedbackList.edges.length);
    return feedbackList.edges.map(({ node }) => node.id);
  };
  expect(await list({ adapterId: 'a', adapterVersion: 'v1' })).toEqual([v1]);
  expect(await list({ adapterId: 'a', adapterVersion: 'v2' })).toEqual([v2]);
  expect(await list({ adapterId: 'b', adapterVersion: 'v1' })).toEqual([other, linked]);
  expect(await list({ adapterId: 'b', adapterVersion: 'v1', modelVersion: 'm' })).toEqual([other]);
  expect(await list({ adapterId: 'b', adapterVersion: 'v1', type: 'NEGATIVE' })).toEqual([]);
  expect(
    await graph.query(`{ adapter(id: "a") {
      own: feedback(filter: { adapterVersion: "v1" }) { edges { node { id } } }
      both: feedback(filter: { adapterId: "b", adapterVersion: "v1" }) { edges { node { id } } }
    } }`),
  ).toEqual({
    adapter: { own: { edges: [{ node: { id: v1 } }] }, both: { edges: [{ node: { id: linked } }] } },
  });
  expect(await graph.errorsOf('{ feedbackList(filter: { adapterVersion: "v1" }) { totalCount } }')).toEqual([
    "'adapterVersion' requires an 'adapterId'",
  ]);
});
