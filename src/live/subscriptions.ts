/**
 * WebSockets at `/graphql` for GraphQL subscriptions, behind the same tokens and limits as everything else; what is said
 * over them is in subscriptions-protocol.ts.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, MessageType } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { createAddressLimit } from '../http/address-limit.js';
import type { Application } from '../http/application.js';
import { mayOpenWebSocket } from '../http/cors.js';
import type { Release } from '../http/live-limits.js';
import { jsonProblem } from '../json-bounds.js';
import { createOutbox } from './outbox.js';
import { CLOSE_CODES, protocolServer, type Session, type SubscriptionOptions } from './protocol.js';
import { asksForSubscriptions, type Refusal, refuseUpgrade, requestsAsHttp, SUBSCRIPTIONS_PATH } from './upgrade.js';

/** Bytes of a message: a token of 16 KiB, or a document with its variables. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** How long a client may take to close its side, ms; less than a stop of the server waits. */
const CLOSE_WITHIN = 5_000;
/** Answers that may wait for room beside one message of each subscription. */
const MAX_WAITING_ANSWERS = 100;

const TYPES_OF_SERVERS: ReadonlySet<unknown> = new Set([
  MessageType.ConnectionAck,
  MessageType.Next,
  MessageType.Error,
]);

/** Whether a message, which graphql-ws has parsed and failed at, is one of those that clients are sent. */
function comesFromServers(message: Buffer): boolean {
  const parsed: unknown = JSON.parse(message.toString());
  return typeof parsed === 'object' && parsed !== null && 'type' in parsed && TYPES_OF_SERVERS.has(parsed.type);
}

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
  const protocol = protocolServer(options);
  const unknown = createAddressLimit(options.settings.unknownConnections, options.settings.unknownPerAddress);
  const answerAsHttp = requestsAsHttp(application.server);
  const { accessLog } = options;
  let stopping = false;

  application.addHook('preClose', (done) => {
    stopping = true;
    for (const socket of sockets.clients) socket.close(CLOSE_CODES.GOING_AWAY, 'The server stops');
    done();
  });

  application.server.on('upgrade', (request: IncomingMessage, socket: Duplex, following: Buffer) => {
    if (!asksForSubscriptions(request)) {
      answerAsHttp(request, socket, following);
      return;
    }
    const refuse = (refusal: Refusal): void => {
      const status = refuseUpgrade(socket, refusal);
      const startedAt = performance.now();
      const requestId = randomUUID();
      accessLog?.write({
        method: 'GET',
        route: SUBSCRIPTIONS_PATH,
        status,
        startedAt,
        requestId,
        principal: undefined,
      });
    };
    if (!mayOpenWebSocket(request, options.origins)) {
      refuse('FORBIDDEN');
      return;
    }
    const known = stopping ? undefined : unknown.take(options.addresses.addressOf(request));
    if (known === undefined) {
      refuse('UNAVAILABLE');
      return;
    }
    // A handshake that fails ends the connection, and opens no WebSocket.
    socket.once('close', known);
    sockets.handleUpgrade(request, socket, following, (opened) => open(opened, request, known));
  });

  function open(socket: WebSocket, request: IncomingMessage, known: Release): void {
    let ended = false;
    const requestId = randomUUID();
    const startedAt = performance.now();
    const log = application.log.child({ reqId: requestId });
    const session: Session = {
      request,
      close: (code, reason) => {
        socket.close(code, reason);
        // What it holds is free at once, however long the client takes to close its side.
        end(code, reason);
      },
      isOpen: () => !ended,
      principal: undefined,
      requestId,
      log,
      releases: [],
    };
    const tooSlow = (): void => session.close(CLOSE_CODES.TOO_SLOW, 'The client takes less than it asks for');
    const outbox = createOutbox(socket, {
      limit: options.settings.bufferBytes,
      patience: heartbeat,
      waiting: options.settings.subscriptionsPerUser + MAX_WAITING_ANSWERS,
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
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));

    session.releases.push(
      known,
      () => outbox.end(),
      () => clearInterval(pinging),
      () => {
        const { principal } = session;
        accessLog?.write({ method: 'GET', route: SUBSCRIPTIONS_PATH, status: 101, startedAt, requestId, principal });
      },
    );

    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => outbox.send(message),
        close: (code = CLOSE_CODES.INTERNAL_ERROR, reason = '') => session.close(code, reason),
        onMessage: (take) => {
          socket.on('message', (message: Buffer) => {
            if (ended) return;
            const problem = jsonProblem(message);
            if (problem !== undefined) {
              session.close(CLOSE_CODES.BAD_REQUEST, `A message ${problem}`);
              return;
            }
            take(message.toString())
              .catch((error: unknown) => {
                if (comesFromServers(message)) {
                  session.close(CLOSE_CODES.BAD_REQUEST, 'Only a server may send a message of this type');
                  return;
                }
                log.error({ err: error }, 'a WebSocket message failed');
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
          log.error({ err: error }, 'a WebSocket could not be closed');
        });
      });
    }
    socket.on('close', (code, reason) => end(code, reason.toString()));
  }
}
