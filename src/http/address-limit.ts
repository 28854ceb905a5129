/** What counts against the address that it comes from. */
import type { Release } from './live-limits.js';

export interface AddressLimitSettings {
  /** Requests without a valid token from one address in a minute; 0 turns the limit off. */
  readonly requestsPerMinute: number;
  /** Connections from one address that may be open at once; 0 turns the limit off. */
  readonly connections: number;
}

export interface AddressLimit {
  /** Counts a connection from this address; undefined if there are too many, from it or altogether. */
  readonly take: (address: string) => Release | undefined;
}

/** @param perAddress so that those of one address leave room for those of others */
export function createAddressLimit(max: number, perAddress: number): AddressLimit {
  const byNetwork = new Map<string, number>();
  let all = 0;
  return {
    take: (address) => {
      const network = toNetwork(address);
      const taken = byNetwork.get(network) ?? 0;
      if (all >= max || taken >= perAddress) return undefined;
      byNetwork.set(network, taken + 1);
      all += 1;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        all -= 1;
        const left = (byNetwork.get(network) ?? 1) - 1;
        if (left === 0) byNetwork.delete(network);
        else byNetwork.set(network, left);
      };
    },
  };
}

/**
 * What is counted as one address: whoever has one IPv6 address has a whole /64 of them. An IPv4 address may
 * come as IPv6, with `::ffff:` before it.
 */
export function toNetwork(address: string): string {
  const [, ipv4] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (ipv4 !== undefined || !address.includes(':')) return ipv4 ?? address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  return [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind].slice(0, 4).join(':');
}
