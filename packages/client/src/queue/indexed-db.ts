import { isObject } from '../errors.js';
import type { QueuedEntry, QueueStorage, StoredEntry } from './storage.js';

const STORE = 'entries';

/** Entries in IndexedDB, where all tabs of an origin see them. @throws DOMException where there is none, as in some private modes */
export async function indexedDbStorage(name: string): Promise<QueueStorage> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE, { keyPath: 'sequence', autoIncrement: true });
  };
  const database = await resultOf(opening);
  // Another tab may delete the database: it does not wait for this one.
  database.onversionchange = () => database.close();

  return {
    isPersistent: true,
    // The count and the entry are of one transaction: tabs cannot exceed the maximum together.
    add: async (queued, maxEntries) => {
      const transaction = database.transaction(STORE, 'readwrite');
      const store = transaction.objectStore(STORE);
      const hasRoom = (await resultOf(store.count())) < maxEntries;
      if (hasRoom) store.add({ key: queued.key, entry: queued.entry } satisfies QueuedEntry);
      await completionOf(transaction);
      return hasRoom;
    },
    list: async () => {
      const found: unknown = await resultOf(database.transaction(STORE).objectStore(STORE).getAll());
      return Array.isArray(found) ? found.filter(isStoredEntry) : [];
    },
    remove: async (sequence) => {
      const transaction = database.transaction(STORE, 'readwrite');
      transaction.objectStore(STORE).delete(sequence);
      await completionOf(transaction);
    },
    close: () => database.close(),
  };
}

/** Whether a value is of this store's making: the database belongs to the origin, not to us. */
function isStoredEntry(value: unknown): value is StoredEntry {
  if (!isObject(value)) return false;
  return typeof value['sequence'] === 'number' && typeof value['key'] === 'string' && isObject(value['entry']);
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function completionOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB failed'));
  });
}
