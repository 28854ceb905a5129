import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryGraph } from '../src/memory-graph.js';
import { DEFAULT_BUDGET, runQuery } from '../src/run.js';
import type { Value } from '../src/value.js';
import {
  type Aggregate,
  answerNaively,
  type Chain,
  type Condition,
  type Match,
  nameOf,
  type NaiveQuery,
  textOf,
} from './support/naive-query.js';

const LABELS = ['A', 'B'];
const TYPES = ['T', 'U'];
const NAMES = ['a', 'b', 'c'];

const anyGraph = fc.record({
  nodes: fc.array(
    fc.record({
      labels: fc.subarray(LABELS),
      x: fc.option(fc.bigInt(0n, 2n)),
      s: fc.option(fc.constantFrom('p', 'q')),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  relationships: fc.array(fc.tuple(fc.constantFrom(...TYPES), fc.nat(4), fc.nat(4)), { maxLength: 7 }),
});
type GraphData = typeof anyGraph extends fc.Arbitrary<infer T> ? T : never;

/** There half of the time: much that is asked for at once is hardly ever found. */
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const present = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };

const nodePart = fc
  .record({
    variable: fc.constantFrom(...NAMES),
    label: optional(fc.constantFrom(...LABELS)),
    x: optional(fc.bigInt(0n, 2n)),
  })
  .map(present);
const hopPart = fc
  .record({
    type: optional(fc.constantFrom(...TYPES)),
    direction: fc.constantFrom('out' as const, 'in' as const, 'both' as const),
    length: optional(fc.constantFrom([0, 1] as const, [1, 2] as const, [0, 2] as const, [2, 3] as const)),
  })
  .map(present);
const chain: fc.Arbitrary<Chain> = fc.record({
  first: nodePart,
  hops: fc.array(fc.record({ hop: hopPart, node: nodePart }), { maxLength: 2 }),
});

function variablesOf(matches: readonly Match[]): string[] {
  const all = matches.flatMap(({ chains }) =>
    chains.flatMap(({ first, hops }) => [first.variable, ...hops.map(({ node }) => node.variable)]),
  );
  return [...new Set(all)];
}

const conditionOn = (names: readonly string[]): fc.Arbitrary<Condition> => {
  const variable = fc.constantFrom(...names);
  const operator = fc.constantFrom('=' as const, '<' as const, '>=' as const, '<>' as const);
  return fc.oneof(
    fc.record({ kind: fc.constant('value' as const), variable, operator, value: fc.bigInt(0n, 2n) }),
    fc.record({ kind: fc.constant('same' as const), variable, other: variable }),
    fc.record({ kind: fc.constant('label' as const), variable, label: fc.constantFrom(...LABELS) }),
    fc.record({ kind: fc.constant('absent' as const), variable }),
    fc.record({ kind: fc.constant('hop' as const), variable, type: fc.constantFrom(...TYPES) }),
  );
};

/** Conditions on what this clause or one before it binds. */
const matchAfter = (before: readonly Match[], isOptional: boolean): fc.Arbitrary<Match> =>
  fc.array(chain, { minLength: 1, maxLength: 2 }).chain((chains) => {
    const match: Match = { optional: isOptional, chains, where: [] };
    return fc
      .array(conditionOn(variablesOf([...before, match])), { maxLength: 2 })
      .map((where): Match => ({ ...match, where }));
  });

const matches: fc.Arbitrary<Match[]> = matchAfter([], false).chain((first) =>
  fc
    .option(fc.boolean().chain((isOptional) => matchAfter([first], isOptional)))
    .map((second) => (second === null ? [first] : [first, second])),
);

const query: fc.Arbitrary<NaiveQuery> = matches.chain((found) => {
  const variable = fc.constantFrom(...variablesOf(found));
  const name = fc.constantFrom<Aggregate>('count(*)', 'count', 'count distinct', 'sum', 'min', 'max');
  return fc
    .record({
      keys: fc.array(fc.record({ variable, property: fc.constantFrom('x' as const, 's' as const, 'n' as const) }), {
        maxLength: 2,
      }),
      aggregates: fc.array(fc.record({ function: name, variable }), { maxLength: 2 }),
      distinct: fc.boolean(),
      order: optional(fc.record({ descending: fc.boolean(), skip: fc.nat(2), limit: fc.integer({ min: 1, max: 4 }) })),
    })
    .filter(({ keys, aggregates }) => keys.length + aggregates.length > 0)
    .map((projection) => ({ matches: found, projection: present(projection) }));
});

function build({ nodes, relationships }: GraphData, counters: boolean, pageSize: number) {
  const graph = createMemoryGraph({ counters, pageSize });
  const made = nodes.map(({ labels, x, s }, index) => {
    const properties = new Map<string, Value>([['n', BigInt(index)]]);
    if (x !== null) properties.set('x', x);
    if (s !== null) properties.set('s', s);
    return graph.addNode(labels, properties);
  });
  for (const [type, from, to] of relationships) {
    graph.addRelationship(type, made[from % made.length]!, made[to % made.length]!);
  }
  return graph;
}

test('what the planner and the executor answer is what going through everything answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyGraph,
      query,
      fc.boolean(),
      fc.integer({ min: 1, max: 3 }),
      async (data, asked, counters, pageSize) => {
        const graph = build(data, counters, pageSize);
        const wanted = answerNaively({ nodes: graph.allNodes, relationships: graph.allRelationships }, asked).map(
          nameOf,
        );
        const text = textOf(asked);
        const { rows } = await runQuery(graph, text, { parameters: {}, budget: DEFAULT_BUDGET });
        const found = rows.map((row) => nameOf(row as (bigint | string | null)[]));
        if (asked.projection.order === undefined) {
          found.sort();
          wanted.sort();
        }
        expect([text, found]).toEqual([text, wanted]);
      },
    ),
    { numRuns: 1_500 },
  );
});
