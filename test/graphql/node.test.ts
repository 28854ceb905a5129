import { expect, it } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { ACTOR, openGraph } from '../support/graph.js';

const NODES = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Feedback { question } ... on Adapter { baseModel } }
}`;

it('node finds each node again by its id, whatever its type', async () => {
  const graph = await openGraph();
  await graph.register({ id: 'lora:1', baseModel: 'llama' });
  const [feedback] = await graph.submit({ adapterId: 'lora:1' });
  for (const [id, node] of [
    [feedback, { __typename: 'Feedback', id: feedback, question: 'What is a shard?' }],
    ['lora:1', { __typename: 'Adapter', id: 'lora:1', baseModel: 'llama' }],
    ['llama', { __typename: 'Adapter', id: 'llama', baseModel: null }],
  ]) {
    expect(await graph.query(NODES, { ids: [id] })).toEqual({ nodes: [node] });
    expect(await graph.query('query ($id: ID!) { node(id: $id) { __typename id } }', { id })).toMatchObject({
      node: { id },
    });
  }
});

it('nodes returns many nodes in the order of their ids, null for what is not there, erased or no id at all', async () => {
  const graph = await openGraph();
  const [kept, erased] = await graph.submit({ adapterId: 'lora' }, {});
  await eraseFeedback(graph.services, ACTOR, erased!);
  const ids = ['lora', kept, erased, 'feedback-1', 'no such adapter', 'batch-0', '', 'lora', 'line\nbreak', '\ud800'];
  const { nodes } = await graph.query<{ nodes: ({ id: string } | null)[] }>(NODES, { ids });
  expect(nodes.map((node) => node?.id)).toEqual([
    'lora',
    kept,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    'lora',
    undefined,
    undefined,
  ]);
});

it('nodes takes at most 1000 ids', async () => {
  const graph = await openGraph();
  const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `adapter-${index}`);
  expect(await graph.errorsOf(NODES, { ids: ids(1_001) })).toEqual(["'ids' must be a list of at most 1000 ids"]);
  expect(await graph.query<{ nodes: null[] }>(NODES, { ids: ids(1_000) })).toEqual({ nodes: Array(1_000).fill(null) });
});

it('an adapter cannot be registered under the id of another kind of node', async () => {
  const graph = await openGraph();
  for (const id of ['feedback-1', 'batch-7']) {
    await expect(graph.register({ id })).rejects.toThrow('must not start with');
    await expect(graph.register({ id: 'child', derivedFrom: [id] })).rejects.toThrow('must not start with');
  }
});
