import { LRUCache } from 'lru-cache';
import type { Key, KeyRange } from '../contract.js';
import { appendedNumber, appendedRange } from './commit-batch.js';
import type { OptimisticTransaction, ReadableState } from './transaction.js';

/** How many prefixes' highest appended numbers are kept in memory. */
const MAX_CACHED_PREFIXES = 10_000;

/** The highest appended number of each prefix, as the newest applied commit left it. */
export class AppendedNumbers {
  readonly #state: Pick<ReadableState, 'handle'>;
  readonly #highest = new LRUCache<Key, number>({ max: MAX_CACHED_PREFIXES });

  constructor(state: Pick<ReadableState, 'handle'>) {
    this.#state = state;
  }

  /** Those of all prefixes that these transactions append to. No commit may come between this and their own. */
  async load(transactions: readonly OptimisticTransaction[]): Promise<Map<Key, number>> {
    const highest = new Map<Key, number>();
    const missing = new Set<Key>();
    for (const { appends } of transactions) {
      for (const { prefix } of appends) {
        const number = this.#highest.get(prefix);
        if (number === undefined) missing.add(prefix);
        else highest.set(prefix, number);
      }
    }
    await Promise.all([...missing].map(async (prefix) => highest.set(prefix, await this.#read(prefix))));
    return highest;
  }

  set(prefix: Key, number: number): void {
    this.#highest.set(prefix, number);
  }

  clear(): void {
    this.#highest.clear();
  }

  #read(prefix: Key): Promise<number> {
    return readNewestAppended(prefix, async (range) => {
      const [key] = await this.#state.handle.call((engine) => engine.scanKeys({ ...range, limit: 1, reverse: true }));
      return key;
    });
  }
}

/** The highest number that was appended to a prefix; 0 if none was. @param newestKey the last key of a range */
export async function readNewestAppended(
  prefix: Key,
  newestKey: (range: KeyRange) => Promise<Key | undefined>,
): Promise<number> {
  const { gte, lt: end } = appendedRange(prefix);
  for (let lt = end; ;) {
    const key = await newestKey({ gte, lt });
    if (key === undefined) return 0;
    const number = appendedNumber(prefix, key);
    if (number !== undefined) return number;
    // Something else that lies between.
    lt = key;
  }
}
