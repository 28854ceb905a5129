import { describe, expect, it } from 'vitest';
import { createMemoryGraph, type MemoryGraph } from '../src/memory-graph.js';
import { QueryError } from '../src/query-error.js';
import { type Budget, runQuery } from '../src/run.js';
import type { Value } from '../src/value.js';
import { createFeedbackGraph } from './support/feedback-graph.js';

const BUDGET: Budget = { timeMs: 60_000, rows: 20_000, bytes: 8 * 1024 * 1024, paths: 2_000 };

/** `answered`, or the detail of the error; anything but an error of the query fails the test. */
async function outcomeOf(
  text: string,
  { parameters = {}, graph = createFeedbackGraph() }: { parameters?: Record<string, Value>; graph?: MemoryGraph } = {},
): Promise<string> {
  try {
    await runQuery(graph, text, { parameters, budget: BUDGET });
    return 'answered';
  } catch (error) {
    if (error instanceof QueryError) return error.detail;
    throw error;
  }
}

function createDenseGraph(size: number): MemoryGraph {
  const graph = createMemoryGraph();
  const nodes = Array.from({ length: size }, (_each, index) =>
    graph.addNode(['Adapter'], new Map<string, Value>([['id', `a${index}`]])),
  );
  for (const from of nodes) for (const to of nodes) graph.addRelationship('DERIVED_FROM', from, to);
  return graph;
}

describe('deep nesting', () => {
  const wrap = (before: string, after: string, core = '1'): ((times: number) => string) => {
    return (times) => `RETURN ${before.repeat(times)}${core}${after.repeat(times)} AS x`;
  };
  const constructs: readonly (readonly [string, (times: number) => string])[] = [
    ['parentheses', wrap('(', ')')],
    ['parentheses that never close', (times) => `RETURN ${'('.repeat(times)}`],
    ['lists', wrap('[', ']')],
    ['lists that never close', (times) => `RETURN ${'['.repeat(times)}`],
    ['maps', wrap('{a: ', '}')],
    ['NOT', wrap('NOT ', '', 'true')],
    ['NOT in parentheses', wrap('NOT (', ')', 'true')],
    ['minus', wrap('- ', '')],
    ['plus', wrap('+', '')],
    ['signs in parentheses', wrap('-(', ')')],
    ['CASE in WHEN', wrap('CASE WHEN ', ' THEN true ELSE false END', 'true')],
    ['CASE in THEN', wrap('CASE WHEN true THEN ', ' END')],
    ['CASE in ELSE', wrap('CASE WHEN false THEN 0 ELSE ', ' END')],
    ['CASE of CASE', wrap('CASE ', ' WHEN 1 THEN 1 END')],
    [
      'EXISTS',
      (times) => `MATCH (a) WHERE ${'EXISTS { MATCH (a) WHERE '.repeat(times)}true${' }'.repeat(times)} RETURN a`,
    ],
    [
      'EXISTS of queries',
      (times) =>
        `MATCH (a) WHERE ${'EXISTS { MATCH (b) WHERE '.repeat(times)}true${' RETURN b }'.repeat(times)} RETURN a`,
    ],
    ['list comprehensions', wrap('[x IN ', ' | x]', '[1]')],
    ['list comprehensions within', wrap('[x IN [1] | ', ']')],
    ['list comprehensions filtered', wrap('[x IN [1] WHERE ', ']', 'true')],
    [
      'pattern comprehensions',
      (times) => `MATCH (a) RETURN ${'[(a)-->(b) | '.repeat(times)}1${']'.repeat(times)} AS x`,
    ],
    [
      'pattern predicates',
      (times) => `MATCH (a) WHERE ${'(a)-->({id: ('.repeat(times)}1${')})'.repeat(times)} RETURN a`,
    ],
    ['quantifiers', wrap('any(x IN [1] WHERE ', ')', 'true')],
    ['quantifiers of lists', wrap('[any(x IN ', ' WHERE true)]', '[1]')],
    ['reduce', wrap('reduce(a = 0, x IN [1] | ', ')')],
    ['reduce of the start', wrap('reduce(a = ', ', x IN [1] | a)')],
    ['calls', wrap('abs(', ')')],
    ['properties', (times) => `MATCH (a) RETURN a${'.b'.repeat(times)}`],
    ['properties of a map', (times) => `WITH {a: null} AS m RETURN m${'.a'.repeat(times)}`],
    ['indexes', (times) => `WITH [[1]] AS a RETURN a${'[0]'.repeat(times)}`],
    ['indexes within', wrap('[1][', ']', '0')],
    ['slices', (times) => `RETURN [1]${'[0..]'.repeat(times)}`],
    ['labels', (times) => `MATCH (a) RETURN a${':Adapter'.repeat(times)}`],
    ['powers', wrap('1 ^ ', '')],
    ['powers in parentheses', wrap('1 ^ (', ')')],
    ['IN', wrap('1 IN [', ']', 'true')],
    ['IN after IN', (times) => `RETURN 1${' IN $list'.repeat(times)}`],
    ['IS NULL', (times) => `RETURN 1${' IS NULL'.repeat(times)}`],
    ['STARTS WITH', (times) => `RETURN 'a'${" STARTS WITH 'a'".repeat(times)}`],
    ['CONTAINS', (times) => `RETURN 'a'${" CONTAINS 'a'".repeat(times)}`],
    ['opening brackets of all kinds', (times) => `RETURN ${'([{a:'.repeat(times)}`],
    ['closing brackets', (times) => `RETURN 1${')'.repeat(times)}`],
    ['patterns that never close', (times) => `MATCH ${'(a)-['.repeat(times)}`],
    ['comments', (times) => `RETURN ${'/* '.repeat(times)} */ 1`],
  ];

  it.each(constructs)('of %s is answered or refused', async (_name, make) => {
    const parameters = { list: [1n, true] };
    for (const times of [1, 2, 60, 127, 128, 129, 1_000, 10_000, 60_000]) {
      const outcome = await outcomeOf(make(times), { parameters });
      if (times === 60_000 && outcome === 'answered') expect(make(times).length).toBeLessThan(65_537);
    }
  });

  it('is taken to 100 parentheses, and refused in a sentence beyond 128', async () => {
    expect(await outcomeOf(wrap('(', ')')(100))).toBe('answered');
    expect(await outcomeOf(wrap('(', ')')(1_000))).toBe('NestingTooDeep');
  });

  it('of a mebibyte is refused for its length', async () => {
    expect(await outcomeOf('('.repeat(1_048_576))).toBe('QueryTooLong');
    expect(await outcomeOf(`RETURN '${'a'.repeat(1_048_576)}'`)).toBe('QueryTooLong');
    expect(await outcomeOf(' '.repeat(1_048_576))).toBe('QueryTooLong');
  });
});

