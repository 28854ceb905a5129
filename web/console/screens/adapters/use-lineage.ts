import { useEffect, useMemo } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { usePages } from '../../api/pages.js';
import type { Problem } from '../../api/problem.js';
import { AdaptersPageDocument, LineageOfAdapterDocument } from './documents.generated.js';
import { buildGraph, type LineageGraph } from './lineage/graph.js';
import { type StageFilter, toStage } from './stage-filter.js';

/** More than these are not drawn together; one page of the API has half of them. */
export const MAX_DRAWN = 1_000;

export type LoadedLineage =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: Problem; readonly retry: () => void }
  | { readonly state: 'missing' }
  | {
      readonly state: 'ready';
      readonly graph: LineageGraph;
      /** What each was derived from, whether it is in the graph or not. */
      readonly parentIds: ReadonlyMap<string, readonly string[]>;
      readonly totalCount: number | undefined;
      /** Whether there are adapters that are not loaded. */
      readonly hasMore: boolean;
      readonly loadMore: () => void;
    };

/** All adapters of the organization at a stage, as far as they can be drawn; the rest is loaded as the list is read. */
export function useAllAdapters(stage: StageFilter): LoadedLineage {
  const pages = usePages(AdaptersPageDocument, { stage: toStage(stage) }, ({ adapters }) => adapters);
  const { rows, hasMore, loadMore } = pages;
  useEffect(() => {
    if (rows.length > 0 && rows.length < MAX_DRAWN && hasMore) loadMore();
  }, [rows, hasMore, loadMore]);
  const graph = useMemo(
    () =>
      buildGraph(
        rows,
        rows.flatMap(({ id, derivedFrom }) => derivedFrom.edges.map(({ node }) => [node.id, id] as const)),
      ),
    [rows],
  );
  const parentIds = useMemo(
    () => new Map(rows.map(({ id, derivedFrom }) => [id, derivedFrom.edges.map(({ node }) => node.id)])),
    [rows],
  );
  if (pages.isLoading) return { state: 'loading' };
  if (pages.problem !== undefined) return { state: 'failed', problem: pages.problem, retry: pages.reload };
  return { state: 'ready', graph, parentIds, totalCount: pages.totalCount, hasMore, loadMore };
}

/** One adapter with its ancestors and descendants. */
export function useLineageOf(id: string): LoadedLineage {
  const answer = useApiQuery(LineageOfAdapterDocument, { id });
  const lineage = answer.state === 'ready' ? answer.data.adapter?.lineage : undefined;
  const graph = useMemo(
    () =>
      lineage &&
      buildGraph(
        lineage.nodes.map(({ adapter }) => adapter),
        lineage.edges.map(({ parentId, childId }) => [parentId, childId] as const),
      ),
    [lineage],
  );
  if (answer.state !== 'ready') return answer;
  if (lineage === undefined || graph === undefined) return { state: 'missing' };
  return {
    state: 'ready',
    graph,
    parentIds: graph.parents,
    totalCount: graph.adapters.size,
    hasMore: lineage.truncated,
    loadMore: () => undefined,
  };
}
