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
  readonly expiresAt: number;
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
    if (!answer.ok) throw new Error(`The address for tokens answered ${answer.status}`);
    const body: unknown = await answer.json();
    if (typeof body !== 'object' || body === null || !('token' in body) || typeof body.token !== 'string') {
      throw new Error('The address for tokens answered without a token');
    }
    // Without a time, it is used until the server refuses it.
    const expiresAt = 'expires_at' in body && typeof body.expires_at === 'number' ? body.expires_at : Infinity;
    return { token: body.token, expiresAt };
  }

  return async ({ renew }) => {
    if (renew || (known !== undefined && known.expiresAt - RENEW_BEFORE_MS <= Date.now())) known = undefined;
    if (known !== undefined) return known.token;
    pending ??= fetchToken().finally(() => (pending = undefined));
    known = await pending;
    return known.token;
  };
}
