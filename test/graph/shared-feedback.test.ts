import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCalls } from '../support/counting-store.js';
import { openGraph, type TestGraph } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

interface SharedEdges {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly sharedCount: number; readonly node: { id: string } }[];
}

const SHARED = `query Shared($id: ID!, $minShared: Int, $first: Int, $after: String) {
  adapter(id: $id) {
    sharedFeedback(minShared: $minShared, first: $first, after: $after) {
      totalCount edges { cursor sharedCount node { id } } pageInfo { hasNextPage }
    }
  }
}`;
const PAIRS = `query Pairs($minShared: Int) {
  sharedFeedbackPairs(minShared: $minShared) { totalCount edges { node { sharedCount adapters { id } } } }
}`;

interface PairsData {
  readonly sharedFeedbackPairs: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly adapters: { id: string }[] } }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

async function sharedOf(graph: TestGraph, id: string, variables: object = {}): Promise<SharedEdges> {
  const { adapter } = await graph.query<{ adapter: { sharedFeedback: SharedEdges } }>(SHARED, { id, ...variables });
  return adapter.sharedFeedback;
}

async function pairsOf(graph: TestGraph, minShared = 1): Promise<[string, string, number][]> {
  const { sharedFeedbackPairs: pairs } = await graph.query<{
    sharedFeedbackPairs: {
      totalCount: number;
      edges: { node: { sharedCount: number; adapters: [{ id: string }, { id: string }] } }[];
    };
  }>(PAIRS, { minShared });
  expect(pairs.totalCount).toBe(pairs.edges.length);
  return pairs.edges.map(({ node: { adapters, sharedCount } }) => [adapters[0].id, adapters[1].id, sharedCount]);
}

