import fc from 'fast-check';
import {
  buildSchema,
  execute,
  type ExecutionResult,
  getNamedType,
  getOperationAST,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import type { RequestContext } from '../../src/graphql/context.js';
import { createExecution } from '../../src/graphql/execution.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { createAdmission, prepareOperation } from '../../src/graphql/operations/prepared.js';
import { createSchema } from '../../src/graphql/schema.js';
import { ownOperations } from '../support/operations.js';

/**
 * The same answer means the same data, and the same errors at the same paths, in whatever order they came up. Where an
 * error has made a field above its own null, which of the errors below is told depends on which came first (GraphQL,
 * section 6.4.4): there the place of the null has to be the same.
 */
function comparable({ data, errors = [] }: ExecutionResult): unknown {
  const shown = errors.map((error) => {
    const path = error.path ?? [];
    const nullAt = placeOfNull(data, path);
    return nullAt.length < path.length
      ? JSON.stringify({ nullAt })
      : JSON.stringify([error.toJSON(), error.originalError instanceof ApiError]);
  });
  return JSON.parse(JSON.stringify({ data, errors: [...new Set(shown)].sort() })) as unknown;
}

function placeOfNull(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null) return path.slice(0, depth);
    value = (value as Record<string | number, unknown>)[step];
  }
  return path;
}

// The schemas below resolve out of their root values and need nothing of a request.
const NO_CONTEXT = {} as RequestContext;

async function both(
  schema: GraphQLSchema,
  text: string,
  variables: Record<string, unknown> = {},
): Promise<{ readonly compiled: unknown; readonly interpreted: unknown }> {
  const document = parse(text);
  const admit = createAdmission(schema, { limits: DEFAULT_OPERATION_LIMITS, introspection: true });
  const interpreted = comparable(
    await execute({ schema, document, variableValues: variables, contextValue: NO_CONTEXT }),
  );
  for (let times = 0; ; times++) {
    const admission = admit(text, undefined, variables);
    if ('invalid' in admission) throw new Error('The corpus has an invalid document');
    if ('result' in admission) return { compiled: comparable(admission.result), interpreted };
    const result = await createExecution(schema)(admission.operation, admission.variables, NO_CONTEXT);
    // The second time it is compiled.
    if (times > 0) return { compiled: comparable(result), interpreted };
  }
}

const sample = buildSchema(`
  interface Named { name: String! }
  enum Colour { RED GREEN }
  input Box { width: Int! = 3, colours: [Colour!], inner: Box }
  type Person implements Named { name: String!, age: Int, friends: [Person!]!, best: Person, fails: String, failsHard: String! }
  type Robot implements Named { name: String!, model: ID!, colour: Colour }
  union Being = Person | Robot
  type Query {
    person: Person
    certain: Person!
    beings: [Being]
    named: [Named!]
    echo(box: Box, text: String = "default", ids: [ID!], float: Float): String!
    numbers: [[Int]]
    nothing: Person
    wrong: Int
  }
`);
const resolvers: Record<string, Record<string, GraphQLFieldResolver<unknown, unknown, Record<string, unknown>>>> = {
  Query: {
    person: () => PEOPLE[0],
    certain: () => Promise.resolve(PEOPLE[1]),
    beings: () => [PEOPLE[0], ROBOT, null, Promise.resolve(PEOPLE[1])],
    named: () => Promise.resolve([ROBOT, PEOPLE[1]]),
    echo: (_, args) => JSON.stringify(args),
    numbers: () => [[1, null], null, [3]],
    nothing: () => null,
    wrong: () => 'no number',
  },
  Person: {
    friends: () => Promise.resolve(PEOPLE),
    best: () => Promise.resolve(null),
    fails: () => {
      throw new ApiError('NOT_FOUND', 'There is no such person');
    },
    failsHard: () => Promise.reject(new Error('a fault of ours')),
  },
};
const ROBOT = { __typename: 'Robot', name: 'R', model: 7, colour: 'GREEN' };
const PEOPLE = [
  { __typename: 'Person', name: 'A', age: 30 },
  { __typename: 'Person', name: 'B', age: null },
];
for (const [type, fields] of Object.entries(resolvers)) {
  const object = sample.getType(type);
  if (!isObjectType(object)) throw new Error(`${type} is no object type`);
  for (const [name, resolve] of Object.entries(fields)) {
    const field = object.getFields()[name];
    if (field === undefined) throw new Error(`${type}.${name} is no field`);
    field.resolve = resolve;
  }
}

