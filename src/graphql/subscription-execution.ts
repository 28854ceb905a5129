/** Subscriptions, apart from what carries them: checked like every operation, each event executed for itself. */
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import type { ChangeFeed } from '../audit/change-feed.js';
import { cancellableIterator } from '../cancellable-iterator.js';
import { ApiError } from '../errors.js';
import { omitNullish } from '../omit-nullish.js';
import { countingFieldResolver, withinBudget } from './budget/answer-budget.js';
import type { RequestContext } from './context.js';
import { formatError } from './errors.js';
import type { InvalidRequest, PrepareRequest } from './operations/prepared.js';

/** What the resolvers of subscriptions know. */
export interface SubscriptionContext extends RequestContext {
  readonly changes: ChangeFeed;
}

/** A subscription as a client sends it. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A subscription that may be run. */
export interface PreparedSubscription {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/**
 * Judges an operation by the limits that operations over HTTP have too; answers why it is not run, or what to run.
 * @throws {OperationRefusedError} if it is over a limit.
 */
export function prepareSubscription(
  schema: GraphQLSchema,
  prepareRequest: PrepareRequest,
  { query, operationName, variables }: SubscriptionRequest,
): PreparedSubscription | readonly GraphQLError[] {
  const prepared = prepareRequest(
    query,
    operationName === '' ? undefined : (operationName ?? undefined),
    variables ?? {},
  );
  if ('invalid' in prepared) return findProblems(prepared);
  if ('result' in prepared) return prepared.result.errors ?? [];
  const { document, operation } = prepared.operation;
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    return [refusal(`A WebSocket takes subscriptions alone; send a ${operation.operation} over HTTP`)];
  }
  return { schema, document, operationName: operation.name?.value, variableValues: prepared.variables };
}

/** What is wrong with a document that is within the limits. */
function findProblems({ invalid, document }: InvalidRequest): readonly GraphQLError[] {
  const code = document === undefined ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED';
  if (invalid.length > 0) return invalid.map((problem) => withCode(problem, code));
  return [
    refusal("The document must contain the requested operation; if it contains several, name one with 'operationName'"),
  ];
}

/** The same error with a code, if it has none. */
function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  if ('code' in extensions) return error;
  return new GraphQLError(message, {
    ...omitNullish({ nodes, source, positions, path, originalError }),
    extensions: { ...extensions, code },
  });
}

function refusal(sentence: string): GraphQLError {
  const originalError = new ApiError('BAD_USER_INPUT', sentence);
  return new GraphQLError(sentence, { originalError, extensions: originalError.extensions });
}

/**
 * Runs a subscription. Each event is executed in a context of its own, so that no loader gives to one what it has loaded
 * for an earlier one. The end of the iteration ends the stream behind it, also while it waits.
 */
export async function runSubscription(
  prepared: PreparedSubscription,
  createContext: () => SubscriptionContext,
): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult> {
  const source = await createSourceEventStream({ ...prepared, contextValue: createContext() });
  if (!isAsyncIterable(source)) return source;
  const events = source[Symbol.asyncIterator]();
  return cancellableIterator<ExecutionResult>(
    async () => {
      const event = await events.next();
      if (event.done === true) return { done: true, value: undefined };
      const contextValue = createContext();
      const value = await execute({
        ...prepared,
        rootValue: event.value,
        contextValue,
        fieldResolver: countingFieldResolver,
      });
      return { done: false, value: await withinBudget(value, contextValue, OperationTypeNode.SUBSCRIPTION) };
    },
    async () => events.return?.(),
  );
}

function isAsyncIterable(value: AsyncIterable<unknown> | ExecutionResult): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

/** Errors as clients see them. */
export function formattedErrors(errors: readonly GraphQLError[]): ReturnType<typeof formatError>[] {
  return errors.map((error) => formatError(error.toJSON(), error));
}