describe('adapters that share feedback', () => {
  it('are told with their counts, most first, those that share as much by id', async () => {
    const graph = await openGraph();
    const [one, two, three] = await graph.submit({ adapterId: 'a' }, { adapterId: 'a' }, { adapterId: 'a' });
    await graph.link(one!, 'b', 'c');
    await graph.link(two!, 'c');
    await graph.link(three!, 'a:b%');
    await graph.submit({ adapterId: 'alone' });
    const { edges, totalCount } = await sharedOf(graph, 'a');
    expect(totalCount).toBe(3);
    expect(edges.map(({ node, sharedCount }) => [node.id, sharedCount])).toEqual([
      ['c', 2],
      ['a:b%', 1],
      ['b', 1],
    ]);
    expect((await sharedOf(graph, 'a', { minShared: 2 })).edges).toHaveLength(1);
    expect(await sharedOf(graph, 'alone')).toMatchObject({ totalCount: 0, edges: [] });
    expect(await pairsOf(graph)).toEqual([
      ['a', 'c', 2],
      ['a', 'a:b%', 1],
      ['a', 'b', 1],
      ['b', 'c', 1],
    ]);
    expect(await pairsOf(graph, 2)).toEqual([['a', 'c', 2]]);
  });

  it('are paged by cursors, and say what is wrong with minShared', async () => {
    const graph = await openGraph();
    const ids = await graph.submit(...Array.from({ length: 4 }, () => ({ adapterId: 'a' })));
    for (const [index, id] of ids.entries()) await graph.link(id, `b${index % 3}`);
    const seen: string[] = [];
    for (let after: string | undefined; seen.length < 3;) {
      const { edges } = await sharedOf(graph, 'a', { first: 1, after });
      seen.push(edges[0]!.node.id);
      after = edges[0]!.cursor;
    }
    expect(seen).toEqual(['b0', 'b1', 'b2']);
    expect(await graph.errorsOf(SHARED, { id: 'a', minShared: 0 })).toEqual(["'minShared' must be an integer from 1"]);
  });

  it('are paged as pairs without gap, whatever characters ids have', async () => {
    const graph = await openGraph();
    const adapters = ['a', 'a!', 'a b', 'a"', 'a\\', 'b'];
    const [id] = await graph.submit({ adapterId: 'a' });
    await graph.link(id!, ...adapters.slice(1));
    const query = `query ($after: String) {
      sharedFeedbackPairs(first: 2, after: $after) { edges { cursor node { adapters { id } } } pageInfo { hasNextPage } }
    }`;
    const seen: string[] = [];
    for (let after: string | null = null, goesOn = true; goesOn;) {
      const data: PairsData = await graph.query<PairsData>(query, { after });
      const { edges, pageInfo } = data.sharedFeedbackPairs;
      seen.push(...edges.map(({ node }) => node.adapters.map((each) => each.id).join(' and ')));
      after = edges.at(-1)!.cursor;
      goesOn = pageInfo.hasNextPage;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength((adapters.length * (adapters.length - 1)) / 2);
  });

  it('agree with a count over all links, whatever is linked and erased', async () => {
    const adapters = ['a', 'b', 'c:d', 'e%'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ links: fc.subarray(adapters, { minLength: 1 }), erased: fc.boolean() }), {
          maxLength: 12,
        }),
        async (entries) => {
          const graph = await openGraph();
          for (const adapter of adapters) await graph.register({ id: adapter });
          const counts = new Map<string, number>();
          for (const { links, erased } of entries) {
            const [id] = await graph.submit({ adapterId: links[0]! });
            await graph.link(id!, ...links.slice(1));
            if (erased) {
              await graph.query(`mutation($id: ID!) { eraseFeedback(id: $id) { id } }`, { id });
              continue;
            }
            const sorted = [...links].sort();
            for (const [index, first] of sorted.entries())
              for (const second of sorted.slice(index + 1)) {
                const pair = JSON.stringify([first, second]);
                counts.set(pair, (counts.get(pair) ?? 0) + 1);
              }
          }
          const pairs = await pairsOf(graph);
          expect(new Map(pairs.map(([one, other, count]) => [JSON.stringify([one, other]), count]))).toEqual(counts);
          for (const adapter of adapters) {
            const { edges } = await sharedOf(graph, adapter);
            const expected = [...counts].flatMap(([pair, count]): [string, number][] => {
              const both = JSON.parse(pair) as string[];
              const other = both.find((id) => id !== adapter)!;
              return both.includes(adapter) ? [[other, count]] : [];
            });
            expect(new Map(edges.map(({ node, sharedCount }) => [node.id, sharedCount]))).toEqual(new Map(expected));
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('modelStats', () => {
  it('counts by model version, and by adapter on each', async () => {
    const graph = await openGraph();
    await graph.submit(
      { modelVersion: 'm:1', adapterId: 'a', type: 'negative' },
      { modelVersion: 'm:1', adapterId: 'b%' },
      { modelVersion: 'm:1', adapterId: 'a' },
      { modelVersion: 'm2' },
      {},
    );
    const query = `query($after: String) { modelStats(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      edges { node { modelVersion totalFeedback negativeCount
        adapters { totalCount edges { node { adapterId modelVersion totalFeedback positiveCount } } } } } } }`;
    const { modelStats } = await graph.query<{ modelStats: { pageInfo: { endCursor: string } } }>(query);
    expect(modelStats).toMatchObject({
      totalCount: 2,
      pageInfo: { hasNextPage: true },
      edges: [
        {
          node: {
            modelVersion: 'm:1',
            totalFeedback: 3,
            negativeCount: 1,
            adapters: {
              totalCount: 2,
              edges: [
                { node: { adapterId: 'a', modelVersion: 'm:1', totalFeedback: 2, positiveCount: 1 } },
                { node: { adapterId: 'b%', modelVersion: 'm:1', totalFeedback: 1, positiveCount: 1 } },
              ],
            },
          },
        },
      ],
    });
    expect(await graph.query(query, { after: modelStats.pageInfo.endCursor })).toMatchObject({
      modelStats: {
        pageInfo: { hasNextPage: false },
        edges: [{ node: { modelVersion: 'm2', adapters: { totalCount: 0, edges: [] } } }],
      },
    });
  });
});

describe('compareAdapters', () => {
  const COMPARE = `query($ids: [ID!]!, $first: Int) { compareAdapters(ids: $ids, first: $first) {
    questionCount fixedCount brokenCount
    adapters { adapter { id } examinedCount truncated rightCount wrongCount disputedCount }
    questions { question fixed { ancestorId descendantId } broken { ancestorId descendantId }
      judgements { adapterId verdict positiveCount negativeCount newest { answer } } } } }`;

  it('puts the same questions side by side, and tells what a child fixed and broke', async () => {
    const graph = await openGraph();
    await graph.register({ id: 'parent' });
    await graph.register({ id: 'child', derivedFrom: [{ id: 'parent' }] });
    await graph.submit(
      { adapterId: 'parent', question: 'What is a shard?', type: 'negative', answer: 'A fish.' },
      { adapterId: 'child', question: '  what is  a SHARD', type: 'positive', answer: 'A part.' },
      { adapterId: 'parent', question: 'Where?', type: 'positive' },
      { adapterId: 'child', question: 'Where', type: 'negative' },
      { adapterId: 'parent', question: 'Both', type: 'positive' },
      { adapterId: 'child', question: 'Both', type: 'positive' },
      { adapterId: 'child', question: 'Both', type: 'negative' },
      { adapterId: 'child', question: 'Only one was asked this', type: 'positive' },
    );
    const { compareAdapters } = await graph.query<{ compareAdapters: { questions: { question: string }[] } }>(COMPARE, {
      ids: ['parent', 'child'],
    });
    expect(compareAdapters).toMatchObject({
      questionCount: 3,
      fixedCount: 1,
      brokenCount: 1,
      adapters: [
        {
          adapter: { id: 'parent' },
          examinedCount: 3,
          truncated: false,
          rightCount: 2,
          wrongCount: 1,
          disputedCount: 0,
        },
        {
          adapter: { id: 'child' },
          examinedCount: 5,
          truncated: false,
          rightCount: 1,
          wrongCount: 1,
          disputedCount: 1,
        },
      ],
    });
    const shard = compareAdapters.questions.find(({ question }) => question.includes('SHARD'));
    expect(shard).toMatchObject({
      fixed: [{ ancestorId: 'parent', descendantId: 'child' }],
      broken: [],
      judgements: [
        { adapterId: 'parent', verdict: 'WRONG', newest: { answer: 'A fish.' } },
        { adapterId: 'child', verdict: 'RIGHT', newest: { answer: 'A part.' } },
      ],
    });
  });

  it('reads the same comparison once, however many aliases ask for it', async () => {
    const { store, calls } = countCalls(await openMemoryStore());
    const graph = await openGraph(store);
    await graph.register({ id: 'a' });
    await graph.register({ id: 'b' });
    await graph.submit({ adapterId: 'a' }, { adapterId: 'b' });
    const readsOf = async (aliases: number): Promise<number> => {
      const before = calls.ranges;
      const each = (index: number): string => `c${index}: compareAdapters(ids: ["a", "b"]) { questionCount }`;
      const data = await graph.query(`{ ${Array.from({ length: aliases }, (_, index) => each(index)).join(' ')} }`);
      expect(Object.values(data as object)).toEqual(Array.from({ length: aliases }, () => ({ questionCount: 1 })));
      return calls.ranges - before;
    };
    expect(await readsOf(20)).toBe(await readsOf(1));
  });

  it('refuses ids that cannot be compared', async () => {
    const graph = await openGraph();
    await graph.register({ id: 'a' });
    for (const ids of [['a'], ['a', 'a'], Array.from({ length: 9 }, (_, index) => `x${index}`)]) {
      expect(await graph.errorsOf(COMPARE, { ids })).toEqual(["'ids' must be 2 to 8 ids, each once"]);
    }
    expect(await graph.errorsOf(COMPARE, { ids: ['a', 'none'] })).toEqual([
      "'ids' must be ids of adapters; 'none' is none",
    ]);
    expect(await graph.errorsOf(COMPARE, { ids: ['a', 'none'], first: 0 })).toEqual([
      "'first' must be an integer from 1 to 1000",
    ]);
  });
});
