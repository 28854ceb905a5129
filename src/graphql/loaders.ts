/**
 * What one request loads, batched: whatever the resolvers of one level ask for in one tick becomes one consistent read
 * of the store. Loaders live as long as their request, so nothing stale is ever served to another one.
 */
import DataLoader from 'dataloader';
import { type Adapter, findAdapters, type NeighbourList, neighbourPage } from '../adapters/adapters.js';
import { type Derivation, findDerivations } from '../adapters/lineage.js';
import { type ConcurrencyGate, createConcurrencyGate } from '../concurrency-gate.js';
import type { FilterPlan } from '../feedback/index/filter.js';
import { type PreferenceStats, preferenceStats } from '../feedback/index/preference-stats.js';
import { feedbackStats, type FeedbackStats } from '../feedback/index/stats.js';
import type { SecondaryIndex } from '../feedback/index/table.js';
import { type FeedbackLink, findLinks } from '../feedback/links.js';
import {
  countedKeys,
  countFeedback,
  feedbackPage,
  type FeedbackPage,
  hasCounters,
  type PageRequest,
} from '../feedback/list.js';
import { findFeedback, matchFeedbackKeys } from '../feedback/read.js';
import type { FeedbackTotal } from '../feedback/total.js';
import { sharedFeedback, type SharedWith } from '../graph/shared-feedback.js';
import type { Feedback } from '../model/feedback.js';
import { type Principal, readsOwnOnly } from '../principal.js';
import type { Reader, Store } from '../store/contract.js';
import type { EdgeEnds } from '../store/edges.js';
import { findBatches, type TrainingBatch } from '../training/batch.js';
import { afterPendingJobs } from '../yield-to-event-loop.js';
import { budgetedReader } from './budget/budgeted-reader.js';
import type { RequestBudget } from './budget/request-budget.js';
import { coalescingReader } from './coalescing-reader.js';
import { type LineageLoaders, lineageLoaders } from './lineage-loaders.js';
import type { OperationTask } from './scheduling/scheduler.js';

export interface NeighbourRequest {
  readonly list: NeighbourList;
  readonly limit: number;
  readonly after?: string;
}

export interface NeighbourAdapters {
  readonly adapters: readonly Adapter[];
  readonly hasNext: boolean;
}

type LongRead<T> = (read: Loaders['batchedRead']) => Promise<T>;
type ExpectedKeys = (reader: Reader) => Promise<number> | number;

export interface Loaders {
  readonly feedback: DataLoader<string, Feedback | undefined>;
  readonly adapters: DataLoader<string, Adapter | undefined>;
  /** By number. */
  readonly trainingBatches: DataLoader<number, TrainingBatch | undefined>;
  readonly links: DataLoader<EdgeEnds, FeedbackLink | undefined, string>;
  readonly derivations: DataLoader<EdgeEnds, Derivation | undefined, string>;
  readonly stats: DataLoader<SecondaryIndex, FeedbackStats, string>;
  /** By adapter. */
  readonly preferences: DataLoader<string, PreferenceStats>;
  /** Runs a read together with all others of the same tick, on one state of the store. */
  readonly batchedRead: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>;
  /**
   * Runs what reads much more than it answers: few of them at a time, and those with the same name once.
   * @param name says all that the answer depends on beside the store
   * @param expectedKeys about how many keys it reads, as counters tell: nothing is read that is over the request's budget
   */
  readonly longRead: <T>(name: readonly unknown[], run: LongRead<T>, expectedKeys?: ExpectedKeys) => Promise<T>;
  readonly pages: (plan: FilterPlan, request: PageRequest) => Promise<FeedbackPage>;
  readonly counts: (plan: FilterPlan) => Promise<FeedbackTotal>;
  readonly lineage: LineageLoaders;
  /** By adapter. */
  readonly sharedFeedback: DataLoader<string, readonly SharedWith[]>;
  readonly neighbours: DataLoader<NeighbourRequest, NeighbourAdapters, string>;
}

