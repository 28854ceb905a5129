import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { loadKeyedHash } from '../../../src/audit/keyed-hash.js';
import { finishSearchIndex, type SearchIndexer, startSearchIndexer } from '../../../src/feedback/search/indexer.js';
import { readSearchIndex } from '../../../src/feedback/search/state.js';
import { submitFeedback } from '../../../src/feedback/submit.js';
import { withAppendListener } from '../../../src/store/append-listener.js';
import { decorateStore } from '../../../src/store/decorated-store.js';
import { searchIndexKey } from '../../../src/store/layout.js';
import { createValidation } from '../../../src/validation/registry.js';
import { openMemoryStore } from '../../support/memory-engine.js';

afterEach(() => {
  vi.useRealTimers();
});

it('indexes the other organizations at once where one of them cannot be indexed', async () => {
  const store = await openMemoryStore();
  const keyedHash = await loadKeyedHash(store);
  const services = { store, keyedHash, validate: createValidation(undefined), now: Date.now };
  for (const org of ['a-damaged', 'b-sound']) {
    const actor = { sub: 'tester', org, requestId: 'request-1' };
    await submitFeedback(services, actor, { type: 'positive', question: 'Which one?', answer: 'This one.' });
  }
  await finishSearchIndex(store, 'a-damaged');
  await store.transact((transaction) => {
    transaction.put(searchIndexKey('a-damaged'), Buffer.from('no record'));
    return Promise.resolve();
  });

  const warnings: object[] = [];
  const indexer = startSearchIndexer(store, { warn: (fields) => warnings.push(fields) });
  const segments = async () => (await store.read((reader) => readSearchIndex(reader, 'b-sound')))?.segments;
  await expect.poll(segments, { timeout: 4_000, interval: 20 }).toHaveLength(1);
  await indexer.stop();
  expect(warnings).toMatchObject([{ org: 'a-damaged' }]);
  await store.close();
});

it('indexes what comes while it indexes together, at the next look', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const listening: { indexer?: SearchIndexer } = {};
  const store = withAppendListener(await openMemoryStore(), (prefixes) => listening.indexer?.notice(prefixes));
  const keyedHash = await loadKeyedHash(store);
  const services = { store, keyedHash, validate: createValidation(undefined), now: Date.now };
  const actor = { sub: 'tester', org: 'acme', requestId: 'request-1' };
  let submitted = 0;
  const submit = () =>
    submitFeedback(services, actor, { type: 'positive', question: `Question ${++submitted}?`, answer: 'Yes.' });
  await submit();

  // Whenever something was indexed, more has come.
  const busy = decorateStore(store, {
    transact: async (work) => {
      const answer = await store.transact(work);
      await submit();
      await submit();
      return answer;
    },
  });
  const indexer = startSearchIndexer(busy, { warn: () => undefined });
  listening.indexer = indexer;
  const documents = async () =>
    (await store.read((reader) => readSearchIndex(reader, 'acme')))?.segments.map((segment) => segment.documents);
  for (const sizes of [[1], [1, 2], [1, 2, 2], [1, 2, 2, 2]]) {
    await expect.poll(documents, { timeout: 4_000, interval: 20 }).toEqual(sizes);
    for (let turn = 0; turn < 100; turn++) await nextTurnOfEventLoop();
    expect(await documents()).toEqual(sizes);
    vi.advanceTimersByTime(400);
  }
  await indexer.stop();
  await store.close();
});
