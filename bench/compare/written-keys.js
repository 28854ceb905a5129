// What a submit of ours writes: recorded below the store, so that the limit writes the same keys and values.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAdapters } from '../../dist/adapters/adapters.js';
import { loadKeyedHash } from '../../dist/audit/keyed-hash.js';
import { submitBatch, submitFeedback } from '../../dist/feedback/submit.js';
import { openRocksDb } from '../../dist/store/engine/rocksdb.js';
import { openTransactionalStore } from '../../dist/store/transactions/transactional-store.js';
import { createValidation } from '../../dist/validation/registry.js';

const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };

/**
 * @param earlier submissions, after which adapters, models and users are known @param submissions others than those
 * @returns of each submission what its commit writes, as [key, value in base64]
 */
export function writtenBySubmits(earlier, submissions) {
  return recordCommits(async (services, commits) => {
    await submitBatch(services, ACTOR, earlier);
    commits.length = 0;
    for (const submission of submissions) await submitFeedback(services, ACTOR, submission);
    if (commits.length !== submissions.length) throw new Error('A submit is one commit no more');
    return commits;
  });
}

/** The same of one batch of submissions. */
export function writtenByBatch(earlier, submissions) {
  return recordCommits(async (services, commits) => {
    await submitBatch(services, ACTOR, earlier);
    commits.length = 0;
    await submitBatch(services, ACTOR, submissions);
    if (commits.length !== 1) throw new Error('A batch is one commit no more');
    return commits[0];
  });
}

async function recordCommits(work) {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-keys-'));
  const commits = [];
  try {
    const store = await openTransactionalStore(async (mode) => {
      const engine = await openRocksDb(directory, mode);
      return {
        ...engine,
        write: (batch) => {
          const puts = [...batch].filter(([, value]) => value !== undefined);
          commits.push(puts.map(([key, value]) => [key, value.toString('base64')]));
          return engine.write(batch);
        },
      };
    });
    try {
      const keyedHash = await loadKeyedHash(store);
      const validate = createValidation(undefined);
      return await work({ store, keyedHash, validate, now: Date.now, ensureAdapters }, commits);
    } finally {
      await store.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
