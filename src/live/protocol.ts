/**
 * What graphql-ws asks us at each step of the protocol `graphql-transport-ws`: who the client is, what it may subscribe to,
 * and how its events and errors are shown.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { type Context, makeServer } from 'graphql-ws';
import type { ChangeFeed } from '../audit/change-feed.js';
import { cancellableIterator } from '../cancellable-iterator.js';
import { ApiError } from '../errors.js';
import { createRequestContext, extendContext, type Services } from '../graphql/context.js';
import { isInternalError } from '../graphql/errors.js';
import type { PrepareRequest } from '../graphql/operations/prepared.js';
import type { Scheduler } from '../graphql/scheduling/scheduler.js';
import {
  formattedErrors,
  prepareSubscription,
  type PreparedSubscription,
  runSubscription,
  type SubscriptionRequest,
} from '../graphql/subscription-execution.js';
import type { AccessLog } from '../http/access-log.js';
import type { ClientAddresses } from '../http/client-address.js';
import { type LiveSettings, onExpiry, type ConcurrencyLimit, type Release } from '../http/live-limits.js';
import type { FindDocument } from '../http/persisted-documents.js';
import { type ConsumeRequests, overRequestLimit } from '../http/request-limits.js';
import type { SignIn } from '../http/sign-in.js';
import type { Principal } from '../principal.js';
import type { Revocations } from '../tokens/revocations.js';
import { unwatched, type WatchedWork, type WatchWork } from '../watch-work.js';

/** Why we close a WebSocket, beside what graphql-ws closes it for. Registered ones are of RFC 6455, section 7.4. */
export const CLOSE_CODES = {
  /** The server stops. */
  GOING_AWAY: 1001,
  /** A message is not one of the protocol (the code of graphql-ws for this). */
  BAD_REQUEST: 4400,
  /** A limit of the user is reached, or tokens cannot be checked now. */
  TRY_AGAIN_LATER: 1013,
  /** The token is missing or does not hold, or does not hold any more (the code of graphql-ws for this). */
  FORBIDDEN: 4403,
  /** The client takes less than it asks for. */
  TOO_SLOW: 4413,
  INTERNAL_ERROR: 4500,
} as const;

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly changes: ChangeFeed;
  readonly prepareRequest: PrepareRequest;
  /** Which documents may run at all. */
  readonly findDocument: FindDocument;
  /** The most fields of an event. */
  readonly answerFields: number;
  readonly scheduler: Scheduler;
  readonly signIn: SignIn;
  readonly revocations: Pick<Revocations, 'watch'>;
  readonly consume: ConsumeRequests;
  readonly settings: LiveSettings;
  readonly addresses: ClientAddresses;
  /** Of other sites' pages that may open WebSockets. */
  readonly origins: readonly string[];
  /** Shared with all that is live. */
  readonly connections: ConcurrencyLimit;
  readonly subscriptions: ConcurrencyLimit;
  /** Has a line for each request for a WebSocket: when it is refused, or when the WebSocket has ended. */
  readonly accessLog?: AccessLog | undefined;
  readonly watch?: WatchWork | undefined;
}

/** What one WebSocket has beside what graphql-ws knows of it. */
export interface Session {
  /** That opened it. */
  readonly request: IncomingMessage;
  readonly close: (code: number, reason: string) => void;
  readonly isOpen: () => boolean;
  principal: Principal | undefined;
  /** Under which the server logs what goes wrong. */
  readonly requestId: string;
  readonly log: FastifyBaseLogger;
  /** Frees what the WebSocket holds. */
  readonly releases: Release[];
}

/** On whose behalf a subscription runs. */
interface Subscriber {
  readonly principal: Principal;
  readonly requestId: string;
  /** Of the request that opened the WebSocket. */
  readonly headers: IncomingHttpHeaders;
}

type SessionContext = Context<Record<string, unknown>, Session>;

