import { describe, expect, test } from 'vitest';
import { textOf, textOfCell } from './expected-value.js';
import { parseFeature } from './feature-file.js';
import { runScenario } from './scenario.js';

const notation = { unorderedLists: false };

function feature(...lines: string[]): string {
  return ['Feature: F', '', ...lines.map((line) => `  ${line}`)].join('\n');
}

async function outcomeOf(...lines: string[]) {
  const [scenario] = parseFeature(feature('Scenario: [1] S', ...lines));
  return runScenario(scenario!, '');
}

const people = [
  'Given an empty graph',
  'And having executed:',
  '"""',
  "CREATE (:P {name: 'a'})-[:KNOWS {since: 1}]->(:P)",
  '"""',
];
const query = (text: string) => ['When executing query:', '"""', text, '"""'];

describe('the runner of feature files', () => {
  test('passes what is as it should be, in any order', async () => {
    const asked = query('MATCH (p:P) RETURN p, p.name AS name');
    const table = ['| name | p                |', '| null | (:P)             |', "| 'a'  | (:P {name: 'a'}) |"];
    expect(await outcomeOf(...people, ...asked, 'Then the result should be, in any order:', ...table)).toEqual({
      kind: 'passed',
    });
  });

  test('tells rows that are wrong from errors', async () => {
    const table = ['Then the result should be, in order:', '| x |', '| 1 |', '| 2 |'];
    expect(await outcomeOf(...query('UNWIND [2, 1] AS x RETURN x'), ...table)).toMatchObject({ kind: 'wrong' });
    expect(await outcomeOf(...query('UNWIND [1, 2.0] AS x RETURN x'), ...table)).toMatchObject({ kind: 'wrong' });
    expect(await outcomeOf(...query('UNWIND [1, 2] AS y RETURN y'), ...table)).toMatchObject({ kind: 'wrong' });
    expect(await outcomeOf(...query('UNWIND [1, 2] AS x RETURN z'), ...table)).toMatchObject({ kind: 'failed' });
    expect(await outcomeOf(...query('UNWIND [1, 2] AS x RETURN x'), ...table)).toEqual({ kind: 'passed' });
  });

  test('wants the error that is due, when it is due', async () => {
    const due = 'Then a SyntaxError should be raised at compile time: UndefinedVariable';
    expect(await outcomeOf(...query('RETURN x'), due)).toEqual({ kind: 'passed' });
    expect(await outcomeOf(...query('RETURN 1 AS x'), due)).toMatchObject({ kind: 'wrong' });
    expect(await outcomeOf(...query('RETURN ('), due)).toMatchObject({ kind: 'failed' });
  });

  test('skips what writes and what is temporal', async () => {
    expect(await outcomeOf(...query('CREATE (n) RETURN n'))).toMatchObject({ kind: 'skipped' });
    expect(await outcomeOf(...query('RETURN date() AS d'))).toMatchObject({ kind: 'skipped' });
    expect(await outcomeOf('Given an empty graph', 'And having executed:', '"""', 'MERGE (n)', '"""')).toMatchObject({
      kind: 'skipped',
    });
  });

  test('fills outlines with their examples', async () => {
    const scenarios = parseFeature(
      feature(
        'Scenario Outline: [1] <a> and so on',
        ...query('RETURN <a> AS x'),
        'Then the result should be, in any order:',
        '| x   |',
        '| <b> |',
        'Examples:',
        '| a      | b      |',
        "| 'p\\|q' | 'p\\|q' |",
        '| 1 + 1  | 3      |',
      ),
    );
    expect(scenarios.map(({ name }) => name)).toEqual([
      "[1] 'p|q' and so on (example 1)",
      '[1] 1 + 1 and so on (example 2)',
    ]);
    const outcomes = await Promise.all(scenarios.map((scenario) => runScenario(scenario, '')));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['passed', 'wrong']);
  });

  test('reads every kind of value that tables have', () => {
    const cells = [
      "[1, -2.5, 'a, \\'b']",
      '{b: null, a: true}',
      "<(:A:B {x: 1})-[:T]->()<-[:U {y: 'z'}]-()>",
      'NaN',
      '1e3',
    ];
    expect(cells.map((cell) => textOfCell(cell, notation))).toEqual([
      '[1, -2.5, "a, \'b"]',
      '{a: true, b: null}',
      '<(:A:B{x: 1})-[:T]->()<-[:U{y: "z"}]-()>',
      'NaN',
      '1000.0',
    ]);
    expect(textOfCell('[2, 1]', { unorderedLists: true })).toBe(textOf([1n, 2n], { unorderedLists: true }));
    expect(() => textOfCell('(:A', notation)).toThrow('Cannot read the cell (:A');
  });
});
