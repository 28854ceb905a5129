import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aggregateOf } from '../../src/query/functions/aggregates.js';
import { functionNames, functionOf } from '../../src/query/functions/registry.js';
import { DEFAULT_BUDGET, runQuery } from '../../src/query/run.js';
import { LINEAGE, SHARED, STATISTICS, UNUSED_OF_ADAPTER } from '../support/documented-queries.js';
import { createMemoryGraph } from '../support/memory-graph.js';

const text = readFileSync(new URL('../../docs/graph-queries.md', import.meta.url), 'utf8');
const table = text.slice(text.indexOf('| functions'), text.indexOf('Names of functions'));
const documented = [...table.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

test('every function that is documented is there, and the other way around', () => {
  const named = documented.filter((name) => name !== 'DISTINCT');
  expect(named.filter((name) => (functionOf(name) ?? aggregateOf(name)) === undefined)).toEqual([]);
  const known = new Set(named.map((name) => name.toLowerCase()));
  expect(functionNames().filter((name) => !known.has(name))).toEqual([]);
});

test('the documented queries are those of the API, and of the language', async () => {
  const queries = [...text.matchAll(/```cypher\n([^`]*)```/g)].map(([, query = '']) => query);
  expect(queries.map((query) => query.trimEnd())).toEqual([UNUSED_OF_ADAPTER, STATISTICS, LINEAGE, SHARED]);
  for (const query of queries) {
    const { rows } = await runQuery(createMemoryGraph(), query, { parameters: {}, budget: DEFAULT_BUDGET });
    expect(rows).toEqual([]);
  }
});
