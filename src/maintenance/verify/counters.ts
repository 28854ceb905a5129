/**
 * Counters against a recount of what they count. Both come in the same order, so they are read side by side and nothing
 * of them is kept, however many indexes there are.
 */
import { adapterCounter } from '../../adapters/adapters.js';
import { derivativeCounters } from '../../adapters/lineage.js';
import { ADAPTER_DAYS_COUNTED, adapterDayCounter } from '../../feedback/index/adapter-days.js';
import { adapterSetCounters, adapterSetListings } from '../../feedback/index/adapter-sets.js';
import {
  indexCounterKey,
  indexCounterRange,
  indexRange,
  KINDS_WITH_ENTRIES,
  parseIndexEntry,
} from '../../feedback/index/index-keys.js';
import { formatDay, type SecondaryIndex } from '../../feedback/index/table.js';
import { feedbackIdTime, isFeedbackId } from '../../model/ids.js';
import { compareKeys } from '../../store/byte-order.js';
import type { Entry, Key, KeyRange } from '../../store/contract.js';
import { keyPrefix, lastComponent, prefixRange } from '../../store/keys.js';
import {
  claimedCounter,
  erasedCounter,
  erasedCounters,
  evaluationCounters,
  NO_FACET,
  stageCounters,
  trainingBatchCounter,
} from '../../store/layout.js';
import { CorruptRecordError } from '../../store/record.js';
import { decodeCounter } from '../../store/transactions/counters.js';
import { type Check, reportInconsistency, MAX_REMEMBERED } from './check.js';
import { Cursor, readChunksAhead } from './cursor.js';
import { edgeRange } from './keyspace.js';

interface Recount {
  readonly counter: Key;
  readonly count: number;
}

/** What is counted by other things than entries and edges. */
export interface NodeCounts {
  readonly adapters: number;
  readonly batches: number;
  /** How many entries training batches have claimed. */
  readonly claimed: number;
  /** How many of the feedback of each training batch were erased. */
  readonly erased: ReadonlyMap<string, number>;
}

export async function checkCounters(check: Check, nodes: NodeCounts): Promise<void> {
  if (check.corrections.overflowed) {
    check.findings.skip(
      `counters of ${check.org}: more than ${MAX_REMEMBERED} of them count entries that are wrong; repair these first`,
    );
    return;
  }
  check.progress.phase('counters');
  const stored = new Cursor(check.store, prefixRange(keyPrefix('count', check.org)));
  try {
    await stored.advance();
    for await (const recounts of recount(check, nodes)) {
      for (const { counter, count } of recounts) {
        let current = stored.current;
        while (current !== undefined && compareKeys(current.key, counter) < 0) {
          const next = checkStoredCounter(check, stored, current, 0);
          current = next instanceof Promise ? await next : next;
        }
        if (current?.key === counter) {
          const next = checkStoredCounter(check, stored, current, count);
          if (next instanceof Promise) await next;
        } else checkCounter(check, counter, undefined, count);
        check.progress.advance(count);
      }
      await check.repairs?.flushFull();
    }
    let current = stored.current;
    while (current !== undefined) current = await checkStoredCounter(check, stored, current, 0);
  } finally {
    await stored.close();
  }
  for (const counter of [...check.corrections.byCounter.keys()]) checkCounter(check, counter, undefined, 0);
  await check.repairs?.flush();
}

/** Judges the counter that is read, and answers the next one; only sometimes does that take a wait. */
function checkStoredCounter(
  check: Check,
  stored: Cursor,
  { key, value }: Entry,
  counted: number,
): Promise<Entry | undefined> | Entry | undefined {
  check.findings.countRead('count', 1);
  checkCounter(check, key, value, counted);
  const loading = stored.advance();
  return loading === undefined ? stored.current : loading.then(() => stored.current);
}

function checkCounter(check: Check, counter: Key, stored: Buffer | undefined, counted: number): void {
  const expected = counted + (check.corrections.byCounter.get(counter) ?? 0);
  check.corrections.byCounter.delete(counter);
  const node = counter.slice(keyPrefix('count', check.org).length);
  let actual: number;
  try {
    actual = decodeCounter(stored);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    reportInconsistency(check, 'count', node, `is not a number; it should be ${expected}`, [
      { key: counter, counter: expected },
    ]);
    return;
  }
  if (actual !== expected) {
    const fix = { key: counter, add: expected - actual };
    reportInconsistency(check, 'count', node, `is ${actual}; it should be ${expected}`, [fix]);
  } else if (stored !== undefined && actual === 0) {
    reportInconsistency(check, 'count', node, 'is stored as 0', [{ key: counter, counter: 0 }]);
  }
}

/** The counter of an index entry, an incoming edge, an evaluation or an adapter at a stage, by its key. */
export function counterOfEntry(org: string, entry: Key): Key {
  const group = entry.slice(0, entry.lastIndexOf(':'));
  for (const { from, to } of [
    { from: keyPrefix('index', org), to: keyPrefix('count', org) },
    { from: edgeRange(org, 'FEEDBACK_FOR', 'in').gte, to: indexCounterRange(org, 'adapter').gte },
    { from: edgeRange(org, 'DERIVED_FROM', 'in').gte, to: derivativeCounters(org).gte },
  ]) {
    if (group.startsWith(from)) return to + group.slice(from.length);
  }
  for (const { from, to } of [
    { from: keyPrefix('adapter_stage_list', org), to: stageCounters(org).gte },
    { from: keyPrefix('evaluation', org), to: evaluationCounters(org).gte },
  ]) {
    if (group.startsWith(from)) return `${to}${group.slice(from.length)}:${NO_FACET}`;
  }
  throw new TypeError('The key is of an entry that is not counted');
}

