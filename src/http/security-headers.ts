/** Headers that keep browsers from caching, guessing at and embedding what the API answers. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Application } from './application.js';

/** Of every answer; pages and files for browsers replace some of them (see page-headers.ts). */
const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** A year. Other hosts below the same domain are not ours to decide about. */
const STRICT_TRANSPORT_SECURITY = 'max-age=31536000';

/** Sets the headers of every answer; those of {@link STRICT_TRANSPORT_SECURITY} if the request came over TLS. */
export function securityHeaders(application: Application): void {
  application.addHook('onRequest', (request, reply, done) => {
    setSecurityHeaders(request, reply);
    done();
  });
}

export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(API_HEADERS);
  // That of a trusted proxy alone, if the request came through one.
  if (request.protocol === 'https') reply.header('strict-transport-security', STRICT_TRANSPORT_SECURITY);
}