const CORPUS: [text: string, variables?: Record<string, unknown>][] = [
  ['{ person { name age } }'],
  ['{ a: person { n: name } b: person { n: name __typename } }'],
  ['{ person { ...F friends { ...F best { name } } } } fragment F on Person { name age }'],
  ['{ beings { __typename ... on Person { name } ... on Robot { model colour } } }'],
  ['{ named { name ... on Robot { model } ... on Person { friends { name } } } }'],
  [
    'query ($skip: Boolean!) { person { name @skip(if: $skip) age @include(if: $skip) ...F @skip(if: $skip) } } fragment F on Person { friends { name } }',
    { skip: true },
  ],
  ['query ($skip: Boolean!) { person { name @skip(if: $skip) age @include(if: $skip) } }', { skip: false }],
  [
    'query ($box: Box, $text: String) { echo(box: $box, text: $text) }',
    { box: { colours: ['RED'], inner: { width: 1 } } },
  ],
  ['query ($width: Int!) { echo(box: { width: $width, colours: [GREEN] }, ids: [1, "b"], float: 2) }', { width: 9 }],
  ['query ($text: String = "of the operation") { echo(text: $text) }'],
  ['query ($text: String) { echo(text: $text) }', { text: null }],
  ['query ($width: Int!) { echo(box: { width: $width }) }', { width: 'wide' }],
  ['query ($width: Int!) { echo(box: { width: $width }) }'],
  ['query ($box: Box) { echo(box: $box) }', { box: { height: 1, colours: ['BLUE'] } }],
  ['{ numbers nothing { name } wrong }'],
  ['{ person { fails name } }'],
  ['{ person { failsHard name } }'],
  ['{ certain { failsHard } person { name } }'],
  ['{ certain { friends { failsHard } } }'],
  ['{ person { friends { best { failsHard } name fails } } wrong }'],
  ['{ __schema { queryType { name fields { name args { name defaultValue } } } } __type(name: "Person") { kind } }'],
];

describe('compiled execution', () => {
  it.each(CORPUS.map((each, index) => [index, ...each] as const))(
    'answers as graphql-js does: query %i',
    async (_, text, variables) => {
      const { compiled, interpreted } = await both(sample, text, variables);
      expect(compiled).toEqual(interpreted);
    },
  );

  it('can compile every document of ours', () => {
    const schema = createSchema();
    const operations = ownOperations();
    expect(operations.length).toBeGreaterThan(5);
    for (const { name, document } of operations) {
      const operation = getOperationAST(document, name);
      if (!operation) throw new Error(`There is no operation ${name}`);
      expect([name, prepareOperation(schema, document, operation, 1).compiled() !== undefined]).toEqual([name, true]);
    }
  });

  it('answers any generated query as graphql-js does', async () => {
    await fc.assert(
      fc.asyncProperty(selections(sample.getQueryType(), 4), fc.boolean(), async (selection, flag) => {
        const text = `query ($flag: Boolean!) ${selection}`;
        const { compiled, interpreted } = await both(sample, text.includes('$flag)') ? text : `query ${selection}`, {
          flag,
        });
        expect(compiled).toEqual(interpreted);
      }),
      { numRuns: 150 },
    );
  });

  it('is left to graphql-js the first time, as most documents of strangers come once', () => {
    const document = parse('{ person { name } }');
    const operation = getOperationAST(document);
    if (!operation) throw new GraphQLError('no operation');
    const prepared = prepareOperation(sample, document, operation);
    expect([prepared.compiled(), prepared.compiled()].map((each) => each !== undefined)).toEqual([false, true]);
  });
});

/** Random selections of a type, with aliases, directives and fragments in line; arguments keep their defaults. */
function selections(type: unknown, depth: number): fc.Arbitrary<string> {
  if (!isObjectType(type) && !isInterfaceType(type)) {
    return fc
      .subarray(['__typename', '... on Person { name fails }', '... on Robot { model }'], { minLength: 1 })
      .map((parts) => `{ ${parts.join(' ')} }`);
  }
  const fields = Object.values(type.getFields()).filter(
    (field) => depth > 1 || !isCompositeType(getNamedType(field.type)),
  );
  const one = fc.constantFrom(...fields).chain((field) => {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? selections(named, depth - 1) : fc.constant('');
    const directive = fc.constantFrom('', '', '', ' @include(if: $flag)', ' @skip(if: $flag)');
    // The alias says what it stands for, so that two fields of one name can always be merged.
    return fc
      .tuple(below, directive, fc.boolean())
      .map(
        ([set, guard, alias]) => `${alias ? `${field.name}_${hashOf(set + guard)}: ` : ''}${field.name}${guard} ${set}`,
      );
  });
  return fc
    .uniqueArray(one, { minLength: 1, maxLength: 3, selector: (text) => text.split(/[ :{]/)[0] })
    .map((parts) => `{ ${parts.join(' ')} }`);
}

function hashOf(text: string): string {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100_003;
  return String(hash);
}

// Used where a schema grows kinds of types that the generator above has to know.
it('knows every kind of type that the sample has', () => {
  const kinds = Object.values(sample.getTypeMap()).filter((type) => !type.name.startsWith('__'));
  expect(kinds.some(isEnumType)).toBe(true);
  expect(
    kinds
      .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []))
      .some(({ type }) => isListType(isNonNullType(type) ? type.ofType : type)),
  ).toBe(true);
});
