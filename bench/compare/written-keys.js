// How much one submit of ours writes: counted below the store, so that the limit run writes as many keys and bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAdapters } from '../../dist/adapters/adapters.js';
import { submitBatch, submitFeedback } from '../../dist/feedback/submit.js';
import { openRocksDb } from '../../dist/store/engine/rocksdb.js';
import { openTransactionalStore } from '../../dist/store/transactions/transactional-store.js';
import { createValidation } from '../../dist/validation/registry.js';

/** @returns keys and bytes (of keys and values) of the batch that a submit commits, once others were before it. */
export function writtenBySubmit(submissions) {
  return written(async (services) => {
    for (const submission of submissions) await submitFeedback(services, ACTOR, submission);
  });
}

/** The same of one batch of submissions. */
export function writtenByBatch(submissions) {
  return written(async (services) => {
    for (const _ of ['the adapters are made', 'and known']) await submitBatch(services, ACTOR, submissions);
  });
}

const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };

/** What the last commit of some work writes. */
async function written(work) {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-keys-'));
  let last = [];
  try {
    const store = await openTransactionalStore(async (mode) => {
      const engine = await openRocksDb(directory, mode);
      return {
        ...engine,
        write: (batch) => {
          last = batch;
          return engine.write(batch);
        },
      };
    });
    const services = {
      store,
      keyedHash: (_org, user) => user,
      validate: createValidation(undefined),
      now: Date.now,
      ensureAdapters,
    };
    await work(services);
    const batch = [...last];
    await store.close();
    return {
      keys: batch.length,
      bytes: batch.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + (value?.length ?? 0), 0),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
