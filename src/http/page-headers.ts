import type { FastifyReply } from 'fastify';

/**
 * What the pages of GraphiQL and Swagger UI may load: their own files, and nothing else. Styles alone may stand in the
 * page itself, since editors and Swagger UI place their parts with them.
 */
const EDITOR_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What the console may load: files of the server, whose styles stand in files, too. */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export type Page = 'editor' | 'console';

/** The headers of a page for browsers, beside those of every answer (security-headers.ts). */
export function setPageHeaders(reply: FastifyReply, page: Page = 'editor'): FastifyReply {
  return reply.headers({
    'content-security-policy': page === 'console' ? CONSOLE_POLICY : EDITOR_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-cache',
  });
}
