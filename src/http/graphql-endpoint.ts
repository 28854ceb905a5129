import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerBody } from '../graphql/answer-body.js';
import { extendContext, type RequestContext, type Services } from '../graphql/context.js';
import type { PreparedRequest, PrepareRequest } from '../graphql/operations/prepared.js';
import { type ApolloOptions, createApollo, toApolloRequest } from './apollo.js';
import type { Application } from './application.js';
import { type GraphqlRequest, parseGraphqlRequest } from './graphql-request.js';
import { headOf, logFaults, maskResult, resultText } from './graphql-result.js';
import { countRequests } from './guard.js';
import type { FindDocument } from './persisted-documents.js';
import { requestContext } from './request-context.js';
import type { ConsumeRequests } from './request-limits.js';

export interface GraphqlEndpointOptions extends ApolloOptions {
  readonly services: Services;
  readonly prepareRequest: PrepareRequest;
  readonly findDocument: FindDocument;
  readonly consume: ConsumeRequests;
  /** The most fields of an answer. */
  readonly answerFields: number;
}

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
  const apollo = createApollo(application, options);
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
        await countRequests(request, reply, options.consume, prepared.requests - 1);
      }
      if (await answerDirectly(request, reply, options)) return reply;
      // Made here: what is wrong with a header is the client's, and Apollo would answer it with 500.
      const context = extendContext(contextOf(request, options), { prepared, log: request.log });
      const httpGraphQLRequest = toApolloRequest(request);
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
  const context = contextOf(request, options, true);
  const result = await options.execute(prepared.operation, prepared.variables, context);
  context.budget?.end();
  if (result.errors === undefined) {
    void reply.type(contentType).send(answerBody(result));
    return true;
  }
  logFaults(request.log, result.errors);
  const { status = 200, headers } = headOf(result);
  const body = await resultText(maskResult(result), options.scheduler.start());
  void reply.code(status).headers(Object.fromEntries(headers)).type(contentType).send(body);
  return true;
}

function contextOf(
  request: FastifyRequest,
  { services, answerFields, scheduler }: Pick<GraphqlEndpointOptions, 'services' | 'answerFields' | 'scheduler'>,
  sendsJson = false,
): RequestContext {
  return requestContext(request, services, { answerFields, task: scheduler.start(), sendsJson });
}

/** The content type of the answer, by what most clients accept. */
const DIRECT_ANSWERS: ReadonlyMap<string, string> = new Map([
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  // What Apollo Client and urql send.
  ['application/graphql-response+json,application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
]);
