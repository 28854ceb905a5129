/**
 * GraphQL subscriptions over WebSocket: the protocol `graphql-transport-ws` by graphql-ws, behind the same tokens and
 * limits as everything else.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { type Context, handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { endable } from '../endable.js';
import { ApiError } from '../errors.js';
import type { ChangeFeed } from '../feedback/changes.js';
import { createRequestContext, type Services } from '../graphql/context.js';
import { isOurFault } from '../graphql/errors.js';
import type { Admit } from '../graphql/operations/prepared.js';
import {
  formattedErrors,
  prepareSubscription,
  type PreparedSubscription,
  runSubscription,
  type SubscriptionRequest,
} from '../graphql/subscription-execution.js';
import type { Principal } from '../principal.js';
import type { Application } from './application.js';
import type { Authenticate } from './authentication.js';
import { type LiveSettings, onExpiry, type Places, type Release } from './live-limits.js';
import type { FindDocument } from './persisted-documents.js';
import type { ConsumeRequests } from './request-limits.js';
import { createOutbox } from './subscriptions-outbox.js';
import { answerAsHttp, asksForSubscriptions, refuseUpgrade } from './subscriptions-upgrade.js';

/** Why we close a WebSocket, beside what graphql-ws closes it for. Registered ones are of RFC 6455, section 7.4. */
export const CLOSE_CODES = {
  /** The server stops. */
  GOING_AWAY: 1001,
  /** A limit of the user is reached, or tokens cannot be checked now. */
  TRY_AGAIN_LATER: 1013,
  /** The token is missing or does not hold, or does not hold any more (the code of graphql-ws for this). */
  FORBIDDEN: 4403,
  /** The client takes less than it asks for. */
  TOO_SLOW: 4413,
  INTERNAL_ERROR: 4500,
} as const;

/** Bytes of a message: a token of 16 KiB, or a document with its variables. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** How long a client may take to say who it is, ms. */
const INIT_WITHIN = 5_000;
/** WebSockets whose clients have not said yet who they are. */
const MOST_UNKNOWN = 256;
/** How long a client may take to close its side, ms; less than a stop of the server waits. */
const CLOSE_WITHIN = 5_000;
/** Answers that may wait for room beside one message of each subscription. */
const MOST_WAITING_ANSWERS = 100;

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly changes: ChangeFeed;
  readonly admit: Admit;
  /** Which documents may run at all. */
  readonly findDocument: FindDocument;
  readonly authenticate: Authenticate;
  readonly consume: ConsumeRequests;
  readonly settings: LiveSettings;
  /** Shared with all that is live. */
  readonly connections: Places;
  readonly subscriptions: Places;
}

/** What one WebSocket has beside what graphql-ws knows of it. */
interface Session {
  readonly close: (code: number, reason: string) => void;
  readonly isOpen: () => boolean;
  principal: Principal | undefined;
  /** Frees what the WebSocket holds. */
  readonly releases: Release[];
}

type SessionContext = Context<Record<string, unknown>, Session>;

