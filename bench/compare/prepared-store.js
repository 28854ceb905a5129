// A store that takes minutes to fill: kept where the caller names a directory, and filled again only if it is not there.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { showProgress } from '../progress.js';
import { loadOurs } from './load-ours.js';
import { ADAPTERS, adapterTree, allEntries } from './shape.js';

/**
 * Puts a store of so many entries below `directory`, as the build of `checkout` fills it.
 * @param kept the directory in which it is kept, if it is; only a copy of it is measured
 * @returns {Promise<{store: string, ids: string[]}>} where it is, and the ids of its entries in their order
 */
export async function prepareStore(directory, entries, checkout, kept) {
  const store = join(directory, 'data');
  if (kept === undefined) return { store, ids: await fill(store, entries, checkout) };
  const [keptStore, keptIds] = [join(resolve(kept), 'data'), join(resolve(kept), 'ids.json')];
  let ids = await readIds(keptIds);
  if (ids === undefined) {
    await mkdir(kept, { recursive: true });
    // What an interrupted run has left.
    await rm(keptStore, { recursive: true, force: true });
    ids = await fill(keptStore, entries, checkout);
    // Last, so that a store that was not filled to its end is not taken for one.
    await writeFile(keptIds, JSON.stringify(ids));
  }
  if (ids.length !== entries) throw new Error(`The store in ${kept} has ${ids.length} entries, not ${entries}`);
  await cp(keptStore, store, { recursive: true });
  return { store, ids };
}

/** Undefined if there are none. */
async function readIds(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function fill(store, entries, checkout) {
  const started = performance.now();
  const onProgress = (done) => showProgress('load', done, entries, started);
  return loadOurs(store, adapterTree(ADAPTERS), allEntries(entries), onProgress, resolve(checkout, 'dist'));
}
