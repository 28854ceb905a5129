/** Services that tell what an answer was made of: the response cache gives it again while that has not changed. */
import { omitNullish } from '../omit-nullish.js';
import type { Reader, SharedCounts, Store, StoreHealth, TrackedRead, Transaction } from '../store/contract.js';
import type { Services } from './context.js';

/** All that an answer was made of. */
export class AnswerSources {
  readonly #reads: TrackedRead<unknown>[] = [];
  #isComplete = true;

  add(read: TrackedRead<unknown>): void {
    this.#reads.push(read);
  }

  /** Something else than what the store holds went into the answer, so that nobody can say whether it is still current. */
  markUncacheable = (): void => {
    this.#isComplete = false;
  };

  /** Whether the answer was made of what the store holds alone. */
  get isCacheable(): boolean {
    return this.#isComplete;
  }

  /** Whether all of it is as it was. A promise, which is never rejected, where the store has to ask. */
  areCurrent(): boolean | Promise<boolean> {
    const asked: Promise<boolean>[] = [];
    for (const { isCurrent } of this.#reads) {
      const answer = isCurrent();
      if (answer === false) return false;
      if (answer !== true) asked.push(answer);
    }
    return asked.length === 0 || Promise.all(asked).then((answers) => answers.every((answer) => answer));
  }

  /** About how much memory is held to know that. */
  get bytes(): number {
    return this.#reads.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** The same services, whose reads are added to the sources; using anything else but the keyed hash marks the answer. */
export function trackServices(services: Services, sources: AnswerSources): Services {
  const marking =
    <Given extends unknown[], Result>(call: (...given: Given) => Result) =>
    (...given: Given): Result => {
      sources.markUncacheable();
      return call(...given);
    };
  const { store, keyedHash, now, validate, stored, judged, pending, keepsVotes, keepsRevised, newId } = services;
  const { serverName, bulkOperation, trainingBatch, plugins, graphQueries, tokens, budget, accessTrail } = services;
  const { search, similar, exportSimilarity, entryLimits, limits, webhooks } = services;
  // Names every service, so that a new one that is forgotten here does not compile.
  const optional: { readonly [Name in OptionalService]: Services[Name] | undefined } = {
    stored: stored && marking(stored),
    judged: judged && marking(judged),
    pending: pending && marking(pending),
    bulkOperation: bulkOperation && marking(bulkOperation),
    trainingBatch: trainingBatch && marking(trainingBatch),
    newId: newId && marking(newId),
    plugins: plugins && marking(plugins),
    graphQueries: graphQueries && marking(graphQueries),
    similar: similar && { candidates: marking(similar.candidates) },
    // For mutations alone.
    serverName,
    keepsVotes,
    keepsRevised,
    tokens,
    budget,
    entryLimits,
    exportSimilarity,
    limits,
    search,
    webhooks,
    // What is counted each time is not to be answered from memory.
    accessTrail: accessTrail && { ...accessTrail, count: marking(accessTrail.count) },
  };
  return {
    store: new TrackedStore(store, sources),
    keyedHash,
    now: marking(now),
    validate: marking(validate),
    ...omitNullish(optional),
  };
}

type OptionalService = {
  [Name in keyof Services]-?: undefined extends Services[Name] ? Name : never;
}[keyof Services];

class TrackedStore implements Store {
  readonly #store: Store;
  readonly #sources: AnswerSources;

  constructor(store: Store, sources: AnswerSources) {
    this.#store = store;
    this.#sources = sources;
  }

  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return (await this.readTracked(work)).answer;
  }

  async readTracked<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>> {
    try {
      const read = await this.#store.readTracked(work);
      this.#sources.add(read);
      return read;
    } catch (error) {
      this.#sources.markUncacheable();
      throw error;
    }
  }

  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#untracked().transact(work);
  }

  snapshot(range: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    return this.#untracked().snapshot(range);
  }

  purge(ranges: Parameters<Store['purge']>[0]): Promise<void> {
    return this.#untracked().purge(ranges);
  }

  compact(ranges: Parameters<Store['compact']>[0]): Promise<void> {
    return this.#untracked().compact(ranges);
  }

  get sequence(): number {
    return this.#untracked().sequence;
  }

  get health(): StoreHealth {
    return this.#untracked().health;
  }

  now(): number {
    return this.#untracked().now();
  }

  get sharedCounts(): SharedCounts | undefined {
    return this.#untracked().sharedCounts;
  }

  close(): Promise<void> {
    return this.#untracked().close();
  }

  #untracked(): Store {
    this.#sources.markUncacheable();
    return this.#store;
  }
}
