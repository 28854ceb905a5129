/** How screens load and change data: typed documents in, states that can be drawn out. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { AnyVariables } from '@urql/core';
import { useCallback, useMemo } from 'react';
import { useClient, useQuery } from 'urql';
import { isFresh } from './fresh.js';
import { type Outcome, type Problem, toProblem } from './problem.js';
import { isOfConnection, useReconnected } from './reconnected.js';

export type Loaded<Data> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: Problem; readonly retry: () => void }
  | {
      readonly state: 'ready';
      readonly data: Data;
      /** Whether newer data is on its way. */
      readonly isStale: boolean;
      readonly reload: () => void;
    };

export interface QueryOptions {
  /** Whether the query waits, as for a choice that is not made yet. */
  readonly pause?: boolean;
  /**
   * Whether an answer that is known already is shown, and asked for again unless it is new: for what others change. `always`
   * asks even then: for what somebody is about to act on.
   */
  readonly refreshes?: boolean | 'always';
}

/** The answer to a query, loaded again when its variables change or a mutation has changed what it shows. */
export function useApiQuery<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, refreshes = false }: QueryOptions = {},
): Loaded<Data> {
  const client = useClient();
  const signature = JSON.stringify(variables);
  // Decided once for each value of the variables: what is new when it is shown is not asked for when it is drawn again later.
  const requestPolicy = useMemo(
    () =>
      refreshes === 'always' || (refreshes && !isFresh(client, document, variables))
        ? 'cache-and-network'
        : 'cache-first',
    [client, document, signature, refreshes],
  );
  const [{ data, error, stale }, execute] = useQuery({ query: document, variables, pause, requestPolicy });
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  const problem = data === undefined && error !== undefined ? toProblem(error) : undefined;
  useReconnected(reload, isOfConnection(problem));
  if (data !== undefined) return { state: 'ready', data, isStale: stale, reload };
  if (problem !== undefined) return { state: 'failed', problem, retry: reload };
  return { state: 'loading' };
}

export interface MutationOptions {
  /** Sent with the request, so that repeating it after a lost answer changes nothing twice. */
  readonly idempotencyKey?: string;
  /** Whether the browser sends it even if the page goes away meanwhile; as far as it is short. */
  readonly keepalive?: boolean;
}

/** Browsers refuse to keep more alive than 64 KiB at a time. */
const MAX_KEPT_ALIVE = 16_384;

/** A function that runs a mutation; it never throws. Queries that show what has changed load again by themselves. */
export function useApiMutation<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): (variables: Variables, options?: MutationOptions) => Promise<Outcome<Data>> {
  const client = useClient();
  return useCallback(
    async (variables, { idempotencyKey, keepalive = false } = {}) => {
      const fetchOptions = {
        ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
        ...(keepalive && JSON.stringify(variables).length < MAX_KEPT_ALIVE && { keepalive }),
      };
      const { data, error } = await client.mutation(document, variables, { fetchOptions }).toPromise();
      if (error !== undefined) return { ok: false, problem: toProblem(error) };
      return data === undefined ? { ok: false, problem: { kind: 'failed' } } : { ok: true, data };
    },
    [client, document],
  );
}
