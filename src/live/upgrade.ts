import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { connectionEvent } from '../http/tls.js';

export const SUBSCRIPTIONS_PATH = '/graphql';

/** Whether a request asks for a WebSocket where there is one. */
export function asksForSubscriptions({ method, url = '', headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    url.split('?')[0] === SUBSCRIPTIONS_PATH &&
    headers.upgrade?.trim().toLowerCase() === 'websocket'
  );
}

/** Answers a request, whose connection Node.js has given up with the bytes that follow, as if it offered nothing. */
export type AnswerAsHttp = (request: IncomingMessage, socket: Duplex, following: Buffer) => void;

/**
 * What answers requests as if they did not ask for another protocol, which a server may do (RFC 9110, section 7.8). Node.js
 * takes every request with `Upgrade` out of HTTP once anybody listens for one, also those of clients that offer HTTP/2
 * with each request, as Java's does; and where nobody listens, it drops what follows in the same bytes. So the request is
 * written anew, without the offer, in front of what follows it.
 */
export function requestsAsHttp(server: Server): AnswerAsHttp {
  const unanswered = new WeakMap<Duplex, number>();
  const waiting = new WeakMap<Duplex, () => void>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (unanswered.get(socket) ?? 1) - 1;
      unanswered.set(socket, left);
      const goOn = left === 0 ? waiting.get(socket) : undefined;
      // Others have their turn in between, however many requests came in one piece.
      if (goOn !== undefined) setImmediate(goOn);
    });
  });

  const ignore = (): void => undefined;
  return (request, socket, following) => {
    const goOn = (): void => {
      waiting.delete(socket);
      socket.off('error', ignore);
      if (socket.destroyed) return;
      // What the parser before has left behind: listeners, and the time that a connection without a request may stay.
      for (const event of ['pause', 'resume']) socket.removeAllListeners(event);
      request.socket.setTimeout(0);
      // In two pieces: copied for each request, what follows many of them would be copied many times.
      if (following.length > 0) socket.unshift(following);
      socket.unshift(withoutOffers(request));
      server.emit(connectionEvent(server), socket);
    };
    // The next parser knows nothing of answers before its own, which go out first.
    if ((unanswered.get(socket) ?? 0) === 0) {
      goOn();
      return;
    }
    // Nobody else listens meanwhile; the answer that cannot be sent is closed.
    socket.on('error', ignore);
    waiting.set(socket, goOn);
  };
}

/** The head of a request without its offer of another protocol. */
function withoutOffers({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (/^(?:upgrade|http2-settings)$/i.test(name)) continue;
    const kept = /^connection$/i.test(name) ? withoutOffer(value) : value;
    head += `${name}: ${kept}\r\n`;
  }
  // Node.js decodes header bytes as Latin-1.
  return Buffer.from(`${head}\r\n`, 'latin1');
}

function withoutOffer(connection: string): string {
  const kept = connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !/^(?:upgrade|http2-settings)$/i.test(option));
  return kept.length === 0 ? 'keep-alive' : kept.join(', ');
}

const REFUSALS = {
  /** The page may not. */
  FORBIDDEN: { status: 403, head: 'Forbidden' },
  /** There is no room now. */
  UNAVAILABLE: { status: 503, head: 'Service Unavailable\r\nRetry-After: 5' },
} as const;

export type Refusal = keyof typeof REFUSALS;

/** Ends a request for a WebSocket, and answers the status that its client gets. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): number {
  const { status, head } = REFUSALS[refusal];
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} ${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return status;
}
