/** Where an execution is: a field at its place in the answer, and what becomes of it where it fails. */
import {
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql';
import type { RequestContext } from '../context.js';
import type { FieldErrors, Path } from './field-errors.js';
import type { SelectedField, SelectionScope } from './selection.js';

export interface Execution extends SelectionScope {
  readonly operation: OperationDefinitionNode;
  readonly context: Partial<RequestContext>;
  readonly errors: FieldErrors;
  /** Whether what is selected of objects that never change may be JSON that is kept. */
  readonly keepsJson: boolean;
  /** Whether the data has some of it. */
  holdsWritten: boolean;
}

/** The place of a field in the answer. */
export interface Place extends Path {
  readonly field: SelectedField;
  readonly parentType: GraphQLObjectType;
}

export function createPlace(parentType: GraphQLObjectType, parentPath: Path | undefined, field: SelectedField): Place {
  return { prev: parentPath, key: field.key, typename: parentType.name, field, parentType };
}

/** As in the messages of graphql-js. */
export function formatCoordinate({ parentType, field }: Place): string {
  return `${parentType.name}.${field.definition.name}`;
}

export function buildResolveInfo(execution: Execution, place: Place): GraphQLResolveInfo {
  const { schema, fragments, operation, variableValues } = execution;
  const { field, parentType } = place;
  return {
    fieldName: field.definition.name,
    fieldNodes: field.nodes,
    returnType: field.definition.type,
    parentType,
    path: place,
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues,
  };
}

/** What stands at a place where something has failed. @throws the error, if the type allows no null there */
export function failAt(execution: Execution, place: Place, type: GraphQLOutputType, path: Path, error: unknown): null {
  // Once a limit was passed, no error is told but that one; to make the others takes longer than all else.
  const located =
    execution.context.budget?.failure ?? locatedError(error, place.field.nodes, responsePathAsArray(path));
  if (type instanceof GraphQLNonNull) throw located;
  execution.errors.add(located, path);
  return null;
}
