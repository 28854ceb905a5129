import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Store } from '../../src/store/contract.js';
import { openStore } from '../../src/store/open.js';
import { countCalls } from '../support/counting-store.js';
import { openGraph, registerMany } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

const LEVELS = [1, 2, 3, 4, 5, 6];

const nested = (levels: number, level: (inner: string) => string): string =>
  levels === 0 ? '' : level(nested(levels - 1, level));

const feedbackAndAdapters = (levels: number, list = 'feedback'): string =>
  levels === 0
    ? ''
    : `${list} { edges { metadata node { id ${feedbackAndAdapters(levels - 1, list === 'feedback' ? 'adapters' : 'feedback')} } } }`;

/** What is asked of each adapter, so many levels deep. */
const QUERIES: Readonly<Record<string, (levels: number) => string>> = {
  'nodes: `derivedFrom` within `derivedFrom`': (levels) =>
    nested(levels, (inner) => `derivedFrom { edges { node { id version ${inner} } } }`),
  'edges: the same with `createdAt` of each edge': (levels) =>
    nested(levels, (inner) => `derivedFrom { edges { createdAt node { id ${inner} } } }`),
  'counters: the same with `totalCount` and `stats`': (levels) =>
    nested(levels, (inner) => `derivedFrom { totalCount edges { node { id stats { totalFeedback } ${inner} } } }`),
  '`feedback` and `adapters` in turn, with `metadata`': (levels) => feedbackAndAdapters(levels),
  '`ancestors(maxDepth:)`': (levels) => `ancestors(maxDepth: ${levels}) { totalCount edges { depth node { id } } }`,
  '`lineage(maxDepth:)`': (levels) =>
    `lineage(maxDepth: ${levels}) { nodes { depth adapter { id } } edges { childId parentId } }`,
  '`lineageStats`, over as many generations': () => 'lineageStats { adapterCount totalFeedback }',
};

/** Families of an adapter with six generations above it, each with feedback. */
async function openFamilies(base: Store, families: number) {
  const { store, calls } = countCalls(base);
  const graph = await openGraph(store);
  const members = Array.from({ length: families }, (_, family) =>
    Array.from({ length: LEVELS.length + 1 }, (_, generation) => `family-${family}-${generation}`),
  );
  await registerMany(
    graph,
    members.flatMap((names) => names.slice(1).map((parent, child) => [names[child]!, [parent]] as const)),
  );
  await graph.submit(...members.map(([adapterId]) => ({ adapterId: adapterId! })));
  return { graph, calls, members };
}

async function measure(base: Store, families: number, levels: readonly number[]): Promise<string[]> {
  const { graph, calls, members } = await openFamilies(base, families);
  const rows: string[] = [];
  for (const [name, query] of Object.entries(QUERIES)) {
    const cells: string[] = [];
    for (const level of levels) {
      // The statistics go down: from the adapter with so many generations below it.
      const ids = members.map((names) => names[name.includes('lineageStats') ? level : 0]!);
      const before = { ...calls };
      const data = await graph.query<{ nodes: object[] }>(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Adapter { id ${query(level)} } } }`,
        { ids },
      );
      // What is deepest was really reached, of each family.
      expect(JSON.stringify(data).split(DEEPEST[name]?.(level) ?? `-${level}"`).length - 1).toBeGreaterThanOrEqual(
        families,
      );
      cells.push(`${calls.reads - before.reads} · ${calls.lookups - before.lookups}`);
      expect(calls.ranges - before.ranges).toBeLessThanOrEqual(families * 3 * level + families);
    }
    rows.push(`| ${name} | ${cells.join(' | ')} |`);
  }
  return rows;
}

/** What stands once in the answer for each family if its deepest level is there. */
const DEEPEST: Readonly<Record<string, (levels: number) => string>> = {
  '`feedback` and `adapters` in turn, with `metadata`': () => '"feedback-',
  '`lineageStats`, over as many generations': (levels) => `"adapterCount":${levels + 1},"totalFeedback":1`,
};

const compact = (row: string): string => row.replaceAll(/ +/g, ' ').trim();

it('a GraphQL query reads the store once for each level, however many adapters, as docs/graphql.md has it', async () => {
  const one = await measure(await openMemoryStore(), 1, LEVELS);
  const documented = (await readFile('docs/graphql.md', 'utf8')).split('\n').map(compact);
  expect(one.filter((row) => !documented.includes(compact(row)))).toEqual([]);
  expect(await measure(await openMemoryStore(), 10, LEVELS)).toEqual(one);
  const [some, many] = [[1, 3, 6], 200] as const;
  expect(await measure(await openMemoryStore(), many, some)).toEqual(await measure(await openMemoryStore(), 1, some));
});

it('a GraphQL query reads RocksDB as often as a store in memory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-levels-'));
  const store = await openStore(`rocksdb:${join(directory, 'data')}`, {});
  try {
    expect(await measure(store, 100, [1, 3])).toEqual(await measure(await openMemoryStore(), 1, [1, 3]));
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
});
