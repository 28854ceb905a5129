import {
  DEFAULT_BUDGET,
  fromJson,
  type JsonValue,
  type MapValue,
  type NodeValue,
  type PropertyGraph,
  runQuery,
  toJson,
  type Value,
} from '@feedback-graph/cypher';
import { createMemoryGraph } from '@feedback-graph/cypher/memory-graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { storedGraph } from '../../src/graph/property-graph/stored-graph.js';
import { markUsedForTraining } from '../../src/training/mark-used.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';

const ADAPTERS = ['base', 'a:1', 'b%2', 'c'];
const MODELS = ['m1', 'm:2'];

const submission = fc.record(
  {
    type: fc.constantFrom('positive', 'negative'),
    question: fc.constantFrom('What is a shard?', 'How?'),
    adapterId: fc.constantFrom(...ADAPTERS),
    modelVersion: fc.constantFrom(...MODELS),
    userId: fc.constantFrom('ann', 'bob'),
  },
  { requiredKeys: ['type', 'question'] },
);
const data = fc.record({
  submissions: fc.array(submission, { maxLength: 14 }),
  links: fc.array(fc.tuple(fc.nat(13), fc.constantFrom(...ADAPTERS)), { maxLength: 14 }),
  used: fc.array(fc.nat(13), { maxLength: 5 }),
  erased: fc.array(fc.nat(13), { maxLength: 2 }),
});
type Data = typeof data extends fc.Arbitrary<infer T> ? T : never;

