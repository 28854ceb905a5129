import dns from 'node:dns/promises';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

/** What a machine says of `localhost`: two addresses, as with IPv4 and IPv6. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2'];

let server: TestServer;
beforeEach(async () => {
  const found = ADDRESSES.map((address) => ({ address, family: 4 }));
  vi.spyOn(dns, 'lookup').mockImplementation(() => Promise.resolve(found) as never);
  syncBuiltinESMExports();
  server = await startTestServer({ host: 'localhost', addressLimits: { requestsPerMinute: 0, connections: 2 } });
});
afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await server.stop();
});

async function open(host: string | undefined): Promise<Socket> {
  const socket = connect({ port: Number(new URL(server.url).port), host });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function isAlive(socket: Socket): Promise<boolean> {
  const answered = Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]);
  if (!socket.destroyed) socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return answered;
}

it.each(ADDRESSES)(
  'takes connections at each address of localhost, and no more than one may have: %s',
  async (host) => {
    const sockets = [await open(host), await open(host)];
    for (const socket of sockets) expect(await isAlive(socket)).toBe(true);
    expect(await isAlive(await open(host))).toBe(false);
    for (const socket of sockets) socket.destroy();
  },
);

it.each(ADDRESSES)('stops at once beside connections that have asked for nothing: %s', async (host) => {
  const idle = await open(host);
  const closed = once(idle, 'close');
  idle.resume();
  await server.stop();
  await closed;
});
