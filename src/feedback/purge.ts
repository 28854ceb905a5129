import { v7 as uuidv7 } from 'uuid';
import { compareKeys } from '../store/byte-order.js';
import type { Key, Store, Transaction } from '../store/contract.js';
import { prefixRange } from '../store/keys.js';
import { PURGE_PREFIX } from '../store/layout.js';

/**
 * Notes in the transaction of an erasure that the files are still to be rid of it, so that an erasure that a crash
 * interrupts is finished at the next start.
 */
export function intendPurge(transaction: Transaction): Key {
  const intent = PURGE_PREFIX + uuidv7();
  transaction.put(intent, Buffer.alloc(0));
  return intent;
}

/** Makes what stood under these keys, now deleted, unreadable in every file of the store. */
export async function purge(store: Store, intents: readonly Key[], gone: readonly Key[]): Promise<void> {
  await store.purge(rangesOf(gone));
  await forget(store, intents);
}

/** Finishes the purges that a crash has interrupted; which keys they were about is not known, so it takes all. */
export async function finishPurges(store: Store): Promise<void> {
  const intents = await store.read((reader) => reader.scanKeys({ ...prefixRange(PURGE_PREFIX), limit: 1_000 }));
  if (intents.length === 0) return;
  await store.purge([{ gte: '\u0000', lt: '\u{10ffff}' }]);
  await forget(store, intents);
}

async function forget(store: Store, intents: readonly Key[]): Promise<void> {
  await store.transact((transaction) => {
    for (const intent of intents) transaction.delete(intent);
    return Promise.resolve();
  });
}

/** One range for each kind of key, from its first to its last. */
function rangesOf(keys: readonly Key[]): { gte: Key; lt: Key }[] {
  const ranges = new Map<string, { gte: Key; lt: Key }>();
  for (const key of [...keys].sort(compareKeys)) {
    const kind = key.slice(0, key.indexOf(':'));
    const range = ranges.get(kind);
    if (range === undefined) ranges.set(kind, { gte: key, lt: `${key}\0` });
    else range.lt = `${key}\0`;
  }
  return [...ranges.values()];
}
