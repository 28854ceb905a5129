import { describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../../src/audit/keyed-hash.js';
import { eraseFeedback } from '../../../src/feedback/erase.js';
import { planFilter } from '../../../src/feedback/index/filter.js';
import { countFeedback } from '../../../src/feedback/list.js';
import { indexChanges } from '../../../src/feedback/search/index-changes.js';
import { startSearchIndexer } from '../../../src/feedback/search/indexer.js';
import { createMerger } from '../../../src/feedback/search/merge.js';
import {
  INDEXER_KEEPS,
  OTHER_RULES_KEPT_FOR,
  putSearchIndex,
  readSearchIndex,
} from '../../../src/feedback/search/state.js';
import { submitBatch } from '../../../src/feedback/submit.js';
import { verifyStore } from '../../../src/maintenance/verify.js';
import type { Store } from '../../../src/store/contract.js';
import { changePrefix } from '../../../src/store/layout.js';
import { createValidation } from '../../../src/validation/registry.js';
import { countCalls } from '../../support/counting-store.js';
import { openMemoryStore } from '../../support/memory-engine.js';

const ORG = 'acme';
const actor = { sub: 'tester', org: ORG, requestId: 'request-1' };
const silent = { warn: () => undefined };

async function open() {
  const store = await openMemoryStore();
  const services = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: Date.now,
  };
  const submit = async (count: number): Promise<string[]> => {
    const rows = Array.from({ length: count }, (_, nth) => ({
      type: 'positive' as const,
      question: `What is a shard of the cluster, number${nth}?`,
      answer: 'A part of the data.',
    }));
    const outcomes = await submitBatch(services, actor, rows);
    return outcomes.map((each) => ('error' in each ? '' : each.feedback.id));
  };
  const count = async (search: string): Promise<number> =>
    (await store.read((reader) => countFeedback(reader, planFilter(ORG, { search }, services.keyedHash)))).count;
  return { store, services, submit, count };
}

const stateOf = (store: Store) => store.read((reader) => readSearchIndex(reader, ORG));

describe('two servers that index the same organization', () => {
  it('at once, as neither knows of the other, index each entry once, whatever is erased meanwhile', async () => {
    const { store, services, submit, count } = await open();
    const ids: string[] = [];
    for (let round = 0; round < 12; round++) {
      ids.push(...(await submit(20)));
      const mergers = [createMerger(store), createMerger(store)];
      await Promise.all([
        ...mergers.map(async (merger) => {
          await indexChanges(store, ORG);
          await merger.step(ORG);
          await merger.step(ORG);
        }),
        eraseFeedback(services, actor, ids.shift()!),
      ]);
    }
    while (await indexChanges(store, ORG));
    const index = await stateOf(store);
    expect(index!.segments.reduce((sum, { live }) => sum + live, 0)).toBe(ids.length);
    expect(await count('shard')).toBe(ids.length);
    const { disagreements } = await verifyStore(store);
    expect(disagreements).toEqual([]);
  });

  it('take turns: what one has begun is left to it for a while', async () => {
    const { store, submit } = await open();
    const clock = { now: Date.UTC(2030, 0, 1) };
    const by = (serverName: string) => ({ serverName, now: () => clock.now });
    await submit(3);
    await indexChanges(store, ORG, by('one'));
    await submit(3);

    const counted = countCalls(store);
    const other = startSearchIndexer(counted.store, silent, by('two'));
    // It has read the names of the organizations, twice, and the state.
    await expect.poll(() => counted.calls.reads).toBeGreaterThan(4);
    await other.stop();
    expect((await stateOf(store))?.indexer).toEqual({ server: 'one', at: clock.now });
    expect((await stateOf(store))?.segments).toHaveLength(1);

    clock.now += INDEXER_KEEPS;
    const next = startSearchIndexer(store, silent, by('two'));
    await expect.poll(async () => (await stateOf(store))?.segments).toHaveLength(2);
    await next.stop();
    expect((await stateOf(store))?.indexer).toEqual({ server: 'two', at: clock.now });
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });

  it('and tell words apart otherwise, do not build it anew one after the other', async () => {
    const { store, submit } = await open();
    const clock = { now: Date.UTC(2030, 0, 1) };
    const by = (serverName: string) => ({ serverName, now: () => clock.now });
    await submit(3);
    await indexChanges(store, ORG, by('one'));
    await store.transact(async (transaction) => {
      putSearchIndex(transaction, ORG, { ...(await readSearchIndex(transaction, ORG))!, rules: '2/9.0/60.0' });
    });
    const before = await stateOf(store);

    const warnings: object[] = [];
    clock.now += OTHER_RULES_KEPT_FOR - 1;
    const other = startSearchIndexer(store, { warn: (fields) => warnings.push(fields) }, by('two'));
    await expect.poll(() => warnings).toEqual([{ org: ORG }]);
    await other.stop();
    expect(await createMerger(store, by('two')).step(ORG)).toBe(false);
    expect(await stateOf(store)).toEqual(before);

    // That server is gone, or has nothing to do.
    clock.now += 1;
    await Promise.all([indexChanges(store, ORG, by('two')), indexChanges(store, ORG, by('three'))]);
    while (await indexChanges(store, ORG, by('two')));
    const after = await stateOf(store);
    expect(after?.segments).toMatchObject([{ live: 3 }]);
    expect(after?.garbage).toHaveLength(1);
  });

  it('find everything that either has been told of', async () => {
    const { store, submit } = await open();
    const by = (serverName: string) => ({ serverName, now: Date.now });
    const indexers = [startSearchIndexer(store, silent, by('one')), startSearchIndexer(store, silent, by('two'))];
    for (let round = 0; round < 6; round++) {
      await submit(5);
      indexers[round % 2]!.notice(new Set([changePrefix(ORG)]));
    }
    const live = async () => (await stateOf(store))?.segments.reduce((sum, each) => sum + each.live, 0);
    await expect.poll(live, { timeout: 10_000 }).toBe(30);
    await Promise.all(indexers.map((each) => each.stop()));
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });
});

it('whoever was slower looks again, as the faster one may have indexed less', async () => {
  const { store, submit } = await open();
  await submit(3);
  let overtaken = false;
  const slow: Store = Object.assign(Object.create(store) as Store, {
    read: store.read.bind(store),
    transact: async (work: Parameters<Store['transact']>[0]) => {
      if (!overtaken) {
        overtaken = true;
        await indexChanges(store, ORG);
      }
      return store.transact(work);
    },
  });
  expect(await indexChanges(slow, ORG)).toBe(true);
  expect(await indexChanges(slow, ORG)).toBe(false);
  expect((await stateOf(store))?.segments).toHaveLength(1);
});
