import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eraseFeedback, eraseFeedbackOfUser } from '../../src/feedback/erase.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { markUsedForTraining } from '../../src/training/mark-used.js';
import { ACTOR, openGraph, registerMany, type TestGraph } from '../support/graph.js';

const NAMES = ['a', 'b:1', 'c', 'd%', 'e', 'f', 'g', 'h'];

/** Parents by child: each adapter only of those before it, so that no cycle comes about. */
const anyParents = fc
  .tuple(
    ...NAMES.map((_, index) =>
      fc.uniqueArray(fc.constantFrom(...NAMES.slice(0, Math.max(index, 1))), { maxLength: 3 }),
    ),
  )
  .map((lists) => new Map(NAMES.map((name, index) => [name, index === 0 ? [] : (lists[index] ?? [])])));

type Neighbours = ReadonlyMap<string, readonly string[]>;

function childrenOf(parents: Neighbours): Neighbours {
  return new Map(NAMES.map((name) => [name, NAMES.filter((child) => parents.get(child)!.includes(name))]));
}

/** By breadth: each with the least number of edges to it. */
function expectedWalk(neighbours: Neighbours, start: string, maxDepth = Infinity): { id: string; depth: number }[] {
  const depths = new Map([[start, 0]]);
  for (const [id, depth] of depths) {
    for (const next of neighbours.get(id)!) if (!depths.has(next)) depths.set(next, depth + 1);
  }
  return [...depths]
    .map(([id, depth]) => ({ id, depth }))
    .filter(({ depth }) => depth > 0 && depth <= maxDepth)
    .sort((x, y) => x.depth - y.depth || (x.id < y.id ? -1 : 1));
}

function expectedPaths(parents: Neighbours, from: string, to: string): string[][] {
  return parents
    .get(from)!
    .flatMap((parent) =>
      parent === to ? [[from, to]] : expectedPaths(parents, parent, to).map((rest) => [from, ...rest]),
    );
}

async function graphOf(parents: Neighbours): Promise<TestGraph> {
  const graph = await openGraph();
  for (const [id, derivedFrom] of parents) await graph.register({ id, derivedFrom });
  return graph;
}

interface Page {
  readonly totalCount: number;
  readonly truncated: boolean;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly depth: number; readonly node: { readonly id: string } }[];
}

async function allPages(graph: TestGraph, list: string, id: string, maxDepth: number | null, first: number) {
  const seen: { id: string; depth: number }[] = [];
  for (let after: string | null = null; ;) {
    const data: { adapter: { list: Page } } = await graph.query(
      `query ($id: ID!, $maxDepth: Int, $first: Int!, $after: String) { adapter(id: $id) {
        list: ${list}(maxDepth: $maxDepth, first: $first, after: $after) {
          totalCount truncated pageInfo { hasNextPage endCursor } edges { depth node { id } }
        }
      } }`,
      { id, maxDepth, first, after },
    );
    const page: Page = data.adapter.list;
    seen.push(...page.edges.map(({ depth, node }) => ({ id: node.id, depth })));
    expect(page.truncated).toBe(false);
    if (!page.pageInfo.hasNextPage) {
      expect(page.totalCount).toBe(seen.length);
      return seen;
    }
    expect(page.edges).toHaveLength(first);
    after = page.pageInfo.endCursor;
  }
}

