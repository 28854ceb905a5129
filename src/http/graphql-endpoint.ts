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
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { ApiError, UnavailableError } from '../errors.js';
import { answerBody } from '../graphql/answer-body.js';
import { BudgetExceededError } from '../graphql/budget/request-budget.js';
import { extendContext, type RequestContext, type Services } from '../graphql/context.js';
import { formatError, isInternalError, MAX_PROBLEMS } from '../graphql/errors.js';
import type { ExecuteOperation } from '../graphql/execution.js';
import type { PreparedRequest, PrepareRequest } from '../graphql/operations/prepared.js';
import { jsonInPieces, OVER_LIMIT } from '../graphql/scheduling/json-pieces.js';
import type { OperationTask, Scheduler } from '../graphql/scheduling/scheduler.js';
import type { Application } from './application.js';
import { errorHeaders } from './error-body.js';
import { type GraphqlRequest, parseGraphqlRequest } from './graphql-request.js';
import { countRequests } from './guard.js';
import type { FindDocument } from './persisted-documents.js';
import { requestContext } from './request-context.js';
import type { ConsumeRequests } from './request-limits.js';

export interface GraphqlEndpointOptions {
  readonly schema: GraphQLSchema;
  readonly execute: ExecuteOperation;
  readonly services: Services;
  readonly prepareRequest: PrepareRequest;
  readonly findDocument: FindDocument;
  readonly consume: ConsumeRequests;
  /** The most fields of an answer. */
  readonly answerFields: number;
  readonly scheduler: Scheduler;
  /** Whether errors may name fields that are near to one that does not exist. */
  readonly suggestions: boolean;
}

/** What the resolvers know, and what was found out about the operation before Apollo took it. */
type EndpointContext = RequestContext & {
  readonly prepared: PreparedRequest | undefined;
  readonly log: FastifyBaseLogger;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Of `/graphql`: what was found out about its operation before it ran. */
    prepared: PreparedRequest | undefined;
    /** Of `/graphql`: what `prepared` was made of, with the text of a document that was only named. */
    asked: GraphqlRequest | undefined;
  }
}

/**
 * `/graphql`: Apollo Server speaks the protocol, behind the same guard as REST. Before it, an operation is judged by the
 * limits; instead of its executor, ours runs what was prepared.
 */
export async function graphqlEndpoint(application: Application, options: GraphqlEndpointOptions): Promise<void> {
  const { schema } = options;
  const apollo = new ApolloServer<EndpointContext>({
    schema,
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
  await apollo.start();
  application.decorateRequest('prepared', undefined);
  application.decorateRequest('asked', undefined);
  application.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    config: { graphql: true },
    // All in the handler: a hook whose client leaves while the answer is sent is followed by the next one.
    handler: async (request, reply) => {
      if (!(await prepareGraphqlRequest(request, reply, options))) return reply;
      const { prepared } = request;
      if (prepared !== undefined && 'operation' in prepared && request.method === 'POST') {
        // The request itself has been counted as one.
        countRequests(request, reply, options.consume, prepared.requests - 1);
      }
      if (await answerDirectly(request, reply, options)) return reply;
      // Made here: what is wrong with a header is the client's, and Apollo would answer it with 500.
      const context = extendContext(contextOf(request, options), { prepared, log: request.log });
      const httpGraphQLRequest = toApollo(request);
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: () => Promise.resolve(context),
      });
      const { status = 200, headers, body } = answer;
      if (body.kind !== 'complete') throw new Error('An answer comes in one piece');
      return reply.code(status).headers(Object.fromEntries(headers)).send(body.string);
    },
  });
}

/**
 * Judges the request's operation.
 * @returns false if it is answered already.
 */
async function prepareGraphqlRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { prepareRequest, findDocument }: GraphqlEndpointOptions,
): Promise<boolean> {
  const asked = parseGraphqlRequest(request);
  if (asked === undefined) return true;
  const found = findDocument(asked);
  if (found === undefined) {
    if (asked.persisted === undefined) return true;
    const error = { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } };
    void reply.type('application/json; charset=utf-8').send(JSON.stringify({ errors: [error] }));
    return false;
  }
  const { text, remember } = found;
  await prepareRequest.readAhead(text);
  request.prepared = prepareRequest(text, asked.operationName, asked.variables);
  request.asked = { ...asked, query: text };
  remember?.();
  return true;
}

