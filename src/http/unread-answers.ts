/**
 * What answers hold while their clients have not taken them: bounded for all together and for each user, and cut off where
 * a client takes nothing.
 */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UnavailableError } from '../errors.js';
import type { Application } from './application.js';
import { createCloseListeners } from './close-listeners.js';
import { errorBody, errorHeaders, graphqlErrorBody } from './error-body.js';
import type { Release } from './live-limits.js';
import { onConnection } from './tls.js';

export interface UnreadLimits {
  /** Bytes of all answers that their clients have not taken yet. */
  readonly bytes: number;
  /** How long a client may take nothing while an answer waits for it. */
  readonly seconds: number;
}

/** Shorter answers are neither counted nor refused: what one user leaves unread is to disturb nobody else. */
const LONG_ANSWER = 64 * 1024;
/** An answer that is longer still is handed over in pieces of so many bytes, so that it shows how fast it is taken. */
const PIECE = 256 * 1024;
/** One user's answers may hold this share of what all may. */
const SHARE_OF_USER = 1 / 4;
const RETRY_AFTER_SECONDS = 1;
/** A connection is looked at so many times within the seconds that it may take nothing. */
const LOOKS = 4;

export function boundUnreadAnswers(application: Application, { bytes: maximum, seconds }: UnreadLimits): void {
  const held = createHeldBytes(maximum);
  const onClose = createCloseListeners();
  cutOffStalled(application, seconds);

  const hold = (request: FastifyRequest, reply: FastifyReply, payload: string | Buffer): string | Buffer | Readable => {
    const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const release = held.take(userKey(request), body.length);
    if (release === undefined) return refuse(request, reply, maximum);
    const sent =
      body.length <= PIECE ? body : Readable.from(piecesOf(body), { objectMode: false, highWaterMark: PIECE });
    // An answer that waits behind another one on its connection is not told that the connection has ended.
    const forget = onClose(request.raw.socket, () => {
      if (sent instanceof Readable) sent.destroy();
      else release();
    });
    const ended = (): void => {
      forget();
      release();
    };
    if (sent instanceof Readable) sent.once('close', ended);
    else reply.raw.once('finish', ended);
    reply.header('content-length', body.length);
    return sent;
  };

  application.addHook('onSend', (request, reply, payload: unknown, done) => {
    const isLong = (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length > LONG_ANSWER;
    done(null, isLong ? hold(request, reply, payload) : payload);
  });
}

function* piecesOf(body: Buffer): Generator<Buffer, void> {
  for (let start = 0; start < body.length; start += PIECE) yield body.subarray(start, start + PIECE);
}

/** JSON keeps the pairs apart: no two of them are written alike. */
function userKey({ principal }: FastifyRequest): string {
  return principal === undefined ? '' : JSON.stringify([principal.org, principal.sub]);
}

function refuse(request: FastifyRequest, reply: FastifyReply, maximum: number): string {
  const error = new UnavailableError(
    `Unread responses may hold at most ${maximum} bytes, and those of one user ${maximum * SHARE_OF_USER} ` +
      '(FEEDBACK_LIMIT_UNREAD_BYTES); read the pending responses and try again',
    RETRY_AFTER_SECONDS,
  );
  const { graphql = false, fieldNames } = request.routeOptions.config;
  reply.code(error.status).headers(errorHeaders(error)).type('application/json; charset=utf-8');
  reply.removeHeader('content-length').removeHeader('etag');
  return JSON.stringify(graphql ? graphqlErrorBody(error) : errorBody(error, fieldNames));
}

interface HeldBytes {
  /** Undefined if they do not fit. A user who holds nothing has room for an answer of any size. */
  take(user: string, bytes: number): Release | undefined;
}

function createHeldBytes(maximum: number): HeldBytes {
  const byUser = new Map<string, number>();
  let all = 0;
  return {
    take: (user, bytes) => {
      const own = byUser.get(user) ?? 0;
      if (all > 0 && all + bytes > maximum) return undefined;
      if (own > 0 && own + bytes > maximum * SHARE_OF_USER) return undefined;
      byUser.set(user, own + bytes);
      all += bytes;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        all -= bytes;
        const left = (byUser.get(user) ?? 0) - bytes;
        if (left > 0) byUser.set(user, left);
        else byUser.delete(user);
      };
    },
  };
}

/** Ends each connection whose client takes nothing of what waits for it, of whatever kind that is. */
function cutOffStalled(application: Application, seconds: number): void {
  const connections = new Map<Socket, { taken: number; looks: number }>();
  onConnection(application.server, (socket) => {
    connections.set(socket, { taken: 0, looks: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  const timer = setInterval(
    () => {
      for (const [socket, seen] of connections) {
        const taken = socket.bytesWritten - socket.writableLength;
        const waits = socket.writableLength > 0;
        seen.looks = waits && taken === seen.taken ? seen.looks + 1 : 0;
        seen.taken = taken;
        if (seen.looks >= LOOKS) socket.destroy();
      }
    },
    (seconds * 1000) / LOOKS,
  );
  timer.unref();
  application.addHook('onClose', (_, done) => {
    clearInterval(timer);
    done();
  });
}
