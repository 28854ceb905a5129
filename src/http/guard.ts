import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessTrail } from '../audit/access-trail.js';
import { type AnyOf, ROUTE_PERMISSIONS } from '../permissions.js';
import { type Principal, requireAnyOf } from '../principal.js';
import type { Application } from './application.js';
import { type ConsumeRequests, type LimitState, overRequestLimit } from './request-limits.js';
import type { SignIn, SignInGuard } from './sign-in.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that is not public, before its handler runs. */
    principal: Principal | undefined;
  }
  interface FastifyContextConfig {
    /** One of these is needed, by the table of permissions. */
    readonly permissions?: AnyOf;
  }
}

/**
 * No token, no data: asks every route that is not public for one, and counts the request against its limits.
 * @param countAnonymous counts what needs no token
 * @param accessTrail is told of what is refused for lack of a permission
 */
export function guard(
  application: Application,
  signIn: SignIn,
  consume: ConsumeRequests,
  countAnonymous?: SignInGuard['countAnonymous'],
  accessTrail?: Pick<AccessTrail, 'count'>,
): void {
  application.decorateRequest('principal', undefined);
  // A route that is in no table does not start.
  application.addHook('onRoute', (route) => {
    const { operationId } = (route.schema ?? {}) as { readonly operationId?: string };
    if (operationId === undefined) return;
    const permissions = ROUTE_PERMISSIONS[operationId];
    if (permissions === undefined) {
      throw new Error(`${operationId} (${route.url}) needs an entry in the table of permissions`);
    }
    route.config = { ...route.config, permissions };
  });
  application.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    if (config.public === true) {
      countAnonymous?.(request.raw);
      return;
    }
    request.principal = await signIn(request.headers.authorization, request.raw);
    await countRequests(request, reply, consume, 1);
    requireAnyOf(request.principal, config.permissions ?? []);
  });
  if (accessTrail === undefined) return;
  application.addHook('onResponse', (request, reply, done) => {
    const { principal, method, routeOptions, id } = request;
    if (reply.statusCode === 403 && principal !== undefined) {
      const actor = { sub: principal.sub, org: principal.org, requestId: id };
      accessTrail.count(actor, 'access.refuse', `${method} ${routeOptions.url ?? ''}`);
    }
    done();
  });
}

/**
 * Counts `requests` more against the limits of the request's user and organization, and says in the answer what is left.
 * @throws {ApiError} RATE_LIMITED if not all of them fit; none is counted then.
 */
export async function countRequests(
  request: FastifyRequest,
  reply: FastifyReply,
  consume: ConsumeRequests,
  requests: number,
): Promise<void> {
  if (requests < 1) return;
  const state = await consume(requirePrincipal(request), requests);
  if (state === undefined) return;
  setLimitHeaders(reply, state);
  if (state.allowed) return;
  reply.header('retry-after', state.resetSeconds);
  throw overRequestLimit(state);
}

function setLimitHeaders(reply: FastifyReply, { limit, remaining, resetSeconds }: LimitState): void {
  reply.header('x-ratelimit-limit', limit);
  reply.header('x-ratelimit-remaining', remaining);
  reply.header('x-ratelimit-reset', resetSeconds);
}

export function requirePrincipal(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error('A route without a principal is not public');
  return request.principal;
}
