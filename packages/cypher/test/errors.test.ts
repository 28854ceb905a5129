import { describe, expect, it } from 'vitest';
import { QueryError } from '../src/query-error.js';
import { DEFAULT_BUDGET, runQuery } from '../src/run.js';
import type { Value } from '../src/value.js';
import { createFeedbackGraph } from './support/feedback-graph.js';

async function errorOf(text: string, parameters: Record<string, Value> = {}): Promise<QueryError> {
  try {
    await runQuery(createFeedbackGraph(), text, { parameters, budget: DEFAULT_BUDGET });
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`No error: ${text}`);
}

describe('the place of an error', () => {
  it('is told by line, column and a caret below', async () => {
    const error = await errorOf('MATCH (f:Feedback)\nWHERE f.type = = 1\nRETURN f');
    expect(error.location).toEqual({ line: 2, column: 16 });
    expect(error.message).toBe(
      "Expected an expression instead of '=' (line 2, column 16)\nWHERE f.type = = 1\n               ^",
    );
    expect([error.kind, error.detail]).toEqual(['SyntaxError', 'UnexpectedSyntax']);
  });

  it('is the end of a query that is not complete', async () => {
    const error = await errorOf('MATCH (f:Feedback) RETURN');
    expect(error.message).toMatch(/instead of the end of the query \(line 1, column 26\)\n.*\n {25}\^$/);
  });

  it('counts lines that end with a carriage return, or with two characters', async () => {
    expect((await errorOf('RETURN 1\r\n,\rx')).location).toEqual({ line: 3, column: 1 });
  });

  it('shows a part of a long line', async () => {
    const { message } = await errorOf(`RETURN '${'a'.repeat(10_000)}' + missing + '${'b'.repeat(10_000)}'`);
    const [, excerpt = '', caret = ''] = message.split('\n');
    expect(excerpt).toHaveLength(76);
    expect(excerpt.slice(caret.length - 1)).toMatch(/^missing/);
  });

  it('is known of what fails while the query runs', async () => {
    const error = await errorOf('UNWIND [1, 0] AS x\nRETURN 1 / x');
    expect([error.phase, error.kind, error.detail]).toEqual(['runtime', 'ArgumentError', 'DivisionByZero']);
    expect(error.location).toEqual({ line: 2, column: 10 });
  });
});

describe('a clause that writes', () => {
  const refused = [
    ["CREATE (f:Feedback {id: 'x'})", 'CREATE'],
    ["MERGE (a:Adapter {id: 'x'})", 'MERGE'],
    ["INSERT (:Adapter {id: 'x'})", 'INSERT'],
    ["MATCH (f:Feedback) SET f.type = 'positive'", 'SET'],
    ['MATCH (f:Feedback) DELETE f', 'DELETE'],
    ['MATCH (f:Feedback) DETACH DELETE f', 'DETACH'],
    ['MATCH (f:Feedback) REMOVE f.type', 'REMOVE'],
    ['MATCH (f:Feedback) FOREACH (x IN [1] | SET f.type = x)', 'FOREACH'],
    ['MATCH (f:Feedback) RETURN f UNION CREATE (n) RETURN n', 'CREATE'],
  ] as const;

  it.each(refused)('is refused: %s', async (text, clause) => {
    const error = await errorOf(text);
    expect([error.detail, error.phase]).toEqual(['ReadOnly', 'compile time']);
    expect(error.sentence).toBe(`${clause} is not supported: queries are read-only`);
  });

  it.each(refused)('is refused with what the caller suggests instead: %s', async (text, clause) => {
    const suggestAlternative = (keyword: string): string => `use the form for ${keyword}`;
    const run = runQuery(createFeedbackGraph(), text, { parameters: {}, budget: DEFAULT_BUDGET, suggestAlternative });
    await expect(run).rejects.toMatchObject({
      sentence: `${clause} is not supported: queries are read-only; use the form for ${clause}`,
    });
  });
});

describe('a clause that is of other databases', () => {
  it.each(['CALL db.labels()', 'LOAD CSV FROM "x" AS row RETURN row', 'SHOW INDEXES', 'USE other RETURN 1'])(
    'is refused: %s',
    async (text) => {
      const error = await errorOf(text);
      expect(error.detail).toBe('ReadOnly');
      expect(error.sentence).toMatch(/^\w+ is not supported: there are no procedures, files or schema commands$/);
    },
  );
});

