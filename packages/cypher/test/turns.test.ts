import { describe, expect, it } from 'vitest';
import { rowsToJson } from '../src/answer.js';
import { createMemoryGraph, type MemoryGraph } from '../src/memory-graph.js';
import { QueryError } from '../src/query-error.js';
import { type Budget, runQuery, type Turns } from '../src/run.js';
import type { Value } from '../src/value.js';

const BUDGET: Budget = { timeMs: 60_000, rows: 1_000_000, bytes: 256 * 1024 * 1024, paths: 1_000 };

/** A slice that is over whenever it is asked for, and how often it ended. */
function countTurns(onTurn?: (turn: number) => void): { readonly turns: Turns; readonly taken: () => number } {
  let taken = 0;
  const next = async (): Promise<void> => {
    taken += 1;
    onTurn?.(taken);
    await Promise.resolve();
  };
  return { turns: { isOver: () => true, next }, taken: () => taken };
}

interface Outcome {
  readonly rows: Value[][];
  readonly taken: number;
}

async function run(text: string, parameters: Record<string, Value> = {}, graph?: MemoryGraph): Promise<Outcome> {
  const { turns, taken } = countTurns();
  const { rows } = await runQuery(graph ?? createMemoryGraph(), text, { parameters, budget: BUDGET, turns });
  return { rows, taken: taken() };
}

/** The same query without any interruption. */
async function runAtOnce(text: string, parameters: Record<string, Value> = {}): Promise<Value[][]> {
  const turns: Turns = { isOver: () => false, next: () => Promise.resolve() };
  return (await runQuery(createMemoryGraph(), text, { parameters, budget: BUDGET, turns })).rows;
}

describe('one row yields while its expression', () => {
  const list = Array.from({ length: 5_000 }, (_each, index) => BigInt(index));
  it.each([
    ['reduces a list', 'RETURN reduce(s = 0, x IN range(1, 5000) | s + x) AS x', 300],
    ['makes a list', 'RETURN size([x IN range(1, 5000) WHERE x % 2 = 0 | x * 2]) AS x', 300],
    ['makes lists in a list', 'RETURN [a IN range(1, 50) | size([b IN range(1, 100) | a * b])] AS x', 300],
    ['makes a list of a list', 'RETURN size([a IN [b IN range(1, 5000) | b + 1] | a + 1]) AS x', 600],
    ['tests all of a list', 'RETURN all(x IN range(1, 5000) WHERE x > 0) AS x', 300],
    ['looks for an item', 'RETURN 4999 IN $list AS x, -1 IN $list AS y', 600],
    [
      'adds up several loops',
      `RETURN ${Array.from({ length: 20 }, () => 'reduce(s = 0, x IN range(1, 500) | s + x)').join(' + ')} AS x`,
      600,
    ],
    ['has a condition', 'WITH 1 AS y WHERE any(x IN range(1, 5000) WHERE x = y + 4000) RETURN y AS x', 300],
    [
      'is what rows are sorted by',
      'UNWIND [2, 1] AS y RETURN y AS x ORDER BY reduce(s = y, x IN range(1, 2000) | s + x)',
      200,
    ],
    ['is within an aggregate', 'UNWIND [2, 1] AS y RETURN sum(reduce(s = y, x IN range(1, 2000) | s + x)) AS x', 200],
    ['is unwound', 'UNWIND [a IN range(1, 5000) | a] AS y RETURN count(y) AS x', 300],
    [
      'has a heavy body',
      `RETURN reduce(s = 0, x IN range(1, 500) | ${Array.from({ length: 100 }, () => 's').join(' + ')} - 99 * s + x) AS x`,
      400,
    ],
  ])('%s, and answers the same', async (_what, text, least) => {
    const { rows, taken } = await run(text, { list });
    expect(rows).toEqual(await runAtOnce(text, { list }));
    expect(taken).toBeGreaterThan(least);
  });

  it('asks the graph within a loop', async () => {
    const graph = createMemoryGraph();
    const nodes = Array.from({ length: 100 }, (_each, index) =>
      graph.addNode(['Node'], new Map<string, Value>([['id', BigInt(index)]])),
    );
    for (const node of nodes.slice(1)) if (nodes[0] !== undefined) graph.addRelationship('TO', nodes[0], node);
    const text =
      'MATCH ()-[r]->() WITH collect(r) AS rs RETURN size([r IN rs WHERE endNode(r).id > 0 AND startNode(r).id = 0]) AS x, ' +
      'size([i IN range(0, 40) WHERE EXISTS { MATCH (n {id: i}) }]) AS y';
    expect((await run(text, {}, graph)).rows).toEqual([[99n, 41n]]);
  });
});

