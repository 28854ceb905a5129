import { errorOfAnswer, FeedbackGraphError, isObject } from './errors.js';
import { type Clock, isTransient, retryDelay, SYSTEM_CLOCK } from './retry.js';
import { isVisibleAscii, NO_TOKEN, readToken, type Token } from './token.js';

export interface ConnectionOptions {
  /** Address of the server, such as `https://feedback.example.com`. In a page, '' is its own origin. */
  readonly url: string;
  readonly token: Token;
  /** Used in place of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For an answer to one attempt, ms; 30,000 by default, and ten minutes where 100,000 entries may be read before it. */
  readonly timeoutMs?: number;
  /** Attempts after the first one; 2 by default. */
  readonly maxRetries?: number;
}

/** What a single call may differ in. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Chosen anew for each call unless given: 1 to 255 visible ASCII characters. Repeat a call with the same key, and it takes place once. */
  readonly idempotencyKey?: string;
}

export interface ApiRequest extends CallOptions {
  readonly method: string;
  /** Below the server's address. */
  readonly url: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the request may outlive the page that sends it. */
  readonly keepalive?: boolean;
  /** For an answer to one attempt, ms, unless the connection says otherwise. */
  readonly timeoutMs?: number;
  /** Whether the caller can do better about an error than to send the same again. */
  readonly givesUp?: (error: FeedbackGraphError) => boolean;
}

type Take<Taken> = (answer: Response) => Promise<Taken>;

/**
 * How requests reach a server: with a token, repeated where that is safe, and with errors as FeedbackGraphError. It resolves
 * to what `take` reads of the answer, within the time limit.
 * @throws {FeedbackGraphError}, or the reason of the signal
 */
export type Transport = <Taken>(request: ApiRequest, take: Take<Taken>) => Promise<Taken>;

const TIMEOUT_MS = 30_000;
const MAX_RETRIES = 2;
/** Timers with more than this are over at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** For what may read 100,000 entries before it answers. */
export const LONG_TIMEOUT_MS = 600_000;

/** @throws TypeError for a url that nothing can be fetched from, and for a token that fits in no header */
export function createTransport(options: ConnectionOptions, clock: Clock = SYSTEM_CLOCK): Transport {
  const { maxRetries = MAX_RETRIES } = options;
  const base = options.url.replace(/\/+$/, '');
  // Outside of pages and their workers, there is nothing that it could be relative to.
  if (!/^https?:\/\/[^/@]+(?:\/|$)/.test(options.url) && !('location' in globalThis)) {
    throw new TypeError('url must be an HTTP address');
  }
  if (typeof options.token !== 'function' && !isVisibleAscii(options.token)) {
    throw new TypeError(NO_TOKEN);
  }

  /** One attempt. */
  async function attempt<Taken>(
    request: ApiRequest,
    headers: Headers,
    renew: boolean,
    take: Take<Taken>,
  ): Promise<Taken> {
    const timeoutMs = options.timeoutMs ?? request.timeoutMs ?? TIMEOUT_MS;
    const ended = new AbortController();
    const signal = request.signal === undefined ? ended.signal : AbortSignal.any([request.signal, ended.signal]);
    const late = new FeedbackGraphError(`There was no answer within ${timeoutMs / 1000} seconds`, { code: 'TIMEOUT' });
    const timer = setTimeout(() => ended.abort(late), Math.min(timeoutMs, MAX_TIMER_MS));
    try {
      signal.throwIfAborted();
      const over = new Promise<never>((_, reject) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a caller aborts with is its own
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      // What the function asks may never answer, either.
      const token = await Promise.race([readToken(options.token, renew), over]);
      headers.set('authorization', `Bearer ${token}`);
      const answer = await (options.fetch ?? fetch)(base + request.url, {
        method: request.method,
        headers,
        signal,
        // Some workers refuse what they do not know.
        ...('credentials' in Request.prototype && { credentials: 'omit' }),
        // A redirected POST would arrive as a GET, and be answered with success.
        redirect: request.method === 'GET' ? 'follow' : 'manual',
        body: request.body ?? null,
        keepalive: request.keepalive === true,
      });
      // In pages, a redirect has the status 0.
      if (!answer.ok && answer.status < 400) throw unexpected(answer);
      if (!answer.ok) throw errorOfAnswer(answer.status, answer.headers, await answer.text());
      return await take(answer);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof FeedbackGraphError) throw error;
      ended.signal.throwIfAborted();
      throw connectionFailed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (request, take) => {
    const { method, idempotencyKey = randomKey() } = request;
    if (!isVisibleAscii(idempotencyKey)) {
      throw new TypeError('idempotencyKey must be a string of visible ASCII characters');
    }
    const headers = new Headers(request.headers);
    if (!headers.has('accept')) headers.set('accept', 'application/json');
    if (request.body !== undefined) headers.set('content-type', 'application/json');
    if (/^(?:POST|PUT)$/.test(method)) headers.set('idempotency-key', idempotencyKey);
    // What has taken place may be refused when it is repeated: an erasure, or a change of one version.
    const isRepeatable = method !== 'DELETE' && !headers.has('if-match');
    let mayRenew = typeof options.token === 'function';
    let renew = false;
    for (let failures = 0; ;) {
      try {
        return await attempt(request, headers, renew, take);
      } catch (error) {
        if (!(error instanceof FeedbackGraphError)) throw error;
        renew = error.status === 401 && mayRenew;
        if (renew) {
          mayRenew = false;
          continue;
        }
        failures += 1;
        const mayRepeat =
          isTransient(error) && (isRepeatable || error.status === 429) && request.givesUp?.(error) !== true;
        const delay = failures <= maxRetries && mayRepeat ? retryDelay(error, failures, clock.random) : undefined;
        if (delay === undefined) throw error;
        await clock.wait(delay, request.signal);
      }
    }
  };
}

/** Reads an answer whose body is a JSON object, as all of the API are. */
export async function readJson(answer: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await answer.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Half an answer.
    if (isOfType(answer, 'application/json')) throw connectionFailed();
  }
  if (!isObject(body)) throw unexpected(answer);
  return body;
}

export function isOfType({ headers }: Response, type: string): boolean {
  return headers.get('content-type')?.split(';')[0]?.trim() === type;
}

export function unexpected({ status }: Response): FeedbackGraphError {
  return new FeedbackGraphError(
    'The answer is a redirect, or not one of feedback-graph: is the url right, or a proxy between?',
    { code: 'UNEXPECTED_RESPONSE', status: status || undefined },
  );
}

function connectionFailed(cause?: unknown): FeedbackGraphError {
  const message = 'The server cannot be reached, or the connection broke off';
  return new FeedbackGraphError(message, { code: 'CONNECTION_FAILED', cause });
}

/** 128 random bits. Pages without TLS have no `crypto.randomUUID`. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
