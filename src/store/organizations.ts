import type { Key, Store } from './contract.js';
import { keyPrefix, prefixRange, splitKey } from './keys.js';
import { feedbackPrefix } from './layout.js';

/** The organizations that have feedback, found by leaping from one to the next. */
export async function findOrganizations(store: Store): Promise<string[]> {
  const { gte, lt } = prefixRange(keyPrefix('help_feedback'));
  const found: string[] = [];
  for (let from: Key = gte; ;) {
    const start = from;
    const [key] = await store.read((reader) => reader.scanKeys({ gte: start, lt, limit: 1 }));
    const org = key === undefined ? undefined : splitKey(key)[1];
    if (org === undefined) return found;
    found.push(org);
    from = prefixRange(feedbackPrefix(org)).lt;
  }
}