/** Takes WebSockets at `/graphql` of the application's server. */
export function subscriptionEndpoint(application: Application, options: SubscriptionOptions): void {
  const heartbeat = options.settings.heartbeatSeconds * 1000;
  const serverOptions = {
    noServer: true,
    clientTracking: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols,
    closeTimeout: CLOSE_WITHIN,
  };
  const sockets = new WebSocketServer(serverOptions);
  const protocol = protocolServer(application, options);
  let unknown = 0;
  let stopping = false;

  application.addHook('preClose', (done) => {
    stopping = true;
    for (const socket of sockets.clients) socket.close(CLOSE_CODES.GOING_AWAY, 'The server stops');
    done();
  });

  application.server.on('upgrade', (request: IncomingMessage, socket: Duplex, following: Buffer) => {
    if (!asksForSubscriptions(request)) {
      answerAsHttp(application.server, request, socket, following);
    } else if (stopping || unknown >= MOST_UNKNOWN) {
      refuseUpgrade(socket);
    } else {
      sockets.handleUpgrade(request, socket, following, open);
    }
  });

  function open(socket: WebSocket): void {
    let ended = false;
    const session: Session = {
      close: (code, reason) => {
        socket.close(code, reason);
        // What it holds is free at once, however long the client takes to close its side.
        end(code, reason);
      },
      isOpen: () => !ended,
      principal: undefined,
      releases: [],
    };
    const tooSlow = (): void => session.close(CLOSE_CODES.TOO_SLOW, 'The client takes less than it asks for');
    const outbox = createOutbox(socket, {
      limit: options.settings.bufferBytes,
      patience: heartbeat,
      waiting: options.settings.subscriptionsPerUser + MOST_WAITING_ANSWERS,
      onSlow: tooSlow,
    });

    let answered = true;
    const pinging = setInterval(() => {
      if (answered) {
        answered = false;
        socket.ping();
      } else if (socket.bufferedAmount > 0) tooSlow();
      else socket.terminate();
    }, heartbeat);
    socket.on('pong', () => (answered = true));
    // Too large a message, or bytes that are none of the protocol: ws closes it with the code for that.
    socket.on('error', (error) => application.log.debug({ err: error }, 'a WebSocket failed'));

    unknown += 1;
    let isUnknown = true;
    const known = (): void => {
      if (isUnknown) unknown -= 1;
      isUnknown = false;
    };
    session.releases.push(
      known,
      () => outbox.end(),
      () => clearInterval(pinging),
    );

    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => outbox.send(message),
        close: (code = CLOSE_CODES.INTERNAL_ERROR, reason = '') => session.close(code, reason),
        onMessage: (take) => {
          socket.on('message', (message: Buffer) => {
            if (ended) return;
            take(message.toString())
              .catch((error: unknown) => {
                application.log.error({ err: error }, 'a message over WebSocket failed');
                session.close(CLOSE_CODES.INTERNAL_ERROR, 'Internal server error');
              })
              .finally(() => {
                if (session.principal !== undefined) known();
              });
          });
        },
      },
      session,
    );

    function end(code: number, reason: string): void {
      if (ended) return;
      ended = true;
      for (const release of session.releases.splice(0)) release();
      // Later in this tick: graphql-ws closes those of another protocol before it says how to clear them away.
      queueMicrotask(() => {
        closed(code, reason).catch((error: unknown) => {
          application.log.error({ err: error }, 'a WebSocket could not be cleared away');
        });
      });
    }
    socket.on('close', (code, reason) => end(code, reason.toString()));
  }
}

/** What graphql-ws asks us at each step of the protocol. */
function protocolServer(application: Application, options: SubscriptionOptions) {
  const { schema, services, changes, subscriptions } = options;

  /** Answers errors with those of our own fault logged and masked. */
  const shown = (errors: readonly GraphQLError[]): ReturnType<typeof formattedErrors> => {
    for (const error of errors.filter(isOurFault)) application.log.error({ err: error }, 'subscription failed');
    return formattedErrors(errors);
  };

  const prepare = (payload: SubscriptionRequest): PreparedSubscription | readonly GraphQLError[] => {
    try {
      const { query, variables } = payload;
      options.findDocument({ query, variables: variables ?? {} });
      return prepareSubscription(schema, options.admit, payload);
    } catch (error) {
      if (error instanceof ApiError) return [asGraphQLError(error)];
      throw error;
    }
  };

  async function run(prepared: PreparedSubscription, principal: Principal) {
    const release = subscriptions.take(principal);
    if (release === undefined) {
      return { errors: [refusal('RATE_LIMITED', `One user may have ${subscriptions.most} subscriptions at once`)] };
    }
    const requestId = randomUUID();
    const context = () => ({ ...createRequestContext(services, principal, requestId), changes });
    try {
      const events = await runSubscription(prepared, context);
      if (Symbol.asyncIterator in events) return releasing(events, release);
      release();
      return events;
    } catch (error) {
      release();
      throw error;
    }
  }

  return makeServer<Record<string, unknown>, Session>({
    connectionInitWaitTimeout: INIT_WITHIN,
    onConnect: async ({ connectionParams, extra: session }) => {
      try {
        await admit(session, connectionParams ?? {}, options);
        return true;
      } catch (error) {
        const [code, reason] = refusedFor(error);
        if (code === CLOSE_CODES.INTERNAL_ERROR) application.log.error({ err: error }, 'a WebSocket was not admitted');
        session.close(code, reason);
        return false;
      }
    },
    onSubscribe: async ({ extra: { principal }, subscriptions: running }: SessionContext, _id, payload) => {
      if (principal === undefined) return [refusal('UNAUTHENTICATED', 'Valid Bearer Token required')];
      if (Object.keys(running).length > subscriptions.most + 1) {
        return [refusal('RATE_LIMITED', `One user may have ${subscriptions.most} subscriptions at once`)];
      }
      const state = await options.consume(principal);
      if (state?.allowed === false) {
        const sentence = `The limit of ${state.limit} requests is used up; it is reset in ${state.resetSeconds} s`;
        return [refusal('RATE_LIMITED', sentence)];
      }
      const prepared = prepare(payload);
      if (isRefused(prepared)) return prepared;
      return { ...prepared, contextValue: principal };
    },
    // What `onSubscribe` answered comes back here, so that nothing is looked up by the id of a client.
    subscribe: ({ contextValue, ...prepared }) => run(prepared as PreparedSubscription, contextValue as Principal),
    onNext: (_context, _id, _payload, _args, { data, errors, extensions }) =>
      errors === undefined
        ? undefined
        : {
            ...(data === undefined ? {} : { data }),
            errors: shown(errors),
            ...(extensions === undefined ? {} : { extensions }),
          },
    onError: (_context, _id, _payload, errors) => shown(errors),
  });
}

