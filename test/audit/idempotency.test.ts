import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createIdempotency,
  createIdempotencyOfPieces,
  KEPT_FOR,
  runIdempotent,
  sweepExpired,
} from '../../src/audit/idempotency.js';
import type { Store } from '../../src/store/contract.js';
import { EXPIRY_PREFIX } from '../../src/store/layout.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { turnsDuring } from '../support/turns.js';

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

const ofPieces = (pieces: Iterable<string>) =>
  createIdempotencyOfPieces(hash, actor, 'key', 'operation', pieces, 1_000);

/** A text in pieces of so many characters. */
function* inPieces(text: string, size: number): Generator<string, void> {
  const characters = Array.from(text);
  for (let from = 0; from < characters.length; from += size) yield characters.slice(from, from + size).join('');
}

it('a request in pieces is the same request as the whole of it', async () => {
  const request = fc.tuple(fc.jsonValue(), fc.integer({ min: 1, max: 50 }));
  await fc.assert(
    fc.asyncProperty(request, async ([asked, size]) => {
      const whole = createIdempotency(hash, actor, 'key', 'operation', asked, 1_000);
      expect(await ofPieces(inPieces(JSON.stringify(asked), size))).toEqual(whole);
    }),
  );
});

it('a request of megabytes is told from others by its last character, however it is cut, and is hashed in turns', async () => {
  const long = JSON.stringify('x😀'.repeat(800_000));
  let first: unknown;
  expect(await turnsDuring(async () => (first = await ofPieces(inPieces(long, 1_000))))).toBeGreaterThan(2);
  expect(await ofPieces(inPieces(long, 77_777))).toEqual(first);
  expect(await ofPieces(inPieces(`${long.slice(0, -2)}y"`, 1_000))).not.toEqual(first);
});
