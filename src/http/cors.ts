/** Which pages of other origins may read answers (Fetch standard, CORS protocol), and open WebSockets. */
import type { IncomingMessage } from 'node:http';
import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import type { Application } from './application.js';

/** Seconds for which a browser may remember the answer to a preflight; Chromium takes no more. */
const PREFLIGHT_MAX_AGE = 7_200;

/** What clients may send beside what every page may. Listed, since `*` does not include `Authorization`. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'If-Range',
  'Last-Event-ID',
  'Prefer',
  'Range',
  'X-Request-Id',
];

/** What pages may read beside the few headers that they always may. */
export const EXPOSED_HEADERS = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Link',
  'Location',
  'Preference-Applied',
  'Retry-After',
  'WWW-Authenticate',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
];

/**
 * Answers preflights, without a token, and lets pages of these origins read answers. Without credentials: a token comes
 * in a header, and no cookie is read.
 * @param origins as browsers send them in `Origin`; with none, nothing is registered
 */
export async function allowOrigins(application: Application, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const allowed: FastifyCorsOptions = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE,
  };
  await application.register(fastifyCors, {
    delegator: ({ raw }, decide) => {
      // An OPTIONS request that is no preflight is a request like any other.
      decide(null, raw.method === 'OPTIONS' && !isPreflight(raw) ? { origin: false } : allowed);
    },
  });
}

function isPreflight({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/**
 * Whether a WebSocket may be opened: browsers let every page do so, and send its origin. What is no browser sends none.
 * @param origins of other pages that may
 */
export function mayOpenWebSocket({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