describe('a step yields between the items of large values', () => {
  it.each([
    ['grouping', 'UNWIND [1, 2] AS y RETURN range(1, 5000) AS x, count(*) AS n', 10_000],
    ['DISTINCT', 'UNWIND [1, 2] AS y RETURN DISTINCT {a: range(1, 5000)} AS x', 10_000],
    ['count(DISTINCT …)', 'UNWIND [1, 2] AS y RETURN count(DISTINCT range(1, 5000)) AS x', 10_000],
    ['UNION', 'RETURN range(1, 5000) AS x UNION RETURN range(1, 5000) AS x', 10_000],
    ['a percentile', 'UNWIND range(1, 5000) AS y RETURN percentileDisc(y * 7919 % 5003, 0.5) AS x', 5_000],
    ['sorting', 'UNWIND range(1, 20) AS y RETURN size(range(1, 2000) + y) AS x ORDER BY range(1, 2000) + y', 60],
  ])('%s', async (_what, text, least) => {
    const { rows, taken } = await run(text);
    expect(rows).toEqual(await runAtOnce(text));
    expect(taken).toBeGreaterThan(least);
  });

  it('writing an answer', async () => {
    const value: Value = [
      new Map<string, Value>([['list', Array.from({ length: 1_000 }, (_each, index) => BigInt(index))]]),
      'text',
    ];
    const { turns, taken } = countTurns();
    const rows = await rowsToJson([[value]], BUDGET, undefined, turns);
    expect(rows).toEqual([[[{ list: Array.from({ length: 1_000 }, (_each, index) => index) }, 'text']]]);
    expect(taken()).toBeGreaterThan(1_000);
  });
});

describe('one row that computes for long', () => {
  it.each([
    ['RETURN reduce(s = 0, x IN range(1, 40000) | s + x)'],
    ['RETURN [a IN range(1, 200) | [b IN range(1, 200) | a * b]]'],
    ['RETURN -1 IN $list'],
  ])('ends when it is cancelled: %s', async (text) => {
    const abort = new AbortController();
    const { turns, taken } = countTurns((turn) => {
      if (turn === 50) abort.abort();
    });
    const list = Array.from({ length: 40_000 }, (_each, index) => BigInt(index));
    const running = runQuery(createMemoryGraph(), text, {
      parameters: { list },
      budget: BUDGET,
      turns,
      signal: abort.signal,
    });
    await expect(running).rejects.toMatchObject({ detail: 'Cancelled' });
    expect(taken()).toBe(50);
  });

  it('is refused beyond 100,000 list items, however often it yields', async () => {
    const text = `RETURN ${Array.from({ length: 4 }, () => 'reduce(s = 0, x IN range(1, 20000) | s + x)').join(' + ')}`;
    await expect(run(text)).rejects.toThrow(QueryError);
    await expect(run(text)).rejects.toMatchObject({ detail: 'WorkBudgetSpent' });
    expect((await run('RETURN reduce(s = 0, x IN range(1, 40000) | s + x)')).rows).toEqual([[800_020_000n]]);
  });
});