function isRefused(prepared: PreparedSubscription | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}

/** @throws {ApiError} if the client is not admitted. */
async function admit(
  session: Session,
  parameters: Readonly<Record<string, unknown>>,
  { authenticate, consume, connections, services }: SubscriptionOptions,
): Promise<void> {
  const principal = await authenticate(authorizationOf(parameters));
  const state = await consume(principal);
  if (state?.allowed === false) {
    throw new ApiError('RATE_LIMITED', `The limit of ${state.limit} requests is used up`);
  }
  if (!session.isOpen()) return;
  const release = connections.take(principal);
  if (release === undefined) {
    throw new ApiError('RATE_LIMITED', `One user may have ${connections.most} live connections at once`);
  }
  const expiry = onExpiry(principal, services.now, () => {
    session.close(CLOSE_CODES.FORBIDDEN, 'The token has expired');
  });
  session.releases.push(release, expiry);
  session.principal = principal;
}

/** The same header as over HTTP, in any case, or the bare token. */
function authorizationOf(parameters: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'string') continue;
    if (name.toLowerCase() === 'authorization') return value;
    if (name === 'token') return `Bearer ${value}`;
  }
  return undefined;
}

function refusedFor(error: unknown): readonly [code: number, reason: string] {
  if (!(error instanceof ApiError)) return [CLOSE_CODES.INTERNAL_ERROR, 'Internal server error'];
  switch (error.code) {
    case 'UNAUTHENTICATED':
      return [CLOSE_CODES.FORBIDDEN, error.message];
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
      return [CLOSE_CODES.TRY_AGAIN_LATER, error.message];
    default:
      return [CLOSE_CODES.INTERNAL_ERROR, 'Internal server error'];
  }
}

function refusal(code: 'RATE_LIMITED' | 'UNAUTHENTICATED', sentence: string): GraphQLError {
  return asGraphQLError(new ApiError(code, sentence));
}

function asGraphQLError(originalError: ApiError): GraphQLError {
  return new GraphQLError(originalError.message, { originalError, extensions: originalError.extensions });
}

/** The same iteration, which calls back once it is over, by itself or because it is ended. */
function releasing<T>(events: AsyncGenerator<T, void>, release: Release): AsyncGenerator<T, void> {
  return endable(
    async () => {
      try {
        const event = await events.next();
        if (event.done === true) release();
        return event;
      } catch (error) {
        release();
        throw error;
      }
    },
    () => {
      release();
      return events.return();
    },
  );
}
