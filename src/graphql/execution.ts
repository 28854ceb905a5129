import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  getOperationAST,
  type GraphQLField,
  type GraphQLSchema,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { type Principal, requireAnyOf } from '../principal.js';
import { extendContext, type RequestContext } from './context.js';
import { executeOperation } from './executor/execute.js';
import { fragmentsOf } from './executor/selection.js';
import { fieldPermissions, requireSelectionOf } from './guarded-fields.js';
import { compileOperation } from './operations/compiled.js';
import { planArguments } from './operations/planned-values.js';
import type { PreparedOperation, RunPrepared } from './operations/prepared.js';
import { coerceVariables } from './operations/variables.js';
import type { Scheduler } from './scheduling/scheduler.js';
import type { SelectionInfo } from './selected-permissions.js';

/**
 * An operation of ours that a function answers, by what the resolvers of its document are made of: where its document is
 * executed, most of the time goes to objects that nobody looks at.
 */
export interface DirectOperation<Data, Variables extends Readonly<Record<string, unknown>>, Arguments> {
  readonly document: TypedDocumentNode<unknown, Variables>;
  /**
   * @param roots the arguments of each root field of the document, in their order. They are what the schema makes of the
   * variables, so that `Arguments` are the types of its resolvers' parameters.
   */
  readonly answer: (context: RequestContext, ...roots: readonly Arguments[]) => Promise<Data>;
}

/**
 * Runs one of our own operations and returns its data.
 * @throws the first error of the response: an `ApiError` where it is the user's, anything else where it is ours.
 */
export interface RunOperation {
  <Data, Variables extends Readonly<Record<string, unknown>>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    context: RequestContext,
  ): Promise<Data>;
  <Data, Variables extends Readonly<Record<string, unknown>>, Arguments>(
    operation: DirectOperation<Data, Variables, Arguments>,
    variables: Variables,
    context: RequestContext,
  ): Promise<Data>;
}

/** Runs an operation that was prepared. Nobody changes a result: it may be another one's too. */
export type ExecuteOperation = (
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<ExecutionResult>;

/**
 * Runs each operation in the same way, however often it comes, so that it has one meaning; our own, which were
 * checked for it, run compiled or directly.
 */
export function createExecution(schema: GraphQLSchema): ExecuteOperation {
  return async (prepared, variables, context) =>
    prepared.run === undefined
      ? executeOperation(schema, prepared, variables, context)
      : prepared.run(variables, context);
}

/** Items of a page, or of a list that is given, up to which an operation is done before anybody else has to wait for it. */
const SHORT_LIST = 100;

function isLong(variables: Readonly<Record<string, unknown>>): boolean {
  const { first } = variables;
  return (
    (typeof first === 'number' && first > SHORT_LIST) ||
    Object.values(variables).some((value) => Array.isArray(value) && value.length > SHORT_LIST)
  );
}

/**
 * The executor that REST shares with `/graphql`: the same schema, resolvers, loaders and errors, without HTTP around.
 * @param scheduler in whose turns operations with long lists run; without one, all run in one go
 */
export function createExecutor(
  schema: GraphQLSchema,
  executeOperation: ExecuteOperation,
  scheduler?: Scheduler,
): RunOperation {
  const prepared = new Map<object, PreparedOperation>();

  /** Our own operations are few, were checked when their types were generated, and come again and again. */
  const prepare = <Arguments>(asked: DocumentNode | AnyDirectOperation<Arguments>): PreparedOperation => {
    const known = prepared.get(asked);
    if (known !== undefined) return known;
    const document = 'answer' in asked ? asked.document : asked;
    const operation = getOperationAST(document);
    if (!operation) throw new Error('A document of ours has no single operation');
    const runs = 'answer' in asked ? runDirectly(schema, operation, asked) : runCompiled(schema, document, operation);
    const made = { document, operation, ...(runs !== undefined && { run: runs }) };
    prepared.set(asked, made);
    return made;
  };

  return async <Data, Arguments>(
    asked: DocumentNode | AnyDirectOperation<Arguments>,
    variables: Readonly<Record<string, unknown>>,
    context: RequestContext,
  ) => {
    const scheduled =
      scheduler !== undefined && isLong(variables) ? extendContext(context, { task: scheduler.start() }) : context;
    const result = await executeOperation(prepare(asked), variables, scheduled);
    const [error] = result.errors ?? [];
    if (error !== undefined) throw error.originalError ?? error;
    // A document was checked against this schema when its types were generated; the other operations say what they answer.
    return result.data as Data;
  };
}

type AnyDirectOperation<Arguments> = DirectOperation<object | null, Readonly<Record<string, unknown>>, Arguments>;

function runCompiled(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): RunPrepared | undefined {
  const compiled = compileOperation(schema, document, operation);
  return compiled && ((variables, context) => compiled.query(undefined, context, variables));
}

function runDirectly<Arguments>(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  { document, answer }: AnyDirectOperation<Arguments>,
): RunPrepared {
  const root = schema.getRootType(operation.operation);
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const { selections } = operation.selectionSet;
  if (isMutation && selections.length > 1) throw new Error('A mutation of ours that runs directly has one field');
  const fields = selections.map((node) => {
    const definition = node.kind === Kind.FIELD && root?.getFields()[node.name.value];
    if (!root || !definition) throw new Error('An operation of ours that runs directly has no fragments at its root');
    return {
      definition,
      node,
      readArguments: planArguments(definition, node),
      permissions: fieldPermissions(schema, root.name, definition.name),
    };
  });
  const requireSelection = isMutation ? selectionCheck(schema, document, fields) : undefined;
  return async (variables, context) => {
    const { coerced, errors } = coerceVariables(schema, operation, variables);
    if (errors !== undefined) return { errors };
    try {
      for (const { permissions } of fields) requireAnyOf(context.principal, permissions);
      requireSelection?.(context.principal, coerced);
      const roots = fields.map(({ readArguments }) => readArguments(coerced) as Arguments);
      return { data: (await answer(context, ...roots)) as Exclude<ExecutionResult['data'], undefined> };
    } catch (error) {
      return { errors: [locatedError(error, undefined)], data: null };
    }
  };
}

/** What refuses a mutation to a token that may not read all that it answers: what it has done cannot be refused any more. */
function selectionCheck(
  schema: GraphQLSchema,
  document: DocumentNode,
  fields: readonly { readonly definition: GraphQLField<unknown, unknown>; readonly node: FieldNode }[],
): (principal: Principal, variableValues: SelectionInfo['variableValues']) => void {
  const requireSelection = requireSelectionOf(schema);
  const fragments = fragmentsOf(document);
  return (principal, variableValues) => {
    for (const { definition, node } of fields) {
      requireSelection(principal, { fieldNodes: [node], fragments, returnType: definition.type, variableValues });
    }
  };
}
