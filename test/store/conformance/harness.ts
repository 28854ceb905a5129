import { afterEach, beforeEach, expect } from 'vitest';
import type { Entry, Key, Store, Transaction } from '../../../src/store/contract.js';

/** One set of data, and the ways to get at it. */
export interface StoreFixture {
  /** Opens a store over the data; only one at a time. */
  open(): Promise<Store>;
  /** How many writes the engine has made so far, each of them one fsync. */
  writes(): number;
  dispose(): Promise<void>;
}

export type CreateFixture = () => Promise<StoreFixture>;

export interface Conditions {
  /** Whether nothing fails beneath the store, so that works run and engines write no more often than they have to. */
  readonly isUndisturbed: boolean;
}

/** Expects how often something was done; where something fails beneath the store, it may be more. */
export function expectCount(count: number, expected: number, { isUndisturbed }: Conditions): void {
  if (isUndisturbed) expect(count).toBe(expected);
  else expect(count).toBeGreaterThanOrEqual(expected);
}

/** Which works have ended, in order, by the last end of each: one may run several times. */
export const lastEnds = <Id>(ends: readonly Id[]): Id[] => [...new Set(ends.toReversed())].toReversed();

/** The keys from the first to nearly the last. */
export const EVERYTHING = { gte: '', lt: '\u{10ffff}' };

export const bytes = (text: string): Buffer => Buffer.from(text);

/** Entries as `key=value`. */
export const texts = (entries: readonly Entry[]): string[] =>
  entries.map(({ key, value }) => `${key}=${value.toString()}`);

export type Write = (transaction: Transaction) => void;

/** Puts each key with the value `value of KEY`. */
export const putting =
  (...keys: Key[]): Write =>
  (transaction) => {
    for (const key of keys) transaction.put(key, bytes(`value of ${key}`));
  };

export const deleting =
  (...keys: Key[]): Write =>
  (transaction) => {
    for (const key of keys) transaction.delete(key);
  };

export const adding =
  (key: Key, ...deltas: number[]): Write =>
  (transaction) => {
    for (const delta of deltas) transaction.add(key, delta);
  };

export const appending =
  (prefix: Key, ...values: string[]): Write =>
  (transaction) => {
    for (const value of values) transaction.append(prefix, bytes(value));
  };

/** A store that every test gets anew, and short ways to use it. */
export interface Opened {
  readonly store: Store;
  readonly fixture: StoreFixture;
  commit(...writes: Write[]): Promise<void>;
  get(key: Key): Promise<string | undefined>;
  counter(key: Key): Promise<number | undefined>;
  keys(range?: { gte: Key; lt: Key; limit?: number; reverse?: boolean }): Promise<Key[]>;
  reopen(): Promise<void>;
}

export function useStore(createFixture: CreateFixture): Opened {
  let fixture: StoreFixture;
  let store: Store;

  beforeEach(async () => {
    fixture = await createFixture();
    store = await fixture.open();
  });

  afterEach(async () => {
    await store.close();
    await fixture.dispose();
  });

  return {
    get store() {
      return store;
    },
    get fixture() {
      return fixture;
    },
    commit: (...writes) =>
      store.transact((transaction) => {
        for (const write of writes) write(transaction);
        return Promise.resolve();
      }),
    get: async (key) => (await store.read((reader) => reader.get(key)))?.toString(),
    counter: async (key) => (await store.read((reader) => reader.counters([key])))[0],
    keys: (range = EVERYTHING) => store.read((reader) => reader.scanKeys({ limit: 1000, ...range })),
    reopen: async () => {
      await store.close();
      store = await fixture.open();
    },
  };
}