it('GraphQL shows ancestors, descendants, subgraph and paths of any lineage as they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyParents,
      fc.constantFrom(...NAMES),
      fc.constantFrom(...NAMES),
      fc.option(fc.integer({ min: 1, max: 4 })),
      fc.integer({ min: 1, max: 4 }),
      async (parents, id, to, maxDepth, first) => {
        const graph = await graphOf(parents);
        const children = childrenOf(parents);
        const above = expectedWalk(parents, id, maxDepth ?? undefined);
        const below = expectedWalk(children, id, maxDepth ?? undefined);
        expect(await allPages(graph, 'ancestors', id, maxDepth, first)).toEqual(above);
        expect(await allPages(graph, 'descendants', id, maxDepth, first)).toEqual(below);

        const { adapter } = await graph.query<{
          adapter: {
            lineage: { nodes: { depth: number; adapter: { id: string } }[]; edges: object[]; truncated: boolean };
            lineagePaths: { paths: { length: number; adapters: { id: string }[] }[]; truncated: boolean };
          };
        }>(
          `query ($id: ID!, $to: ID!, $maxDepth: Int) { adapter(id: $id) {
            lineage(maxDepth: $maxDepth) { nodes { depth adapter { id } } edges { childId parentId } truncated }
            lineagePaths(to: $to, maxDepth: $maxDepth, first: 100) { paths { length adapters { id } } truncated }
          } }`,
          { id, to, maxDepth },
        );
        const nodes = [{ id, depth: 0 }, ...above, ...below.map((each) => ({ ...each, depth: -each.depth }))];
        const byId = (x: { id: string }, y: { id: string }): number => (x.id < y.id ? -1 : 1);
        const shown = adapter.lineage.nodes.map(({ depth, adapter: node }) => ({ id: node.id, depth }));
        expect([...shown].sort(byId)).toEqual([...nodes].sort(byId));
        expect(shown.map(({ depth }) => Math.abs(depth))).toEqual(
          shown.map(({ depth }) => Math.abs(depth)).sort((x, y) => x - y),
        );
        const inside = new Set(nodes.map((node) => node.id));
        const edges = [...parents].flatMap(([childId, list]) =>
          list
            .filter((parentId) => inside.has(childId) && inside.has(parentId))
            .map((parentId) => ({ childId, parentId })),
        );
        const text = (each: object): string => JSON.stringify(each);
        expect(adapter.lineage.edges.map(text).sort()).toEqual(edges.map(text).sort());
        expect(adapter.lineage.truncated).toBe(false);

        const paths = expectedPaths(parents, id, to).filter((path) => path.length - 1 <= (maxDepth ?? Infinity));
        expect(adapter.lineagePaths.paths.map((path) => path.adapters.map((each) => each.id)).sort()).toEqual(
          paths.sort(),
        );
        for (const { length, adapters } of adapter.lineagePaths.paths) expect(length).toBe(adapters.length - 1);
        expect(adapter.lineagePaths.truncated).toBe(false);
        await graph.store.close();
      },
    ),
    { numRuns: 60 },
  );
});

it('lineageStats counts each entry once, whatever it is linked to and whatever becomes of it', async () => {
  const anyFeedback = fc.record({
    links: fc.uniqueArray(fc.constantFrom(...NAMES, 'stranger'), { maxLength: 4 }),
    type: fc.constantFrom('positive' as const, 'negative' as const),
    fate: fc.constantFrom('kept', 'kept', 'used', 'erased'),
  });
  await fc.assert(
    fc.asyncProperty(anyParents, fc.array(anyFeedback, { maxLength: 12 }), async (parents, entries) => {
      const graph = await graphOf(parents);
      await graph.register({ id: 'stranger' });
      const ids = await graph.submit(...entries.map(({ type }) => ({ type })));
      await Promise.all(entries.map(({ links }, index) => graph.link(ids[index]!, ...links)));
      for (const [index, { fate }] of entries.entries()) {
        const id = ids[index]!;
        if (fate === 'used')
          await markUsedForTraining(graph.services, ACTOR, { feedbackIds: [id], trainingBatchId: 1 });
        if (fate === 'erased') await eraseFeedback(graph.services, ACTOR, id);
      }
      const children = childrenOf(parents);
      const aliases = NAMES.map(
        (id, index) =>
          `a${index}: adapter(id: ${JSON.stringify(id)}) {
            lineageStats { adapterCount truncated totalFeedback positiveCount unusedForTraining usedForTraining }
          }`,
      );
      const answer = await graph.query<Record<string, { lineageStats: object }>>(`{ ${aliases.join('\n')} }`);
      NAMES.forEach((id, index) => {
        const lineage = new Set([id, ...expectedWalk(children, id).map((each) => each.id)]);
        const counted = entries.filter(
          ({ links, fate }) => fate !== 'erased' && links.some((adapter) => lineage.has(adapter)),
        );
        expect(answer[`a${index}`]!.lineageStats).toEqual({
          adapterCount: lineage.size,
          truncated: false,
          totalFeedback: counted.length,
          positiveCount: counted.filter(({ type }) => type === 'positive').length,
          unusedForTraining: counted.filter(({ fate }) => fate === 'kept').length,
          usedForTraining: counted.filter(({ fate }) => fate === 'used').length,
        });
      });
      await graph.store.close();
    }),
    { numRuns: 40 },
  );
});

