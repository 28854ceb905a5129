// How much one submit of ours writes: counted below the store, so that the limit run writes as many keys and bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { submitFeedback } from '../../dist/feedback/submit.js';
import { ensureAdapters } from '../../dist/graph/adapters.js';
import { openRocksDb } from '../../dist/store/rocksdb.js';
import { openTransactionalStore } from '../../dist/store/transactional-store.js';
import { createValidation } from '../../dist/validation/registry.js';

/** @returns keys and bytes (of keys and values) of the batch that a submit commits. */
export async function writtenBySubmit(submissions) {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-keys-'));
  const batches = [];
  try {
    const store = await openTransactionalStore(async (mode) => {
      const engine = await openRocksDb(directory, mode);
      return { ...engine, write: (batch) => (batches.push(batch), engine.write(batch)) };
    });
    const services = {
      store,
      hashUser: (_org, user) => user,
      validate: createValidation(undefined),
      now: Date.now,
      ensureAdapters,
    };
    for (const submission of submissions) {
      batches.length = 0;
      await submitFeedback(services, { sub: 'bench', org: 'default', requestId: 'bench' }, submission);
    }
    await store.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  let keys = 0;
  let bytes = 0;
  for (const batch of batches) {
    for (const [key, value] of batch) {
      keys += 1;
      bytes += Buffer.byteLength(key) + (value?.length ?? 0);
    }
  }
  return { keys, bytes };
}
