import {
  cacheExchange,
  Client,
  type CombinedError,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
} from '@urql/core';
import { createClient } from 'graphql-ws';
import type { Credential } from '../session/credentials.js';
import { connection } from './connection.js';
import { freshnessExchange } from './fresh.js';
import { toProblem } from './problem.js';

/** graphql-ws's code for a token that does not hold, or does not hold any more. */
const FORBIDDEN = 4403;

/** Codes of the server's own reasons begin here; whatever broke a connection below it is no word of the server. */
const FIRST_OWN_CODE = 4000;
const NORMAL_CLOSURE = 1000;

/** Between two attempts to follow live events again: doubled each time, and never quite the same in two tabs, ms. */
const LONGEST_RECONNECT = 30_000;
const SPREAD = 1_000;

/** How long a connection stays that nothing is followed on, ms. */
const IDLE_CONNECTION = 5_000;

/** How often, and how long at most each time, a request waits that is refused as one too many; ms. */
const WAITS = 3;
const LONGEST_WAIT = 20_000;

/**
 * Sends a request, and sends it again after the time that the server names if there were too many: nothing has taken place
 * then, and whoever works quickly through a queue is not held up by a message.
 */
async function fetchWithinLimits(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  for (let waited = 0; ; waited++) {
    const response = await fetchWatched(input, init);
    const milliseconds = Number(response.headers.get('retry-after')) * 1000;
    if (response.status !== 429 || waited === WAITS || !(milliseconds > 0 && milliseconds <= LONGEST_WAIT)) {
      return response;
    }
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    init.signal?.throwIfAborted();
  }
}

/** Tells the connection what has become of a request. */
async function fetchWatched(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  let response;
  try {
    response = await fetch(input, init);
  } catch (error) {
    if (init.signal?.aborted !== true) connection.suspect();
    throw error;
  }
  if (response.status >= 502 && response.status <= 504) connection.suspect();
  else connection.confirm();
  return response;
}

/**
 * A client of the public GraphQL API. Its cache ends with it, so that nobody sees what another user has loaded.
 * @param onForbidden called when the server refuses something for want of a permission
 */
export function createApiClient(credential: Credential, onForbidden: () => void): Client {
  let hasWorked = false;
  const live = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    // Asked for each connection: a token that has been renewed meanwhile holds again.
    connectionParams: async () => ({ authorization: `Bearer ${await credential.token()}` }),
    // From one screen to the next the connection stays: opening one counts as a request.
    lazyCloseTimeout: IDLE_CONNECTION,
    retryAttempts: Infinity,
    retryWait: async (retries) => {
      await connection.wait(Math.min(1_000 * 2 ** retries, LONGEST_RECONNECT));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD));
    },
    on: {
      connected: () => connection.confirm(),
      closed: (event) => {
        const code = event instanceof CloseEvent ? event.code : undefined;
        if (code === undefined || (code !== NORMAL_CLOSURE && code < FIRST_OWN_CODE)) connection.suspect();
      },
    },
    shouldRetry: (event) => !(event instanceof CloseEvent && event.code === FORBIDDEN) || credential.isRenewable,
  });
  const send = async (input: RequestInfo | URL, init: RequestInit, token: string): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetchWithinLimits(input, { ...init, headers });
  };
  return new Client({
    url: '/graphql',
    // Texts of users have no place in addresses.
    preferGetMethod: false,
    fetch: async (input, init = {}) => {
      const token = await credential.token();
      let response = await send(input, init, token);
      if (response.status === 401) {
        const another = await credential.replace(token, hasWorked);
        if (another !== undefined) response = await send(input, init, another);
      }
      hasWorked ||= response.ok;
      return response;
    },
    exchanges: [
      cacheExchange,
      freshnessExchange,
      mapExchange({
        onError: (error: CombinedError) => {
          if (toProblem(error).kind === 'forbidden') onForbidden();
        },
        // It is null, whatever its type says, where the server refuses all that was asked for.
        onResult: (result) => ({ ...result, data: (result.data as unknown) ?? undefined }),
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: live.subscribe(
              { query, ...(variables !== undefined && { variables: { ...variables } }) },
              {
                next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
}