const literal = (value: string) => `'${value}'`;
const condition = fc.oneof(
  fc.constantFrom('positive', 'negative').map((type) => `f.type = ${literal(type)}`),
  fc.constantFrom('approved', 'flagged').map((status) => `f.validation_status = ${literal(status)}`),
  fc.boolean().map((used) => `f.used_for_training = ${used}`),
  fc.constantFrom(...MODELS, 'none').map((model) => `f.model_version = ${literal(model)}`),
  fc.constantFrom(...ADAPTERS).map((adapter) => `f.adapter_id = ${literal(adapter)}`),
  fc.constantFrom('ann', 'zoe').map((user) => `f.user_id = ${literal(user)}`),
  fc.constantFrom('<', '<=', '>', '>=', '=').map((operator) => `f.created_at ${operator} $time`),
  fc.constantFrom("f.type IN ['negative', 'other']", "f.user_id STARTS WITH 'a'", 'f.comment IS NULL', 'f.id IN $ids'),
  fc.constantFrom('NOT f.used_for_training', 'f.version > 1', "f.type = 'positive' OR f.model_version = 'm1'"),
);
const where = fc
  .array(condition, { maxLength: 3 })
  .map((conditions) => (conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`));

/** Queries whose rows come in any order, and that one of them is for. */
const query = where.chain((filter) =>
  fc.constantFrom(
    `MATCH (f:Feedback) ${filter} RETURN f.id, f.type, f.question`,
    `MATCH (f:Feedback) ${filter} RETURN f.id`,
    `MATCH (f:Feedback) ${filter} RETURN count(*)`,
    `MATCH (f:Feedback) ${filter} RETURN f.type AS t, f.used_for_training AS u, count(f) AS n`,
    `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter) ${filter} RETURN a.id, count(f) AS n`,
    `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter) ${filter} RETURN a.id, f.type, count(*) AS n`,
    `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter {id: 'a:1'}) ${filter} RETURN f.id, f.validation_status`,
    `MATCH (f:Feedback)-[r:FEEDBACK_FOR]->(a {id: 'b%2'}) ${filter} RETURN count(r)`,
    `MATCH (f:Feedback)-[r]->(a) ${filter} RETURN f.id, type(r), a.id`,
    `MATCH (a:Adapter)<-[r]-(f) ${filter} RETURN a.id, f.id, r.relation`,
    `MATCH (a)<-[:INCLUDES]-(b) MATCH (a:Feedback) RETURN a.id, b.id, b.state`,
    `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a)-[:DERIVED_FROM*0..]->(b {id: 'base'}) ${filter} RETURN f.id, a.id`,
    `MATCH p = (f:Feedback)--(a:Adapter)--(b:Adapter) ${filter} RETURN f.id, a.id, b.id, length(p)`,
    `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a), (f)-[:FEEDBACK_FOR]->(b) ${filter} RETURN a.id, b.id, count(f) AS n`,
    `MATCH (f)-[:FEEDBACK_FOR]->(a), (f)-[:FEEDBACK_FOR]->(b) WHERE a.id < b.id RETURN a.id, b.id, count(*) AS n`,
    `MATCH (a:Adapter) OPTIONAL MATCH (a)<-[:FEEDBACK_FOR]-(f) ${filter} RETURN a.id, count(f) AS n`,
    `MATCH (a:Adapter) RETURN a.id, a.rank, EXISTS { (a)<-[:FEEDBACK_FOR]-(:Feedback {type: 'negative'}) } AS bad`,
    `MATCH (n) RETURN labels(n), count(*)`,
    `MATCH (n)-[r]-(m) RETURN type(r), count(*)`,
    `MATCH (f:Feedback {id: $ids[0]})-[:FEEDBACK_FOR]->(a) RETURN a.id`,
    `UNWIND $ids AS id MATCH (f {id: id}) RETURN f.id, f.answer`,
    `MATCH (a:Adapter)-[d:DERIVED_FROM]->(b) RETURN a.id, b.id, d.relation`,
  ),
);

async function build({ submissions, links, used, erased }: Data): Promise<{ graph: TestGraph; ids: string[] }> {
  const graph = await openGraph();
  await graph.register({ id: 'a:1', derivedFrom: [{ id: 'base', relation: 'adapter' }], rank: 8 });
  await graph.register({ id: 'b%2', derivedFrom: ['a:1', 'base'] });
  const ids = await graph.submit(...submissions);
  const idAt = (index: number): string | undefined => ids[index % Math.max(1, ids.length)];
  for (const [index, adapter] of links) {
    const id = idAt(index);
    if (id !== undefined) await graph.link(id, adapter);
  }
  const marked = [...new Set(used.map(idAt))].filter((id) => id !== undefined);
  if (marked.length > 0) {
    await markUsedForTraining(graph.services, ACTOR, { feedbackIds: marked, trainingBatchId: 3 });
  }
  for (const id of new Set(erased.map(idAt))) if (id !== undefined) await eraseFeedback(graph.services, ACTOR, id);
  return { graph, ids };
}

const ALL = `{
  feedbackList(first: 1000) { edges { node { id document adapters(first: 100) {
    edges { node { id } metadata createdAt } } } } }
  adapters(first: 100) { edges { node { id revision rank createdAt updatedAt
    derivedFrom(first: 100) { edges { node { id } relation } } } } }
  trainingBatches(first: 100) { edges { node { id number state feedbackCount createdAt updatedAt
    includes(first: 1000) { edges { node { id } } } } } }
}`;

interface Everything {
  readonly feedbackList: Edges<{ id: string; document: Record<string, unknown>; adapters: Edges<{ id: string }> }>;
  readonly adapters: Edges<
    Times & {
      id: string;
      rank: number | null;
      derivedFrom: Edges<{ id: string }, { relation: string | null }>;
    }
  >;
  readonly trainingBatches: Edges<Times & { id: string; state: string; includes: Edges<{ id: string } | null> }>;
}
interface Times {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
interface Edges<Node, Edge = unknown> {
  readonly edges: readonly ({ readonly node: Node } & Edge)[];
}

const timesOf = ({ createdAt, updatedAt }: Times) => ({
  created_at: createdAt.getTime(),
  updated_at: updatedAt.getTime(),
});

/** The same graph in memory, made of what GraphQL tells. */
async function mirrored(graph: TestGraph): Promise<PropertyGraph> {
  const { feedbackList, adapters, trainingBatches } = await graph.query<Everything>(ALL);
  const memory = createMemoryGraph({ counters: false });
  const nodes = new Map<string, NodeValue>();
  const add = (label: string, id: string, properties: Record<string, unknown>): void => {
    const given = Object.entries(properties).filter(([, value]) => value !== null);
    nodes.set(id, memory.addNode([label], fromJson({ ...Object.fromEntries(given), id }) as MapValue));
  };
  const connect = (
    type: string,
    from: string,
    to: string | undefined,
    properties: Record<string, unknown> = {},
  ): void => {
    const [start, end] = [nodes.get(from), nodes.get(to ?? '')];
    if (start !== undefined && end !== undefined)
      memory.addRelationship(type, start, end, fromJson(properties) as MapValue);
  };
  for (const { node } of feedbackList.edges) add('Feedback', node.id, node.document);
  for (const { node } of adapters.edges) add('Adapter', node.id, { rank: node.rank, ...timesOf(node) });
  for (const { node } of trainingBatches.edges) {
    add('TrainingBatch', node.id, { state: node.state.toLowerCase(), ...timesOf(node) });
  }
  for (const { node } of feedbackList.edges) {
    for (const { node: adapter } of node.adapters.edges) connect('FEEDBACK_FOR', node.id, adapter.id);
  }
  for (const { node } of adapters.edges) {
    for (const { node: parent, relation } of node.derivedFrom.edges) {
      connect('DERIVED_FROM', node.id, parent.id, relation === null ? {} : { relation: relation.toLowerCase() });
    }
  }
  for (const { node } of trainingBatches.edges) {
    for (const { node: included } of node.includes.edges) connect('INCLUDES', node.id, included?.id);
  }
  return memory;
}

async function rowsOf(graph: PropertyGraph, text: string, parameters: Record<string, Value>): Promise<JsonValue[]> {
  const { rows } = await runQuery(graph, text, { parameters, budget: DEFAULT_BUDGET });
  return rows.map((row) => row.map(toJson));
}

const sorted = (rows: readonly JsonValue[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

test('a query over the store answers what it answers over the same graph in memory, made of what GraphQL tells', async () => {
  await fc.assert(
    fc.asyncProperty(data, fc.array(query, { minLength: 6, maxLength: 6 }), fc.nat(13), async (given, queries, at) => {
      const { graph, ids } = await build(given);
      const source = { org: ACTOR.org, keyedHash: graph.services.keyedHash, now: Date.now() };
      const stored = storedGraph(graph.store, source);
      const memory = await mirrored(graph);
      const chosen = ids[at % Math.max(1, ids.length)] ?? 'feedback-none';
      const [time = 0] = (await rowsOf(memory, 'MATCH (f {id: $id}) RETURN f.created_at', { id: chosen })).flat();
      const parameters = { ids: [chosen, ids[0] ?? 'x', 'a:1'], time: fromJson(time) };
      for (const text of queries) {
        const [found, wanted] = [await rowsOf(stored, text, parameters), await rowsOf(memory, text, parameters)];
        expect([text, sorted(found)]).toEqual([text, sorted(wanted)]);
      }
      const ordered = 'MATCH (f:Feedback) RETURN f.id ORDER BY f.id DESC SKIP 1 LIMIT 3';
      expect(await rowsOf(stored, ordered, {})).toEqual(await rowsOf(memory, ordered, {}));
      await graph.store.close();
    }),
    { numRuns: 150 },
  );
});
