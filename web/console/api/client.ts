import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';

export interface ApiClientOptions {
  readonly token: string;
  /** Called when the server takes the token no longer. */
  readonly onUnauthorized: () => void;
}

/** graphql-ws's code for a token that does not hold, or does not hold any more. */
const FORBIDDEN = 4403;

/** A client of the public GraphQL API. Its cache ends with it, so that nobody sees what another user has loaded. */
export function createApiClient({ token, onUnauthorized }: ApiClientOptions): Client {
  const live = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Infinity,
    shouldRetry: (event) => !(event instanceof CloseEvent && event.code === FORBIDDEN),
  });
  return new Client({
    url: '/graphql',
    // Texts of users have no place in addresses.
    preferGetMethod: false,
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${token}`);
      const response = await fetch(input, { ...init, headers });
      if (response.status === 401) onUnauthorized();
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
