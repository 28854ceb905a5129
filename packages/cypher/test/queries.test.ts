import { describe, expect, it } from 'vitest';
import { toJson } from '../src/json.js';
import { DEFAULT_BUDGET, runQuery } from '../src/run.js';
import { isNode, isPath, type Value } from '../src/value.js';
import { createFeedbackGraph } from './support/feedback-graph.js';

const UNUSED_OF_ADAPTER = `MATCH (f:Feedback)-[r:FEEDBACK_FOR]->(a:Adapter {id: 'themis_help_lora_v2'})
WHERE f.validation_status = 'approved'
  AND f.used_for_training = false
RETURN f
LIMIT 100`;

const STATISTICS = `MATCH (f:Feedback)-[r:FEEDBACK_FOR]->(a:Adapter)
RETURN a.id AS adapter_id,
       COUNT(f) AS total_feedback,
       SUM(CASE WHEN f.type = 'positive' THEN 1 ELSE 0 END) AS positive_count,
       SUM(CASE WHEN f.type = 'negative' THEN 1 ELSE 0 END) AS negative_count,
       AVG(CASE WHEN f.type = 'positive' THEN 1.0 ELSE 0.0 END) AS positive_ratio
GROUP BY a.id`;

const LINEAGE = `MATCH path = (f:Feedback)-[:FEEDBACK_FOR]->(a1:Adapter)-[:DERIVED_FROM*]->(a2:Adapter)
WHERE a2.id = 'base_model'
RETURN path, f.id, a1.id`;

const SHARED = `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a1:Adapter),
      (f:Feedback)-[:FEEDBACK_FOR]->(a2:Adapter)
WHERE a1.id <> a2.id
RETURN a1.id, a2.id, COUNT(f) AS shared_feedback_count
GROUP BY a1.id, a2.id
HAVING shared_feedback_count > 10
ORDER BY shared_feedback_count DESC`;

const indexes = Array.from({ length: 35 }, (_each, index) => index);
const idOf = (index: number): string => `feedback-${String(index).padStart(2, '0')}`;
const setups = [
  { counters: true, pageSize: 100 },
  { counters: false, pageSize: 100 },
  { counters: true, pageSize: 3 },
  { counters: false, pageSize: 3 },
];

function byText(rows: readonly (readonly Value[])[]): string[] {
  return rows.map((row) => JSON.stringify(row.map(toJson))).sort();
}

describe.each(setups)('queries of a graph with counters $counters and pages of $pageSize', (setup) => {
  const run = (text: string): ReturnType<typeof runQuery> =>
    runQuery(createFeedbackGraph(setup), text, { parameters: {}, budget: DEFAULT_BUDGET });

  it('finds approved feedback that was not used yet', async () => {
    const { columns, rows } = await run(UNUSED_OF_ADAPTER);
    expect(columns).toEqual(['f']);
    const ids = rows.map(([node = null]) => (isNode(node) ? node.properties.get('id') : undefined));
    const wanted = indexes.filter((index) => index < 30 && index % 4 < 2 && index % 5 !== 0).map(idOf);
    expect(ids.sort()).toEqual(wanted);
    const [first = null] = rows[0] ?? [];
    expect(isNode(first) ? [...first.properties.keys()].sort() : []).toEqual([
      'id',
      'rating',
      'type',
      'used_for_training',
      'validation_status',
    ]);
  });

  it('counts by adapter', async () => {
    const { columns, rows } = await run(STATISTICS);
    expect(columns).toEqual(['adapter_id', 'total_feedback', 'positive_count', 'negative_count', 'positive_ratio']);
    const byAdapter = new Map(rows.map(([id = null, ...numbers]) => [id, numbers]));
    expect(byAdapter).toEqual(
      new Map([
        ['themis_help_lora_v2', [30n, 20n, 10n, 20 / 30]],
        ['legal_lora', [12n, 8n, 4n, 8 / 12]],
        // 30 to 34: positive, negative, positive, positive, negative.
        ['lonely_lora', [5n, 3n, 2n, 3 / 5]],
      ]),
    );
  });

  it('follows the lineage to the base model', async () => {
    const { columns, rows } = await run(LINEAGE);
    expect(columns).toEqual(['path', 'f.id', 'a1.id']);
    expect(rows.map(([, feedback]) => feedback).sort()).toEqual(indexes.filter((index) => index < 30).map(idOf));
    expect(new Set(rows.map(([, , adapter]) => adapter))).toEqual(new Set(['themis_help_lora_v2']));
    for (const [path = null, feedback] of rows) {
      expect(isPath(path) && path.nodes.map((node) => node.properties.get('id'))).toEqual([
        feedback,
        'themis_help_lora_v2',
        'themis_help_lora_v1',
        'base_model',
      ]);
      expect(isPath(path) && path.relationships.map(({ type }) => type)).toEqual([
        'FEEDBACK_FOR',
        'DERIVED_FROM',
        'DERIVED_FROM',
      ]);
    }
  });

  it('finds adapters that share feedback', async () => {
    const { columns, rows } = await run(SHARED);
    expect(columns).toEqual(['a1.id', 'a2.id', 'shared_feedback_count']);
    expect(byText(rows)).toEqual(
      byText([
        ['legal_lora', 'themis_help_lora_v2', 12n],
        ['themis_help_lora_v2', 'legal_lora', 12n],
      ]),
    );
  });

  it('answers GROUP BY and HAVING as WITH and WHERE', async () => {
    const shared = await run(`MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a1:Adapter),
      (f:Feedback)-[:FEEDBACK_FOR]->(a2:Adapter)
      WHERE a1.id <> a2.id
      WITH a1.id AS one, a2.id AS other, count(f) AS shared_feedback_count
      WHERE shared_feedback_count > 10
      RETURN one, other, shared_feedback_count ORDER BY shared_feedback_count DESC`);
    expect(byText((await run(SHARED)).rows)).toEqual(byText(shared.rows));
    const statistics = await run(`MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter)
      WITH a.id AS id, count(f) AS total, sum(CASE f.type WHEN 'positive' THEN 1 ELSE 0 END) AS positive,
        sum(CASE f.type WHEN 'negative' THEN 1 ELSE 0 END) AS negative,
        avg(CASE f.type WHEN 'positive' THEN 1.0 ELSE 0.0 END) AS ratio
      RETURN *`);
    const order = ['id', 'total', 'positive', 'negative', 'ratio'].map((name) => statistics.columns.indexOf(name));
    const rows = statistics.rows.map((row) => order.map((place) => row[place] ?? null));
    expect(byText((await run(STATISTICS)).rows)).toEqual(byText(rows));
  });

  it('groups by what is not returned, and without a HAVING', async () => {
    const { rows } = await run('MATCH (f:Feedback) RETURN count(*) AS entries GROUP BY f.type');
    expect(rows.map(([entries]) => entries).sort()).toEqual([12n, 23n]);
    const some = await run('MATCH (f:Feedback) RETURN f.type GROUP BY f.type HAVING count(*) > 12');
    expect(some.rows).toEqual([['positive']]);
  });

  it.each(['COUNT', 'count', 'CoUnT'])('takes function names in any case: %s', async (name) => {
    const { columns, rows } = await run(
      `MATCH (f:Feedback) RETURN ${name}(f), TOUPPER(head(COLLECT(DISTINCT f.nothing)))`,
    );
    expect(columns[0]).toBe(`${name}(f)`);
    expect(rows).toEqual([[35n, null]]);
  });
});
