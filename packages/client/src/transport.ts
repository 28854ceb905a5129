import { errorOfAnswer, FeedbackGraphError } from './errors.js';
import { type Clock, isTransient, retryDelay, SYSTEM_CLOCK } from './retry.js';
import type { Token } from './token.js';

export interface ConnectionOptions {
  /** Address of the server, such as `https://feedback.example.com`. In a page, '' is its own origin. */
  readonly url: string;
  readonly token: Token;
  /** Used in place of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For an answer to one attempt, ms; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Attempts after the first one; 2 by default. */
  readonly maxRetries?: number;
}

/** What a single call may differ in. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Chosen anew for each call unless given. Repeat a call with the same key, and it takes place once. */
  readonly idempotencyKey?: string;
}

export interface ApiRequest extends CallOptions {
  readonly method: string;
  /** Absolute, or below the server's address. */
  readonly url: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the request may outlive the page that sends it. */
  readonly keepalive?: boolean;
  /** Whether the caller can do better about an error than to send the same again. */
  readonly givesUp?: (error: FeedbackGraphError) => boolean;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON. */
  readonly text: string;
}

/** How requests reach a server: with a token, repeated where that is safe, and with errors as FeedbackGraphError. */
export interface Transport {
  /** @throws {FeedbackGraphError}, or the reason of the signal */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** An answer of which only the head has arrived; its body has no time limit. @throws as `send` */
  open(request: ApiRequest): Promise<Response>;
}

interface Take<Taken> {
  readonly read: (answer: Response) => Promise<Taken>;
  /** Whether the body is read later. */
  readonly leavesOpen: boolean;
}

const TIMEOUT_MS = 30_000;
const MAX_RETRIES = 2;

/** @throws TypeError for a url that nothing can be fetched from */
export function createTransport(options: ConnectionOptions, clock: Clock = SYSTEM_CLOCK): Transport {
  const { timeoutMs = TIMEOUT_MS, maxRetries = MAX_RETRIES } = options;
  const base = options.url.replace(/\/+$/, '');
  // Outside of pages and their workers, there is nothing that it could be relative to.
  if (!/^https?:\/\/[^/@]+(?:\/|$)/.test(options.url) && !('location' in globalThis)) {
    throw new TypeError('url must be an HTTP address');
  }

  /** One attempt. `take` reads what is needed of the answer, within the time limit. */
  async function attempt<Taken>(
    request: ApiRequest,
    headers: Headers,
    { read, leavesOpen }: Take<Taken>,
  ): Promise<Taken> {
    const ended = new AbortController();
    const { signal } = request;
    const abort = (): void => ended.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const late = new FeedbackGraphError(`The server did not answer within ${timeoutMs / 1000} seconds`, {
      code: 'TIMEOUT',
    });
    const timer = setTimeout(() => ended.abort(late), timeoutMs);
    try {
      const answer = await (options.fetch ?? fetch)(/^https?:/.test(request.url) ? request.url : base + request.url, {
        method: request.method,
        headers,
        signal: ended.signal,
        credentials: 'omit',
        // A redirected POST would arrive as a GET, and be answered with success.
        redirect: request.method === 'GET' ? 'follow' : 'manual',
        ...(request.body !== undefined && { body: request.body }),
        ...(request.keepalive === true && { keepalive: true }),
      });
      if (answer.type === 'opaqueredirect' || (answer.status >= 300 && answer.status < 400)) {
        throw new FeedbackGraphError('The server redirects to another address: use that one as url', {
          code: 'UNEXPECTED_RESPONSE',
          ...(answer.status > 0 && { status: answer.status }),
        });
      }
      if (!answer.ok) throw errorOfAnswer(answer.status, answer.headers, await answer.text());
      return await read(answer);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FeedbackGraphError) throw error;
      if (ended.signal.reason === late) throw late;
      throw new FeedbackGraphError('The server cannot be reached, or the connection broke off', {
        code: 'CONNECTION_FAILED',
        cause: error,
      });
    } finally {
      clearTimeout(timer);
      // A body that is still to come is ended by the signal, too.
      if (!leavesOpen) signal?.removeEventListener('abort', abort);
    }
  }

  async function run<Taken>(request: ApiRequest, take: Take<Taken>): Promise<Taken> {
    const headers = new Headers(request.headers);
    if (!headers.has('accept')) headers.set('accept', 'application/json');
    if (request.body !== undefined) headers.set('content-type', 'application/json');
    if (/^(?:POST|PUT)$/.test(request.method)) headers.set('idempotency-key', request.idempotencyKey ?? randomKey());
    // What has taken place may be refused when it is repeated: an erasure, or a change of one version.
    const isRepeatable = request.method !== 'DELETE' && !headers.has('if-match');
    let renewals = 0;
    let renew = false;
    for (let failures = 0; ;) {
      const token = await readToken(options.token, renew);
      renew = false;
      headers.set('authorization', `Bearer ${token}`);
      try {
        return await attempt(request, headers, take);
      } catch (error) {
        if (!(error instanceof FeedbackGraphError)) throw error;
        if (error.status === 401 && renewals === 0 && typeof options.token === 'function') {
          renewals += 1;
          renew = true;
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
  }

  return {
    send: (request) => run(request, { read: readJson, leavesOpen: false }),
    open: (request) =>
      run(request, {
        read: (answer) => {
          const accepted = new Headers(request.headers).get('accept') ?? '';
          if (!isOfType(answer, accepted)) throw unexpected(answer);
          return Promise.resolve(answer);
        },
        leavesOpen: true,
      }),
  };
}

async function readJson(answer: Response): Promise<ApiAnswer> {
  const text = await answer.text();
  if (isJson(text)) return { status: answer.status, headers: answer.headers, text };
  if (!isOfType(answer, 'application/json')) throw unexpected(answer);
  throw new FeedbackGraphError('The connection broke off within the answer', { code: 'CONNECTION_FAILED' });
}

function isOfType({ headers }: Response, type: string): boolean {
  return headers.get('content-type')?.split(';')[0]?.trim() === type;
}

async function readToken(token: Token, renew: boolean): Promise<string> {
  if (typeof token === 'string') return token;
  try {
    return await token({ renew });
  } catch (error) {
    throw new FeedbackGraphError('There is no token: the function that provides it failed', {
      code: 'TOKEN_UNAVAILABLE',
      cause: error,
    });
  }
}

function unexpected({ status }: Response): FeedbackGraphError {
  return new FeedbackGraphError('The answer is not one of feedback-graph: is the url right, or a proxy in between?', {
    code: 'UNEXPECTED_RESPONSE',
    status,
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** 128 random bits. Pages without TLS have no `crypto.randomUUID`. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