describe('what could never run', () => {
  const queries = [
    ['RETURN nothing(1)', 'UnknownFunction', "Unknown function 'nothing'"],
    ['RETURN x', 'UndefinedVariable', "Variable 'x' is not defined"],
    ['MATCH (f) WITH f.id AS id RETURN f', 'UndefinedVariable', "Variable 'f' is not defined"],
    [
      'MATCH (f) WHERE count(f) > 1 RETURN f',
      'InvalidAggregation',
      'count() is only allowed in WITH, RETURN and ORDER BY',
    ],
    ['RETURN sum(count(*))', 'NestedAggregation', 'count() cannot be nested in another aggregate function'],
    ['RETURN toUpper()', 'InvalidNumberOfArguments', 'toUpper() takes 1 argument, not 0'],
    ['RETURN NOT 1', 'InvalidArgumentType', 'NOT takes boolean, not integer'],
    ['RETURN (1).a', 'InvalidArgumentType', 'Cannot read a property of an integer'],
    ['RETURN true.a', 'InvalidArgumentType', 'Cannot read a property of a boolean'],
    ['MATCH (f) RETURN f AS a, f AS a', 'ColumnNameConflict', /'a'/],
    ['MATCH (f)-[f]->() RETURN f', 'VariableTypeConflict', /'f'/],
    ['MATCH (f)', 'InvalidClauseComposition', 'A query must end with RETURN'],
    ['RETURN 1 AS a UNION RETURN 2 AS b', 'DifferentColumnsInUnion', /column/i],
    ["RETURN 'a' =~ 'b'", 'UnexpectedSyntax', /STARTS WITH, ENDS WITH or CONTAINS/],
    ['RETURN 9223372036854775808', 'IntegerOverflow', 'The integer does not fit into 64 bits'],
    ["RETURN 'open", 'UnexpectedSyntax', 'The string is not terminated'],
    ['RETURN 1 LIMIT -1', 'NegativeIntegerArgument', /LIMIT/],
    ["RETURN 1 SKIP 'a'", 'InvalidArgumentType', /SKIP/],
    ['', 'UnexpectedSyntax', /end of the query/],
    ['#', 'UnexpectedSyntax', "Unexpected character '#'"],
  ] as const;

  it.each(queries)('%s', async (text, detail, sentence) => {
    const error = await errorOf(text);
    expect(error.detail).toBe(detail);
    if (typeof sentence === 'string') expect(error.sentence).toBe(sentence);
    else expect(error.sentence).toMatch(sentence);
  });
});

describe('a parameter', () => {
  it('must be given where it is used', async () => {
    const error = await errorOf('MATCH (f:Feedback) WHERE f.id = $id RETURN f');
    expect([error.kind, error.detail]).toEqual(['ParameterMissing', 'MissingParameter']);
    expect(error.sentence).toBe("Missing parameter 'id'");
  });

  it('is not looked for in what objects have by themselves', async () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect((await errorOf(`RETURN $${name}`)).detail).toBe('MissingParameter');
    }
  });

  const node = createFeedbackGraph().allNodes[0] ?? null;
  const values: readonly (readonly [string, Value])[] = [
    ['null', null],
    ['boolean', true],
    ['integer', -1n],
    ['large integer', 9_223_372_036_854_775_807n],
    ['float', 1.5],
    ['NaN', Number.NaN],
    ['infinity', Infinity],
    ['string', 'text'],
    ['list', [1n, null, 'a']],
    ['map', new Map([['id', 'x']])],
    ['node', node],
  ];
  const uses = [
    'MATCH (f:Feedback) RETURN f LIMIT $value',
    'MATCH (f:Feedback) RETURN f SKIP $value',
    'UNWIND $value AS x RETURN x',
    'MATCH (f:Feedback) WHERE f.id = $value RETURN f',
    'MATCH (f:Feedback) WHERE f.id IN $value RETURN f',
    'MATCH (f:Feedback) WHERE f.rating > $value RETURN f',
    'MATCH (f:Feedback) WHERE f.id STARTS WITH $value RETURN f',
    'MATCH (f:Feedback) WHERE $value RETURN f',
    'MATCH (f:Feedback {id: $value}) RETURN f',
    'MATCH (f:Feedback)-[:FEEDBACK_FOR*1..2 {at: $value}]->(a) RETURN a',
    'RETURN $value + 1, $value.id, $value[0], $value[0..2], -$value',
    'RETURN toUpper($value), size($value), range(0, $value), keys($value), abs($value)',
    'MATCH (f:Feedback) RETURN sum($value), avg($value), percentileCont(f.rating, $value)',
    'MATCH (f:Feedback) RETURN f.type, count(*) ORDER BY $value',
    "RETURN split('a', $value), substring('abc', $value), replace('a', $value, $value), left('abc', $value)",
    'RETURN [x IN $value | x], any(x IN $value WHERE x), reduce(a = 0, x IN $value | a + x)',
    'RETURN CASE $value WHEN 1 THEN 2 ELSE $value END, coalesce($value, 1), exists($value), toInteger($value)',
  ];

  it.each(uses)('of every type is answered or refused in a sentence: %s', async (text) => {
    const outcomes: string[] = [];
    for (const [type, value] of values) {
      const run = runQuery(createFeedbackGraph(), text, { parameters: { value }, budget: DEFAULT_BUDGET });
      const outcome = await run.then(
        () => 'answered',
        (error: unknown) => (error instanceof QueryError ? 'refused' : `${type}: ${String(error)}`),
      );
      outcomes.push(outcome);
    }
    expect(outcomes.filter((outcome) => outcome !== 'answered' && outcome !== 'refused')).toEqual([]);
  });
});
