/** The entries of an adapter by the day of their submission: counters alone, and how they come into a store from before. */
import { FACETS } from '../../model/facets.js';
import { feedbackIdTime, isFeedbackId } from '../../model/ids.js';
import type { Key, KeyRange, Reader, Store, Transaction } from '../../store/contract.js';
import { escapeComponent, lastComponent, prefixRange } from '../../store/keys.js';
import { edgeInPrefix, INDEX_BUILD_PREFIX } from '../../store/layout.js';
import { findOrganizations } from '../../store/organizations.js';
import { encodeRecord } from '../../store/record.js';
import { indexCounterKey, indexCounterRange } from './index-keys.js';
import { indexValues } from './index-values.js';
import { type FeedbackStats, toStats } from './stats.js';
import { formatDay } from './table.js';

/** Says that the store has counted the entries of adapters by day; stores of a server before 0.3.0 have not. */
export const ADAPTER_DAYS_COUNTED: Key = `${INDEX_BUILD_PREFIX}adapter_day`;

/** The counter of the entries of an adapter that were submitted on the day of an id, which must be one of an entry. */
export function adapterDayCounter(org: string, adapter: string, feedbackId: string, facet: string): Key {
  return indexCounterKey(org, { kind: 'adapterDay', adapter, day: formatDay(feedbackIdTime(feedbackId)) }, facet);
}

/** The counters of an adapter, by day. */
export function adapterDayCounters(org: string, adapter: string): KeyRange {
  return prefixRange(`${indexCounterRange(org, 'adapterDay').gte}${escapeComponent(adapter)}:`);
}

const COUNTERS_AT_ONCE = 10_000;

/**
 * Statistics of an adapter for each of these days in a row. Reads the counters that are not 0 alone.
 * @param days as {@link formatDay} writes them, at least one, in order
 */
export async function adapterDayStats(
  reader: Reader,
  org: string,
  adapter: string,
  days: readonly string[],
): Promise<FeedbackStats[]> {
  const { gte } = adapterDayCounters(org, adapter);
  const range = { gte: `${gte}${days[0] ?? ''}`, lt: `${gte}${days.at(-1) ?? ''};` };
  const keys = await reader.scanKeys({ ...range, limit: days.length * FACETS.length });
  const values = await reader.counters(keys);
  const counts = new Map(keys.map((key, at) => [key, values[at] ?? 0]));
  return days.map((day) =>
    toStats(
      FACETS.map(({ name }) => counts.get(indexCounterKey(org, { kind: 'adapterDay', adapter, day }, name)) ?? 0),
    ),
  );
}

/**
 * Counts what a store from before has not counted. Runs beside other servers: what it adds to a counter is what one moment
 * lacks, so nothing is counted twice if it begins again.
 */
export async function countAdapterDays(store: Pick<Store, 'read' | 'transact'>): Promise<void> {
  if ((await store.read((reader) => reader.get(ADAPTER_DAYS_COUNTED))) !== undefined) return;
  for (const org of await findOrganizations(store)) {
    for await (const adapter of adaptersWithFeedback(store, org)) {
      await store.transact((transaction) => correctAdapter(transaction, org, adapter));
    }
  }
  await store.transact((transaction) => {
    transaction.put(ADAPTER_DAYS_COUNTED, encodeRecord(true));
    return Promise.resolve();
  });
}

async function* adaptersWithFeedback(store: Pick<Store, 'read'>, org: string): AsyncGenerator<string, void> {
  for (let after: string | undefined; ;) {
    const from = after;
    const some = await store.read((reader) => indexValues(reader, org, { kind: 'adapter', shared: [] }, 1_000, from));
    yield* some;
    after = some.at(-1);
    if (after === undefined || some.length < 1_000) return;
  }
}

async function correctAdapter(transaction: Transaction, org: string, adapter: string): Promise<void> {
  const expected = new Map<Key, number>();
  for (const { name } of FACETS) {
    const range = prefixRange(edgeInPrefix(org, 'FEEDBACK_FOR', adapter, name));
    for await (const keys of keysIn(transaction, range)) {
      for (const id of keys.map(lastComponent)) {
        // What is no entry at all is for verify to report.
        if (!isFeedbackId(id)) continue;
        const counter = adapterDayCounter(org, adapter, id, name);
        expected.set(counter, (expected.get(counter) ?? 0) + 1);
      }
    }
  }
  for await (const keys of keysIn(transaction, adapterDayCounters(org, adapter))) {
    const counts = await transaction.counters(keys);
    for (const [at, key] of keys.entries()) expected.set(key, (expected.get(key) ?? 0) - (counts[at] ?? 0));
  }
  for (const [counter, missing] of expected) if (missing !== 0) transaction.add(counter, missing);
}

async function* keysIn(reader: Reader, { gte, lt }: KeyRange): AsyncGenerator<readonly Key[], void> {
  for (let from = gte; ;) {
    const keys = await reader.scanKeys({ gte: from, lt, limit: COUNTERS_AT_ONCE });
    yield keys;
    const last = keys.at(-1);
    if (last === undefined || keys.length < COUNTERS_AT_ONCE) return;
    from = `${last}\0`;
  }
}
