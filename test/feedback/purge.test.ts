import { expect, it, vi } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { intendPurge, OTHERS_PURGE_AFTER, retryPurges } from '../../src/feedback/purge.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Key, Store } from '../../src/store/contract.js';
import { prefixRange } from '../../src/store/keys.js';
import { PURGE_PREFIX } from '../../src/store/layout.js';
import { ACTOR, openGraph } from '../support/graph.js';

const intentsOf = (store: Store): Promise<Key[]> =>
  store.read((reader) => reader.scanKeys({ ...prefixRange(PURGE_PREFIX), limit: Infinity }));

const intend = (store: Store, serverName?: string): Promise<Key> =>
  store.transact((transaction) => Promise.resolve(intendPurge(transaction, serverName)));

it("a server carries out its own purges that failed soon, and another's only after ten minutes", async () => {
  const graph = await openGraph();
  const { store, services } = graph;
  const [id] = await graph.submit({});
  vi.spyOn(store, 'purge').mockRejectedValueOnce(new Error('no space left on device'));
  await expect(eraseFeedback({ ...services, serverName: 'one' }, ACTOR, id!)).rejects.toThrow('The feedback is erased');
  const [intent] = await intentsOf(store);
  expect(intent).toBeDefined();

  const later = Date.now() + 61_000;
  const retry = (serverName: string, now: number) =>
    retryPurges(store, { serverName, ownBefore: now - 60_000, othersBefore: now - OTHERS_PURGE_AFTER });
  expect(await retry('two', later)).toBe(0);
  expect(await intentsOf(store)).toEqual([intent]);
  const { disagreements } = await verifyStore(store);
  // The graph of tests hashes users by itself.
  expect(disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
  expect(await retry('one', later)).toBe(1);
  expect(await intentsOf(store)).toEqual([]);

  await intend(store, 'one');
  // Of an offline command, or of a version that named no server.
  await intend(store);
  expect(await retry('two', Date.now() + OTHERS_PURGE_AFTER - 1_000)).toBe(0);
  expect(await retry('two', Date.now() + OTHERS_PURGE_AFTER + 1_000)).toBe(2);
  expect(await intentsOf(store)).toEqual([]);
});

it('of two servers that find the same purges, one carries them out', async () => {
  const { store } = await openGraph();
  for (let count = 0; count < 3; count++) await intend(store, 'dead');
  const purge = vi.spyOn(store, 'purge');
  const done = await Promise.all([
    retryPurges(store, { serverName: 'one' }),
    retryPurges(store, { serverName: 'two' }),
  ]);
  expect(done.sort()).toEqual([0, 3]);
  expect(purge).toHaveBeenCalledTimes(1);
  expect(await intentsOf(store)).toEqual([]);
});

it('what a server has taken over and could not carry out is its own from then on', async () => {
  const { store } = await openGraph();
  await intend(store, 'dead');
  vi.spyOn(store, 'purge').mockRejectedValueOnce(new Error('no space left on device'));
  await expect(retryPurges(store, { serverName: 'one' })).rejects.toThrow('no space');
  expect(await retryPurges(store, { serverName: 'two', othersBefore: Date.now() - 1_000 })).toBe(0);
  expect(await retryPurges(store, { serverName: 'one', othersBefore: 0 })).toBe(1);
});
