/**
 * Variables and arguments as graphql-js coerces them, by a plan that is made once for each operation and field. What the
 * plan does not find right is left to graphql-js, which says what is wrong: test/graphql/planned-values.test.ts compares the two.
 */
import {
  type FieldNode,
  getArgumentValues,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLSchema,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
  type ValueNode,
} from 'graphql';
import { memoizeByIdentity } from '../../memoize-by-identity.js';

type Values = Readonly<Record<string, unknown>>;

/** The coerced value, or {@link UNPLANNED}. */
type Coerce = (value: unknown) => unknown;

/** What graphql-js has to look at: most often as it is wrong. */
const UNPLANNED: unique symbol = Symbol('unplanned');
/** A variable or an argument that is not there. */
const NONE: unique symbol = Symbol('none');

/** @returns undefined unless all of the variables are right */
export type CoerceVariables = (variables: Values) => Record<string, unknown> | undefined;

export const variablesPlan = memoizeByIdentity((schema: GraphQLSchema) =>
  memoizeByIdentity((operation: OperationDefinitionNode) => planVariables(schema, operation)),
);

function planVariables(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): CoerceVariables {
  const plans = variableDefinitions.map(({ variable, type: node, defaultValue }) => {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    // To set `__proto__` of an object is to give it a prototype.
    if (!isInputType(type) || name === '__proto__') return { name, coerce: () => UNPLANNED, omitted: () => UNPLANNED };
    return { name, coerce: coercionOf(type), omitted: omittedValue(type, defaultValue) };
  });
  return (variables) => {
    const coerced: Record<string, unknown> = {};
    for (const { name, coerce, omitted } of plans) {
      const value = Object.hasOwn(variables, name) ? coerce(variables[name]) : omitted();
      if (value === UNPLANNED) return undefined;
      if (value !== NONE) coerced[name] = value;
    }
    return coerced;
  };
}

/** What a variable has that is not given. */
function omittedValue(type: GraphQLInputType, defaultValue: ValueNode | undefined): () => unknown {
  if (defaultValue !== undefined) return () => valueFromAST(defaultValue, type);
  return () => (isNonNullType(type) ? UNPLANNED : NONE);
}

const coercionOf = memoizeByIdentity((type: GraphQLInputType): Coerce => {
  if (isNonNullType(type)) {
    const coerce = coercionOf(type.ofType);
    return (value) => (value === undefined || value === null ? UNPLANNED : coerce(value));
  }
  const coerce = isLeafType(type) ? leafCoercion(type) : isListType(type) ? listCoercion(type) : objectCoercion(type);
  return (value) => (value === undefined || value === null ? null : coerce(value));
});

function leafCoercion(type: GraphQLLeafType): Coerce {
  return (value) => {
    try {
      const parsed: unknown = type.parseValue(value);
      return parsed === undefined ? UNPLANNED : parsed;
    } catch {
      return UNPLANNED;
    }
  };
}

function listCoercion({ ofType }: GraphQLList<GraphQLInputType>): Coerce {
  const coerce = coercionOf(ofType);
  return (value) => {
    if (typeof value === 'object' && !Array.isArray(value)) return UNPLANNED;
    // A list of one may be given as its item.
    const given: readonly unknown[] = Array.isArray(value) ? value : [value];
    const items: unknown[] = [];
    for (const item of given) {
      const coerced = coerce(item);
      if (coerced === UNPLANNED) return UNPLANNED;
      items.push(coerced);
    }
    return items;
  };
}

function objectCoercion(type: GraphQLInputObjectType): Coerce {
  // Its fields when they are first asked for, as one may be of the same type.
  let fields: readonly { readonly field: GraphQLInputField; readonly coerce: Coerce }[] | undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || type.isOneOf) return UNPLANNED;
    fields ??= Object.values(type.getFields()).map((field) => ({ field, coerce: coercionOf(field.type) }));
    const given = value as Values;
    for (const name of Object.keys(given)) if (type.getFields()[name] === undefined) return UNPLANNED;
    const coerced: Record<string, unknown> = {};
    for (const { field, coerce } of fields) {
      const { name, defaultValue } = field;
      const one = given[name];
      if (one !== undefined) {
        const member = coerce(one);
        if (member === UNPLANNED) return UNPLANNED;
        coerced[name] = member;
      } else if (defaultValue !== undefined) {
        coerced[name] = defaultValue;
      } else if (isNonNullType(field.type)) {
        return UNPLANNED;
      }
    }
    return coerced;
  };
}

/** @throws {GraphQLError} where an argument is not what the field takes */
export type ReadArguments = (variables: Values) => Record<string, unknown>;

/** The arguments that a node gives to its field, as {@link getArgumentValues} reads them. */
export function planArguments(definition: GraphQLField<unknown, unknown>, node: FieldNode): ReadArguments {
  const given = new Map(node.arguments?.map(({ name, value }) => [name.value, value]));
  const plans = definition.args.map((argument) => ({
    name: argument.name,
    read: argumentReader(argument, given.get(argument.name)),
  }));
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const { name, read } of plans) {
      const value = read(variables);
      if (value === UNPLANNED) return getArgumentValues(definition, node, variables);
      if (value !== NONE) values[name] = value;
    }
    return values;
  };
}

function argumentReader({ type, defaultValue }: GraphQLArgument, node: ValueNode | undefined): (of: Values) => unknown {
  const isRequired = isNonNullType(type);
  const omitted = defaultValue !== undefined ? defaultValue : isRequired ? UNPLANNED : NONE;
  if (node === undefined) return () => omitted;
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    return (variables) => {
      if (!Object.hasOwn(variables, name)) return omitted;
      const value = variables[name];
      return value === undefined || (value === null && isRequired) ? UNPLANNED : value;
    };
  }
  const constant: unknown = valueFromAST(node, type);
  // An object is made each time, and so that of whoever asks.
  if (constant !== undefined && typeof constant !== 'object') return () => constant;
  return (variables) => {
    const value: unknown = valueFromAST(node, type, variables);
    return value === undefined ? UNPLANNED : value;
  };
}
