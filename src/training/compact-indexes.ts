import { indexRange } from '../feedback/index/index-keys.js';
import type { Key, Store } from '../store/contract.js';
import { keyPrefix, prefixRange } from '../store/keys.js';

/** After so many entries, the next read of unused entries would spend some milliseconds on skipping tombstones. */
export const MOVED_BEFORE_COMPACTION = 25_000;

/**
 * Entries that training claims or has used leave the front, or the back, of the indexes of what is unused; now and then
 * what is left of them there is removed. The store remembers where the front is (range-head-cache.ts), but neither the back
 * nor anything after a restart. Nobody waits for it.
 * @param counters which together count all that ever moved
 * @param moved how many of them just did
 */
export function compactIndexes(store: Store, org: string, counters: readonly Key[], moved: number): void {
  void compactNowAndThen(store, org, counters, moved).catch(() => {
    // Later reads are slower but correct, and a store that fails is logged where it is written.
  });
}

async function compactNowAndThen(store: Store, org: string, counters: readonly Key[], moved: number): Promise<void> {
  const counts = await store.read((reader) => reader.peek(counters));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const passed = (count: number): number => Math.floor(count / MOVED_BEFORE_COMPACTION);
  if (passed(all) === passed(all - moved)) return;
  await store.compact([prefixRange(keyPrefix('index', org)), indexRange(org, 'adapter')]);
}
