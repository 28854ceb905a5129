/**
 * Which adapters share feedback, and how much, told from the sets of adapters that feedback is linked to (see
 * feedback/index/adapter-sets.ts): their counters are kept as links are made, so no feedback is read.
 */
import { ApiError } from '../errors.js';
import {
  adapterSetEntries,
  adapterSetListings,
  adapterSetsCounter,
  adapterSetsPrefix,
  parseListing,
} from '../feedback/index/adapter-sets.js';
import { indexCounterRange } from '../feedback/index/index-keys.js';
import { linkedAdapters } from '../feedback/links.js';
import { FACETS } from '../model/facets.js';
import type { Key, Reader, Store } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { mapYielding, sortYielding, startStretches } from '../yield-to-event-loop.js';

/** The most combinations of adapters that one answer adds up. */
export const MAX_COMBINATIONS = 10_000;
/** The most pairs that they may have, those of each combination counted for itself: 32 adapters are 496 pairs. */
const MAX_ADDED_PAIRS = 500_000;
/** At least so many keys tell the adapters of a set, and how much feedback they share. */
const KEYS_OF_SET = 8;

export interface SharedWith {
  readonly adapterId: string;
  readonly sharedCount: number;
}

export interface SharedPair {
  /** In the order of their ids. */
  readonly adapterIds: readonly [string, string];
  readonly sharedCount: number;
}

/**
 * The adapters that share feedback with each of `adapterIds`, most first, those that share as much by id.
 * @throws {ApiError} UNPROCESSABLE if one shares feedback in more than {@link MAX_COMBINATIONS} combinations
 */
export async function sharedFeedback(
  reader: Reader,
  org: string,
  adapterIds: readonly string[],
): Promise<SharedWith[][]> {
  const expected = await reader.peek(adapterIds.map((adapter) => adapterSetsCounter(org, adapter)));
  reader.planReads?.(expected.reduce((total, count) => total + Math.min(count, MAX_COMBINATIONS), 0));
  const listed = await Promise.all(
    adapterIds.map(async (adapter) => {
      const range = prefixRange(adapterSetsPrefix(org, adapter));
      const keys = await reader.scanKeys({ ...range, limit: MAX_COMBINATIONS + 1 });
      if (keys.length > MAX_COMBINATIONS) throw tooMany(`The adapter '${adapter}' shares`);
      return keys.map(lastComponent);
    }),
  );
  const sets = [...new Set(listed.flat())];
  reader.planReads?.(KEYS_OF_SET * sets.length);
  const [members, counts] = await Promise.all([readMembers(reader, org, sets), readTotals(reader, org, sets)]);
  return mapYielding(listed, (own, index) => {
    const shared = new Map<string, number>();
    for (const set of own) {
      for (const id of members.get(set) ?? []) {
        if (id !== adapterIds[index]) shared.set(id, (shared.get(id) ?? 0) + (counts.get(set) ?? 0));
      }
    }
    return [...shared]
      .map(([adapterId, sharedCount]) => ({ adapterId, sharedCount }))
      .sort((one, other) => other.sharedCount - one.sharedCount || compareIds(one.adapterId, other.adapterId));
  });
}

/**
 * All pairs of adapters that share feedback, most first.
 * @throws {ApiError} UNPROCESSABLE if feedback is shared in more than {@link MAX_COMBINATIONS} combinations
 */
export async function sharedFeedbackPairs({ read }: Pick<Store, 'read'>, org: string): Promise<SharedPair[]> {
  const [members, counts] = await read(async (reader) => [await allMembers(reader, org), await allTotals(reader, org)]);
  const stretches = startStretches();
  const byFirst = new Map<string, Map<string, number>>();
  for (const [set, unordered] of members) {
    const count = counts.get(set) ?? 0;
    const adapters = unordered.sort(compareIds);
    for (const [index, first] of adapters.entries()) {
      const others = byFirst.get(first) ?? new Map<string, number>();
      byFirst.set(first, others);
      for (const second of adapters.slice(index + 1)) others.set(second, (others.get(second) ?? 0) + count);
    }
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  const pairs: SharedPair[] = [];
  for (const [first, others] of byFirst) {
    for (const [second, sharedCount] of others) pairs.push({ adapterIds: [first, second], sharedCount });
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return sortYielding(
    pairs,
    (one, other) =>
      other.sharedCount - one.sharedCount ||
      compareIds(one.adapterIds[0], other.adapterIds[0]) ||
      compareIds(one.adapterIds[1], other.adapterIds[1]),
    stretches,
  );
}

/**
 * The adapters of each set that feedback is linked to.
 * @throws {ApiError} UNPROCESSABLE if there are too many to add up
 */
async function allMembers(reader: Reader, org: string): Promise<ReadonlyMap<string, string[]>> {
  const most = 2 * MAX_COMBINATIONS;
  const keys = await reader.scanKeys({ ...adapterSetListings(org), limit: most + 1 });
  const members = new Map<string, string[]>();
  for (const key of keys) {
    const { adapter, set } = parseListing(key);
    const adapters = members.get(set);
    if (adapters === undefined) members.set(set, [adapter]);
    else adapters.push(adapter);
  }
  const pairs = [...members.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  if (keys.length > most || pairs > MAX_ADDED_PAIRS) throw tooMany('The adapters of the organization share');
  return members;
}

/** The adapters of each set, by the links of one feedback in it. */
async function readMembers(
  reader: Reader,
  org: string,
  sets: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  return new Map(
    await Promise.all(
      sets.map(async (set) => {
        const [entry] = await reader.scanKeys({ ...adapterSetEntries(org, set), limit: 1 });
        const adapters = entry === undefined ? [] : await linkedAdapters(reader, org, lastComponent(entry));
        return [set, adapters] as const;
      }),
    ),
  );
}

/** How much feedback is linked to exactly each set, whatever its facet. Only counters that are not 0 have keys. */
async function readTotals(reader: Reader, org: string, sets: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const prefixOf = (set: string): Key => `${indexCounterRange(org, 'adapterSet').gte}${set}:`;
  const ranges = await Promise.all(
    sets.map((set) => reader.scanKeys({ ...prefixRange(prefixOf(set)), limit: FACETS.length })),
  );
  return addUp(reader, org, ranges.flat());
}

/** As {@link readTotals}, of all sets. */
async function allTotals(reader: Reader, org: string): Promise<ReadonlyMap<string, number>> {
  const range = indexCounterRange(org, 'adapterSet');
  return addUp(reader, org, await reader.scanKeys({ ...range, limit: MAX_COMBINATIONS * FACETS.length }));
}

async function addUp(reader: Reader, org: string, keys: readonly Key[]): Promise<ReadonlyMap<string, number>> {
  const counts = await reader.counters(keys);
  const start = indexCounterRange(org, 'adapterSet').gte.length;
  const totals = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const set = key.slice(start, key.lastIndexOf(':'));
    totals.set(set, (totals.get(set) ?? 0) + (counts[index] ?? 0));
  }
  return totals;
}

function compareIds(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function tooMany(what: string): ApiError {
  return new ApiError(
    'UNPROCESSABLE',
    `${what} feedback in more than ${MAX_COMBINATIONS} combinations of adapters, too many to add up`,
  );
}
