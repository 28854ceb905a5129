/** Settings that name addresses on the network: the origins of pages, and the proxies in front of the server. */
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';
import { SettingError } from './setting.js';

/** A list is searched for each request. */
const MAX_LISTED = 100;

/**
 * The origins of pages (RFC 6454), separated by commas, each written as browsers send it.
 * @throws {SettingError} for `*`, `null`, and URLs that are more than an origin
 */
export function origins(text: string): readonly string[] {
  return splitList(text, 'origins').map((origin) => {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol) && url.origin === origin && !origin.includes('*')) {
      return origin;
    }
    throw new SettingError(
      'must be exact origins such as https://app.example.com, separated by commas: scheme, host in lower case and, unless it ' +
        `is the default, port, without a path, a slash at the end or a wildcard; not ${quoted(origin)}`,
    );
  });
}

/**
 * Addresses and networks of proxies, separated by commas.
 * @throws {SettingError} for anything else, and for a network that is all addresses
 */
export function proxyNetworks(text: string): readonly string[] {
  return splitList(text, 'addresses').map((network) => {
    if (isNetwork(network)) return network;
    throw new SettingError(
      'must be IP addresses or networks such as 10.0.0.0/8, separated by commas, and not all addresses; ' +
        `not ${quoted(network)}`,
    );
  });
}

function splitList(text: string, what: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length <= MAX_LISTED) return parts;
  throw new SettingError(`must be at most ${MAX_LISTED} ${what}, not ${parts.length}`);
}

/** Whoever trusted all addresses would believe what any client says of itself. */
function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  if (isIP(address) === 0 || (bits !== undefined && Number(bits) === 0)) return false;
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}

/** A URL may contain a password. */
function quoted(text: string): string {
  return text.includes('@') ? 'a URL with a user name' : `'${text}'`;
}
