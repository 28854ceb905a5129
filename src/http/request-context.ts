import type { FastifyRequest } from 'fastify';
import { InvalidInputError } from '../errors.js';
import { createRequestContext, type RequestContext, type RequestOptions, type Services } from '../graphql/context.js';
import { requirePrincipal } from './guard.js';

/** Visible ASCII, as header values are; long enough for any UUID and more. */
const IDEMPOTENCY_KEY = /^[\u0021-\u007e]{1,255}$/;

/** Methods of requests that may take place once more when they are sent again. */
export const TAKES_KEY: ReadonlySet<string> = new Set(['POST', 'PUT']);

/**
 * What the resolvers know of an HTTP request.
 * @throws {InvalidInputError} if its `Idempotency-Key` is not one.
 */
export function requestContext(
  request: FastifyRequest,
  services: Services,
  options: Pick<RequestOptions, 'answerFields' | 'task' | 'sendsJson'> = {},
): RequestContext {
  const { socket } = request.raw;
  const whenGone = (listener: () => void): (() => void) => {
    if (socket.destroyed) listener();
    socket.once('close', listener);
    return () => socket.off('close', listener);
  };
  const key = request.headers['idempotency-key'];
  if (key === undefined || !TAKES_KEY.has(request.method)) {
    return createRequestContext(services, requirePrincipal(request), request.id, { ...options, whenGone });
  }
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw new InvalidInputError([
      { field: 'Idempotency-Key', problem: 'must be 1 to 255 visible ASCII characters, given once' },
    ]);
  }
  return createRequestContext(services, requirePrincipal(request), request.id, {
    ...options,
    idempotencyKey: key,
    whenGone,
  });
}