/** What a request's loaders depend on beside the store. */
export interface LoaderOptions {
  /** What all that they read counts against. */
  readonly budget?: RequestBudget | undefined;
  /** The turns of the operation: what it asks for in one stretch is read together. */
  readonly task?: OperationTask | undefined;
  /** Who asks: a token that may read its own entries alone finds no others by id. */
  readonly principal?: Principal | undefined;
}

/** Each made when it is first asked for, as most requests need one or two; a class, as its getters cost a request nothing. */
export function createLoaders(store: Store, org: string, options: LoaderOptions = {}): Loaders {
  return new LoadersOfRequest(store, org, options);
}

class LoadersOfRequest implements Loaders {
  readonly batchedRead: Loaders['batchedRead'];
  readonly #org: string;
  readonly #owner: Principal | undefined;
  readonly #schedule: (dispatch: () => void) => void;
  #longRead?: Loaders['longRead'];
  #feedback?: Loaders['feedback'];
  #adapters?: Loaders['adapters'];
  #trainingBatches?: Loaders['trainingBatches'];
  #links?: Loaders['links'];
  #derivations?: Loaders['derivations'];
  #stats?: Loaders['stats'];
  #preferences?: Loaders['preferences'];
  #lineage?: Loaders['lineage'];
  #sharedFeedback?: Loaders['sharedFeedback'];
  #neighbours?: Loaders['neighbours'];

  constructor(store: Store, org: string, { budget, task, principal }: LoaderOptions) {
    this.#org = org;
    this.#owner = principal !== undefined && readsOwnOnly(principal) ? principal : undefined;
    this.#schedule = task?.atEndOfStretch ?? afterPendingJobs;
    this.batchedRead = batchedReads(store, org, budget, this.#schedule, task);
  }

  get longRead(): Loaders['longRead'] {
    return (this.#longRead ??= longReads(this.batchedRead));
  }

  get feedback(): Loaders['feedback'] {
    return (this.#feedback ??= this.#byKey(async (reader, org, ids) => {
      const owner = this.#owner;
      const found = await findFeedback(reader, org, ids);
      return owner === undefined ? found : found.map((each) => (each && isOwn(each, owner) ? each : undefined));
    }));
  }

