/** Saved views, and the lists that they are in. */
import { viewLists } from '../../feedback/saved-views.js';
import { keyPrefix, lastComponent, prefixRange } from '../../store/keys.js';
import { savedViewKey, savedViewPrefix } from '../../store/layout.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, eachChunk, malformed, reportInconsistency } from './check.js';
import { Lookups } from './cursor.js';
import { isSavedView, readRecord } from './shapes.js';

export async function checkSavedViews(check: Check): Promise<void> {
  check.progress.phase('saved views');
  await checkViews(check);
  await checkLists(check);
}

/** Each view is what its key says, and in its lists. */
async function checkViews(check: Check): Promise<void> {
  const { org, store, keyedHash } = check;
  await eachChunk(check, 'saved_view', prefixRange(savedViewPrefix(org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const id = lastComponent(key);
      if (key !== savedViewKey(org, id)) {
        malformed(check, 'saved_view', key);
        continue;
      }
      const { record, problem } = readRecord(value, isSavedView);
      if (record?.id !== id) {
        reportInconsistency(check, 'saved_view', id, problem ?? 'has the id of another view');
        continue;
      }
      for (const prefix of keyedHash === undefined ? [] : viewLists(keyedHash, org, record)) {
        lookups.find(prefix + id, (stored) => {
          if (stored !== undefined) return;
          reportInconsistency(check, 'saved_view_list', id, 'is missing in a list', [putEmpty(prefix + id)]);
        });
      }
    }
    await lookups.resolve(store);
  });
}

/** Each place in a list leads to a view that is to be there. */
async function checkLists(check: Check): Promise<void> {
  const { org, store, keyedHash } = check;
  if (keyedHash === undefined) return;
  await eachChunk(check, 'saved_view_list', prefixRange(keyPrefix('saved_view_list', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key } of entries) {
      const id = lastComponent(key);
      lookups.find(savedViewKey(org, id), (stored) => {
        const view = stored === undefined ? undefined : readRecord(stored, isSavedView);
        // A damaged view cannot say which lists it is in.
        if (view !== undefined && view.record === undefined) return;
        const isThere = view !== undefined && viewLists(keyedHash, org, view.record).some((list) => list + id === key);
        if (isThere) return;
        reportInconsistency(check, 'saved_view_list', id, 'is in a list that it does not belong to', [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}
