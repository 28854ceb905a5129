// Fills a store of ours through the functions that the server uses, of this build or of another one.
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const BATCH = 1_000;
const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };

/** What it needs of a build, below its `dist`. */
export const MODULES = [
  'adapters/adapters',
  'adapters/register',
  'audit/keyed-hash',
  'feedback/link-feedback',
  'feedback/search/indexer',
  'feedback/submit',
  'store/open',
  'validation/registry',
];

/** The functions of a build. */
async function functionsOf(dist) {
  const modules = MODULES.map((name) => import(pathToFileURL(resolve(dist, `${name}.js`)).href));
  return Object.assign({}, ...(await Promise.all(modules)));
}

/**
 * Fills a store, and indexes it for search, which the server would do while it is measured otherwise.
 * @param location of the store; @param adapters each as {id, parent}; @param entries an iterable of submissions, each with `alsoLinked`, the adapter
 * that it is linked to besides its own, or none.
 * @param dist the modules of the build
 * @returns the ids of the entries, in their order.
 */
export async function loadInto(location, adapters, entries, onProgress, dist = DIST) {
  const build = await functionsOf(dist);
  const { ensureAdapters, registerAdapter, linkFeedback, submitBatch } = build;
  const store = await build.openStore(location);
  const services = {
    store,
    keyedHash: await build.loadKeyedHash(store),
    validate: build.createValidation(undefined),
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
    await build.finishSearchIndex(store, ACTOR.org);
  } finally {
    await store.close();
  }
  return ids;
}

/** The same into a new directory. */
export function loadOurs(directory, adapters, entries, onProgress, dist) {
  return loadInto(`rocksdb:${directory}`, adapters, entries, onProgress, dist);
}
