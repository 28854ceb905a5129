import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyTypeProvider,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import { ApiError, type ErrorCode } from '../errors.js';
import type { AccessLog } from './access-log.js';
import { errorBody, errorHeaders, type FieldNames, graphqlErrorBody } from './error-body.js';
import { jsonBodies } from './json-body.js';
import { type Client, detectClient } from './pages.js';
import { RequestLogger } from './request-logger.js';
import { createSchemaCompiler } from './schema-validation.js';
import { securityHeaders, setSecurityHeaders } from './security-headers.js';
import { createSerializerBuilder } from './serialization.js';
import { createHandshakeEnder, createTlsServer, onConnection } from './tls.js';

/** Gives handlers the types that their route's schemas check. */
export interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export type Application = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, SchemaTypes>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a token. */
    readonly public?: boolean;
    /** Refusals take the form of a GraphQL response. */
    readonly graphql?: boolean;
    /** What the route calls the fields of the schema that it runs, where it is not just their name in snake_case. */
    readonly fieldNames?: FieldNames;
    /** The `details` of a 500 from this route (docs/api.md, "Errors"). */
    readonly failure?: string;
  }
}

/** Bytes. Room for a token of 16 KiB, so that a longer one gets our own answer. */
const MAX_HEADER_SIZE = 64 * 1024;
/** Characters. An id of 256 bytes, percent-encoded, is 768. */
const MAX_PARAMETER_LENGTH = 4_096;
/** Ms. */
const REQUEST_TIMEOUT = 60_000;
/** Ms: that of Fastify. */
const KEEP_ALIVE_TIMEOUT = 72_000;
/** How long accepted requests may take to finish once the server stops, ms. */
const DRAIN_TIMEOUT = 10_000;
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Lets a page for browsers stand at the address of an API; see pages.ts. */
const clientConstraint = {
  name: 'client',
  mustMatchWhenDerived: false,
  storage: <Route>() => {
    const routes = new Map<string, Route>();
    return {
      get: (client: string): Route | null => routes.get(client) ?? null,
      set: (client: string, route: Route): void => {
        routes.set(client, route);
      },
    };
  },
  deriveConstraint: (request: IncomingMessage): Client => detectClient(request),
};

export interface ApplicationOptions {
  readonly logger: FastifyBaseLogger;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Addresses and networks of proxies that are believed where a request comes from, and whether over TLS; none unless given. */
  readonly trustedProxies?: readonly string[];
  /** Certificate and key; the application speaks plain HTTP unless given. */
  readonly tls?: SecureContextOptions | undefined;
  /** Has a line for each request; there is none unless given. */
  readonly accessLog?: AccessLog | undefined;
}

