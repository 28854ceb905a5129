import DataLoader from 'dataloader';
import {
  type LineagePage,
  type LineagePageRequest,
  lineagePages,
  lineageSubgraphs,
  type Subgraph,
  type SubgraphRequest,
} from '../adapters/lineage-lists.js';
import { lineagePaths, type LineagePaths, type LineagePathsRequest } from '../adapters/lineage-paths.js';
import type { Visits } from '../adapters/lineage-walk.js';
import { lineageStats, type LineageStats } from '../graph/lineage-stats.js';
import type { Reader } from '../store/contract.js';

/** The most adapters that the lineages of one request visit together. */
const MAX_VISITS = 50_000;
/** An adapter whose counters are read costs as much as this many that are only visited. */
const COUNTED = 5;

/** What is asked for of the lineages of one level of a query, each kind by one walk for all. */
export interface LineageLoaders {
  readonly pages: DataLoader<LineagePageRequest, LineagePage, string>;
  readonly subgraphs: DataLoader<SubgraphRequest, Subgraph, string>;
  readonly paths: DataLoader<LineagePathsRequest, LineagePaths, string>;
  readonly stats: DataLoader<string, LineageStats>;
}

type Load<Request, Answer> = (
  reader: Reader,
  org: string,
  requests: readonly Request[],
  visits: Visits,
) => Promise<Answer[]>;

export function lineageLoaders(
  batchedRead: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>,
  org: string,
  batchScheduleFn: (dispatch: () => void) => void,
): LineageLoaders {
  let left = MAX_VISITS;

  const batched =
    <Request, Answer extends { readonly visited: number }>(load: Load<Request, Answer>, cost: number) =>
    async (requests: readonly Request[]): Promise<Answer[]> => {
      const visits = { most: Math.floor(left / cost), limit: MAX_VISITS };
      const answers = await batchedRead((reader) => load(reader, org, requests, visits));
      left = Math.max(0, left - cost * answers.reduce((total, { visited }) => total + visited, 0));
      return answers;
    };
  const cacheKeyFn = (request: object): string => JSON.stringify(request);
  return {
    pages: new DataLoader(batched(lineagePages, 1), { batchScheduleFn, cacheKeyFn }),
    subgraphs: new DataLoader(batched(lineageSubgraphs, 1), { batchScheduleFn, cacheKeyFn }),
    paths: new DataLoader(batched(lineagePaths, 1), { batchScheduleFn, cacheKeyFn }),
    stats: new DataLoader(batched(lineageStats, COUNTED), { batchScheduleFn }),
  };
}