it('a set of adapters leaves nothing behind when its last entry is linked further or erased, even at the same time', async () => {
  const graph = await openGraph();
  const ids = await graph.submit({ userId: 'bob' }, { userId: 'bob' }, { userId: 'ann' });
  for (const id of ids) await graph.link(id, 'a', 'b', 'c');

  await eraseFeedbackOfUser(graph.services, ACTOR, 'bob');
  const setKeys = (): Promise<string[]> =>
    graph.store.read((reader) =>
      reader.scanKeys({ gte: 'index:default:ls=', lt: 'index:default:ls>', limit: Infinity }),
    );
  expect(await setKeys()).toHaveLength(3);
  await eraseFeedback(graph.services, ACTOR, ids[2]!);
  expect(await setKeys()).toEqual([]);
  expect(
    (await verifyStore(graph.store)).disagreements.filter(({ kind }) => kind === 'index' || kind === 'count'),
  ).toEqual([]);
});

const LADDER = Array.from({ length: 40 }, (_, rung): [string, string[]][] => [
  [`top-${rung}`, [`left-${rung}`, `right-${rung}`]],
  [`left-${rung}`, [`top-${rung + 1}`]],
  [`right-${rung}`, [`top-${rung + 1}`]],
]).flat();

it('lineagePaths returns some of very many paths, and says that there are more', async () => {
  const graph = await openGraph();
  await registerMany(graph, LADDER);
  const { adapter } = await graph.query<{
    adapter: { lineagePaths: { truncated: boolean; paths: { length: number; adapters: { id: string }[] }[] } };
  }>(
    '{ adapter(id: "top-0") { lineagePaths(to: "top-40", first: 100) { truncated paths { length adapters { id } } } } }',
  );
  const { truncated, paths } = adapter.lineagePaths;
  expect(truncated).toBe(true);
  expect(paths).toHaveLength(100);
  expect(new Set(paths.map((path) => JSON.stringify(path.adapters))).size).toBe(100);
  for (const { length, adapters } of paths) {
    expect(length).toBe(80);
    expect(adapters.at(-1)?.id).toBe('top-40');
  }
  // One edge less than the shortest way.
  expect(
    await graph.query(
      '{ adapter(id: "top-0") { lineagePaths(to: "top-40", maxDepth: 79) { paths { length } truncated } } }',
    ),
  ).toEqual({ adapter: { lineagePaths: { paths: [], truncated: false } } });
});

