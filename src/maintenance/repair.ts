import type { Key, Store } from '../store/contract.js';

/** One write that takes back a disagreement; without a value the key goes. */
export type Fix =
  | { readonly key: Key; readonly value: Buffer | undefined }
  /** A counter, by how much it is wrong. */
  | { readonly key: Key; readonly add: number }
  /** A counter whose stored value says nothing. */
  | { readonly key: Key; readonly counter: number };

const EMPTY = Buffer.alloc(0);

/** The fix for a key that is missing and holds nothing. */
export function putEmpty(key: Key): Fix {
  return { key, value: EMPTY };
}

export function remove(key: Key): Fix {
  return { key, value: undefined };
}

const WRITTEN_AT_ONCE = 1_000;

/** Writes fixes in chunks, so that a wrecked store is repaired in bounded memory. */
export class Repairs {
  readonly #store: Store;
  readonly #waiting: Fix[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  queue(fixes: readonly Fix[]): void {
    this.#waiting.push(...fixes);
  }

  /** Writes what waits if it is enough for a chunk. */
  async flushFull(): Promise<void> {
    if (this.#waiting.length >= WRITTEN_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const fixes = this.#waiting.splice(0, WRITTEN_AT_ONCE);
      // A counter is only ever written by additions; what cannot be added to has to go first.
      const unreadable = fixes.filter((fix) => 'counter' in fix);
      if (unreadable.length > 0) await this.#write(unreadable.map(({ key }) => remove(key)));
      await this.#write(fixes);
    }
  }

  async #write(fixes: readonly Fix[]): Promise<void> {
    await this.#store.transact((transaction) => {
      for (const fix of fixes) {
        if ('add' in fix) transaction.add(fix.key, fix.add);
        else if ('counter' in fix) transaction.add(fix.key, fix.counter);
        else if (fix.value === undefined) transaction.delete(fix.key);
        else transaction.put(fix.key, fix.value);
      }
      return Promise.resolve();
    });
  }
}
