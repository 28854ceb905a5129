import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import type { Credential } from '../session/credentials.js';

/** graphql-ws's code for a token that does not hold, or does not hold any more. */
const FORBIDDEN = 4403;

/** How often, and how long at most each time, a request waits that is refused as one too many; ms. */
const WAITS = 3;
const LONGEST_WAIT = 20_000;

/**
 * Sends a request, and sends it again after the time that the server names if there were too many: nothing has taken place
 * then, and whoever works quickly through a queue is not held up by a message.
 */
async function fetchWithinLimits(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  for (let waited = 0; ; waited++) {
    const response = await fetch(input, init);
    const milliseconds = Number(response.headers.get('retry-after')) * 1000;
    if (response.status !== 429 || waited === WAITS || !(milliseconds > 0 && milliseconds <= LONGEST_WAIT)) {
      return response;
    }
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    init.signal?.throwIfAborted();
  }
}

/** A client of the public GraphQL API. Its cache ends with it, so that nobody sees what another user has loaded. */
export function createApiClient(credential: Credential): Client {
  let hasWorked = false;
  const live = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    // Asked for each connection: a token that has been renewed meanwhile holds again.
    connectionParams: async () => ({ authorization: `Bearer ${await credential.token()}` }),
    retryAttempts: Infinity,
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