describe('long chains', () => {
  const chain = (part: string, by: string, times: number): string => Array.from({ length: times }, () => part).join(by);
  const chains: readonly (readonly [string, (times: number) => string])[] = [
    ['OR', (times) => `MATCH (f:Feedback) WHERE ${chain("f.id = 'x'", ' OR ', times)} RETURN f`],
    ['OR of different properties', (times) => `MATCH (f:Feedback) WHERE ${chain('f.a = f.b', ' OR ', times)} RETURN f`],
    ['AND', (times) => `MATCH (f:Feedback) WHERE ${chain("f.id = 'x'", ' AND ', times)} RETURN f`],
    ['AND of parameters', (times) => `MATCH (f:Feedback) WHERE ${chain('f.id = $list', ' AND ', times)} RETURN f`],
    ['XOR', (times) => `MATCH (f:Feedback) WHERE ${chain("f.id = 'x'", ' XOR ', times)} RETURN f`],
    ['plus', (times) => `RETURN ${chain('1', ' + ', times)}`],
    ['plus of texts', (times) => `RETURN ${chain("'a'", ' + ', times)}`],
    ['plus of lists', (times) => `RETURN ${chain('[1]', ' + ', times)}`],
    ['times', (times) => `RETURN ${chain('1', ' * ', times)}`],
    ['power', (times) => `RETURN ${chain('1', ' ^ ', times)}`],
    ['comparison', (times) => `RETURN ${chain('1', ' < ', times)}`],
    ['comparison of properties', (times) => `MATCH (f:Feedback) WHERE ${chain('f.rating', ' <= ', times)} RETURN f`],
    ['items of a list', (times) => `RETURN [${chain('1', ',', times)}]`],
    ['items of IN', (times) => `MATCH (f:Feedback) WHERE f.id IN [${chain("'a'", ',', times)}] RETURN f`],
    ['entries of a map', (times) => `RETURN {${chain('a: 1', ',', times)}}`],
    ['arguments', (times) => `RETURN coalesce(${chain('null', ',', times)})`],
    ['columns', (times) => `RETURN ${Array.from({ length: times }, (_each, index) => `1 AS c${index}`).join()}`],
    ['sort items', (times) => `MATCH (f) RETURN f ORDER BY ${chain('f.id', ',', times)}`],
    ['group items', (times) => `MATCH (f) RETURN count(f) GROUP BY ${chain('f.id', ',', times)}`],
    ['aggregates', (times) => `MATCH (f) RETURN ${chain('count(f)', ' + ', times)} AS x`],
    ['branches of CASE', (times) => `RETURN CASE ${'WHEN false THEN 1 '.repeat(times)} END`],
    ['UNION', (times) => chain('RETURN 1 AS x', ' UNION ', times)],
    ['clauses', (times) => `${'WITH 1 AS x '.repeat(times)}RETURN x`],
    ['MATCH', (times) => `${'MATCH (a:Nothing) '.repeat(times)}RETURN a`],
    ['OPTIONAL MATCH', (times) => `${'OPTIONAL MATCH (a:Nothing) '.repeat(times)}RETURN a`],
    [
      'UNWIND',
      (times) => `${Array.from({ length: times }, (_each, index) => `UNWIND [1] AS x${index} `).join('')}RETURN 1`,
    ],
    ['patterns', (times) => `MATCH ${chain('(:Nothing)', ', ', times)} RETURN 1`],
    ['hops', (times) => `MATCH (:Nothing)${'-->()'.repeat(times)} RETURN 1`],
    ['hops of all nodes', (times) => `MATCH ()${'--()'.repeat(times)} RETURN 1`],
    ['labels', (times) => `MATCH (a${':Adapter'.repeat(times)}) RETURN a`],
    ['types', (times) => `MATCH ()-[:${chain('A', '|', times)}]->() RETURN 1`],
    ['EXISTS', (times) => `MATCH (a:Adapter) WHERE ${chain('EXISTS { (a)-->() }', ' AND ', times)} RETURN a`],
    ['pattern predicates', (times) => `MATCH (a:Adapter) WHERE ${chain('(a)-->()', ' OR ', times)} RETURN a`],
    ['digits', (times) => `RETURN ${'9'.repeat(times)}`],
    ['digits of a float', (times) => `RETURN 1.${'9'.repeat(times)}e${'9'.repeat(times)}`],
    ['hexadecimal digits', (times) => `RETURN -0x${'f'.repeat(times)}`],
    ['line comments', (times) => `${'//\n'.repeat(times)}RETURN 1`],
    ['escapes', (times) => `RETURN '${'\\n'.repeat(times)}'`],
  ];

  it.each(chains)('of %s are answered or refused', async (_name, make) => {
    for (const times of [1, 2, 100, 128, 129, 1_000, 10_000]) {
      await outcomeOf(make(times), { parameters: { list: [1n] } });
    }
  });

  it('of 600 OR are answered', async () => {
    const text = `MATCH (f:Feedback) WHERE ${chain("f.id = 'feedback-01'", ' OR ', 600)} RETURN f.id`;
    const { rows } = await runQuery(createFeedbackGraph(), text, { parameters: {}, budget: BUDGET });
    expect(rows).toEqual([['feedback-01']]);
  });
});

