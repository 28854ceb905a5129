import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, execute, type ExecutionResult, getOperationAST, type GraphQLSchema } from 'graphql';
import type { RequestContext } from './context.js';
import { type PreparedOperation, prepareOperation } from './operations/prepared.js';

/**
 * Runs one of our own typed documents and returns its data.
 * @throws the first error of the response: an `ApiError` where it is the user's, anything else where it is ours.
 */
export type RunOperation = <Data, Variables extends Readonly<Record<string, unknown>>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  context: RequestContext,
) => Promise<Data>;

/** Runs an operation that was admitted. Nobody changes a result: it may be another one's too. */
export type ExecuteOperation = (
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<ExecutionResult>;

/** Runs operations compiled where they are, by graphql-js where they are not. */
export function createExecution(schema: GraphQLSchema): ExecuteOperation {
  return async (prepared, variables, context) => {
    const compiled = prepared.compiled();
    if (compiled !== undefined) return oneErrorPerNull(await compiled.query(undefined, context, variables));
    return execute({
      schema,
      document: prepared.document,
      operationName: prepared.operation.name?.value,
      variableValues: variables,
      contextValue: context,
    });
  };
}

/**
 * An error of a field that must not be null makes a field above it null, and what else went wrong below that field is not
 * told: so graphql-js does it, and GraphQL allows (section 6.4.4). Compiled execution tells all.
 */
function oneErrorPerNull(result: ExecutionResult): ExecutionResult {
  const { data, errors } = result;
  if (errors === undefined || errors.length < 2) return result;
  const told = new Set<string>();
  const first = errors.filter(({ path = [] }) => {
    const place = JSON.stringify(path.slice(0, depthOfNull(data, path)));
    if (told.has(place)) return false;
    told.add(place);
    return true;
  });
  return { ...result, errors: first };
}

/** How many steps of a path lead to the null that ends it. */
function depthOfNull(data: unknown, path: readonly (string | number)[]): number {
  let value = data;
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null) return depth;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return path.length;
}

/** The executor that REST shares with `/graphql`: the same schema, resolvers, loaders and errors, without HTTP around. */
export function createExecutor(schema: GraphQLSchema, executeOperation: ExecuteOperation): RunOperation {
  const prepared = new Map<DocumentNode, PreparedOperation>();

  /** Our own documents are few, were checked when their types were generated, and come again and again. */
  const operationOf = (document: DocumentNode): PreparedOperation => {
    const known = prepared.get(document);
    if (known !== undefined) return known;
    const operation = getOperationAST(document);
    if (!operation) throw new Error('A document of ours has no single operation');
    const made = prepareOperation(schema, document, operation, 1);
    prepared.set(document, made);
    return made;
  };

  return async (document, variables, context) => {
    const result = await executeOperation(operationOf(document), variables, context);
    const [error] = result.errors ?? [];
    if (error !== undefined) throw error.originalError ?? error;
    // The document was checked against this schema when its types were generated.
    return result.data as ReturnType<NonNullable<(typeof document)['__apiType']>>;
  };
}
