import { afterEach, beforeEach, expect, it } from 'vitest';
import { createIdempotency, KEPT_FOR, runIdempotent, sweepExpired } from '../../src/audit/idempotency.js';
import type { Store } from '../../src/store/contract.js';
import { EXPIRY_PREFIX } from '../../src/store/layout.js';
import { openMemoryStore } from '../support/memory-engine.js';

const actor = { sub: 'ann', org: 'default', requestId: 'test' };
const hash = (org: string, text: string): string => Buffer.from(`${org} ${text}`).toString('base64url');
let store: Store;

beforeEach(async () => {
  store = await openMemoryStore();
});
afterEach(() => store.close());

const answer = (key: string, at: number, value: number): Promise<number> =>
  store.transact((transaction) =>
    runIdempotent(transaction, createIdempotency(hash, actor, key, 'operation', {}, at), () => Promise.resolve(value)),
  );

async function keysBelow(prefix: string): Promise<string[]> {
  return store.read((reader) =>
    reader.scanKeys({ gte: prefix, lt: `${prefix.slice(0, -1)};`, limit: Number.MAX_SAFE_INTEGER }),
  );
}

it('the answer to an idempotency key is kept for 24 hours and no longer', async () => {
  expect(await answer('k', 1_000, 1)).toBe(1);
  expect(await answer('k', 1_000 + KEPT_FOR - 1, 2)).toBe(1);
  expect(await answer('k', 1_000 + KEPT_FOR, 3)).toBe(3);
  expect(await answer('k', 1_000 + KEPT_FOR + 1, 4)).toBe(3);
});

it('the sweep deletes the idempotency keys that have expired, and nothing else', async () => {
  const early = Array.from({ length: 2_500 }, (_, index) => answer(`early-${index}`, 1_000 + index, index));
  await Promise.all([...early, answer('late', 1_000_000, 7)]);
  const from = await sweepExpired(store, 1_000 + KEPT_FOR + 2_500);
  expect(await keysBelow('idempotency:')).toHaveLength(1);
  expect(await keysBelow(EXPIRY_PREFIX)).toHaveLength(1);
  expect(await answer('late', 1_000_001, 8)).toBe(7);
  await sweepExpired(store, 1_000_000 + KEPT_FOR + 1, from);
  expect(await keysBelow('idempotency:')).toEqual([]);
  expect(await keysBelow(EXPIRY_PREFIX)).toEqual([]);
});

it('an idempotency key that was used again after it had expired is swept at its new time only', async () => {
  await answer('k', 1_000, 1);
  await answer('k', 1_000 + KEPT_FOR, 2);
  await sweepExpired(store, 2_000 + KEPT_FOR);
  expect(await answer('k', 2_000 + KEPT_FOR, 3)).toBe(2);
});