describe('more than can be gone through', () => {
  const dense = createDenseGraph(40);
  const graphs: readonly (readonly [string, string])[] = [
    ['MATCH p = (a)-[*]->(b) RETURN p', 'BudgetSpent'],
    ['MATCH (a)-[*]-(b) RETURN count(*)', 'BudgetSpent'],
    ["MATCH (a {id: 'a0'})-[*5..]->(b {id: 'nowhere'}) RETURN b", 'answered'],
    ["MATCH (a {id: 'a0'})-[*5..]->(b {id: 'a1'}) RETURN count(b)", 'BudgetSpent'],
    ['MATCH (a) WHERE EXISTS { (a)-[*30..]->({id: "nowhere"}) } RETURN a', 'BudgetSpent'],
    ['MATCH (a) RETURN size([(a)-[*]->(b) | b])', 'BudgetSpent'],
    ['MATCH (a), (b), (c), (d) RETURN count(*)', 'BudgetSpent'],
    ['MATCH (a), (b), (c) WHERE a.id + b.id + c.id = "x" RETURN a', 'BudgetSpent'],
    ['MATCH (a)-->(b)-->(c)-->(d)-->(e) RETURN a.id, e.id, count(*)', 'BudgetSpent'],
    ['MATCH (a), (b) OPTIONAL MATCH (a)-->(c)-->(b) RETURN collect(c)', 'BudgetSpent'],
  ];

  it.each(graphs)('is stopped by a budget: %s', async (text, wanted) => {
    const outcome = await outcomeOf(text, { graph: dense });
    if (wanted === 'answered') expect(['answered', 'BudgetSpent']).toContain(outcome);
    else expect(outcome).toBe(wanted);
  });

  const big = 'b'.repeat(900_000);
  const list = Array.from({ length: 90_000 }, (_each, index) => BigInt(index));
  const parameters = { big, list, text: big.slice(0, 100_000) };
  const spent = ['BudgetSpent', 'WorkBudgetSpent', 'ValueTooLong', 'NestingTooDeep'];
  const expressions = [
    "RETURN reduce(s = 'a', x IN range(1, 60) | s + s)",
    'RETURN reduce(l = [1], x IN range(1, 60) | l + l)',
    'RETURN reduce(l = [], x IN range(1, 60) | [l, l])',
    'RETURN reduce(l = [], x IN range(1, 60) | [l, l]) = reduce(l = [], x IN range(1, 60) | [l, l])',
    'WITH DISTINCT reduce(l = [], x IN range(1, 60) | [l, l]) AS l RETURN l',
    'RETURN reduce(l = {}, x IN range(1, 60) | {a: l, b: l})',
    'RETURN reduce(l = [], x IN range(1, 60) | tail([0, l, l]))',
    'RETURN reduce(l = [], x IN range(1, 60) | [] + [l] + [l])',
    'RETURN reduce(l = [], x IN range(1, 60) | [y IN range(1, 2) | l])',
    'RETURN reduce(l = [], x IN range(1, 90000) | [l])',
    'RETURN reduce(l = {}, x IN range(1, 90000) | {a: l})',
    'RETURN reduce(l = [], x IN range(1, 90000) | [] + [l])',
    'RETURN [x IN range(1, 10000) | [y IN range(1, 10000) | 1]]',
    'RETURN range(1, 9223372036854775807)',
    'RETURN size(range(-9223372036854775807, 9223372036854775807))',
    'UNWIND range(1, 9223372036854775807) AS x RETURN count(x)',
    'UNWIND range(1, 9223372036854775807) AS x WITH x WHERE x < 0 RETURN x',
    'UNWIND range(1, 1000) AS x RETURN [y IN range(1, 90000) | y]',
    'UNWIND range(1, 1000) AS x WITH [y IN range(1, 90000) | y] AS l RETURN sum(size(l))',
    'UNWIND range(1, 1000) AS x UNWIND range(1, 1000) AS y RETURN collect(x)',
    "UNWIND range(1, 1000) AS x RETURN replace($big, 'b', 'c')",
    'UNWIND range(1, 1000) AS x WITH toUpper($big) AS u RETURN collect(u)',
    'UNWIND range(1, 1000) AS x RETURN max(x + toUpper($big))',
    "UNWIND range(1, 1000) AS x RETURN count(DISTINCT x + replace($big, 'b', 'c'))",
    'RETURN [x IN range(1, 90000) | toUpper($big)]',
    "RETURN [x IN range(1, 90000) WHERE $big CONTAINS 'bc']",
    'RETURN [x IN range(1, 90000) WHERE toLower($big) = $big]',
    'RETURN [x IN range(1, 90000) WHERE $list = $list]',
    'RETURN [x IN range(1, 90000) WHERE $list < $list]',
    'RETURN [x IN range(1, 90000) WHERE $list IN [$list]]',
    'RETURN [x IN range(1, 90000) | tail($list)]',
    'RETURN [x IN range(1, 90000) | reverse($list)]',
    'RETURN [x IN range(1, 90000) | $list[1..]]',
    'RETURN [x IN range(1, 90000) | size($big + "😀")]',
    'RETURN [x IN range(1, 90000) | CASE $list WHEN $list THEN 1 END]',
    "RETURN [x IN range(1, 90000) | split($big, '')]",
    "RETURN split($big, [x IN range(1, 90000) | 'c'])",
    "RETURN replace($big, 'b', $big)",
    "RETURN replace($big, '', $big)",
    'RETURN $big + $big',
  ];

  it.each(expressions)('is stopped by a bound: %s', async (text) => {
    expect(spent).toContain(await outcomeOf(text, { parameters }));
  });

  const answered = [
    'UNWIND range(1, 2000) AS x RETURN count(DISTINCT $list[x..x + 10])',
    'UNWIND range(1, 20) AS x WITH DISTINCT $list AS l RETURN size(l)',
    'UNWIND range(1, 20) AS x RETURN x ORDER BY $list',
    'RETURN [[1, [2]], {a: {b: [1]}}] = [[1, [2]], {a: {b: [1]}}]',
    "RETURN toString(1e308), substring('abc', 1000), substring('abc', 1, 9223372036854775807), left('a', 9223372036854775807)",
    'RETURN size(reverse($text)), size(split($text, "c")), right($text, 3), $text CONTAINS "c"',
  ];

  it.each(answered)('is answered where it stays within: %s', async (text) => {
    expect(await outcomeOf(text, { parameters })).toBe('answered');
  });
});

