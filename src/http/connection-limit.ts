import type { Socket } from 'node:net';
import { createAddressLimit } from './address-limit.js';
import type { Application } from './application.js';
import type { ClientAddresses } from './client-address.js';

/** Ends at once what one address opens beyond `perAddress` connections; 0 turns the limit off. */
export function limitConnections(
  application: Application,
  perAddress: number,
  { isProxy }: Pick<ClientAddresses, 'isProxy'>,
): void {
  if (perAddress === 0) return;
  const limit = createAddressLimit(Number.POSITIVE_INFINITY, perAddress);
  const counted = new WeakSet<Socket>();
  // Those that have not agreed on TLS yet are connections, too.
  application.server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    // One that offers another protocol comes again with each of its requests.
    if (counted.has(socket) || isProxy(address)) return;
    counted.add(socket);
    const release = limit.take(address);
    if (release === undefined) socket.destroy();
    else socket.once('close', release);
  });
}
