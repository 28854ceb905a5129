import type { FastifyRequest } from 'fastify';

/**
 * The origin of the page that sent a request, if it is a page of this server; browsers say so and let no page say
 * otherwise. Undefined for pages of others, and for what is no browser.
 *
 * Hosts are compared and not whole origins, as a proxy that is not named in FEEDBACK_TRUSTED_PROXIES may take TLS off.
 */
export function ownOrigin({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): string | undefined {
  const { origin, 'sec-fetch-site': site = 'same-origin' } = headers;
  if (origin === undefined || site !== 'same-origin' || !URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  const isPage = /^https?:$/.test(url.protocol) && url.origin === origin;
  return isPage && url.host === hostAt(url, host) ? origin : undefined;
}

/** A host as URLs have it: in lower case, without the port that goes without saying. */
function hostAt({ protocol }: URL, host: string): string | undefined {
  const url = `${protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : undefined;
}
