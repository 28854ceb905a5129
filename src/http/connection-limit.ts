import type { Socket } from 'node:net';
import { createAddressLimit } from './address-limit.js';
import type { Application } from './application.js';
import type { ClientAddresses } from './client-address.js';
import { onConnection } from './tls.js';

/** Ends at once what one address opens beyond `perAddress` connections; 0 turns the limit off. */
export function limitConnections(
  application: Application,
  perAddress: number,
  { isProxy }: Pick<ClientAddresses, 'isProxy'>,
): void {
  if (perAddress === 0) return;
  const limit = createAddressLimit(Number.POSITIVE_INFINITY, perAddress);
  const opened = (socket: Socket): void => {
    const address = socket.remoteAddress ?? '';
    if (isProxy(address)) return;
    const release = limit.take(address);
    if (release === undefined) socket.destroy();
    else socket.once('close', release);
  };
  // Those that have not agreed on TLS yet are connections, too.
  onConnection(application.server, opened, 'connection');
}
