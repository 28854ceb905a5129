import { FeedbackGraphError, isObject } from './errors.js';

/** Why a token is asked for. */
export interface TokenRequest {
  /** Whether the server has just refused the token before: a new one is needed, not a remembered one. */
  readonly renew: boolean;
}

/** A token, or a function that is asked for one before each request, so that short-lived tokens can be renewed. */
export type Token = string | ((request: TokenRequest) => string | Promise<string>);

/** Before a token ends by so many ms, the next one is fetched: clocks differ, and a request takes a while. */
const RENEW_BEFORE_MS = 30_000;

export interface TokenSourceOptions {
  /** Sent with the request to your back end: a method, headers, credentials. */
  readonly init?: RequestInit;
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>;
}

interface FetchedToken {
  readonly token: string;
  /** Epoch ms. */
  readonly renewAt: number;
}

/**
 * Tokens from an address of your own back end, which answers with the body of `POST /api/v1/llm/tokens`: an object with
 * `token` and `expires_at`. Each is used until shortly before it expires; requests that wait for one share it.
 */
export function tokenFrom(url: string, options: TokenSourceOptions = {}): (request: TokenRequest) => Promise<string> {
  let known: FetchedToken | undefined;
  let pending: Promise<FetchedToken> | undefined;

  async function fetchToken(): Promise<FetchedToken> {
    const answer = await (options.fetch ?? fetch)(url, { method: 'POST', ...options.init });
    const body: unknown = answer.ok ? await answer.json() : undefined;
    if (!isObject(body) || typeof body['token'] !== 'string') {
      throw new Error(`The address for tokens answered ${answer.status} without a token`);
    }
    const { token, expires_at: expiresAt } = body;
    const renewAt = Number(expiresAt) - RENEW_BEFORE_MS;
    // Without a time, or if this clock is wrong by more than the token lasts, it is used until the server refuses it.
    return { token, renewAt: renewAt > Date.now() ? renewAt : Infinity };
  }

  return async ({ renew }) => {
    if (renew || (known !== undefined && known.renewAt <= Date.now())) known = undefined;
    if (known !== undefined) return known.token;
    pending ??= fetchToken().finally(() => (pending = undefined));
    known = await pending;
    return known.token;
  };
}

export const NO_TOKEN = 'token must be a string of visible ASCII characters, or a function';

/** The token to send now. @throws {FeedbackGraphError} which never shows it */
export async function readToken(token: Token, renew: boolean): Promise<string> {
  if (typeof token === 'string') return token;
  try {
    const given = await token({ renew });
    if (isVisibleAscii(given)) return given;
    throw new TypeError(NO_TOKEN);
  } catch (error) {
    throw new FeedbackGraphError('The function that provides tokens failed', {
      code: 'TOKEN_UNAVAILABLE',
      cause: error,
    });
  }
}

/** Whether something fits into a header as one word. */
export function isVisibleAscii(value: unknown): boolean {
  return typeof value === 'string' && /^[!-~]+$/.test(value);
}