it('a walk of a lineage ends at its bound and says so, and a request whose walks have too many adapters together is refused', async () => {
  const graph = await openGraph();
  const leaves = Array.from({ length: 10_001 }, (_, index): [string, string[]] => [`leaf-${index}`, ['root']]);
  await registerMany(graph, [['root', ['base']], ...leaves]);
  const walk =
    '{ adapter(id: "base") { descendants(first: 2) { totalCount truncated pageInfo { hasNextPage } edges { depth node { id } } } } }';
  expect(await graph.query(walk)).toEqual({
    adapter: {
      descendants: {
        totalCount: 10_000,
        truncated: true,
        pageInfo: { hasNextPage: true },
        edges: [
          { depth: 1, node: { id: 'root' } },
          { depth: 2, node: { id: 'leaf-0' } },
        ],
      },
    },
  });
  expect(
    await graph.query(
      '{ adapter(id: "root") { lineage(first: 3) { truncated nodes { depth adapter { id } } edges { childId } } } }',
    ),
  ).toEqual({
    adapter: {
      lineage: {
        truncated: true,
        nodes: [
          { depth: 0, adapter: { id: 'root' } },
          { depth: 1, adapter: { id: 'base' } },
          { depth: -1, adapter: { id: 'leaf-0' } },
        ],
        edges: [{ childId: 'root' }, { childId: 'leaf-0' }],
      },
    },
  });
  expect(await graph.query('{ adapter(id: "base") { lineageStats { adapterCount truncated } } }')).toEqual({
    adapter: { lineageStats: { adapterCount: 10_001, truncated: true } },
  });
  const many = Array.from({ length: 6 }, (_, index) => `a${index}: descendants(maxDepth: ${index + 2}) { totalCount }`);
  expect(await graph.errorsOf(`{ adapter(id: "base") { ${many.join(' ')} } }`)).toEqual([
    'The lineages in a request may have at most 50000 adapters together, counting five each if their statistics are read, ' +
      'and these have more; request fewer lineages at once or a smaller maxDepth',
  ]);
});

it('lists of a lineage refuse depths, sizes and cursors out of bounds', async () => {
  const graph = await openGraph();
  await graph.register({ id: 'child', derivedFrom: ['parent', 'other'] });
  const asked = (field: string): Promise<string[]> => graph.errorsOf(`{ adapter(id: "child") { ${field} } }`);
  expect(await asked('ancestors(maxDepth: 0) { totalCount }')).toEqual([
    "'maxDepth' must be an integer from 1 to 1000",
  ]);
  expect(await asked('descendants(maxDepth: 1001) { totalCount }')).toEqual([
    "'maxDepth' must be an integer from 1 to 1000",
  ]);
  expect(await asked('lineage(first: 1001) { truncated }')).toEqual(["'first' must be an integer from 1 to 1000"]);
  expect(await asked('lineagePaths(to: "parent", first: 0) { truncated }')).toEqual([
    "'first' must be an integer from 1 to 100",
  ]);
  expect(await asked('lineagePaths(to: "") { truncated }')).toEqual(["'to' must be 1 to 256 bytes of UTF-8"]);
  const { adapter } = await graph.query<{ adapter: { ancestors: Page } }>(
    '{ adapter(id: "child") { ancestors(first: 1) { pageInfo { endCursor } } } }',
  );
  const cursor = JSON.stringify(adapter.ancestors.pageInfo.endCursor);
  expect(await asked(`ancestors(after: ${cursor}) { edges { node { id } } }`)).toEqual([]);
  expect(await asked(`descendants(after: ${cursor}) { edges { node { id } } }`)).toEqual([
    "'after' must be a cursor from the previous page of this list",
  ]);
});

interface DerivativesPage {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
}

it('lists of a lineage can be paged through whatever characters ids have', async () => {
  const graph = await openGraph();
  const children = ['a%', 'a%c', 'a:b', 'a:c', 'ab'];
  await registerMany(
    graph,
    children.map((id) => [id, ['base']]),
  );
  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < children.length; page += 1) {
    const variables: Record<string, unknown> = { after };
    const { adapter } = await graph.query<{ adapter: { derivatives: DerivativesPage } }>(
      `query($after: String) {
        adapter(id: "base") { derivatives(first: 1, after: $after) { edges { cursor node { id } } } } }`,
      variables,
    );
    const edge = adapter.derivatives.edges.at(0);
    seen.push(edge?.node.id ?? 'none');
    after = edge?.cursor ?? after;
  }
  expect(seen.sort()).toEqual([...children].sort());
});
