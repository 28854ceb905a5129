import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Store } from '../store/contract.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/** Stands for a user in keys without naming the user. */
export type KeyedHash = (org: string, userId: string) => string;

/** Belongs to the whole store, not to an organization. */
export const KEYED_HASH_SECRET_KEY = 'secret:user_hash';

/** How many users' hashes are kept in memory: an entry's change asks for its user's each time. */
const REMEMBERED = 10_000;

/**
 * The keyed hash (HMAC-SHA-256, first 128 bits) that stands for a user in keys, so that erasing a user leaves no name in
 * a key. The secret is made with the store and stays with it.
 */
export async function loadKeyedHash(store: Store): Promise<KeyedHash> {
  const secret = await store.transact(async (transaction) => {
    const stored = await transaction.get(KEYED_HASH_SECRET_KEY);
    if (stored !== undefined) return decodeRecord(stored) as string;
    const made = randomBytes(32).toString('base64url');
    transaction.put(KEYED_HASH_SECRET_KEY, encodeRecord(made));
    return made;
  });
  const key = createSecretKey(Buffer.from(secret, 'base64url'));
  const known = new LRUCache<string, string>({ max: REMEMBERED });
  return (org, userId) => {
    const name = JSON.stringify([org, userId]);
    const before = known.get(name);
    if (before !== undefined) return before;
    const made = createHmac('sha256', key).update(name).digest().toString('base64url', 0, 16);
    known.set(name, made);
    return made;
  };
}
