/** Which addresses webhooks may reach: those of the public internet, unless the operator says otherwise. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name, as the operating system resolves it. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const resolveHost: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/** A host has, or is, an address that webhooks must not reach. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';

  constructor() {
    super('The host has an address that is not public');
  }
}

/** Special-purpose IPv4 networks (RFC 6890 and its registry), which are no host of the public internet. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Those within the global unicast addresses of IPv6: protocol assignments with Teredo, documentation, and 6to4, which holds an IPv4 address. */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const special = new BlockList();
for (const [network, prefix] of SPECIAL_IPV4) special.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of SPECIAL_IPV6) special.addSubnet(network, prefix, 'ipv6');

/**
 * Everything else is loopback, link-local, local to a site (ULA), multicast, IPv4 in another form, or not assigned, which an
 * operating system may take for an address of its own network.
 */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an address belongs to the public internet. What is no address does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  return family === 6 && globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/** The host of a URL as a name or an address, without the brackets of IPv6. */
export function hostOf({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/**
 * The addresses to connect to.
 * @throws {RefusedAddressError} if any of them is not public, as one that is must not hide another; what `resolve` throws
 */
export async function publicAddresses(hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  const family = isIP(hostname);
  const addresses = family === 0 ? await resolve(hostname) : [{ address: hostname, family }];
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new RefusedAddressError();
  }
  return addresses;
}

/**
 * Resolves a name for the connection that is about to be opened, so that nobody can change what it leads to in between.
 * Sockets ask it for names alone: check a host that is an address before.
 */
export function guardedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const found = allowPrivate ? resolve(hostname) : publicAddresses(hostname, resolve);
    found.then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) callback(new RefusedAddressError(), '');
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error('The name could not be resolved'), '');
      },
    );
  };
}
