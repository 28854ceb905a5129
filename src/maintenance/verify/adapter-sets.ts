/** Which sets of adapters each adapter lists, against the sets that feedback is linked to. */
import {
  adapterSetEntries,
  adapterSetListings,
  adapterSetsPrefix,
  parseListing,
} from '../../feedback/index/adapter-sets.js';
import { indexRange } from '../../feedback/index/index-keys.js';
import { adapterSetName } from '../../feedback/index/table.js';
import { linkedAdapters } from '../../feedback/links.js';
import type { Key } from '../../store/contract.js';
import { lastComponent, unescapeComponent } from '../../store/keys.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, reportInconsistency, eachChunk, MAX_REMEMBERED } from './check.js';
import { counterOfEntry } from './counters.js';
import type { Lookups } from './cursor.js';

/** The keys under which the adapters of a feedback entry list the set of them. */
export function lookForListings(check: Check, lookups: Lookups, adapters: readonly string[]): void {
  const set = adapterSetName(adapters);
  if (set === undefined) return;
  const { unlisted } = check.adapterSets;
  for (const adapter of adapters) {
    const key = adapterSetsPrefix(check.org, adapter) + set;
    lookups.find(key, (stored) => {
      if (stored !== undefined || unlisted.has(key)) return;
      if (unlisted.size < MAX_REMEMBERED) unlisted.add(key);
      reportInconsistency(check, 'index', adapter, 'does not list a set of adapters that it belongs to', [
        putEmpty(key),
      ]);
      if (check.repairs === undefined) check.corrections.add(counterOfEntry(check.org, key), 1);
    });
  }
}

/** Listings of sets that no feedback is linked to. Comes after the index entries, which say which sets there are. */
export async function checkListings(check: Check): Promise<void> {
  const { org, store, adapterSets } = check;
  check.progress.phase('sets of adapters');
  let count = 0;
  const listed = adapterSetListings(org);
  await eachChunk(check, 'index', listed, (entries) => {
    count += entries.length;
    for (const { key, value } of entries) {
      if (value.length > 0)
        reportInconsistency(check, 'index', parseListing(key).adapter, 'lists a set of adapters with a value', [
          putEmpty(key),
        ]);
    }
  });
  if (adapterSets.incomplete) {
    check.findings.skip(`which adapters of ${org} list sets that are none: repair the missing index entries first`);
    return;
  }
  let expected = check.repairs === undefined ? -adapterSets.unlisted.size : 0;
  for await (const { adapters } of eachAdapterSet(check)) expected += adapters.length;
  if (count === expected) return;
  for await (const chunk of store.snapshot(listed)) {
    for (const { key } of chunk) {
      if (await isListedRightly(check, key)) continue;
      reportInconsistency(
        check,
        'index',
        parseListing(key).adapter,
        'lists a set of adapters that no feedback is linked to',
        [remove(key)],
      );
      if (check.repairs === undefined) check.corrections.add(counterOfEntry(org, key), -1);
    }
    await check.repairs?.flushFull();
  }
  await check.repairs?.flush();
}

interface AdapterSet {
  readonly set: string;
  readonly adapters: readonly string[];
}

/** Every set that a feedback entry is linked to, once, by leaps from one to the next. */
async function* eachAdapterSet(check: Check): AsyncGenerator<AdapterSet, void> {
  const { gte, lt } = indexRange(check.org, 'adapterSet');
  for (let from: Key = gte; ;) {
    const start = from;
    const [key] = await check.store.read((reader) => reader.scanKeys({ gte: start, lt, limit: 1 }));
    if (key === undefined) return;
    const set = unescapeComponent(key.slice(gte.length).split(':', 1)[0] ?? '');
    const adapters = await readAdapters(check, set);
    if (adapters !== undefined) yield { set, adapters };
    from = adapterSetEntries(check.org, set).lt;
  }
}

const ENTRIES_AT_ONCE = 100;

/** The adapters of a set, by the links of the feedback in it; `undefined` if none is there that is in it rightly. */
async function readAdapters({ store, org }: Check, set: string): Promise<readonly string[] | undefined> {
  const range = adapterSetEntries(org, set);
  for (let from = range.gte; ;) {
    const start = from;
    const keys = await store.read((reader) =>
      reader.scanKeys({ gte: start, lt: range.lt, limit: start === range.gte ? 1 : ENTRIES_AT_ONCE }),
    );
    for (const key of keys) {
      const adapters = await store.read((reader) => linkedAdapters(reader, org, lastComponent(key)));
      if (adapterSetName(adapters) === set) return adapters;
    }
    const last = keys.at(-1);
    if (last === undefined) return undefined;
    from = `${last}\0`;
  }
}

async function isListedRightly(check: Check, key: Key): Promise<boolean> {
  const { set } = parseListing(key);
  const adapters = await readAdapters(check, set);
  return adapters?.some((adapter) => adapterSetsPrefix(check.org, adapter) + set === key) ?? false;
}
