// Fills a store of ours through the functions that the server uses.
import { ensureAdapters } from '../../dist/adapters/adapters.js';
import { registerAdapter } from '../../dist/adapters/register.js';
import { loadKeyedHash } from '../../dist/audit/keyed-hash.js';
import { linkFeedback } from '../../dist/feedback/link-feedback.js';
import { submitBatch } from '../../dist/feedback/submit.js';
import { openStore } from '../../dist/store/open.js';
import { createValidation } from '../../dist/validation/registry.js';

const BATCH = 1_000;
const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };

/**
 * @param location of the store; @param adapters each as {id, parent}; @param entries an iterable of submissions, each with `alsoLinked`, the adapter
 * that it is linked to besides its own, or none.
 * @returns the ids of the entries, in their order.
 */
export async function loadInto(location, adapters, entries, onProgress) {
  const store = await openStore(location);
  const services = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: () => store.now(),
    ensureAdapters,
  };
  const ids = [];
  try {
    for (const { id, parent } of adapters) {
      await registerAdapter(services, ACTOR, { id, ...(parent !== undefined && { derivedFrom: [parent] }) });
    }
    let batch = [];
    const flush = async () => {
      const stored = await submitBatch(
        services,
        ACTOR,
        batch.map(({ alsoLinked: _, ...submission }) => submission),
      );
      const links = [];
      for (const [index, outcome] of stored.entries()) {
        if ('error' in outcome) throw outcome.error;
        ids.push(outcome.feedback.id);
        const adapterId = batch[index].alsoLinked;
        if (adapterId !== undefined) {
          links.push(linkFeedback(services, ACTOR, { feedbackId: outcome.feedback.id, adapterId }));
        }
      }
      await Promise.all(links);
      batch = [];
      onProgress(ids.length);
    };
    for (const entry of entries) {
      batch.push(entry);
      if (batch.length === BATCH) await flush();
    }
    if (batch.length > 0) await flush();
  } finally {
    await store.close();
  }
  return ids;
}

/** The same into a new directory. */
export function loadOurs(directory, adapters, entries, onProgress) {
  return loadInto(`rocksdb:${directory}`, adapters, entries, onProgress);
}
