/**
 * Which adapters share feedback, and how much. The set of adapters that a feedback entry is linked to, where there are several,
 * has an index of its own: its counters say how much feedback is linked to exactly these. Each adapter lists its sets, so
 * what several adapters were given together is told apart by reading sets, of which there are few, and not feedback.
 */
import type { Key, KeyRange, Transaction } from '../../store/contract.js';
import { lastComponent, unescapeComponent } from '../../store/keys.js';
import { counterKey, indexPrefix, NO_FACET, taggedName, taggedRange } from '../../store/layout.js';
import { entriesOfAllFacets } from './index-keys.js';
import { adapterSetName } from './table.js';

/** Tags the lists of sets, which are no index of feedback: what they hold is sets. */
const LISTINGS = 'ls';

/** What the keys start with under which an adapter lists its sets; the set follows. */
export function adapterSetsPrefix(org: string, adapter: string): Key {
  return indexPrefix(org, taggedName(LISTINGS, adapter), NO_FACET);
}

/** How many sets an adapter lists. */
export function adapterSetsCounter(org: string, adapter: string): Key {
  return counterKey(org, taggedName(LISTINGS, adapter), NO_FACET);
}

/** The keys under which the adapters of an organization list their sets. */
export function adapterSetListings(org: string): KeyRange {
  return taggedRange('index', org, LISTINGS);
}

/** The counters of {@link adapterSetListings}. */
export function adapterSetCounters(org: string): KeyRange {
  return taggedRange('count', org, LISTINGS);
}

/** Which adapter lists which set under a key. */
export function parseListing(key: Key): { readonly adapter: string; readonly set: string } {
  const [, , name = ''] = key.split(':');
  return { adapter: unescapeComponent(name.slice(LISTINGS.length + 1)), set: lastComponent(key) };
}

/** The index entries of the feedback linked to exactly the adapters of a set. */
export function adapterSetEntries(org: string, set: string): KeyRange {
  return entriesOfAllFacets(org, { kind: 'adapterSet', set });
}

/** The adapters that a transaction takes an entry from, and those that it links it to instead. */
export interface AdapterSetMove {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Lists the sets that a transaction moves entries into, and no longer those that it leaves empty. All moves of the transaction
 * at once, and none of them into a set that another leaves, as where all are linked to one adapter.
 */
export async function relistAdapterSets(
  transaction: Transaction,
  org: string,
  moves: readonly AdapterSetMove[],
): Promise<void> {
  const moved = moves.filter(({ before, after }) => adapterSetName(before) !== adapterSetName(after));
  await unlistEmptySets(
    transaction,
    org,
    moved.map(({ before }) => before),
  );
  const entered = moved.map(({ after }) => after);
  const sets = await readAdapterSets(transaction, org, entered);
  for (const adapters of entered) sets.enter(adapters);
}

/** Lists the sets of the entries that a transaction makes, as far as they are not listed yet. */
export interface NewAdapterSets {
  /** @param adapters of an entry that is made now: one of those that were asked for */
  readonly enter: (adapters: readonly string[]) => void;
}

/** One look at the sets of entries that a transaction may make. */
export async function readAdapterSets(
  transaction: Transaction,
  org: string,
  entering: readonly (readonly string[])[],
): Promise<NewAdapterSets> {
  const named = new Map(
    entering.flatMap((adapters) => {
      const set = adapterSetName(adapters);
      return set === undefined ? [] : [[set, adapters[0] ?? ''] as const];
    }),
  );
  const sets = [...named.keys()];
  // All adapters of a set list it, or none.
  const keys = [...named].map(([set, adapter]) => adapterSetsPrefix(org, adapter) + set);
  const found = keys.length === 0 ? [] : await transaction.getMany(keys);
  const listed = new Set(sets.filter((_, index) => found[index] !== undefined));
  return {
    enter: (adapters) => {
      const set = adapterSetName(adapters);
      if (set === undefined || listed.has(set)) return;
      listed.add(set);
      list(transaction, org, adapters, set);
    },
  };
}

/**
 * Unlists the sets that no feedback is in any more once this transaction has taken one out of each of `left`: what a
 * transaction reads is as it was before.
 */
export async function unlistEmptySets(
  transaction: Transaction,
  org: string,
  left: readonly (readonly string[])[],
): Promise<void> {
  const leaving = new Map<string, { readonly adapters: readonly string[]; count: number }>();
  for (const adapters of left) {
    const set = adapterSetName(adapters);
    if (set === undefined) continue;
    const each = leaving.get(set) ?? { adapters, count: 0 };
    each.count += 1;
    leaving.set(set, each);
  }
  await Promise.all(
    [...leaving].map(async ([set, { adapters, count }]) => {
      const there = await transaction.scanKeys({ ...adapterSetEntries(org, set), limit: count + 1 });
      if (there.length > count) return;
      for (const adapter of adapters) {
        transaction.delete(adapterSetsPrefix(org, adapter) + set);
        transaction.add(adapterSetsCounter(org, adapter), -1);
      }
    }),
  );
}

function list(transaction: Transaction, org: string, adapters: readonly string[], set: string): void {
  for (const adapter of adapters) {
    transaction.put(adapterSetsPrefix(org, adapter) + set, Buffer.alloc(0));
    transaction.add(adapterSetsCounter(org, adapter), 1);
  }
}
