/**
 * Runs operations of clients as graphql-js does, which is the reference: test/graphql/one-semantics.ts compares the
 * two. graphql-js spends most of the time of a page on what its fields rarely need: the arguments and the resolve info of
 * each property, a dictionary for each object, the definition and the selection of each field again for each entry.
 */
import {
  defaultTypeResolver,
  type ExecutionResult,
  getNullableType,
  GraphQLEnumType,
  GraphQLError,
  type GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  type GraphQLUnionType,
  locatedError,
  OperationTypeNode,
} from 'graphql';
import { resultWithWritten } from '../answer-body.js';
import { countingFieldResolver } from '../budget/answer-budget.js';
import type { RequestContext } from '../context.js';
import { planArguments, type ReadArguments } from '../operations/planned-values.js';
import type { PreparedOperation } from '../operations/prepared.js';
import { coerceVariables } from '../operations/variables.js';
import { completedInTurns } from '../scheduling/scheduled-fields.js';
import { createFieldErrors, inOrderOfPlaces, type Path } from './field-errors.js';
import { completeLeaf, plainLeaf } from './leaf.js';
import { buildResolveInfo, createPlace, type Execution, failAt, formatCoordinate, type Place } from './place.js';
import { plainObject } from './plain-object.js';
import {
  fragmentsOf,
  knownSelection,
  type SelectedField,
  selectFields,
  type Selection,
  selectionOf,
} from './selection.js';

type Data = Record<string, unknown>;

/** Runs a valid query or mutation. Never rejects: what fails is among the errors of the result. */
export async function executeOperation(
  schema: GraphQLSchema,
  { document, operation, remembered }: Pick<PreparedOperation, 'document' | 'operation' | 'remembered'>,
  variables: Readonly<Record<string, unknown>>,
  context: Partial<RequestContext>,
): Promise<ExecutionResult> {
  const { coerced, errors: problems } = coerceVariables(schema, operation, variables);
  if (problems !== undefined) return { errors: problems };
  const fragments = fragmentsOf(document);
  const errors = createFieldErrors(context.budget);
  const execution: Execution = {
    schema,
    fragments,
    variableValues: coerced,
    operation,
    context,
    errors,
    // A selection that is not remembered is never asked for again.
    keepsJson: context.sendsJson === true && remembered !== undefined,
    holdsWritten: false,
  };
  let data: Data | null = null;
  try {
    data = await executeRoot(execution, remembered);
  } catch (error) {
    errors.add(error instanceof GraphQLError ? error : locatedError(error, undefined), undefined);
  }
  if (errors.all.length > 0) return { errors: inOrderOfPlaces(errors.all, data), data };
  return execution.holdsWritten ? resultWithWritten(data) : { data };
}

function executeRoot(
  execution: Execution,
  remembered: NonNullable<PreparedOperation['remembered']> = {},
): Data | Promise<Data> {
  const { schema, operation } = execution;
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`The schema has no ${operation.operation}, and so the operation is not valid`);
  // What is selected of the objects below is remembered with it.
  const selection = (remembered.selection ??= selectFields(execution, type, [operation.selectionSet]));
  const run = operation.operation === OperationTypeNode.MUTATION ? executeSerially : executeFields;
  return run(execution, type, undefined, undefined, selection);
}

/** One field after another, as those of a mutation are. */
async function executeSerially(
  execution: Execution,
  type: GraphQLObjectType,
  source: unknown,
  path: Path | undefined,
  selection: Selection,
): Promise<Data> {
  const data = { ...selection.template };
  for (const field of selection.fields) data[field.key] = await executeField(execution, type, source, path, field);
  return data;
}

function executeFields(
  execution: Execution,
  type: GraphQLObjectType,
  source: unknown,
  path: Path | undefined,
  selection: Selection,
): Data | Promise<Data> {
  const data = { ...selection.template };
  let pending = false;
  try {
    for (const field of selection.fields) {
      const value = executeField(execution, type, source, path, field);
      data[field.key] = value;
      if (value instanceof Promise) pending = true;
    }
  } catch (error) {
    // Its siblings end before the parent does.
    if (!pending) throw error;
    return settle(data).finally(() => {
      throw error;
    });
  }
  return pending ? settle(data) : data;
}

/** The same object, once all of its members are there. */
async function settle(data: Data): Promise<Data> {
  const keys = Object.keys(data);
  const values = await Promise.all(Object.values(data));
  for (const [at, key] of keys.entries()) data[key] = values[at];
  return data;
}

function executeField(
  execution: Execution,
  parentType: GraphQLObjectType,
  source: unknown,
  parentPath: Path | undefined,
  field: SelectedField,
): unknown {
  const leaf = plainLeaf(execution, parentType, source, parentPath, field);
  if (leaf !== undefined) return leaf;
  const { type } = field.definition;
  const place = createPlace(parentType, parentPath, field);
  try {
    const value = resolveField(execution, place, source);
    return completeSettled(execution, place, type, place, value);
  } catch (error) {
    return failAt(execution, place, type, place, error);
  }
}

