/**
 * What one request loads, batched: whatever the resolvers of one level ask for in one tick becomes one consistent read
 * of the store. Loaders live as long as their request, so nothing stale is ever served to another one.
 */
import DataLoader from 'dataloader';
import { type Adapter, findAdapters, neighbourPage } from '../adapters/adapters.js';
import { decodeDerivation, type Derivation } from '../adapters/lineage.js';
import type { FilterPlan } from '../feedback/index/filter.js';
import type { Scope } from '../feedback/index/scopes.js';
import { feedbackStats, type FeedbackStats } from '../feedback/index/stats.js';
import { decodeLink, type FeedbackLink } from '../feedback/links.js';
import { countedKeys, countFeedback, feedbackPage, type FeedbackPage, type PageRequest } from '../feedback/list.js';
import { findFeedback } from '../feedback/read.js';
import { sharedFeedback, type SharedWith } from '../graph/shared-feedback.js';
import type { Feedback } from '../model/feedback.js';
import type { Reader, Store } from '../store/contract.js';
import { edgeOutKey, type EdgeType, feedbackPrefix } from '../store/layout.js';
import { findBatches, type TrainingBatch } from '../training/batch.js';
import { budgetedReader } from './budget/budgeted-reader.js';
import type { RequestBudget } from './budget/request-budget.js';
import { afterPendingJobs, coalescingReader } from './coalescing-reader.js';
import { type LineageLoaders, lineageLoaders } from './lineage-loaders.js';

export interface EdgeEnds {
  readonly type: EdgeType;
  readonly from: string;
  readonly to: string;
}

export interface NeighbourRequest {
  /** Key prefix of the edges, see store/layout.ts. */
  readonly prefix: string;
  readonly limit: number;
  readonly after?: string;
}

export interface NeighbourAdapters {
  readonly adapters: readonly Adapter[];
  readonly hasNext: boolean;
}

export interface Loaders {
  readonly feedback: DataLoader<string, Feedback | undefined>;
  readonly adapters: DataLoader<string, Adapter | undefined>;
  /** By number. */
  readonly trainingBatches: DataLoader<number, TrainingBatch | undefined>;
  readonly links: DataLoader<EdgeEnds, FeedbackLink | undefined, string>;
  readonly derivations: DataLoader<EdgeEnds, Derivation | undefined, string>;
  readonly stats: DataLoader<Scope, FeedbackStats, string>;
  readonly counters: DataLoader<string, number>;
  /** Runs a read together with all others of the same tick, on one state of the store. */
  readonly batchedRead: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>;
  readonly pages: (plan: FilterPlan, request: PageRequest) => Promise<FeedbackPage>;
  readonly counts: (plan: FilterPlan) => Promise<number>;
  readonly lineage: LineageLoaders;
  /** By adapter. */
  readonly sharedFeedback: DataLoader<string, readonly SharedWith[]>;
  readonly neighbours: DataLoader<NeighbourRequest, NeighbourAdapters, string>;
}

export function createLoaders(store: Store, org: string, budget?: RequestBudget): Loaders {
  const batchedRead = batchedReads(store, org, budget);

  const edges = <T>(decode: (value: Buffer) => T): DataLoader<EdgeEnds, T | undefined, string> =>
    new DataLoader(
      (ends) =>
        batchedRead(async (reader) => {
          const values = await reader.getMany(ends.map(({ type, from, to }) => edgeOutKey(org, type, from, to)));
          return values.map((value) => (value === undefined ? undefined : decode(value)));
        }),
      { cacheKeyFn: ({ type, from, to }) => JSON.stringify([type, from, to]) },
    );

  return {
    batchedRead,
    feedback: new DataLoader((ids) => batchedRead((reader) => findFeedback(reader, org, ids))),
    adapters: new DataLoader((ids) => batchedRead((reader) => findAdapters(reader, org, ids))),
    trainingBatches: new DataLoader((numbers) => batchedRead((reader) => findBatches(reader, org, numbers))),
    links: edges(decodeLink),
    derivations: edges(decodeDerivation),
    stats: new DataLoader((scopes) => batchedRead((reader) => feedbackStats(reader, org, scopes)), {
      cacheKeyFn: (scope) => JSON.stringify(scope),
    }),
    counters: new DataLoader((keys) => batchedRead((reader) => reader.counters(keys))),
    pages: (plan, request) => batchedRead((reader) => feedbackPage(reader, plan, request)),
    counts: (plan) =>
      batchedRead(async (reader) => {
        budget?.planReads(await countedKeys(reader, plan));
        return countFeedback(reader, plan);
      }),
    lineage: lineageLoaders(batchedRead, org),
    sharedFeedback: new DataLoader((ids) => batchedRead((reader) => sharedFeedback(reader, org, ids))),
    neighbours: new DataLoader((requests) => batchedRead((reader) => neighbourAdapters(reader, org, requests)), {
      cacheKeyFn: ({ prefix, limit, after }) => JSON.stringify([prefix, limit, after]),
    }),
  };
}

/** Edges and the nodes at their far ends: a set of ranges, and the records of all of them together. */
async function neighbourAdapters(
  reader: Reader,
  org: string,
  requests: readonly NeighbourRequest[],
): Promise<NeighbourAdapters[]> {
  const pages = await Promise.all(
    requests.map(({ prefix, limit, after }) => neighbourPage(reader, prefix, limit, after)),
  );
  const ids = [...new Set(pages.flatMap((page) => page.ids))];
  const found = await findAdapters(reader, org, ids);
  const adapters = new Map(ids.map((id, index) => [id, found[index]]));
  return pages.map((page) => ({
    adapters: page.ids.map((id) => adapters.get(id)).filter((adapter) => adapter !== undefined),
    hasNext: page.hasNext,
  }));
}

type Work = (reader: Reader) => Promise<unknown>;

/** Gathers the reads of one tick into one `store.read`, so that they see one state. */
function batchedReads(store: Store, org: string, budget: RequestBudget | undefined): Loaders['batchedRead'] {
  const entries = feedbackPrefix(org);
  const isEntry = (key: string): boolean => key.startsWith(entries);
  const loader = new DataLoader<Work, unknown>(
    (works) =>
      store
        .read((reader) => {
          const shared = coalescingReader(budget === undefined ? reader : budgetedReader(reader, budget, isEntry));
          return Promise.all(works.map((work) => settle(work(shared))));
        })
        .then(unsettle),
    {
      cache: false,
      // The other loaders of a tick ask for their reads when they dispatch, one turn later.
      batchScheduleFn: (dispatch) => {
        afterPendingJobs(() => {
          afterPendingJobs(dispatch);
        });
      },
    },
  );
  return async <T>(work: (reader: Reader) => Promise<T>) => (await loader.load(work)) as T;
}

/** One failing read must not fail the others of its tick. */
async function settle(work: Promise<unknown>): Promise<{ readonly value: unknown } | { readonly error: Error }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function unsettle(results: readonly Awaited<ReturnType<typeof settle>>[]): unknown[] {
  return results.map((result) => ('error' in result ? result.error : result.value));
}
