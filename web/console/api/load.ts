import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type AnyVariables, createRequest, stringifyDocument } from '@urql/core';
import { useCallback } from 'react';
import { useClient } from 'urql';
import { type Outcome, toProblem } from './problem.js';

/** A function that asks the server once, past the cache; it never throws. */
export function useApiLoader<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): (variables: Variables) => Promise<Outcome<Data>> {
  const client = useClient();
  return useCallback(
    async (variables) => {
      const { data, error } = await client.query(document, variables, { requestPolicy: 'network-only' }).toPromise();
      if (error !== undefined) return { ok: false, problem: toProblem(error) };
      return data === undefined ? { ok: false, problem: { kind: 'failed' } } : { ok: true, data };
    },
    [client, document],
  );
}

/**
 * A function that sends a mutation whose answer nobody waits for: the browser sends it even while the page goes away, and
 * with the token of now, even while it is being forgotten.
 */
export function useParting<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): (variables: Variables) => Promise<void> {
  const client = useClient();
  return useCallback(
    async (variables) => {
      const { url, fetch: send } = client.createRequestOperation(
        'mutation',
        createRequest(document, variables),
      ).context;
      await send?.(url, {
        method: 'POST',
        keepalive: true,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: stringifyDocument(document), variables }),
      }).catch(() => undefined);
    },
    [client, document],
  );
}
