import fc from 'fast-check';
import { buildSchema, getArgumentValues, getOperationAST, getVariableValues, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { planArguments, variablesPlan } from '../../src/graphql/operations/planned-values.js';

const schema = buildSchema(`
  enum Kind { GOOD BAD }
  scalar Json
  input Range { name: String! from: Float = 0.5 to: Float kinds: [Kind!] = [GOOD] }
  input Tree { kind: Kind value: Json children: [Tree!] range: Range nothing: Int = null }
  input One @oneOf { id: ID number: Int }
  type Query {
    field(
      id: ID!
      text: String
      first: Int! = 20
      order: Kind = BAD
      nothing: Int = null
      names: [String!]
      grid: [[Int]]
      tree: Tree
      one: One
      json: Json
    ): String
    plain: String
  }
`);
const { field } = schema.getQueryType()!.getFields();

/** The variables of a document, and what it gives to its field. */
const VARIABLES = [
  ['id', 'ID!', 'id'],
  ['text', 'String', 'text'],
  ['first', 'Int', 'first'],
  ['size', 'Int! = 7', 'first'],
  ['order', 'Kind', 'order'],
  ['other', 'Kind = GOOD', 'order'],
  ['nothing', 'Int', 'nothing'],
  ['names', '[String!]', 'names'],
  ['grid', '[[Int]] = [[1, null], null]', 'grid'],
  ['tree', 'Tree', 'tree'],
  ['root', 'Tree = { kind: BAD, range: { name: "a" } }', 'tree'],
  ['one', 'One', 'one'],
  ['json', 'Json', 'json'],
  ['constructor', 'String', 'text'],
  ['__proto__', 'String = "c"', 'text'],
] as const;

/** What is written in a document, right and wrong. */
const LITERALS: Readonly<Record<string, readonly string[]>> = {
  id: ['"a"', '3', 'null', '$id', '$text', '1.5'],
  text: ['"b"', 'null', '$text', '7', '$absent', '$constructor', '$__proto__'],
  first: ['3', '$first', '$size', '"x"', 'null'],
  order: ['GOOD', '$order', '$other', 'NEITHER', 'null'],
  nothing: ['null', '4', '$nothing'],
  names: ['["a", "b"]', '"a"', '[$text]', '[null]', '$names'],
  grid: ['[[1], 2]', '[[$first]]', '$grid'],
  tree: ['{ kind: GOOD }', '{ range: { name: $text } }', '{ range: {} }', '$tree', '$root', '{ absent: 1 }'],
  one: ['{ id: "a" }', '{ id: $text }', '{ id: "a", number: 1 }', '{ id: null }', '$one'],
  json: ['{ a: $text, b: [1] }', '1', '"x"', '[$first]', '$json'],
};

const LEAVES = [null, undefined, true, 0, 3, 1.5, 2 ** 40, NaN, '', 'a', 'GOOD', 'BAD', '__proto__', {}, []] as const;
const leaf = fc.constantFrom<unknown[]>(...LEAVES);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

/** Mostly what the types take. */
const { tree } = fc.letrec<{ tree: object }>((tie) => ({
  tree: fc.record(
    {
      kind: fc.oneof(fc.constantFrom('GOOD', 'BAD', null), leaf),
      value: fc.jsonValue(),
      children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 2 }), tie('tree'), leaf),
      range: fc.oneof(
        fc.record({ name: fc.string(), from: leaf, to: fc.double(), kinds: leaf }, { requiredKeys: ['name'] }),
        leaf,
      ),
      nothing: fc.oneof(fc.integer({ min: -9, max: 9 }), leaf),
      absent: fc.constant(1),
    },
    { requiredKeys: [] },
  ),
}));
const VALUES = new Map<string, fc.Arbitrary<unknown>>(
  Object.entries({
    id: fc.constantFrom('a', 'b', 7),
    names: fc.array(fc.oneof({ weight: 4, arbitrary: fc.string() }, { weight: 1, arbitrary: leaf })),
    grid: fc.array(fc.oneof(fc.array(fc.option(fc.integer({ min: 0, max: 9 }))), leaf)),
    tree,
    root: tree,
    one: fc.record({ id: fc.oneof(fc.string(), leaf), number: leaf }, { requiredKeys: [] }),
    json: fc.jsonValue(),
  }),
);
const valueOf = (name: string) =>
  fc.oneof({ weight: 5, arbitrary: VALUES.get(name) ?? leaf }, { weight: 1, arbitrary: leaf });

