import fc from 'fast-check';
import {
  buildSchema,
  execute,
  type ExecutionResult,
  getIntrospectionQuery,
  getOperationAST,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { executeOperation } from '../../src/graphql/executor/execute.js';
import { formatTime } from '../../src/graphql/executor/leaf.js';
import { createScheduler } from '../../src/graphql/scheduling/scheduler.js';
import { turnsDuring } from '../support/turns.js';

const schema: GraphQLSchema = buildSchema(`
  interface Named { name: String! }
  type Thing implements Named { name: String!, must: String!, may: String, things: [Thing!], holes: [Thing], color: Color }
  enum Color { RED }
  scalar Time
  type Query {
    thing: Thing, named: Named, things: [Thing!], holes: [Thing], numbers: [Int!], time: Time, call(word: String = "x"): String
    boom: String, no: Thing!
  }
  type Mutation { first: String, second: String! }
`);

const late = <T>(value: T): Promise<T> => new Promise((resolve) => setImmediate(() => resolve(value)));
const fail = (message: string) => () => {
  throw new Error(message);
};
const lateFailure = (message: string) => () => late(undefined).then(fail(message));

const thing = (more: object = {}): object => ({ __typename: 'Thing', name: 'a', must: 'b', ...more });

const steps: string[] = [];
const ROOT: Readonly<Record<string, unknown>> = {
  thing: thing({ may: 'c', things: new Set([thing(), thing({ name: late('late') })]), color: 'RED' }),
  named: () => late(thing()),
  // graphql-js leaves the later failure unhandled, which ends a process.
  things: [thing({ must: lateFailure('first, later') }), thing({ must: fail('second, at once') }), thing()],
  holes: [late(thing({ must: lateFailure('late') })), null, new Error('an item'), thing({ must: null }), thing()],
  numbers: [1, late(2), 'no number'],
  time: new Date(Date.UTC(2026, 0, 2)),
  call: ({ word }: { word: string }) => `called with ${word}`,
  boom: lateFailure('boom'),
  no: null,
  first: () => late('first').then((word) => void steps.push(word)),
  second: () => steps.join(),
};
for (const name of ['Query', 'Mutation']) {
  const type = schema.getType(name) as ReturnType<GraphQLSchema['getQueryType']>;
  for (const field of Object.values(type!.getFields())) {
    field.resolve = (_source, args, context, info) => {
      const value = ROOT[field.name];
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown)(args, context, info) : value;
    };
  }
}

const plain = (result: ExecutionResult): unknown => JSON.parse(JSON.stringify(result));

/** graphql-js has errors in the order in which they happened, which differs from run to run; here they come by their places. */
const byPlace = ({ errors, ...rest }: ExecutionResult): ExecutionResult => ({
  ...rest,
  ...(errors && { errors: [...errors].sort((one, other) => (String(one.path) < String(other.path) ? -1 : 1)) }),
});

describe('an operation of a client', () => {
  it.each([
    '{ thing { __typename name may color things { name may } } }',
    '{ thing { __proto__: name toJSON: must constructor: may } }',
    '{ named { __typename name ... on Thing { must } ...T } } fragment T on Thing { may ...U } fragment U on Named { n: name }',
    '{ thing { name } numbers time boom }',
    '{ holes { name must } }',
    '{ call other: call(word: "y") again: call(word: null) }',
    'query ($word: String, $no: Boolean!) { call(word: $word) thing { name @skip(if: $no) may @include(if: $no) } }',
    '{ thing { name } no { name } }',
    '{ __schema { queryType { name fields { name args { defaultValue } } } } __type(name: "Color") { enumValues { name } } }',
    'mutation { first second }',
  ])('is answered as by graphql-js: %s', async (text) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document)!;
    const variables = { no: true };
    steps.length = 0;
    const expected = await execute({ schema, document, variableValues: variables, contextValue: {} });
    const remembered = {};
    for (const use of ['first', 'second', 'third']) {
      steps.length = 0;
      // With a condition, what it selects is not remembered.
      const prepared = { document, operation, ...(!text.includes('@') && { remembered }) };
      const result = await executeOperation(schema, prepared, variables, {});
      expect(plain(byPlace(result)), `${use} use`).toEqual(plain(byPlace(expected)));
    }
  });

  it('leaves no failure unhandled where an item fails before one that is still to come', async () => {
    const document = parse('{ things { name must } thing { name } }');
    const result = await executeOperation(schema, { document, operation: getOperationAST(document)! }, {}, {});
    expect(plain(result)).toEqual({
      data: { things: null, thing: { name: 'a' } },
      errors: [{ message: 'second, at once', locations: [{ line: 1, column: 17 }], path: ['things', 1, 'must'] }],
    });
    // An unhandled rejection fails the test.
    await late(undefined);
  });

  it('is not run with variables that are not what it declares', async () => {
    const document = parse('query ($no: Boolean!) { call @skip(if: $no) }');
    const operation = getOperationAST(document)!;
    const { data, errors } = await executeOperation(schema, { document, operation }, { no: 'maybe' }, {});
    expect(data).toBeUndefined();
    expect(errors?.map(({ message }) => message)).toEqual([
      'Variable "$no" got invalid value "maybe"; Boolean cannot represent a non boolean value: "maybe"',
    ]);
  });
});

it('lets the event loop turn many times while a client asks for the schema', async () => {
  const document = parse(getIntrospectionQuery());
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The document has no single operation');
  const task = createScheduler(0).start();
  let result: unknown;
  const turns = await turnsDuring(async () => {
    result = plain(await executeOperation(schema, { document, operation }, {}, { task }));
  });
  expect(result).toEqual(plain(await execute({ schema, document })));
  expect(turns).toBeGreaterThan(10);
});

it('writes times as Date does', () => {
  const times = [
    0,
    1,
    Date.UTC(2000, 1, 29),
    Date.UTC(2023, 11, 31, 23, 59, 59, 999),
    Date.UTC(2100, 2, 1),
    Date.UTC(10_000, 0) - 1,
  ];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...times), fc.integer({ min: 0, max: Date.UTC(10_000, 0) - 1 })), (ms) => {
      expect(formatTime(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 5_000 },
  );
  for (const ms of [-1, 0.5, NaN, Infinity, Date.UTC(10_000, 0)]) expect(formatTime(ms)).toBeUndefined();
});