describe('texts', () => {
  it.each([
    ['CONTAINS', 'RETURN $text CONTAINS $part'],
    ['replace()', "RETURN replace($text, $part, '')"],
    ['split()', 'RETURN split($text, $part)'],
  ])('%s does not compare each character of one with each of another', async (_what, text) => {
    const parameters = { text: 'a'.repeat(200_000), part: `${'a'.repeat(5_000)}b${'a'.repeat(5_000)}` };
    await expect(run(text, parameters)).rejects.toMatchObject({ detail: 'WorkBudgetSpent' });
  });

  it('are cut, counted and turned around by code points', async () => {
    const { rows } = await run(
      "WITH 'a😀bc😀' AS t RETURN substring(t, 1, 3), left(t, 2), right(t, 2), size(t), reverse(t)",
    );
    expect(rows).toEqual([['😀bc', 'a😀', 'c😀', 5n, '😀cb😀a']]);
  });

  it.each([
    ['ASCII', 'abc'],
    ['Latin-1', 'aäÿ\u0080'],
    ['others', 'aЖ\u0100'],
    ['pairs', '😀😁a😀'],
    ['halves of pairs', '\ude00\ud83d\ud83d\ude00\ude00a\ud83d'],
  ])('are turned around: %s', async (_which, text) => {
    const { rows } = await run('RETURN reverse($text)', { text });
    expect(rows).toEqual([[Array.from(text).toReversed().join('')]]);
  });

  it.each([
    ['one', ','],
    ['several', [',', ';;', '']],
    ['some that are not there', ['x', ',', 'y']],
  ])('are split by %s as one part after the other would be', async (_which, delimiter) => {
    const text = ',a,b;;c;,;;;d,,';
    const delimiters = Array.isArray(delimiter) ? delimiter : [delimiter];
    const expected = delimiters.reduce((parts, each) => parts.flatMap((part) => part.split(each)), [text]);
    expect((await run('RETURN split($text, $delimiter)', { text, delimiter })).rows).toEqual([[expected]]);
  });

  it('are sorted by code points however much they have in common', async () => {
    const common = 'x'.repeat(1_000);
    const tails = ['', 'a', 'b', '\uffff', '😀'];
    const texts = tails.map((tail) => common + tail);
    const { rows } = await run('UNWIND $texts AS t RETURN t ORDER BY t', { texts: texts.toReversed() });
    expect(rows.map(([text]) => text)).toEqual(texts);
  });
});

describe('a query', () => {
  it('has at most 4,096 tokens', async () => {
    const sum = (terms: number): string => `RETURN ${Array.from({ length: terms }, () => '1').join('+')}`;
    expect((await run(sum(2_000))).rows).toEqual([[2_000n]]);
    await expect(run(sum(3_000))).rejects.toMatchObject({ detail: 'QueryTooLong' });
    await expect(run(sum(3_000))).rejects.toThrow(
      'at most 4096 words, values and symbols; pass long lists as parameters',
    );
  });

  it.each([
    ['alone', Array.from({ length: 1_000 }, (_each, index) => `CREATE (n${index}:Node)`).join(' ')],
    ['behind a pattern', `MATCH (n) SET n.list = [${'1, '.repeat(3_000)}1]`],
    ['behind a condition', `MATCH (n) WHERE n.x = 1 DETACH DELETE n RETURN ${'1+'.repeat(3_000)}1`],
  ])('that writes is refused as such, however many tokens it has: %s', async (_where, text) => {
    await expect(run(text)).rejects.toMatchObject({ detail: 'ReadOnly' });
  });

  it.each([
    ['a property', 'RETURN n.set + '],
    ['a variable', 'WITH 1 AS call RETURN call + '],
    ['a label', 'MATCH (n:Use) RETURN '],
    ['a key', 'RETURN {delete: 1}, '],
  ])('that names %s like a clause that writes is refused for its length', async (_what, start) => {
    await expect(run(`${start}${'1+'.repeat(3_000)}1`)).rejects.toMatchObject({ detail: 'QueryTooLong' });
  });

  it('that is too long is refused before it is parsed', async () => {
    await expect(run(`RETURN ) ${'1+'.repeat(3_000)}1`)).rejects.toMatchObject({ detail: 'QueryTooLong' });
  });

  it('is planned the same whether or not the thread is busy', async () => {
    const text = 'EXPLAIN MATCH (n) WHERE n.id = reduce(s = 0, x IN range(1, 1000) | s + x) RETURN n';
    const plan = async (turns: Turns): Promise<unknown> =>
      (await runQuery(createMemoryGraph(), text, { parameters: {}, budget: BUDGET, turns })).plan;
    expect(await plan(countTurns().turns)).toEqual(await plan({ isOver: () => false, next: () => Promise.resolve() }));
  });
});
