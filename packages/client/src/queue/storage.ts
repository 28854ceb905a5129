import type { Submission } from '../types.js';

/** An entry that waits. */
export interface QueuedEntry {
  /** The `Idempotency-Key` of its request, the same over retries, tabs and visits. */
  readonly key: string;
  readonly entry: Submission;
}

export interface StoredEntry extends QueuedEntry {
  /** Ascending in the order in which entries were added. */
  readonly sequence: number;
}

/** Where entries wait. */
export interface QueueStorage {
  /** Whether it outlives the page or process. */
  readonly isPersistent: boolean;
  /** Adds an entry, unless so many are there already. @returns whether it was added */
  add(queued: QueuedEntry, maxEntries: number): Promise<boolean>;
  /** All of them, in the order in which they were added. */
  list(): Promise<readonly StoredEntry[]>;
  remove(sequence: number): Promise<void>;
  close(): void;
}

/** @param first the least sequence */
export function memoryStorage(first = 1): QueueStorage {
  const entries = new Map<number, StoredEntry>();
  let sequence = first - 1;
  return {
    isPersistent: false,
    add: (queued, maxEntries) => {
      if (entries.size >= maxEntries) return Promise.resolve(false);
      sequence += 1;
      entries.set(sequence, { ...queued, sequence });
      return Promise.resolve(true);
    },
    list: () => Promise.resolve([...entries.values()]),
    remove: (removed) => {
      entries.delete(removed);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}