/** What counts the entries of the day of a feedback id, which must be one. */
function dayCounter(org: string, id: string, feedbackFacet: string): Key {
  return indexCounterKey(org, { kind: 'day', day: formatDay(feedbackIdTime(id)) }, feedbackFacet);
}

/** The counters by day that count an entry of an index beside its own; none for an id that is not one. */
export function dayCounters(org: string, index: SecondaryIndex, id: string, feedbackFacet: string): readonly Key[] {
  if (!isFeedbackId(id)) return [];
  if (index.kind === 'all') return [dayCounter(org, id, feedbackFacet)];
  return index.kind === 'adapter' ? [adapterDayCounter(org, index.adapter, id, feedbackFacet)] : [];
}

/** Counters that stand together, with what they should be, in the order of their keys. */
interface CounterSource {
  readonly range: Pick<KeyRange, 'gte'>;
  readonly recount: () => AsyncIterable<Recount[]> | Iterable<Recount[]>;
}

/** What each counter should be, in the order of counters. */
async function* recount(check: Check, counts: NodeCounts): AsyncGenerator<Recount[], void> {
  const sources = [...indexCounters(check), ...otherCounters(check, counts)];
  sources.sort((one, other) => compareKeys(one.range.gte, other.range.gte));
  for (const source of sources) yield* source.recount();
}

/** Of all indexes of feedback. Those of days come after those of all feedback, which say which days there are. */
function indexCounters(check: Check): CounterSource[] {
  const { org } = check;
  const days = new Map<Key, number>();
  const countDay = (key: Key): void => {
    const id = lastComponent(key);
    // What is no entry at all is reported elsewhere, and is of no day.
    if (!isFeedbackId(id)) return;
    const counter = dayCounter(org, id, key.slice(0, key.lastIndexOf(':')).slice(-1));
    days.set(counter, (days.get(counter) ?? 0) + 1);
  };
  return [
    ...KINDS_WITH_ENTRIES.map((kind) => ({
      range: indexCounterRange(org, kind),
      recount: () => groups(check, indexRange(org, kind), kind === 'all' ? countDay : undefined),
    })),
    { range: indexCounterRange(org, 'day'), recount: () => [inOrder(days)] },
    { range: indexCounterRange(org, 'adapterDay'), recount: () => adapterDays(check) },
  ];
}

/** The days of each adapter, from the entries that are linked to it: what is kept is of one adapter at a time. */
async function* adapterDays(check: Check): AsyncGenerator<Recount[], void> {
  const { org } = check;
  if (!(await hasAdapterDays(check))) return;
  let days = new Map<Key, number>();
  let current = '';
  for await (const chunk of readChunksAhead(check.store, indexRange(org, 'adapter'))) {
    for (const { key } of chunk) {
      const entry = parseIndexEntry(org, key);
      if (entry?.index.kind !== 'adapter' || !isFeedbackId(entry.feedbackId)) continue;
      const { adapter } = entry.index;
      if (adapter !== current) {
        yield inOrder(days);
        days = new Map();
        current = adapter;
      }
      const counter = adapterDayCounter(org, adapter, entry.feedbackId, entry.facet);
      days.set(counter, (days.get(counter) ?? 0) + 1);
    }
  }
  yield inOrder(days);
}

/** Whether the adapters of an organization are counted by day: a server counts those of a store from before at its start. */
async function hasAdapterDays({ store, org }: Check): Promise<boolean> {
  return store.read(async (reader) => {
    if ((await reader.get(ADAPTER_DAYS_COUNTED)) !== undefined) return true;
    return (await reader.scanKeys({ ...indexCounterRange(org, 'adapterDay'), limit: 1 })).length > 0;
  });
}

function otherCounters(check: Check, { adapters, batches, claimed, erased }: NodeCounts): CounterSource[] {
  const { org } = check;
  const single = (counter: Key, count: number): CounterSource => ({
    range: { gte: counter },
    recount: () => (count > 0 ? [[{ counter, count }]] : []),
  });
  const erasedByCounter = new Map([...erased].map(([batch, count]) => [erasedCounter(org, batch), count]));
  return [
    single(adapterCounter(org), adapters),
    single(trainingBatchCounter(org), batches),
    single(claimedCounter(org), claimed),
    { range: erasedCounters(org), recount: () => [inOrder(erasedByCounter)] },
    { range: adapterSetCounters(org), recount: () => groups(check, adapterSetListings(org)) },
    { range: derivativeCounters(org), recount: () => groups(check, edgeRange(org, 'DERIVED_FROM', 'in')) },
    { range: stageCounters(org), recount: () => groups(check, prefixRange(keyPrefix('adapter_stage_list', org))) },
    { range: evaluationCounters(org), recount: () => groups(check, prefixRange(keyPrefix('evaluation', org))) },
  ];
}

function inOrder(counts: ReadonlyMap<Key, number>): Recount[] {
  return [...counts]
    .map(([counter, count]) => ({ counter, count }))
    .sort((one, other) => compareKeys(one.counter, other.counter));
}

/** How many keys of a range there are for each counter. */
async function* groups(check: Check, range: KeyRange, each?: (key: Key) => void): AsyncGenerator<Recount[], void> {
  let group = '';
  let count = 0;
  for await (const chunk of readChunksAhead(check.store, range)) {
    const ended: Recount[] = [];
    for (const { key } of chunk) {
      each?.(key);
      if (key.startsWith(group) && key.lastIndexOf(':') === group.length - 1) {
        count += 1;
        continue;
      }
      if (count > 0) ended.push({ counter: counterOfEntry(check.org, group), count });
      group = key.slice(0, key.lastIndexOf(':') + 1);
      count = 1;
    }
    yield ended;
  }
  if (count > 0) yield [{ counter: counterOfEntry(check.org, group), count }];
}
