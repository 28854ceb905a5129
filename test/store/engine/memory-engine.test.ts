import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { createMemoryDisk, memoryEngine } from '../../support/memory-engine.js';
import { describeStore } from '../conformance.js';
import { countWrites } from './counting-engine.js';

describeStore('a store in memory', () => {
  const counted = countWrites(memoryEngine(createMemoryDisk()));
  return Promise.resolve({
    open: () => openTransactionalStore(counted.open),
    writes: counted.writes,
    dispose: () => Promise.resolve(),
  });
});
