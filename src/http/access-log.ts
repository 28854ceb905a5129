/** A line in the log for each request: who asked for which kind of thing, and what it came to. Never what was said. */
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../principal.js';
import { createCloseListeners } from './close-listeners.js';

export interface AccessLine {
  readonly method: string;
  /** The pattern of the route, never the URL, which names ids and filters; undefined if there is no such route. */
  readonly route: string | undefined;
  readonly status: number;
  /** `performance.now()` when the request came. */
  readonly startedAt: number;
  readonly requestId: string;
  /** Undefined unless a token was accepted. */
  readonly principal: Principal | undefined;
  /** Whether the connection ended before all of the answer was handed over. */
  readonly aborted?: boolean;
}

export interface AccessLog {
  /** Writes the line of a request once its answer has ended, or its connection. */
  follow(request: FastifyRequest, reply: FastifyReply): void;
  write(line: AccessLine): void;
}

/** @param within writes a line where the trace of its request is known */
export function createAccessLog(
  logger: Pick<FastifyBaseLogger, 'info'>,
  within: (request: FastifyRequest, write: () => void) => void = (_request, write) => write(),
): AccessLog {
  const onClose = createCloseListeners();

  const write: AccessLog['write'] = ({ startedAt, requestId, principal, aborted = false, ...line }) => {
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    logger.info(
      { ...line, ms, reqId: requestId, sub: principal?.sub, org: principal?.org, ...(aborted && { aborted }) },
      'request',
    );
  };

  return {
    write,
    follow: (request, reply) => {
      const startedAt = performance.now();
      let isWritten = false;
      const ended = (): void => {
        if (isWritten) return;
        isWritten = true;
        forget();
        const line: AccessLine = {
          method: request.method,
          route: request.routeOptions.url,
          status: reply.statusCode,
          startedAt,
          requestId: request.id,
          principal: request.principal,
          aborted: !reply.raw.writableFinished,
        };
        within(request, () => write(line));
      };
      // An answer that waits behind another one on its connection is not told that the connection has ended.
      const forget = onClose(request.raw.socket, ended);
      reply.raw.once('close', ended);
    },
  };
}
