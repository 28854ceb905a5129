import { createHmac } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { loadKeyedHash, storeOwnSecret } from '../../src/audit/keyed-hash.js';
import type { Store } from '../../src/store/contract.js';
import { encodeRecord } from '../../src/store/record.js';
import { openMemoryStore } from '../support/memory-engine.js';

const SHARED = Buffer.alloc(32, 7).toString('base64url');

const write = (store: Store, entries: Record<string, Buffer>): Promise<void> =>
  store.transact((transaction) => {
    for (const [key, value] of Object.entries(entries)) transaction.put(key, value);
    return Promise.resolve();
  });

const secretsOf = (store: Store) => store.read((reader) => reader.scan({ gte: 'secret:', lt: 'secret;', limit: 99 }));

test('stays the same over restarts and once the secret of an organization is written, and differs between them', async () => {
  const store = await openMemoryStore();
  const hash = await loadKeyedHash(store);
  const before = [hash('a', 'ann'), hash('a', 'bob'), hash('b', 'ann')];
  expect(new Set(before).size).toBe(3);
  await storeOwnSecret(store, 'a');
  await storeOwnSecret(store, 'a');
  const again = await loadKeyedHash(store);
  expect([again('a', 'ann'), again('a', 'bob'), again('b', 'ann')]).toEqual(before);
});

test('what is written of one organization tells nothing of another, and is enough to find its users elsewhere', async () => {
  const store = await openMemoryStore();
  const hash = await loadKeyedHash(store);
  await storeOwnSecret(store, 'user_hash');
  const found = await secretsOf(store);
  expect(found.map(({ key }) => key)).toEqual(['secret:master', 'secret:user_hash:user_hash']);
  const elsewhere = await openMemoryStore();
  await write(elsewhere, Object.fromEntries(found.slice(1).map(({ key, value }) => [key, value])));
  const there = await loadKeyedHash(elsewhere);
  expect(there('user_hash', 'ann')).toBe(hash('user_hash', 'ann'));
  expect(there('other', 'ann')).not.toBe(hash('other', 'ann'));
});

test('organizations of a store from before keep their hashes, and others get secrets of their own', async () => {
  const store = await openMemoryStore();
  await write(store, {
    'secret:user_hash': encodeRecord(SHARED),
    'help_feedback:old:feedback-1': encodeRecord({}),
    'idempotency:o%3A1:x': encodeRecord({}),
  });
  const before = (org: string, user: string): string =>
    createHmac('sha256', Buffer.from(SHARED, 'base64url'))
      .update(JSON.stringify([org, user]))
      .digest()
      .toString('base64url', 0, 16);
  for (const hash of [await loadKeyedHash(store), await loadKeyedHash(store)]) {
    expect(hash('old', 'ann')).toBe(before('old', 'ann'));
    expect(hash('o:1', 'ann')).toBe(before('o:1', 'ann'));
    expect(hash('new', 'ann')).not.toBe(before('new', 'ann'));
  }
  expect((await secretsOf(store)).map(({ key }) => key)).toEqual([
    'secret:master',
    'secret:o%3A1:user_hash',
    'secret:old:user_hash',
  ]);
});

test('of long texts nothing is kept', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const hash = await loadKeyedHash(await openMemoryStore());
  const usedMegabytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1024 ** 2;
  };
  const before = usedMegabytes();
  for (let index = 0; index < 200; index += 1) hash('a', `${index} ${'x'.repeat(500_000)}`);
  expect(usedMegabytes() - before).toBeLessThan(30);
});

test('a text that is asked for once has the hash that it would have otherwise', async () => {
  const store = await openMemoryStore();
  const [hash, other] = [await loadKeyedHash(store), await loadKeyedHash(store)];
  for (const text of ['ann', 'x'.repeat(300)]) {
    const once = hash('default', text, true);
    expect([hash('default', text), hash('default', text, true), other('default', text)]).toEqual([once, once, once]);
  }
  await store.close();
});
