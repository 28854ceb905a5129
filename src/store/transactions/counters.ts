import { LRUCache } from 'lru-cache';
import type { Key } from '../contract.js';
import { CorruptRecordError } from '../record.js';

/** How many counters are kept in memory at most; a hundred bytes each or so, and their keys. */
const MAX_CACHED_COUNTERS = 100_000;

/** The values of counters as the newest applied commit left them. A counter that is not here may have any value. */
export type CounterCache = LRUCache<Key, number>;

export function createCounterCache(most = MAX_CACHED_COUNTERS): CounterCache {
  // `max` would reserve room for all of them with each store that opens.
  return new LRUCache({ maxSize: most, sizeCalculation: () => 1 });
}

/** The stored value of a counter, `undefined` for 0, which is stored as no key at all. */
export function encodeCounter(value: number): Buffer | undefined {
  return value === 0 ? undefined : Buffer.from(String(value), 'latin1');
}

/** As {@link decodeCounter}; the error itself where the value is no integer. */
export function decodeCounterOrError(stored: Buffer | undefined): number | CorruptRecordError {
  try {
    return decodeCounter(stored);
  } catch (error) {
    if (error instanceof CorruptRecordError) return error;
    throw error;
  }
}

/** @throws CorruptRecordError if the value is no integer in decimal digits */
export function decodeCounter(stored: Buffer | undefined): number {
  if (stored === undefined) return 0;
  const text = stored.toString('latin1');
  const value = Number(text);
  if (!Number.isSafeInteger(value) || String(value) !== text) throw new CorruptRecordError('not a counter');
  return value;
}
