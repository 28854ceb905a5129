import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, type ExecutionResult, getOperationAST, type GraphQLSchema } from 'graphql';
import { extendContext, type RequestContext } from './context.js';
import { executeOperation } from './executor/execute.js';
import { compileOperation } from './operations/compiled.js';
import type { PreparedOperation } from './operations/prepared.js';
import type { Scheduler } from './scheduling/scheduler.js';

/**
 * Runs one of our own typed documents and returns its data.
 * @throws the first error of the response: an `ApiError` where it is the user's, anything else where it is ours.
 */
export type RunOperation = <Data, Variables extends Readonly<Record<string, unknown>>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  context: RequestContext,
) => Promise<Data>;

/** Runs an operation that was prepared. Nobody changes a result: it may be another one's too. */
export type ExecuteOperation = (
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<ExecutionResult>;

/**
 * Runs each operation in the same way, however often it comes, so that it has one meaning; our own, which were checked for
 * it, run compiled.
 */
export function createExecution(schema: GraphQLSchema): ExecuteOperation {
  return async (prepared, variables, context) => {
    const { compiled } = prepared;
    if (compiled !== undefined) return compiled.query(undefined, context, variables);
    return executeOperation(schema, prepared, variables, context);
  };
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
  const prepared = new Map<DocumentNode, PreparedOperation>();

  /** Our own documents are few, were checked when their types were generated, and come again and again. */
  const operationOf = (document: DocumentNode): PreparedOperation => {
    const known = prepared.get(document);
    if (known !== undefined) return known;
    const operation = getOperationAST(document);
    if (!operation) throw new Error('A document of ours has no single operation');
    const compiled = compileOperation(schema, document, operation);
    const made = { document, operation, ...(compiled !== undefined && { compiled }) };
    prepared.set(document, made);
    return made;
  };

  return async (document, variables, context) => {
    const scheduled =
      scheduler !== undefined && isLong(variables) ? extendContext(context, { task: scheduler.start() }) : context;
    const result = await executeOperation(operationOf(document), variables, scheduled);
    const [error] = result.errors ?? [];
    if (error !== undefined) throw error.originalError ?? error;
    // The document was checked against this schema when its types were generated.
    return result.data as ReturnType<NonNullable<(typeof document)['__apiType']>>;
  };
}