describe('numbers', () => {
  it.each([
    'RETURN 9223372036854775807 + 1',
    'RETURN -9223372036854775808 - 1',
    'RETURN 9223372036854775807 * 2',
    'RETURN -(-9223372036854775808)',
    'RETURN abs(-9223372036854775808)',
    'RETURN -9223372036854775808 / -1',
    'UNWIND [9223372036854775807, 1] AS x RETURN sum(x)',
    'RETURN reduce(a = 2, x IN range(1, 70) | a * a)',
  ])('that do not fit are refused: %s', async (text) => {
    expect(await outcomeOf(text)).toBe('IntegerOverflow');
  });

  it.each(['RETURN 1 / 0', 'RETURN 1 % 0'])('are not divided by zero: %s', async (text) => {
    expect(await outcomeOf(text)).toBe('DivisionByZero');
  });

  it.each([
    'RETURN 1.0 / 0, 0.0 / 0, 1 % 0.0, 10 ^ 400, -1 ^ 0.5',
    'RETURN toInteger(1e300), toInteger("99999999999999999999"), toInteger(0.0 / 0), round(1e300), sign(0.0 / 0)',
    'RETURN [1, 2, 3][9223372036854775807], [1][-9223372036854775808], [1, 2][-9..9]',
    'UNWIND [0.0 / 0, 1, null, 1e308, 1e308] AS x RETURN x ORDER BY x, DISTINCT',
    'UNWIND [0.0 / 0, 1, 1e308, 1e308] AS x RETURN sum(x), avg(x), min(x), max(x), stDev(x), percentileCont(x, 0.5)',
    'UNWIND [0.0 / 0, 1.0, 1] AS x RETURN DISTINCT x',
    'MATCH (f:Feedback) RETURN f LIMIT 9223372036854775807',
    'MATCH (a)-[*0..9223372036854775807]->(b) RETURN a',
    'MATCH (a)-[*5..2]->(b) RETURN a',
    'RETURN sqrt(-1), log(0), asin(2), atan2(0, 0), 1e999, -1e999',
  ])('at the edges are answered or refused: %s', async (text) => {
    expect(await outcomeOf(text)).toMatch(/^\w+$/);
  });
});

describe('regular expressions', () => {
  it.each(["RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' =~ '(a+)+$'", 'MATCH (f) WHERE f.id =~ $p RETURN f'])(
    'are refused, as they can take forever: %s',
    async (text) => {
      expect(await outcomeOf(text, { parameters: { p: '(a|a)*$' } })).toBe('UnexpectedSyntax');
    },
  );

  it.each(['split', 'replace'])('are not what %s takes', async (name) => {
    const rest = name === 'replace' ? ", 'c'" : '';
    expect(await outcomeOf(`RETURN ${name}('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+$'${rest})`)).toBe('answered');
  });
});
