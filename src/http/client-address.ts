/** From which address a request comes, also through proxies. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

export interface ClientAddresses {
  /** Whether this is the address of a trusted proxy. */
  readonly isProxy: (address: string) => boolean;
  /** The address of a request's client, or of the last proxy before it that is not trusted. */
  readonly addressOf: (request: IncomingMessage) => string;
}

/**
 * @param proxies addresses and networks of proxies whose `X-Forwarded-For` is believed. What others send in it is
 *   ignored, and so is what stands in front of the first address that is no proxy's: clients can write it themselves.
 */
export function createClientAddresses(proxies: readonly string[]): ClientAddresses {
  if (proxies.length === 0) return { isProxy: () => false, addressOf: peerAddress };
  const trust = proxyAddr.compile([...proxies]);
  const isProxy = (address: string): boolean => trust(address, 0);
  return {
    isProxy,
    addressOf: (request) => {
      const peer = peerAddress(request);
      // A connection that has just ended has no address.
      if (!isProxy(peer)) return peer;
      const address = proxyAddr(request, isProxy);
      return isIP(address) === 0 ? peer : address;
    },
  };
}

function peerAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}
