import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export const SUBSCRIPTIONS_PATH = '/graphql';

/** Whether a request asks for a WebSocket where there is one. */
export function asksForSubscriptions({ method, url = '', headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    url.split('?')[0] === SUBSCRIPTIONS_PATH &&
    headers.upgrade?.trim().toLowerCase() === 'websocket'
  );
}

/**
 * Answers a request as if it did not ask for another protocol, which a server may do (RFC 9110, section 7.8). Node.js
 * takes every request with `Upgrade` out of HTTP once anybody listens for one, also those of clients that offer HTTP/2
 * with each request, as Java's does. So the request is written anew, without the offer, in front of what follows it.
 */
export function answerAsHttp(server: Server, request: IncomingMessage, socket: Duplex, following: Buffer): void {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (/^(?:upgrade|http2-settings)$/i.test(name)) continue;
    const kept = /^connection$/i.test(name) ? withoutOffer(value) : value;
    head += `${name}: ${kept}\r\n`;
  }
  // Node.js decodes header bytes as Latin-1.
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), following]));
  server.emit('connection', socket);
}

function withoutOffer(connection: string): string {
  const kept = connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !/^(?:upgrade|http2-settings)$/i.test(option));
  return kept.length === 0 ? 'keep-alive' : kept.join(', ');
}

/** Ends a request for a WebSocket that cannot be taken now. */
export function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => undefined);
  socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n');
}