/** What the resolver of a field answers; most have none, and are read as a property for what that costs alone. */
function resolveField(execution: Execution, place: Place, source: unknown): unknown {
  const { context, variableValues } = execution;
  const { definition, isProperty } = place.field;
  if (isProperty && typeof source === 'object' && source !== null) {
    const value = (source as Readonly<Data>)[definition.name];
    if (typeof value !== 'function') {
      context.budget?.countField(value);
      return completedInTurns(value, context.task);
    }
  }
  context.budget?.check();
  const args = argumentsOf(place.field)(variableValues);
  const resolve = definition.resolve ?? countingFieldResolver;
  const value: unknown = resolve(source, args, context, buildResolveInfo(execution, place));
  // The resolvers of all other types do so themselves.
  return place.parentType.name.startsWith('__') ? completedInTurns(value, context.task) : value;
}

function argumentsOf(field: SelectedField): ReadArguments {
  return (field.readArguments ??= planArguments(field.definition, field.nodes[0]));
}

/** Completes the value of a field or of an item, now or once it is there, and makes it null if that fails. */
function completeSettled(
  execution: Execution,
  place: Place,
  type: GraphQLOutputType,
  path: Path,
  value: unknown,
): unknown {
  if (value instanceof Promise) return completeLater(execution, place, type, path, value);
  const completed = completeValue(execution, place, type, path, value);
  return completed instanceof Promise ? catchLater(execution, place, type, path, completed) : completed;
}

// Apart, as a function with closures allocates what these hold on to whenever it is called.
function completeLater(
  execution: Execution,
  place: Place,
  type: GraphQLOutputType,
  path: Path,
  value: Promise<unknown>,
): Promise<unknown> {
  const completed = value.then((settled) => completeValue(execution, place, type, path, settled));
  return catchLater(execution, place, type, path, completed);
}

function catchLater(
  execution: Execution,
  place: Place,
  type: GraphQLOutputType,
  path: Path,
  completed: Promise<unknown>,
): Promise<unknown> {
  return completed.catch((error: unknown) => failAt(execution, place, type, path, error));
}

function completeValue(
  execution: Execution,
  place: Place,
  type: GraphQLOutputType,
  path: Path,
  value: unknown,
): unknown {
  if (value instanceof Error) throw value;
  if (type instanceof GraphQLNonNull) {
    const completed = completeValue(execution, place, type.ofType as GraphQLOutputType, path, value);
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${formatCoordinate(place)}.`);
    return completed;
  }
  if (value === undefined || value === null) return null;
  if (type instanceof GraphQLScalarType || type instanceof GraphQLEnumType) return completeLeaf(type, value);
  if (type instanceof GraphQLList) {
    return completeList(execution, place, type.ofType, path, value);
  }
  if (type instanceof GraphQLObjectType) return completeObject(execution, place, type, path, value);
  return completeAbstract(execution, place, type, path, value);
}

function completeList(
  execution: Execution,
  place: Place,
  itemType: GraphQLOutputType,
  path: Path,
  value: unknown,
): unknown {
  if (!isIterable(value)) {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${formatCoordinate(place)}".`);
  }
  const completed: unknown[] = [];
  let pending = false;
  const objectType = getNullableType(itemType);
  for (const item of value) {
    // What is selected is found out with the first item, as it may fail there.
    const selection = knownSelection(place.field, objectType);
    const plain = selection && plainObject(execution, selection, item);
    if (plain !== undefined) {
      completed.push(plain);
      continue;
    }
    const itemPath: Path = { prev: path, key: completed.length, typename: undefined };
    const one = completeItem(execution, place, itemType, itemPath, item);
    completed.push(one);
    if (!(one instanceof Promise)) continue;
    pending = true;
    // It may fail after another one has made the list fail.
    one.catch(() => undefined);
  }
  return pending ? Promise.all(completed) : completed;
}

function completeItem(execution: Execution, place: Place, type: GraphQLOutputType, path: Path, item: unknown): unknown {
  try {
    return completeSettled(execution, place, type, path, item);
  } catch (error) {
    return failAt(execution, place, type, path, error);
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function completeAbstract(
  execution: Execution,
  place: Place,
  type: GraphQLInterfaceType | GraphQLUnionType,
  path: Path,
  value: unknown,
): unknown {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const complete = (name: string | undefined): unknown => {
    const objectType = name === undefined ? undefined : execution.schema.getType(name);
    if (!(objectType instanceof GraphQLObjectType) || !execution.schema.isSubType(type, objectType)) {
      throw new Error(`A value of ${formatCoordinate(place)} is of no object type of ${type.name}: ${String(name)}`);
    }
    return completeObject(execution, place, objectType, path, value);
  };
  const name = resolveType(value, execution.context, buildResolveInfo(execution, place), type);
  return name instanceof Promise ? name.then(complete) : complete(name);
}

function completeObject(
  execution: Execution,
  place: Place,
  type: GraphQLObjectType,
  path: Path,
  value: unknown,
): unknown {
  // None of our object types has an isTypeOf to ask.
  const selection = selectionOf(execution, place.field, type);
  return plainObject(execution, selection, value) ?? executeFields(execution, type, value, path, selection);
}