  get adapters(): Loaders['adapters'] {
    return (this.#adapters ??= this.#byKey(findAdapters));
  }

  get trainingBatches(): Loaders['trainingBatches'] {
    return (this.#trainingBatches ??= this.#byKey(findBatches));
  }

  get links(): Loaders['links'] {
    return (this.#links ??= this.#byKey(findLinks, edgeKey));
  }

  get derivations(): Loaders['derivations'] {
    return (this.#derivations ??= this.#byKey(findDerivations, edgeKey));
  }

  get stats(): Loaders['stats'] {
    return (this.#stats ??= this.#byKey(feedbackStats, (index: SecondaryIndex) => JSON.stringify(index)));
  }

  get preferences(): Loaders['preferences'] {
    return (this.#preferences ??= this.#byKey(preferenceStats));
  }

  get lineage(): Loaders['lineage'] {
    return (this.#lineage ??= lineageLoaders(this.batchedRead, this.#org, this.#schedule));
  }

  get sharedFeedback(): Loaders['sharedFeedback'] {
    return (this.#sharedFeedback ??= this.#byKey(sharedFeedback));
  }

  get neighbours(): Loaders['neighbours'] {
    return (this.#neighbours ??= this.#byKey(neighbourAdapters, ({ list, limit, after }: NeighbourRequest) =>
      JSON.stringify([list.prefix, limit, after]),
    ));
  }

  readonly pages: Loaders['pages'] = (plan, request) =>
    this.batchedRead((reader) => feedbackPage(reader, plan, request));

  readonly counts: Loaders['counts'] = (plan) =>
    hasCounters(plan)
      ? this.batchedRead((reader) => countFeedback(reader, plan))
      : this.longRead(
          ['counts', plan],
          (read) => read((reader) => countFeedback(reader, plan)),
          (reader) => countedKeys(reader, plan),
        );

  /** What `find` answers for many keys of the organization, in their order. */
  #byKey<Key, Value, CacheKey = Key>(
    find: (reader: Reader, org: string, keys: readonly Key[]) => Promise<Value[]>,
    cacheKeyFn?: (key: Key) => CacheKey,
  ): DataLoader<Key, Value, CacheKey> {
    return new DataLoader((keys) => this.batchedRead((reader) => find(reader, this.#org, keys)), {
      batchScheduleFn: this.#schedule,
      ...(cacheKeyFn !== undefined && { cacheKeyFn }),
    });
  }
}

function edgeKey({ from, to }: EdgeEnds): string {
  return JSON.stringify([from, to]);
}

function isOwn({ submittedBy, interactionId }: Feedback, { sub, scope }: Principal): boolean {
  return submittedBy === sub && (scope?.interactionId === undefined || scope.interactionId === interactionId);
}

/** Edges and the nodes at their far ends: a set of ranges, and the records of all of them together. */
async function neighbourAdapters(
  reader: Reader,
  org: string,
  requests: readonly NeighbourRequest[],
): Promise<NeighbourAdapters[]> {
  const pages = await Promise.all(
    requests.map(({ list, limit, after }) => neighbourPage(reader, list.prefix, limit, after)),
  );
  const ids = [...new Set(pages.flatMap((page) => page.ids))];
  const found = await findAdapters(reader, org, ids);
  const adapters = new Map(ids.map((id, index) => [id, found[index]]));
  return pages.map((page) => ({
    adapters: page.ids.map((id) => adapters.get(id)).filter((adapter) => adapter !== undefined),
    hasNext: page.hasNext,
  }));
}

/** Ranges that one request reads at once: to begin one and to take what it has found costs the main thread some 50 µs. */
const RANGES_AT_ONCE = 32;

type Work = (reader: Reader) => Promise<unknown>;

/** Gathers the reads of one tick into one `store.read`, so that they see one state. */
function batchedReads(
  store: Store,
  org: string,
  budget: RequestBudget | undefined,
  schedule: (dispatch: () => void) => void,
  task: OperationTask | undefined,
): Loaders['batchedRead'] {
  const enter = inTurns(createConcurrencyGate(RANGES_AT_ONCE), task);
  const isEntry = matchFeedbackKeys(org);
  const loader = new DataLoader<Work, unknown>(
    (works) =>
      store
        .read((reader) => {
          const shared = coalescingReader(
            budget === undefined ? reader : budgetedReader(reader, budget, isEntry),
            enter,
          );
          return Promise.all(works.map((work) => settle(work(shared))));
        })
        .then(unsettle),
    {
      cache: false,
      // The other loaders of a tick ask for their reads when they dispatch, one turn later.
      batchScheduleFn: (dispatch) => {
        schedule(() => {
          afterPendingJobs(dispatch);
        });
      },
    },
  );
  return async <T>(work: (reader: Reader) => Promise<T>) => (await loader.load(work)) as T;
}

/** The same gate, behind which each waits for a turn of the operation if operations have computed for long enough. */
function inTurns(enter: ConcurrencyGate, task: OperationTask | undefined): ConcurrencyGate {
  if (task === undefined) return enter;
  return async () => {
    const leave = await enter();
    await task.giveWay();
    return leave;
  };
}

/** So many long reads of one request run at once: what each holds in memory is much. */
const LONG_READS_AT_ONCE = 2;

function longReads(batchedRead: Loaders['batchedRead']): Loaders['longRead'] {
  const enter = createConcurrencyGate(LONG_READS_AT_ONCE);
  const known = new Map<string, Promise<unknown>>();
  const start = async <T>(run: LongRead<T>, expectedKeys: ExpectedKeys | undefined): Promise<T> => {
    // Before the gate, so that all that are requested together are added up before the first of them reads.
    if (expectedKeys !== undefined) {
      await batchedRead(async (reader) => {
        reader.planReads?.(await expectedKeys(reader));
      });
    }
    const leave = await enter();
    try {
      return await run(batchedRead);
    } finally {
      leave();
    }
  };
  return <T>(name: readonly unknown[], run: LongRead<T>, expectedKeys?: ExpectedKeys) => {
    const key = JSON.stringify(name);
    // Whatever has the same name is of the same type.
    const answer = (known.get(key) as Promise<T> | undefined) ?? start(run, expectedKeys);
    known.set(key, answer);
    return answer;
  };
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
