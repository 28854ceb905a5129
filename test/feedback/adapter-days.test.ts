import { describe, expect, it } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { countAdapterDays } from '../../src/feedback/index/adapter-days.js';
import { indexCounterRange } from '../../src/feedback/index/index-keys.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { submitBatch } from '../../src/feedback/submit.js';
import { unlinkFeedback } from '../../src/feedback/unlink-feedback.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { feedbackIdAt } from '../../src/model/ids.js';
import type { Store } from '../../src/store/contract.js';
import { ACTOR, openGraph, PRAISE, type TestGraph } from '../support/graph.js';

const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 30, 23, 58);

interface Day {
  readonly day: string;
  readonly totalFeedback: number;
  readonly positiveCount: number;
  readonly rejectedCount: number;
}

const QUERY = `query ($id: ID!, $since: DateTime!, $until: DateTime!) {
  adapter(id: $id) { statsByDay(since: $since, until: $until) { day totalFeedback positiveCount rejectedCount } }
}`;

const range = (since: number, days: number) => ({
  since: new Date(since).toISOString(),
  until: new Date(since + (days - 1) * DAY).toISOString(),
});

async function daysOf(graph: TestGraph, id: string, since = START, days = 3): Promise<Day[]> {
  return (await graph.query<{ adapter: { statsByDay: Day[] } }>(QUERY, { id, ...range(since, days) })).adapter
    .statsByDay;
}

const totals = (days: readonly Day[]): number[] => days.map(({ totalFeedback }) => totalFeedback);

/** Entries of two adapters on three days. */
async function openDays() {
  const graph = await openGraph();
  const submit = async (adapterId: string, at: number, type: 'positive' | 'negative' = 'positive'): Promise<string> => {
    const newId = () => ({ id: feedbackIdAt(at), createdAt: at });
    const [outcome] = await submitBatch({ ...graph.services, newId }, ACTOR, [{ ...PRAISE, type, adapterId }]);
    if (outcome === undefined || 'error' in outcome) throw new Error('It was refused');
    return outcome.feedback.id;
  };
  const ids = [
    await submit('lora:a', START),
    await submit('lora:a', START, 'negative'),
    await submit('lora', START + 60_000 * 5),
    await submit('lora:a', START + 2 * DAY),
  ];
  return { ...graph, ids, isSound: () => isSound(graph.store) };
}

async function isSound(store: Store): Promise<void> {
  const { disagreements } = await verifyStore(store);
  // The graph of tests hashes users by itself.
  expect(disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
}

const readCounters = (store: Store): Promise<[string, number][]> =>
  store.read(async (reader) => {
    const keys = await reader.scanKeys({ ...indexCounterRange('default', 'adapterDay'), limit: Infinity });
    const counts = await reader.counters(keys);
    return keys.map((key, at) => [key, counts[at] ?? 0]);
  });

/** As a server from before has left it. */
async function removeCounters(store: Store): Promise<void> {
  const counters = await readCounters(store);
  await store.transact((transaction) => {
    for (const [key, count] of counters) transaction.add(key, -count);
    return Promise.resolve();
  });
}

describe('statistics of an adapter by day', () => {
  it('count what is linked to it on each day, as it is now', async () => {
    const graph = await openDays();
    const { services, ids, isSound: sound } = graph;
    expect(await daysOf(graph, 'lora:a')).toEqual([
      { day: '2025-01-30', totalFeedback: 2, positiveCount: 1, rejectedCount: 0 },
      { day: '2025-01-31', totalFeedback: 0, positiveCount: 0, rejectedCount: 0 },
      { day: '2025-02-01', totalFeedback: 1, positiveCount: 1, rejectedCount: 0 },
    ]);
    expect(totals(await daysOf(graph, 'lora'))).toEqual([0, 1, 0]);
    await reviewFeedback(services, ACTOR, ids[1]!, { verdict: 'reject' });
    expect((await daysOf(graph, 'lora:a'))[0]).toMatchObject({ totalFeedback: 2, rejectedCount: 1 });
    await graph.link(ids[3]!, 'lora');
    expect(totals(await daysOf(graph, 'lora'))).toEqual([0, 1, 1]);
    await unlinkFeedback(services, ACTOR, { feedbackId: ids[3]!, adapterId: 'lora' });
    expect(totals(await daysOf(graph, 'lora'))).toEqual([0, 1, 0]);
    await eraseFeedback(services, ACTOR, ids[0]!);
    expect(totals(await daysOf(graph, 'lora:a'))).toEqual([1, 0, 1]);
    expect(totals(await daysOf(graph, 'lora:a', START - DAY, 2))).toEqual([0, 1]);
    await sound();
  });

  it('refuse more than 366 days, and days that end before they start', async () => {
    const graph = await openDays();
    expect(await daysOf(graph, 'lora', START, 366)).toHaveLength(366);
    for (const days of [367, 0]) {
      const [error] = await graph.errorsOf(QUERY, { id: 'lora', ...range(START, days) });
      expect(error).toContain("'until' must be 0 to 365 days after 'since'");
    }
  });
});

describe('a store from before', () => {
  it('is counted once, beside other servers, and is sound before and after', async () => {
    const graph = await openDays();
    const { store, isSound: sound } = graph;
    const counted = await readCounters(store);
    expect(counted).toHaveLength(4);
    await removeCounters(store);
    await sound();
    await Promise.all([countAdapterDays(store), countAdapterDays(store)]);
    expect(await readCounters(store)).toEqual(counted);
    await countAdapterDays(store);
    expect(await readCounters(store)).toEqual(counted);
    expect(totals(await daysOf(graph, 'lora:a'))).toEqual([2, 0, 1]);
    await sound();
  });

  it('is counted while entries come', async () => {
    const graph = await openDays();
    const { store, isSound: sound } = graph;
    await removeCounters(store);
    const coming = async (): Promise<void> => {
      for (let nth = 0; nth < 20; nth += 1) await graph.submit({ adapterId: nth % 2 === 0 ? 'lora' : 'lora:a' });
    };
    await Promise.all([coming(), countAdapterDays(store)]);
    expect(totals(await daysOf(graph, 'lora:a'))).toEqual([2, 0, 1]);
    await sound();
  });

  it('is counted to the end after a start that was interrupted', async () => {
    const graph = await openDays();
    const { store, isSound: sound } = graph;
    const counted = await readCounters(store);
    await removeCounters(store);
    let transactions = 0;
    const failing: Pick<Store, 'read' | 'transact'> = {
      read: (work) => store.read(work),
      transact: (work) => {
        transactions += 1;
        return transactions > 1 ? Promise.reject(new Error('The disk is full')) : store.transact(work);
      },
    };
    await expect(countAdapterDays(failing)).rejects.toThrow('full');
    expect((await readCounters(store)).length).toBeLessThan(counted.length);
    await countAdapterDays(store);
    expect(await readCounters(store)).toEqual(counted);
    await sound();
  });

  it('whose counters are wrong is repaired by verify', async () => {
    const { store, isSound: sound } = await openDays();
    const counted = await readCounters(store);
    await countAdapterDays(store);
    await store.transact((transaction) => {
      transaction.add(counted[0]![0], 3);
      transaction.add(counted[1]![0], -counted[1]![1]);
      return Promise.resolve();
    });
    const { disagreements } = await verifyStore(store, { repair: true });
    expect(disagreements.filter(({ kind }) => kind === 'count')).toMatchObject([
      { repair: 'done' },
      { repair: 'done' },
    ]);
    expect(await readCounters(store)).toEqual(counted);
    await sound();
  });
});
