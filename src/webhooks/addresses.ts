/** Which addresses webhooks may reach: those of the public internet, unless the operator says otherwise. */
import { lookup, Resolver } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * As the operating system resolves it, with its file of hosts and its search domains. It has two threads for that, which names
 * whose servers do not answer keep for many seconds: for names that the operator trusts alone.
 */
export const resolveHost: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/** Ms, and how often a name server is asked. */
const DNS_PATIENCE = { timeout: 2_000, tries: 2 };

/**
 * Asks the name servers of the system, or the given ones, without a thread: whoever names a host whose name servers never
 * answer holds up only itself.
 */
export function createNameServerResolve(servers?: readonly string[]): Resolve {
  return async (hostname) => {
    // Another one each time, as the name servers of a system change.
    const resolver = new Resolver(DNS_PATIENCE);
    if (servers !== undefined) resolver.setServers(servers);
    const found = await Promise.allSettled([
      resolver.resolve4(hostname).then((all) => all.map((address) => ({ address, family: 4 }))),
      resolver.resolve6(hostname).then((all) => all.map((address) => ({ address, family: 6 }))),
    ]);
    return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  };
}

/** A host has, or is, an address that webhooks must not reach. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';

  constructor() {
    super('The host has an address that is not public');
  }
}

/** The name of a host leads nowhere. Why it does not is no business of whoever asks. */
export class UnresolvedNameError extends Error {
  override readonly name = 'UnresolvedNameError';

  constructor() {
    super('The name could not be resolved');
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
 * @throws {UnresolvedNameError}; {@link RefusedAddressError} if any of them is not public, as one that is must not hide another
 */
export async function publicAddresses(hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  const family = isIP(hostname);
  const addresses = family === 0 ? await resolveAny(hostname, resolve) : [{ address: hostname, family }];
  if (!addresses.every(({ address }) => isPublicAddress(address))) throw new RefusedAddressError();
  return addresses;
}

async function resolveAny(hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  const addresses = await resolve(hostname).catch(() => []);
  if (addresses.length === 0) throw new UnresolvedNameError();
  return addresses;
}

/**
 * Resolves a name for the connection that is about to be opened, so that nobody can change what it leads to in between.
 * Sockets ask it for names alone: check a host that is an address before.
 */
export function guardedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const found = allowPrivate ? resolveAny(hostname, resolve) : publicAddresses(hostname, resolve);
    found.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else if (first !== undefined) callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new UnresolvedNameError(), '');
      },
    );
  };
}
