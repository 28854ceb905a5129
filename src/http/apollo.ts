/** Apollo Server answers what few clients send. It runs nothing itself: what runs is what was prepared. */
import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequest,
  type GraphQLResponse,
  HeaderMap,
  type HTTPGraphQLRequest,
} from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import { type DocumentNode, type ExecutionResult, getOperationAST, GraphQLError, type GraphQLSchema } from 'graphql';
import { ApiError } from '../errors.js';
import type { RequestContext } from '../graphql/context.js';
import { formatError, MAX_PROBLEMS } from '../graphql/errors.js';
import type { ExecuteOperation } from '../graphql/execution.js';
import type { PreparedRequest } from '../graphql/operations/prepared.js';
import type { Scheduler } from '../graphql/scheduling/scheduler.js';
import type { Application } from './application.js';
import { headOf, logFaults, maskResult, resultText } from './graphql-result.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly execute: ExecuteOperation;
  readonly scheduler: Scheduler;
  /** Whether errors may name fields that are near to one that does not exist. */
  readonly suggestions: boolean;
}

/** What the resolvers know, and what was found out about the operation before Apollo took it. */
export type EndpointContext = RequestContext & {
  readonly prepared: PreparedRequest | undefined;
  readonly log: FastifyBaseLogger;
};

/** Apollo Server, not started yet: its parser, its validation and its forms of answers, around our executor. */
export function createApollo(application: Application, options: ApolloOptions): ApolloServer<EndpointContext> {
  return new ApolloServer<EndpointContext>({
    schema: options.schema,
    formatError,
    // Whether it may be asked for is a limit of ours, which answers in its own words.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.suggestions,
    // A page of another site can send neither of these without the browser asking us first (a preflight), and our
    // tokens come in `Authorization` alone, never in a cookie.
    csrfPrevention: { requestHeaders: ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight'] },
    persistedQueries: false,
    // What was prepared is remembered already; a second store of the same documents would take as much again and more.
    documentStore: null,
    stopOnTerminationSignals: false,
    validationOptions: { maxErrors: MAX_PROBLEMS },
    stringifyResult: (result) => resultText(result, options.scheduler.start()),
    logger: apolloLogger(application.log),
    plugins: [fastifyApolloDrainPlugin(application), ourExecutor(options), statusOfErrors],
  });
}

/**
 * The request as Apollo takes it, made of what was prepared: were the address or the body read a second time, by other
 * rules, what runs might not be what the limits have judged. Of what has no operation, Apollo says what is wrong.
 */
export function toApolloRequest({ method, headers, body, query, asked }: FastifyRequest): HTTPGraphQLRequest {
  const known = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) known.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  if (method !== 'GET') return { method, headers: known, search: '', body: asked ?? body };
  const parameters = asked ? { ...asked, variables: JSON.stringify(asked.variables) } : query;
  return { method, headers: known, search: toSearch(parameters), body: undefined };
}

function toSearch(parameters: unknown): string {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters ?? {})) {
    for (const value of [values].flat()) if (typeof value === 'string') search.append(name, value);
  }
  return search.toString();
}

/** Runs the rest of what was prepared through the same executor. */
function ourExecutor({ execute }: ApolloOptions): ApolloServerPlugin<EndpointContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveSource: (resolved) => {
          const document = documentOf(resolved.contextValue.prepared);
          // Apollo parses and validates what has no document yet, all of it in one go.
          if (document !== undefined) Object.assign(resolved, { document });
          return Promise.resolve();
        },
        responseForOperation: async ({ contextValue, request, document }) => {
          const { prepared } = contextValue;
          if (prepared !== undefined && 'invalid' in prepared && prepared.invalid.length > 0) {
            return wrongGraphql(request, { errors: prepared.invalid.map(withValidationCode) });
          }
          // Of an operation that is not there Apollo says so; besides that, it runs nothing by itself.
          if (!getOperationAST(document, request.operationName)) return null;
          if (prepared === undefined || 'invalid' in prepared) {
            const error = new ApiError('BAD_USER_INPUT', 'The request is not a GraphQL request');
            return wrongGraphql(request, { errors: [new GraphQLError(error.message, { originalError: error })] });
          }
          if ('result' in prepared) return wrongGraphql(request, prepared.result);
          const result = await execute(prepared.operation, prepared.variables, contextValue);
          contextValue.budget?.end();
          logFaults(contextValue.log, result.errors);
          return { http: headOf(result), body: { kind: 'single', singleResult: maskResult(result) } };
        },
      }),
  };
}

function documentOf(prepared: PreparedRequest | undefined): DocumentNode | undefined {
  if (prepared === undefined) return undefined;
  return 'operation' in prepared ? prepared.operation.document : prepared.document;
}

/** The same error with the code that Apollo gives it. */
function withValidationCode({ message, nodes, extensions }: GraphQLError): GraphQLError {
  const code = ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED;
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, code } });
}

/** The answer to what does not run, because it is wrong. */
function wrongGraphql({ http }: GraphQLRequest, result: ExecutionResult): GraphQLResponse {
  return {
    http: { status: statusOfWrongGraphql(http?.headers), headers: new HeaderMap() },
    body: { kind: 'single', singleResult: maskResult(result) },
  };
}

/**
 * GraphQL over HTTP: a request that is well-formed HTTP and wrong GraphQL is answered 400 only to those who accept
 * `application/graphql-response+json`; to others the errors come with 200, so that old clients read them.
 */
function statusOfWrongGraphql(headers?: HeaderMap): 200 | 400 {
  return headers?.get('accept')?.includes('application/graphql-response+json') === true ? 400 : 200;
}

const statusOfErrors: ApolloServerPlugin<EndpointContext> = {
  unexpectedErrorProcessingRequest: ({ requestContext: { contextValue }, error }) => {
    contextValue.log.error({ err: error }, 'operation failed');
    return Promise.resolve();
  },
  requestDidStart: () =>
    Promise.resolve({
      didEncounterErrors: ({ contextValue, errors }) => {
        logFaults(contextValue.log, errors);
        return Promise.resolve();
      },
      willSendResponse: ({ request, response, errors = [] }) => {
        const ofGraphql = errors.some(({ extensions }) => WRONG_GRAPHQL.has(String(extensions['code'])));
        if (response.http.status === 400 && ofGraphql) {
          response.http.status = statusOfWrongGraphql(request.http?.headers);
        }
        return Promise.resolve();
      },
    }),
};

const WRONG_GRAPHQL: ReadonlySet<string> = new Set([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.BAD_USER_INPUT,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
]);

/** Apollo logs sentences; keep them in our log, below the level of what needs an operator. */
function apolloLogger(
  log: FastifyBaseLogger,
): Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void> {
  return {
    debug: (message) => {
      log.debug(message);
    },
    info: (message) => {
      log.debug(message);
    },
    warn: (message) => {
      log.warn(message);
    },
    error: (message) => {
      log.error(message);
    },
  };
}
