/** Where the server takes connections. */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Application } from './application.js';

/**
 * Listens at a host and port, at all addresses of `localhost` where that is the host. Fastify would make a second server for
 * the second address, which none of the limits on connections, and nothing that a stop waits for, would see. So whoever
 * comes there is given to the one server.
 * @param port 0 for any
 * @throws if there is no such host, or the first address is taken
 */
export async function listenAt(application: Application, host: string, port: number): Promise<void> {
  const [first = host, ...others] = host === 'localhost' ? await resolveAddresses(host) : [host];
  // As Node.js makes its HTTP servers.
  const further = others.map(() =>
    createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) =>
      application.server.emit('connection', socket),
    ),
  );
  let closed: Promise<unknown> = Promise.resolve();
  application.addHook('preClose', (done) => {
    closed = Promise.all(further.map(close));
    done();
  });
  application.addHook('onClose', async () => {
    await closed;
  });
  await application.listen({ host: first, port });
  const { port: real } = application.server.address() as AddressInfo;
  // It may be that one of the addresses cannot be had, such as where IPv6 is off.
  await Promise.allSettled(
    further.map((server, nth) => once(server.listen({ host: others[nth], port: real }), 'listening')),
  );
}

async function resolveAddresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

/** Resolves once all its connections have ended. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** The URL at which a listening application answers, with its real port. */
export function urlOf(application: Application, scheme: 'http' | 'https', host: string): string {
  const { port } = application.server.address() as AddressInfo;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