/** The HTTP application without its routes: parsing, limits on size, and one form for every error. */
export function createApplication({
  logger,
  bodyLimit,
  trustedProxies = [],
  tls,
  accessLog,
}: ApplicationOptions): Application {
  const application: Application = Fastify({
    loggerInstance: logger,
    childLoggerFactory: (parent, bindings, options) => new RequestLogger(parent, bindings, options),
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    bodyLimit,
    schemaController: { compilersFactory: { buildSerializer: createSerializerBuilder() } },
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    routerOptions: {
      maxParamLength: MAX_PARAMETER_LENGTH,
      constraints: { client: clientConstraint },
    },
    http: { maxHeaderSize: MAX_HEADER_SIZE },
    ...(tls !== undefined && {
      serverFactory: (handler: RequestListener) =>
        createTlsServer(handler, {
          context: tls,
          maxHeaderSize: MAX_HEADER_SIZE,
          requestTimeout: REQUEST_TIMEOUT,
          keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
        }),
    }),
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    forceCloseConnections: 'idle',
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error, request, reply) => {
      // No hook runs for these.
      accessLog?.follow(request, reply);
      setSecurityHeaders(request, reply);
      return sendError(error, request, reply);
    },
  }).withTypeProvider<SchemaTypes>();

  // A body is JSON and says so; Fastify would take text as well.
  application.removeContentTypeParser('text/plain');
  jsonBodies(application);
  if (accessLog !== undefined) {
    // The first hook, so that whatever the others refuse has its line.
    application.addHook('onRequest', (request, reply, done) => {
      accessLog.follow(request, reply);
      done();
    });
  }
  securityHeaders(application);
  application.setValidatorCompiler(createSchemaCompiler());
  application.setErrorHandler<FastifyError>((error, request, reply) => sendError(error, request, reply));
  application.setNotFoundHandler((request, reply) =>
    sendError(new ApiError('NOT_FOUND', `There is no ${request.method} route at this path`), request, reply),
  );
  let stopping = false;
  const connections = new Set<Socket>();
  const endHandshakes = createHandshakeEnder(application.server);
  onConnection(application.server, (socket) => {
    // One that was still agreeing on TLS when the others were ended.
    if (stopping) {
      socket.destroy();
      return;
    }
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  application.addHook('preClose', (done) => {
    stopping = true;
    endHandshakes();
    // Node.js counts as idle only what has asked once: one that clients open ahead of time would be waited for.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
  application.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    // A connection that is kept alive would keep the server from stopping.
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
  return application;
}

/** Refuses new requests, and closes once the accepted ones are finished; those that take too long are cut off. */
export async function drainAndClose(application: Application): Promise<void> {
  const deadline = setTimeout(() => application.server.closeAllConnections(), DRAIN_TIMEOUT);
  try {
    await application.close();
  } finally {
    clearTimeout(deadline);
  }
}

/** Answers with any error in the documented form; what is our fault is logged and masked. */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { failure = 'The request could not be answered', graphql = false, fieldNames } = request.routeOptions.config;
  const known = toApiError(error, request.routeOptions.bodyLimit);
  if (known === undefined && !isBrokenOff(error, request)) request.log.error({ err: error }, 'request failed');
  const shown = known ?? new ApiError('INTERNAL_SERVER_ERROR', failure);
  if (shown.code === 'PAYLOAD_TOO_LARGE') keepConnection(request, reply);
  return reply
    .code(shown.status)
    .headers(errorHeaders(shown))
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(graphql ? graphqlErrorBody(shown) : errorBody(shown, fieldNames));
}

/**
 * Fastify closes the connection of a body that is too large, and whoever is still sending it loses the answer. If it stays,
 * Node.js reads the rest and throws it away, within the time that a request has.
 */
function keepConnection({ raw: { httpVersion, headers } }: FastifyRequest, reply: FastifyReply): void {
  const mayStay = httpVersion === '1.1' && headers.connection?.toLowerCase() !== 'close';
  if (mayStay) reply.header('connection', 'keep-alive');
}

/** Whether the error only means that the client has disconnected. */
function isBrokenOff({ name, code }: Error & { readonly code?: string }, { raw }: FastifyRequest): boolean {
  return raw.socket.destroyed && (name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE');
}

/** Requests that Fastify itself refuses, by its error code, with the message for the user. */
const FASTIFY_REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', "'Content-Type' must be application/json"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['BAD_USER_INPUT', 'The body is empty; it must be a JSON object'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['BAD_USER_INPUT', 'The body is not valid JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['BAD_USER_INPUT', "'Content-Length' does not match the size of the body"],
  FST_ERR_BAD_URL: ['BAD_USER_INPUT', 'The path is not a valid percent-encoded URL'],
  FST_ERR_MAX_PARAM_LENGTH: ['URI_TOO_LONG', `A part of the path is longer than ${MAX_PARAMETER_LENGTH} characters`],
};

function toApiError(
  error: Error & { readonly code?: string; readonly statusCode?: number },
  bodyLimit: number | undefined,
): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const most = bodyLimit === undefined ? 'this server takes' : `the ${bodyLimit} bytes that this route takes`;
    return new ApiError('PAYLOAD_TOO_LARGE', `The body is larger than ${most}`);
  }
  const refusal = FASTIFY_REFUSALS[error.code ?? ''];
  if (refusal !== undefined) return new ApiError(...refusal);
  // Errors of the parsers: a body that is not JSON, or that would set a prototype.
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return new ApiError('BAD_USER_INPUT', 'The body is not valid JSON');
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new ApiError('BAD_USER_INPUT', 'The request is malformed');
  }
  return undefined;
}
