import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { execute, type GraphQLSchema } from 'graphql';
import type { RequestContext } from './context.js';

/**
 * Runs one of our own typed documents and returns its data.
 * @throws the first error of the response: an `ApiError` where it is the user's, anything else where it is ours.
 */
export type RunOperation = <Data, Variables extends Readonly<Record<string, unknown>>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  context: RequestContext,
) => Promise<Data>;

/** The executor that REST shares with `/graphql`: the same schema, resolvers, loaders and errors, without HTTP around. */
export function createExecutor(schema: GraphQLSchema): RunOperation {
  return async (document, variables, context) => {
    const result = await execute({ schema, document, variableValues: variables, contextValue: context });
    const [error] = result.errors ?? [];
    if (error !== undefined) throw error.originalError ?? error;
    // The document was checked against this schema when its types were generated.
    return result.data as ReturnType<NonNullable<(typeof document)['__apiType']>>;
  };
}
