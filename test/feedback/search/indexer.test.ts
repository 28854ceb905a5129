import { expect, it } from 'vitest';
import { loadKeyedHash } from '../../../src/audit/keyed-hash.js';
import { finishSearchIndex, startSearchIndexer } from '../../../src/feedback/search/indexer.js';
import { readSearchIndex } from '../../../src/feedback/search/state.js';
import { submitFeedback } from '../../../src/feedback/submit.js';
import { searchIndexKey } from '../../../src/store/layout.js';
import { createValidation } from '../../../src/validation/registry.js';
import { openMemoryStore } from '../../support/memory-engine.js';

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
