/** Variables as graphql-js coerces them, with as many errors told as their length allows. */
import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { fitsInCharacters } from '../budget/json-size.js';
import { variablesPlan } from './planned-values.js';

/** The most errors that are told of variables, by how many characters these have. */
const MAX_ERRORS = [
  { errors: 50, characters: 5 * 1024 },
  { errors: 10, characters: 25 * 1024 },
] as const;

/**
 * What the variables of an operation are, or what is wrong with them. Each error of an object quotes it whole, so the longer
 * they are, the fewer are told.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): ReturnType<typeof getVariableValues> {
  const planned = variablesPlan(schema)(operation)(variables);
  if (planned !== undefined) return { coerced: planned };
  const { variableDefinitions = [] } = operation;
  const coerced = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 });
  if (coerced.errors === undefined) return coerced;
  const most = MAX_ERRORS.find(({ characters }) => fitsInCharacters(variables, characters));
  return most === undefined
    ? coerced
    : getVariableValues(schema, variableDefinitions, variables, { maxErrors: most.errors });
}