export function protocolServer(options: SubscriptionOptions) {
  const { schema, services, changes, subscriptions, answerFields, scheduler, watch = unwatched } = options;

  /** Answers errors with those of our own fault logged and masked. */
  const shown = ({ extra }: SessionContext, errors: readonly GraphQLError[]): ReturnType<typeof formattedErrors> => {
    for (const error of errors.filter(isInternalError)) extra.log.error({ err: error }, 'subscription failed');
    return formattedErrors(errors);
  };

  const prepare = (payload: SubscriptionRequest): PreparedSubscription | readonly GraphQLError[] => {
    try {
      const { query, variables } = payload;
      options.findDocument({ query, variables: variables ?? {} });
      return prepareSubscription(schema, options.prepareRequest, payload);
    } catch (error) {
      if (error instanceof ApiError) return [asGraphQLError(error)];
      throw error;
    }
  };

  async function run(prepared: PreparedSubscription, { principal, requestId, headers }: Subscriber) {
    const release = subscriptions.take(principal);
    if (release === undefined) {
      return { errors: [refusal('RATE_LIMITED', `One user may have ${subscriptions.maximum} subscriptions at once`)] };
    }
    const context = () => {
      const task = scheduler.start();
      return extendContext(createRequestContext(services, principal, requestId, { answerFields, task }), { changes });
    };
    const { operationName: name } = prepared;
    const facts = {
      'graphql.operation.type': 'subscription',
      ...(name !== undefined && { 'graphql.operation.name': name }),
      'feedback_graph.request.id': requestId,
    };
    const work = watch({ name: 'subscription', kind: 'server', facts, headers });
    try {
      const events = await work.within(() => runSubscription(prepared, context));
      if (Symbol.asyncIterator in events) return releasing(events, work, release);
      release();
      const [refused] = events.errors ?? [];
      work.end({}, refused?.originalError ?? refused);
      return events;
    } catch (error) {
      release();
      work.end({}, error);
      throw error;
    }
  }

  return makeServer<Record<string, unknown>, Session>({
    connectionInitWaitTimeout: options.settings.initSeconds * 1000,
    onConnect: async ({ connectionParams, extra: session }) => {
      try {
        await acceptConnection(session, connectionParams ?? {}, options);
        return true;
      } catch (error) {
        const [code, reason] = refusedFor(error);
        if (code === CLOSE_CODES.INTERNAL_ERROR) session.log.error({ err: error }, 'a WebSocket was refused');
        session.close(code, reason);
        return false;
      }
    },
    onSubscribe: async ({ extra: session, subscriptions: running }: SessionContext, _id, payload) => {
      const { principal, requestId, request } = session;
      if (principal === undefined) return [refusal('UNAUTHENTICATED', 'Valid Bearer Token required')];
      if (Object.keys(running).length > subscriptions.maximum + 1) {
        return [refusal('RATE_LIMITED', `One user may have ${subscriptions.maximum} subscriptions at once`)];
      }
      const state = await options.consume(principal);
      if (state?.allowed === false) return [asGraphQLError(overRequestLimit(state))];
      await options.prepareRequest.readAhead(payload.query);
      const prepared = prepare(payload);
      if (isRefused(prepared)) return prepared;
      return { ...prepared, contextValue: { principal, requestId, headers: request.headers } satisfies Subscriber };
    },
    // What `onSubscribe` answered comes back here, so that nothing is looked up by the id of a client.
    subscribe: ({ contextValue, ...prepared }) => run(prepared as PreparedSubscription, contextValue as Subscriber),
    onNext: (context, _id, _payload, _args, { data, errors, extensions }) =>
      errors === undefined
        ? undefined
        : {
            ...(data === undefined ? {} : { data }),
            errors: shown(context, errors),
            ...(extensions === undefined ? {} : { extensions }),
          },
    onError: (context, _id, _payload, errors) => shown(context, errors),
  });
}

function isRefused(prepared: PreparedSubscription | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}

/** @throws {ApiError} if the connection is refused. */
async function acceptConnection(
  session: Session,
  parameters: Readonly<Record<string, unknown>>,
  { signIn, consume, connections, services, revocations }: SubscriptionOptions,
): Promise<void> {
  const principal = await signIn(findAuthorization(parameters), session.request);
  const state = await consume(principal);
  if (state?.allowed === false) throw overRequestLimit(state);
  if (!session.isOpen()) return;
  const release = connections.take(principal);
  if (release === undefined) {
    throw new ApiError('RATE_LIMITED', `One user may have ${connections.maximum} live connections at once`);
  }
  const expiry = onExpiry(principal, services.now, () => {
    session.close(CLOSE_CODES.FORBIDDEN, 'The token has expired');
  });
  const revocation = revocations.watch(principal, () => {
    session.close(CLOSE_CODES.FORBIDDEN, 'The token was revoked');
  });
  session.releases.push(release, expiry, revocation);
  session.principal = principal;
}

/** The same header as over HTTP, in any case, or the bare token. */
function findAuthorization(parameters: Readonly<Record<string, unknown>>): string | undefined {
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

/** The same iteration, which calls back once it is over, by itself or because it is ended, and whose events are counted. */
function releasing<T>(events: AsyncGenerator<T, void>, work: WatchedWork, release: Release): AsyncGenerator<T, void> {
  let count = 0;
  let ended = false;
  const end = (failure?: unknown): void => {
    if (ended) return;
    ended = true;
    release();
    work.end({ 'feedback_graph.subscription.events': count }, failure);
  };
  return cancellableIterator(
    async () => {
      try {
        const event = await work.within(() => events.next());
        if (event.done === true) end();
        else count += 1;
        return event;
      } catch (error) {
        end(error);
        throw error;
      }
    },
    () => {
      end();
      return events.return();
    },
  );
}
