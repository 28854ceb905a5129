import { assert, asyncProperty, constantFrom, array, integer, oneof, record, constant } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize } from '../src/lexer.js';
import { QueryError } from '../src/query-error.js';
import { type Budget, runQuery } from '../src/run.js';
import { createFeedbackGraph } from './support/feedback-graph.js';

const BUDGET: Budget = { timeMs: 10_000, rows: 2_000, bytes: 1_000_000, paths: 500 };
const GRAPH = createFeedbackGraph({ pageSize: 7 });

const CORPUS = [
  "MATCH (f:Feedback)-[r:FEEDBACK_FOR]->(a:Adapter {id: 'legal_lora'}) WHERE f.rating >= 2 AND NOT f.type = 'negative' RETURN f.id, type(r) LIMIT 5",
  'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a) RETURN a.id AS id, count(f) AS n, avg(f.rating) GROUP BY a.id HAVING n > 3 ORDER BY n DESC, id',
  'MATCH p = (a:Adapter)-[r:DERIVED_FROM*0..2]->(b) RETURN nodes(p), length(p), [x IN relationships(p) | type(x)]',
  'OPTIONAL MATCH (a:Adapter)<-[r]-(f {type: $type}) WHERE EXISTS { (f)-->(c) WHERE c <> a } WITH DISTINCT a, collect(f.id)[0..2] AS ids SKIP 1 LIMIT 3 RETURN *',
  'UNWIND range(1, 5) AS x WITH x, CASE WHEN x % 2 = 0 THEN null ELSE x END AS y WHERE y IS NOT NULL OR x IN [2, $n] RETURN x + 1.5, -y, {a: x, b: [y]}.b[0]',
  "RETURN reduce(s = '', x IN ['a', 'b'] | s + x) STARTS WITH 'a', any(x IN [1, null] WHERE x > 1), all(x IN $list WHERE x = 1) XOR true",
  'MATCH (a:Adapter) WHERE (a)-[:DERIVED_FROM]->() RETURN a.id, size([(a)<--(f) WHERE f.rating > 3 | f.rating]) AS s UNION ALL MATCH (b) RETURN b.id AS `a.id`, count(*) AS s',
  'EXPLAIN MATCH (a:Adapter), (b) WHERE a.id = b.id RETURN a, b; // end',
  'PROFILE MATCH (n) RETURN n:Feedback, labels(n), keys(n), coalesce(n.rating, 0) ^ 2, toString(n.rating), substring(n.id, 1, 2) LIMIT 4',
];
const PARAMETERS = { type: 'positive', n: 3n, list: [1n, 1.5, null, 'a'] };

const tokensOf = (text: string): string[] => {
  const { list } = tokenize(text);
  return list.map(({ at, end }) => text.slice(at, end)).filter((token) => token !== '');
};
const corpus = CORPUS.map(tokensOf);
const vocabulary = [
  ...new Set(corpus.flat()),
  "'",
  '`',
  '/*',
  '"\\',
  '0x',
  '1e',
  '..',
  '=~',
  'SET',
  '$',
  '\u0000',
  '😀',
];

async function refusalOf(text: string): Promise<string> {
  try {
    await runQuery(GRAPH, text, { parameters: PARAMETERS, budget: BUDGET });
    return 'answered';
  } catch (error) {
    if (error instanceof QueryError) return error.detail;
    throw error;
  }
}

describe('a query of', () => {
  it('the corpus is answered', async () => {
    const outcomes = await Promise.all(CORPUS.map(refusalOf));
    expect(outcomes).toEqual(CORPUS.map(() => 'answered'));
  });

  it('random words is answered or refused in a sentence', async () => {
    const soup = array(constantFrom(...vocabulary), { maxLength: 25 });
    const text = record({ start: constantFrom('RETURN', 'MATCH (n)', 'WITH 1 AS x', ''), soup });
    await assert(
      asyncProperty(text, async ({ start, soup: words }) => {
        expect(await refusalOf([start, ...words].join(' '))).toMatch(/^\w+$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('words that were dropped, repeated, swapped and replaced is answered or refused in a sentence', async () => {
    const place = integer({ min: 0, max: 1_000 });
    const change = oneof(
      record({ kind: constant('drop' as const), at: place }),
      record({ kind: constant('repeat' as const), at: place, length: integer({ min: 1, max: 8 }), to: place }),
      record({ kind: constant('swap' as const), at: place, to: place }),
      record({ kind: constant('replace' as const), at: place, word: constantFrom(...vocabulary) }),
    );
    const mutation = record({ base: constantFrom(...corpus), changes: array(change, { minLength: 1, maxLength: 3 }) });
    await assert(
      asyncProperty(mutation, async ({ base, changes }) => {
        const words = [...base];
        for (const each of changes) {
          if (words.length === 0) break;
          const at = each.at % words.length;
          if (each.kind === 'drop') words.splice(at, 1);
          else if (each.kind === 'replace') words[at] = each.word;
          else if (each.kind === 'repeat')
            words.splice(each.to % words.length, 0, ...words.slice(at, at + each.length));
          else [words[at], words[each.to % words.length]] = [words[each.to % words.length] ?? '', words[at] ?? ''];
        }
        expect(await refusalOf(words.join(' '))).toMatch(/^\w+$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
