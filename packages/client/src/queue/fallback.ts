import { memoryStorage, type QueuedEntry, type QueueStorage, type StoredEntry } from './storage.js';

/** Sequences of entries in memory, behind all that a database counts to. */
const FIRST_IN_MEMORY = 2 ** 52;

/**
 * A database, and memory for what it fails with: a full disk, a database that another tab has deleted, data that the user has
 * cleared. What this page has added is delivered in any case; it does not outlive the page once the database has failed.
 */
export function withFallback(database: QueueStorage): QueueStorage {
  const memory = memoryStorage(FIRST_IN_MEMORY);
  /** What this page has put into the database, and does not know to be removed. */
  const own = new Map<string, QueuedEntry>();
  let stored: readonly StoredEntry[] = [];
  let isBroken = false;

  async function giveUp(): Promise<void> {
    if (isBroken) return;
    isBroken = true;
    for (const queued of own.values()) await memory.add(queued, Infinity);
  }

  async function read(): Promise<readonly StoredEntry[]> {
    if (isBroken) return [];
    try {
      return await database.list();
    } catch {
      await giveUp();
      return [];
    }
  }

  return {
    get isPersistent() {
      return !isBroken;
    },
    add: async (queued, maxEntries) => {
      if (!isBroken) {
        try {
          const isAdded = await database.add(queued, maxEntries);
          if (isAdded) own.set(queued.key, queued);
          return isAdded;
        } catch {
          // A disk that is full may be read; what cannot be read is found out when it is.
        }
      }
      return memory.add(queued, maxEntries);
    },
    list: async () => {
      stored = await read();
      return [...stored, ...(await memory.list())];
    },
    remove: async (sequence) => {
      if (sequence >= FIRST_IN_MEMORY) return memory.remove(sequence);
      const key = stored.find((entry) => entry.sequence === sequence)?.key ?? '';
      own.delete(key);
      // If it stays there, the next visit sends it once more, under the same key.
      if (!isBroken) await database.remove(sequence).catch(giveUp);
      for (const copy of await memory.list()) if (copy.key === key) await memory.remove(copy.sequence);
    },
    close: () => database.close(),
  };
}
