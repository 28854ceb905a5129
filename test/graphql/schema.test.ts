import {
  type GraphQLArgument,
  introspectionFromSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  validateSchema,
} from 'graphql';
import { expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';

/** The coordinates of everything in the schema that a reader may ask about, with its description. */
function* described(): Generator<readonly [coordinate: string, description: string | null | undefined]> {
  const argumentsOf = function* (field: string, args: readonly GraphQLArgument[]): ReturnType<typeof described> {
    for (const { name, description } of args) yield [`${field}(${name}:)`, description];
  };
  const schema = createSchema();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    // What everyone knows of GraphQL itself; and the three roots, which their fields describe.
    const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(
      type as never,
    );
    if (!isRoot) yield [type.name, type.description];
    if (isEnumType(type)) {
      for (const { name, description } of type.getValues()) yield [`${type.name}.${name}`, description];
    }
    if (isInputObjectType(type)) {
      for (const { name, description } of Object.values(type.getFields())) yield [`${type.name}.${name}`, description];
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const { name, description, args } of Object.values(type.getFields())) {
        yield [`${type.name}.${name}`, description];
        yield* argumentsOf(`${type.name}.${name}`, args);
      }
    }
  }
  for (const directive of schema.getDirectives()) {
    yield [`@${directive.name}`, directive.description];
    yield* argumentsOf(`@${directive.name}`, directive.args);
  }
}

it('the GraphQL schema describes every type, field, argument, input and value of the schema', () => {
  const all = [...described()];
  expect(all.length).toBeGreaterThan(200);
  expect(all.filter(([, description]) => (description ?? '').trim() === '').map(([coordinate]) => coordinate)).toEqual(
    [],
  );
});

it('entries and adapters are nodes of the GraphQL schema', () => {
  const schema = createSchema();
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new Error('Node is no interface');
  const names = schema.getPossibleTypes(node).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['Feedback', 'Adapter']));
});

it('the GraphQL schema is valid, and passes the introspection query', () => {
  const schema = createSchema();
  expect(validateSchema(schema)).toEqual([]);
  expect(introspectionFromSchema(schema).__schema.queryType.name).toBe('Query');
});
