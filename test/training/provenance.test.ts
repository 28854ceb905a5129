import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { ClaimRequest } from '../../src/training/claim.js';
import { commitTrainingBatch, createTrainingBatch, releaseTrainingBatch } from '../../src/training/work.js';
import { countCalls } from '../support/counting-store.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

const ALL: ClaimRequest = { filter: {}, newestFirst: false, limit: 100_000, holdout: 0, leaseMinutes: 60 };

interface Edges<Node> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly (Node & { readonly cursor: string })[];
}

async function train(graph: TestGraph, adapter: string, baseAdapter?: string): Promise<number> {
  const { number } = await createTrainingBatch(graph.services, ACTOR, ALL);
  await commitTrainingBatch(graph.services, ACTOR, number, {
    producedAdapter: adapter,
    version: `v${number}`,
    ...(baseAdapter === undefined ? {} : { baseAdapter }),
    metrics: { loss: number / 10 },
  });
  return number;
}

describe('provenance', () => {
  it('leads from an adapter to its batches and their feedback, in pages by number', async () => {
    const graph = await openGraph();
    const ids: string[][] = [];
    for (let batch = 0; batch < 11; batch++) {
      ids.push(await graph.submit({ question: `What is ${batch}?` }, { question: `Why is ${batch}?` }));
      await train(graph, 'made', 'base');
    }
    const query = `query ($after: String) {
      adapter(id: "made") { trainedOn(first: 10, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { version metrics node { number digest producedAdapter { id } includes { edges { node { id } } } } }
      } }
    }`;
    type Data = {
      adapter: {
        trainedOn: Edges<{
          version: string;
          metrics: object;
          node: { number: number; digest: string; includes: { edges: { node: { id: string } }[] } };
        }>;
      };
    };
    const first = (await graph.query<Data>(query)).adapter.trainedOn;
    expect(first.totalCount).toBe(11);
    expect(first.edges.map(({ node }) => node.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(first.edges[1]).toMatchObject({ version: 'v2', metrics: { loss: 0.2 } });
    expect(first.edges[1]!.node.includes.edges.map(({ node }) => node.id)).toEqual(ids[1]);
    expect(new Set(first.edges.map(({ node }) => node.digest)).size).toBe(10);
    const rest = (await graph.query<Data>(query, { after: first.pageInfo.endCursor })).adapter.trainedOn;
    expect([rest.edges.map(({ node }) => node.number), rest.pageInfo.hasNextPage]).toEqual([[11], false]);
  });

  it('leads from feedback to who was trained on it, and to all that inherited it', async () => {
    const graph = await openGraph();
    const [id] = await graph.submit({});
    await train(graph, 'made', 'base');
    await graph.register({ id: 'child-b', derivedFrom: ['made'] });
    await graph.register({ id: 'child-a', derivedFrom: ['made', 'base'] });
    await graph.register({ id: 'grandchild', derivedFrom: ['child-a', 'child-b'] });
    await graph.register({ id: 'cousin', derivedFrom: ['base'] });
    const query = `query ($id: ID!, $first: Int!, $after: String, $descendants: Boolean!) {
      feedback(id: $id) { trainedAdapters(first: $first, after: $after, descendants: $descendants) {
        totalCount pageInfo { hasNextPage endCursor } edges { depth node { id } }
      } }
    }`;
    type Data = { feedback: { trainedAdapters: Edges<{ depth: number; node: { id: string } }> } };
    const ask = async (variables: object) =>
      (await graph.query<Data>(query, { id, first: 100, ...variables })).feedback.trainedAdapters;
    const direct = await ask({ descendants: false });
    expect([direct.totalCount, direct.edges]).toEqual([1, [{ depth: 0, node: { id: 'made' } }]]);

    const expected = ['0 made', '1 child-a', '1 child-b', '2 grandchild'];
    for (const first of [1, 2, 3, 100]) {
      const found: string[] = [];
      for (let after: string | null = null; ;) {
        const page: Data['feedback']['trainedAdapters'] = await ask({ descendants: true, first, after });
        expect(page.totalCount).toBe(4);
        found.push(...page.edges.map(({ depth, node }) => `${depth} ${node.id}`));
        if (!page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor;
      }
      expect(found).toEqual(expected);
    }
  });

  it('knows nobody for feedback that was given back', async () => {
    const graph = await openGraph();
    const [id] = await graph.submit({});
    const { number } = await createTrainingBatch(graph.services, ACTOR, ALL);
    await releaseTrainingBatch(graph.services, ACTOR, number);
    const data = await graph.query<{ feedback: { trainedAdapters: { totalCount: number } } }>(
      `{ feedback(id: "${id}") { trainedAdapters { totalCount } } }`,
    );
    expect(data.feedback.trainedAdapters.totalCount).toBe(0);
  });

  it('costs one read per level, however many entries a level has', async () => {
    const { store, calls } = countCalls(await openMemoryStore());
    const graph = await openGraph(store);
    await graph.submit(...Array.from({ length: 40 }, (_, index) => ({ question: `What is ${index}?` })));
    await train(graph, 'made', 'base');
    const readsFor = async (first: number) => {
      const before = calls.reads;
      await graph.query(
        `{ feedbackList(first: ${first}) { edges { node { trainedAdapters(descendants: true) { edges { node {
          id trainedOn { edges { node { number } } } } } } } } } }`,
      );
      return calls.reads - before;
    };
    const few = await readsFor(2);
    expect(await readsFor(40)).toBe(few);
  });
});

describe('a model card', () => {
  it('names base model, relation, batches and counts, in YAML that parses and Markdown that stays in its table', async () => {
    const graph = await openGraph();
    await graph.register({ id: 'made', derivedFrom: ['org/base: "7b"'], datasets: ['org/data'], peftType: 'LORA' });
    await graph.submit(
      {},
      { question: 'Why?', type: 'negative', correction: 'So.' },
      { question: 'When?', type: 'negative' },
    );
    const { number } = await createTrainingBatch(graph.services, ACTOR, ALL);
    const { digest } = await commitTrainingBatch(graph.services, ACTOR, number, {
      producedAdapter: 'made',
      metrics: { 'loss | <b>': 0.5 },
    });
    const { modelCard } = await graph.query<{ modelCard: { yaml: string; markdown: string } }>(
      '{ modelCard(adapterId: "made") { yaml markdown } }',
    );
    expect(parse(modelCard.yaml)).toEqual({
      base_model: 'org/base: "7b"',
      base_model_relation: 'adapter',
      datasets: ['org/data', `feedback-batch-1-${digest!.slice(0, 16)}`],
      tags: ['human-feedback', 'lora'],
    });
    expect(modelCard.markdown).toContain(
      'in one batch: 3 entries (1 positive, 1 corrected, 1 negative only, 0 preferences)',
    );
    const date = new Date().toISOString().slice(0, 4);
    expect(modelCard.markdown).toMatch(
      new RegExp(
        `\\| 1 \\| \`${digest!.slice(0, 16)}\` \\| 3 \\| 1 \\| 1 \\| 1 \\| 0 \\| 0 \\| ${date}-\\d\\d-\\d\\d \\| loss `,
      ),
    );
    expect(modelCard.markdown).toContain(String.raw`loss \| \<b\> 0.5`);
    expect(await graph.errorsOf('{ modelCard(adapterId: "nobody") { yaml } }')).toEqual(['Adapter not found']);
    const { disagreements } = await verifyStore(graph.store);
    expect(disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
  });
});
