import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { isFresh } from './fresh.js';
import { type Problem, toProblem } from './problem.js';
import { isOfConnection, useReconnected } from './reconnected.js';

/** A Relay connection, as far as a list of rows needs it. */
export interface Connection<Row> {
  readonly edges: readonly { readonly node: Row }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
  readonly totalCount?: number;
}

export interface Pages<Row> {
  readonly rows: readonly Row[];
  readonly totalCount: number | undefined;
  /** Whether the first page is on its way, so that there is nothing to show yet. */
  readonly isLoading: boolean;
  readonly isLoadingMore: boolean;
  readonly hasMore: boolean;
  readonly problem: Problem | undefined;
  /** Loads the next page, unless it is on its way, there is none, or the last one failed. */
  readonly loadMore: () => void;
  /** Loads again what failed, or everything from the first page on. */
  readonly reload: () => void;
}

type PageVariables = { readonly after?: string | null | undefined };

interface State<Row> {
  readonly rows: readonly Row[];
  readonly totalCount: number | undefined;
  readonly cursor: string | null;
  readonly hasMore: boolean;
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
}

const EMPTY = {
  rows: [],
  totalCount: undefined,
  cursor: null,
  hasMore: true,
  isBusy: false,
  problem: undefined,
} as const;

/**
 * A long list, page after page as it is read. Other variables begin anew; rows stay where they are when a page is added.
 * @param select where the connection stands in the answer; null if the answer has none
 */
export function usePages<Data, Variables extends PageVariables, Row>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  select: (data: Data) => Connection<Row> | null | undefined,
): Pages<Row> {
  const client = useClient();
  const [state, setState] = useState<State<Row>>(EMPTY);
  const [generation, setGeneration] = useState(0);
  const current = useRef(0);
  const busy = useRef(false);
  // Whether somebody has asked for what is new.
  const forced = useRef(false);
  const newest = useRef({ variables, select });
  useEffect(() => {
    newest.current = { variables, select };
  });

  const load = useCallback(
    async (after: string | null, isFirst = after === null): Promise<void> => {
      const run = current.current;
      busy.current = true;
      setState((before) => ({ ...before, isBusy: true, problem: undefined }));
      const given = { ...newest.current.variables, after } as Variables;
      const requestPolicy = !forced.current && isFresh(client, document, given) ? 'cache-first' : 'network-only';
      const { data, error } = await client.query<Data, Variables>(document, given, { requestPolicy }).toPromise();
      if (run !== current.current) return;
      const page = data === undefined ? undefined : newest.current.select(data);
      // A search may look through many entries without finding one: there is nothing yet that could be scrolled to its end.
      if (isFirst && page != null && page.edges.length === 0 && page.pageInfo.hasNextPage && page.pageInfo.endCursor) {
        return load(page.pageInfo.endCursor, true);
      }
      busy.current = false;
      setState((before) => {
        if (error !== undefined) return { ...before, isBusy: false, problem: toProblem(error) };
        if (page === undefined || page === null) return { ...before, isBusy: false, problem: { kind: 'not-found' } };
        const { hasNextPage, endCursor = null } = page.pageInfo;
        return {
          rows: [...(isFirst ? [] : before.rows), ...page.edges.map(({ node }) => node)],
          totalCount: page.totalCount ?? before.totalCount,
          cursor: endCursor,
          hasMore: hasNextPage && endCursor !== null,
          isBusy: false,
          problem: undefined,
        };
      });
    },
    [client, document],
  );

  const signature = JSON.stringify(variables);
  useEffect(() => {
    current.current += 1;
    setState(EMPTY);
    void load(null);
    return () => {
      current.current += 1;
    };
  }, [load, signature, generation]);

  const loadMore = useCallback(() => {
    if (busy.current || !state.hasMore || state.problem !== undefined) return;
    void load(state.cursor);
  }, [load, state]);

  const reload = useCallback(() => {
    if (state.problem !== undefined && state.rows.length > 0) void load(state.cursor);
    else {
      forced.current = true;
      setGeneration((before) => before + 1);
    }
  }, [load, state]);
  useReconnected(reload, isOfConnection(state.problem));

  return {
    rows: state.rows,
    totalCount: state.totalCount,
    isLoading: state.rows.length === 0 && state.hasMore && state.problem === undefined,
    isLoadingMore: state.isBusy && state.rows.length > 0,
    hasMore: state.hasMore,
    problem: state.problem,
    loadMore,
    reload,
  };
}
