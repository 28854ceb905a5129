import { readFileSync } from 'node:fs';
import { DEFAULT_BUDGET, functionNames, runQuery } from '@feedback-graph/cypher';
import { createMemoryGraph } from '@feedback-graph/cypher/memory-graph';
import { expect, test } from 'vitest';
import { LINEAGE, SHARED, STATISTICS, UNUSED_OF_ADAPTER } from '../support/documented-queries.js';

const text = readFileSync(new URL('../../docs/graph-queries.md', import.meta.url), 'utf8');
const table = text.slice(text.indexOf('| functions'), text.indexOf('Names of functions'));
const documented = [...table.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

test('every function that is documented is there, and the other way around', () => {
  const names = documented.filter((name) => name !== 'DISTINCT').map((name) => name.toLowerCase());
  expect([...new Set(names)].sort()).toEqual([...functionNames()].sort());
});

test('the documented queries are those of the API, and of the language', async () => {
  const queries = [...text.matchAll(/```cypher\n([^`]*)```/g)].map(([, query = '']) => query);
  expect(queries.map((query) => query.trimEnd())).toEqual([UNUSED_OF_ADAPTER, STATISTICS, LINEAGE, SHARED]);
  for (const query of queries) {
    const { rows } = await runQuery(createMemoryGraph(), query, { parameters: {}, budget: DEFAULT_BUDGET });
    expect(rows).toEqual([]);
  }
});