/**
 * The request as Apollo takes it, made of what was prepared: were the address or the body read a second time, by other
 * rules, what runs might not be what the limits have judged. Of what has no operation, Apollo says what is wrong.
 */
function toApollo({ method, headers, body, query, asked }: FastifyRequest): HTTPGraphQLRequest {
  const known = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) known.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  if (method !== 'GET') return { method, headers: known, search: '', body: asked ?? body };
  const parameters = asked ? { ...asked, variables: JSON.stringify(asked.variables) } : query;
  return { method, headers: known, search: searchOf(parameters), body: undefined };
}

function searchOf(parameters: unknown): string {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters ?? {})) {
    for (const value of [values].flat()) if (typeof value === 'string') search.append(name, value);
  }
  return search.toString();
}

/**
 * Runs what was prepared and answers it, without the ways that Apollo goes for what the protocol has besides.
 * @returns false if Apollo has to answer: what cannot run, and whoever asks for a form of answer of their own.
 */
async function answerDirectly(
  request: FastifyRequest,
  reply: FastifyReply,
  options: GraphqlEndpointOptions,
): Promise<boolean> {
  const { prepared } = request;
  if (prepared === undefined || !('operation' in prepared) || request.method !== 'POST') return false;
  const contentType = DIRECT_ANSWERS.get(request.headers.accept ?? '*/*');
  if (contentType === undefined) return false;
  const context = contextOf(request, options);
  const result = await options.execute(prepared.operation, prepared.variables, context);
  if (result.errors === undefined) {
    void reply.type(contentType).send(answerBody(result));
    return true;
  }
  logFaults(request.log, result.errors);
  const { status = 200, headers } = headOf(result);
  void reply
    .code(status)
    .headers(Object.fromEntries(headers))
    .type(contentType)
    .send(`${JSON.stringify(maskResult(result))}\n`);
  return true;
}

function contextOf(
  request: FastifyRequest,
  { services, answerFields, scheduler }: Pick<GraphqlEndpointOptions, 'services' | 'answerFields' | 'scheduler'>,
): RequestContext {
  return requestContext(request, services, { answerFields, task: scheduler.start() });
}

/** The content type of the answer, by what most clients accept. */
const DIRECT_ANSWERS: ReadonlyMap<string, string> = new Map([
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  // What Apollo Client and urql send.
  ['application/graphql-response+json,application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
]);

/** Runs the rest of what was prepared through the same executor. */
function ourExecutor({ execute }: GraphqlEndpointOptions): ApolloServerPlugin<EndpointContext> {
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

/** The status and the headers that the errors of a result ask for, as Apollo takes them from `extensions.http`. */
function headOf({ errors = [] }: ExecutionResult): { readonly status?: number; readonly headers: HeaderMap } {
  const headers = new HeaderMap();
  const ofAll = errors
    .map(({ originalError }) => originalError)
    .find((error) => error instanceof UnavailableError || error instanceof BudgetExceededError);
  if (ofAll === undefined) return { headers };
  for (const [name, value] of Object.entries(errorHeaders(ofAll))) headers.set(name, value);
  return { status: ofAll.status, headers };
}

/** The result with errors that are meant for users as they are, and the others masked. */
function maskResult({ errors, ...rest }: ExecutionResult): FormattedExecutionResult {
  return errors === undefined ? rest : { errors: errors.map((error) => formatError(error.toJSON(), error)), ...rest };
}

/** A result as Apollo sends it. The budget has bounded its bytes. */
async function resultText(result: FormattedExecutionResult, { giveWay }: OperationTask): Promise<string> {
  const body = await jsonInPieces(result, Infinity, giveWay);
  if (body === OVER_LIMIT) throw new Error('There is no limit here');
  return `${body.toString()}\n`;
}

/** What is our fault, and masked for users, an operator wants to know in full. */
function logFaults(log: FastifyBaseLogger, errors: readonly unknown[] = []): void {
  for (const error of errors.filter(isInternalError)) log.error({ err: error }, 'operation failed');
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
