/** Which answers are so new that asking again would tell nothing: whoever goes back and forth makes no requests. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type AnyVariables, type Client, createRequest, type Exchange, mapExchange } from '@urql/core';

/** How long an answer counts as new, ms. */
const FRESH_FOR = 10_000;

const answeredAt = new WeakMap<Client, Map<number, number>>();

/** Notes when the server has answered what. After a change of one's own nothing is new any more. */
export const freshnessExchange: Exchange = (input) => {
  const times = new Map<number, number>();
  answeredAt.set(input.client, times);
  return mapExchange({
    onResult: ({ operation: { kind, key }, error }) => {
      if (kind === 'mutation') times.clear();
      else if (kind === 'query' && error === undefined) times.set(key, Date.now());
    },
  })(input);
};

/** Whether the cache has an answer that needs not be asked for again. */
export function isFresh<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): boolean {
  const at = answeredAt.get(client)?.get(createRequest(document, variables).key);
  return at !== undefined && Date.now() - at < FRESH_FOR;
}