/** Values of some of the variables, and of one that no document declares. */
const variables = fc.record(
  Object.fromEntries([...VARIABLES.map(([name]) => [name, valueOf(name)] as const), ['absent', leaf]]),
  { requiredKeys: ['id'] },
);
const chosen = fc.subarray([...VARIABLES]);
const literals = fc.record(
  Object.fromEntries(Object.entries(LITERALS).map(([name, texts]) => [name, optional(fc.constantFrom(...texts))])),
);

function operationOf(declared: readonly (readonly [string, string, string])[], given: string) {
  const declarations = declared.map(([name, type]) => `$${name}: ${type}`).join(' ');
  const operation = getOperationAST(
    parse(`query ${declarations && `(${declarations})`} { field ${given && `(${given})`} }`),
  );
  const [node] = operation?.selectionSet.selections ?? [];
  if (operation === null || operation === undefined || node?.kind !== Kind.FIELD) throw new Error('No field');
  return { operation, node };
}

function attempt(read: () => unknown): unknown {
  try {
    return { values: read() };
  } catch (error) {
    return { error: String(error) };
  }
}

describe('planned values', () => {
  it('are the variables that graphql-js coerces, or none where it refuses them', () => {
    let right = 0;
    const property = (declared: (typeof VARIABLES)[number][], each: Readonly<Record<string, unknown>>[]): void => {
      const { operation } = operationOf(declared, '');
      for (const given of each) {
        const expected = getVariableValues(schema, operation.variableDefinitions ?? [], given);
        for (let use = 1; use <= 2; use++) {
          const planned = variablesPlan(schema)(operation)(given);
          if (planned === undefined) continue;
          right += 1;
          expect({ coerced: planned }).toStrictEqual(expected);
          expect(Object.keys(planned)).toEqual(Object.keys(expected.coerced ?? {}));
        }
      }
    };
    fc.assert(fc.property(chosen, fc.array(variables, { minLength: 1, maxLength: 4 }), property), { numRuns: 300 });
    expect(right).toBeGreaterThan(100);
  });

  it('are planned for all that is right, but one-of inputs and lists of one that are given as an object', () => {
    const { operation } = operationOf(
      VARIABLES.filter(([name]) => name !== '__proto__'),
      '',
    );
    const given = {
      id: 'a',
      text: null,
      first: 3,
      names: ['a'],
      tree: { children: [{ kind: 'GOOD', range: { name: 'b' } }], value: { any: [1] } },
    };
    const withOneName = { ...given, names: 'a' };
    expect(variablesPlan(schema)(operation)(withOneName)).toEqual(variablesPlan(schema)(operation)(given));
    expect(variablesPlan(schema)(operation)(given)).toEqual({
      ...given,
      size: 7,
      other: 'GOOD',
      grid: [[1, null], null],
      tree: {
        children: [{ kind: 'GOOD', range: { name: 'b', from: 0.5, kinds: ['GOOD'] }, nothing: null }],
        value: { any: [1] },
        nothing: null,
      },
      root: { kind: 'BAD', range: { name: 'a', from: 0.5, kinds: ['GOOD'] }, nothing: null },
    });
  });

  it('are the arguments that graphql-js reads, or its errors', () => {
    const outcomes = new Set<string>();
    const property = (
      given: Readonly<Record<string, string | undefined>>,
      each: Readonly<Record<string, unknown>>[],
    ) => {
      const written = Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
      const { node } = operationOf([], written.join(' '));
      const readArguments = planArguments(field!, node);
      for (const values of each) {
        for (let use = 1; use <= 2; use++) {
          const expected = attempt(() => getArgumentValues(field!, node, values));
          expect(attempt(() => readArguments(values))).toStrictEqual(expected);
          outcomes.add(Object.keys(expected as object).join());
        }
      }
    };
    fc.assert(fc.property(literals, fc.array(variables, { minLength: 1, maxLength: 4 }), property), { numRuns: 300 });
    expect([...outcomes].sort()).toEqual(['error', 'values']);
  });

  it('makes objects anew each time, so that who changes them changes no other', () => {
    const { node } = operationOf([], 'id: "a" tree: { kind: GOOD } names: ["a"]');
    const readArguments = planArguments(field!, node);
    const [one, other] = [readArguments({}), readArguments({})];
    expect(one).toEqual(other);
    expect(one['tree']).not.toBe(other['tree']);
    expect(one['names']).not.toBe(other['names']);
  });
});
