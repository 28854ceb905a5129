/** One attempt of a delivery: a POST over HTTP whose receiver nobody trusts. */
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { guardedLookup, hostOf, isPublicAddress, RefusedAddressError, UnresolvedNameError } from './addresses.js';
import type { TargetRules } from './target.js';

/** Why an attempt has failed. */
export const ATTEMPT_PROBLEMS = [
  'address_refused',
  'name_not_resolved',
  'tls',
  'connection',
  'timeout',
  'redirect',
  'status',
  'invalid_response',
  'unreadable_event',
] as const;

export type AttemptProblem = (typeof ATTEMPT_PROBLEMS)[number];

export interface AttemptOutcome {
  /** Of the response, if there was one. */
  readonly status?: number;
  /** Absent where the receiver has taken it. */
  readonly problem?: AttemptProblem;
  readonly milliseconds: number;
  /** What the receiver has asked for, ms. */
  readonly retryAfter?: number;
}

export interface AttemptRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Ends it; the outcome then means nothing. */
  readonly signal: AbortSignal;
}

/** Never rejects. */
export type SendAttempt = (request: AttemptRequest) => Promise<AttemptOutcome>;

/** Within which a receiver must have answered, ms. */
export const ATTEMPT_TIMEOUT = 15_000;
/** What is read of a response, so that a receiver is not cut off in its middle; nothing is kept of it. */
const MAX_RESPONSE_BYTES = 4 * 1024;
/** Of the head of a response. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Heads that say that the response is still to come (1xx). */
const MAX_INTERIM_RESPONSES = 10;

/**
 * Sends to addresses that `rules` allow, looked up for each connection. No redirect is followed, as it leads to what nobody
 * has checked; a connection is used once; nothing is sent but what is given.
 */
export function createSender(rules: TargetRules, timeout = ATTEMPT_TIMEOUT): SendAttempt {
  const lookup = guardedLookup(rules.resolve, rules.allowPrivate);
  return (attempt) => {
    const url = new URL(attempt.url);
    const host = hostOf(url);
    // Sockets look names up, and take addresses as they are.
    if (!rules.allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) {
      return Promise.resolve({ problem: 'address_refused', milliseconds: 0 });
    }
    return post(url, attempt, lookup, timeout);
  };
}

function post(
  url: URL,
  { headers, body, signal }: AttemptRequest,
  lookup: LookupFunction,
  timeout: number,
): Promise<AttemptOutcome> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    let response: IncomingMessage | undefined;
    const end = (failure?: AttemptProblem): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      const milliseconds = performance.now() - startedAt;
      // A receiver that has answered has taken it, or not, whatever becomes of the rest of its answer.
      resolve(
        response === undefined
          ? { milliseconds, ...(failure && { problem: failure }) }
          : { ...judge(response), milliseconds },
      );
      request.destroy();
    };
    const abort = (): void => end('timeout');
    const request = start(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length), connection: 'close' },
      agent: false,
      lookup,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    const timer = setTimeout(abort, timeout);
    signal.addEventListener('abort', abort);
    let interim = 0;
    request.on('information', () => {
      interim += 1;
      if (interim > MAX_INTERIM_RESPONSES) end('invalid_response');
    });
    request.on('response', (received) => {
      response = received;
      let bytes = 0;
      received.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes >= MAX_RESPONSE_BYTES) end();
      });
      received.on('end', () => end());
      received.on('error', () => end());
      received.on('close', () => end());
    });
    request.on('error', (error) => end(problemOf(error)));
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      end('invalid_response');
    });
    request.on('close', () => end('connection'));
    if (signal.aborted) abort();
    else request.end(body);
  });
}

function judge({ statusCode: status = 0, headers }: IncomingMessage): Omit<AttemptOutcome, 'milliseconds'> {
  if (status >= 200 && status < 300) return { status };
  const problem = status >= 300 && status < 400 ? 'redirect' : 'status';
  const retryAfter = parseRetryAfter(headers['retry-after']);
  return { status, problem, ...(retryAfter !== undefined && { retryAfter }) };
}

/** Milliseconds, of a number of seconds or a date (RFC 9110). */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const milliseconds = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return milliseconds > 0 ? milliseconds : undefined;
}

function problemOf(error: NodeJS.ErrnoException): AttemptProblem {
  if (error instanceof RefusedAddressError) return 'address_refused';
  if (error instanceof UnresolvedNameError) return 'name_not_resolved';
  const { code = '' } = error;
  if (code.startsWith('HPE_')) return 'invalid_response';
  return /CERT|TLS|SSL|EPROTO|HOSTNAME_MISMATCH/.test(code) ? 'tls' : 'connection';
}
