import type { Key, Reader, Store } from '../../src/store/contract.js';
import { decorateStore } from '../../src/store/decorated-store.js';

export interface StoreCalls {
  /** Consistent states that were read from. */
  reads: number;
  /** Calls by key, each with all keys that were asked for together. */
  lookups: number;
  ranges: number;
}

/** Counts the calls of a store by those who read it. */
export function countCalls(store: Store): { readonly store: Store; readonly calls: StoreCalls } {
  const calls = { reads: 0, lookups: 0, ranges: 0 };
  const lookup =
    <Value>(call: (keys: readonly Key[]) => Promise<Value[]>) =>
    (keys: readonly Key[]): Promise<Value[]> => {
      calls.lookups += 1;
      return call(keys);
    };
  const counting = (reader: Reader): Reader => ({
    get: (key) => {
      calls.lookups += 1;
      return reader.get(key);
    },
    getMany: lookup((keys) => reader.getMany(keys)),
    counters: lookup((keys) => reader.counters(keys)),
    nonZero: lookup((keys) => reader.nonZero(keys)),
    peek: lookup((keys) => reader.peek(keys)),
    scan: (range) => {
      calls.ranges += 1;
      return reader.scan(range);
    },
    scanKeys: (range) => {
      calls.ranges += 1;
      return reader.scanKeys(range);
    },
  });
  return {
    calls,
    store: decorateStore(store, {
      read: (work) => {
        calls.reads += 1;
        return store.read((reader) => work(counting(reader)));
      },
      readTracked: (work) => {
        calls.reads += 1;
        return store.readTracked((reader) => work(counting(reader)));
      },
    }),
  };
}
