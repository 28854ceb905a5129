import { afterEach, beforeEach, expect, it } from 'vitest';
import { planFilter } from '../../src/feedback/index/filter.js';
import { feedbackPage } from '../../src/feedback/list.js';
import { retryPurges } from '../../src/feedback/purge.js';
import { indexAnew, indexChanges } from '../../src/feedback/search/index-changes.js';
import { finishSearchIndex } from '../../src/feedback/search/indexer.js';
import { createMerger } from '../../src/feedback/search/merge.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Key, Store } from '../../src/store/contract.js';
import { decodeRecord, encodeRecord } from '../../src/store/record.js';
import { openTransactionalStore } from '../../src/store/transactions/transactional-store.js';
import { APPROVED } from '../support/feedback.js';
import { createMemoryDisk, type MemoryDisk, memoryEngine } from '../support/memory-engine.js';
import { domainOf } from './support.js';

let disk: MemoryDisk;
let store: Store;
let domain: Awaited<ReturnType<typeof domainOf>>;

beforeEach(async () => {
  disk = createMemoryDisk();
  store = await openTransactionalStore(memoryEngine(disk));
  domain = await domainOf(store);
});
afterEach(() => store.close());

async function submitSome(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    ids.push(await domain.submit({ ...APPROVED, question: `Which cluster has shard number${nth}?` }));
    if (nth % 3 === 0) await indexChanges(store, 'default');
  }
  return ids;
}

async function idsOf(search: string): Promise<string[]> {
  const plan = planFilter('default', { search }, () => '');
  const page = await store.read((reader) => feedbackPage(reader, plan, { limit: 100, descending: false }));
  return page.feedback.map(({ id }) => id);
}

function keysOf(kind: string): Key[] {
  return disk.sorted.filter((key) => key.startsWith(`${kind}:`));
}

/** Damages the files of the store, which is open again afterwards. */
async function damage(change: (values: Map<Key, Buffer>) => void): Promise<void> {
  await store.close();
  const values = new Map(disk.values);
  change(values);
  disk = { values, sorted: [...values.keys()].sort() };
  store = await openTransactionalStore(memoryEngine(disk));
  domain = await domainOf(store);
}

it('a search index agrees with its entries, however far it is built and merged', async () => {
  const ids = await submitSome(30);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  await domain.erase(ids[2]!);
  await domain.withdraw(ids[3]!);
  const merger = createMerger(store);
  for (let isMore = true; isMore;) {
    expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
    isMore = (await merger.step('default')) || (await indexChanges(store, 'default'));
  }
  await domain.submit(APPROVED);
  await domain.erase(ids[4]!);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  await finishSearchIndex(store, 'default');
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  await indexAnew(store, 'default');
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

function word(text: string): Key {
  return keysOf('search_words').find((key) => key.endsWith(`:${text}`))!;
}

const STATE = 'search_index:default:state';

function editState(values: Map<Key, Buffer>, edit: (state: Record<string, unknown>) => object): void {
  values.set(STATE, encodeRecord(edit(decodeRecord(values.get(STATE)!) as Record<string, unknown>)));
}

it.each<[what: string, change: (values: Map<Key, Buffer>) => void, found: RegExp]>([
  ['a word that is missing', (values) => values.delete(word('number7')), /does not have the words of its entries/],
  [
    'a word too many',
    (values) => values.set(word('number7').replace('number7', 'other'), values.get(word('number7'))!),
    /does not have the words of its entries/,
  ],
  [
    'a word that is damaged',
    (values) => values.set(word('number7'), Buffer.from([7])),
    /has a damaged list of entries/,
  ],
  [
    'a word of no segment',
    (values) => values.set(`search_words:default:0000000999:stray`, Buffer.from([0])),
    /is of no segment/,
  ],
  ['entries that are missing', (values) => values.delete(keysOf('search_documents')[0]!), /is damaged/],
  [
    'an entry that is damaged',
    (values) => {
      const key = keysOf('search_documents')[0]!;
      const bytes = Buffer.from(values.get(key)!);
      bytes[19]! ^= 1;
      values.set(key, bytes);
    },
    /is not indexed as it is/,
  ],
  [
    'a segment that is forgotten',
    (values) => editState(values, ({ segments, ...state }) => ({ ...state, segments: (segments as []).slice(1) })),
    /is of no segment/,
  ],
  ['a state that is damaged', (values) => values.set(STATE, Buffer.from('x')), /is damaged/],
  ['a state without its place', (values) => editState(values, ({ position: _, ...state }) => state), /is damaged/],
])('finds %s, and builds the index anew', async (_what, change, found) => {
  const ids = await submitSome(12);
  await finishSearchIndex(store, 'default');
  await damage(change);

  const report = await verifyStore(store);
  expect(report.disagreements.map(({ problem }) => problem).join('\n')).toMatch(found);
  expect(report.disagreements.every(({ kind }) => kind.startsWith('search_'))).toBe(true);
  const repaired = await verifyStore(store, { repair: true });
  expect(repaired.found).toBe(repaired.repaired);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  expect(await idsOf('number7')).toEqual([ids[7]]);
  expect(await idsOf('cluster')).toEqual(ids);
});

/** Lets the store fail from the nth transaction on. */
function failing(transactions: number): Store {
  let left = transactions;
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'transact' && (left -= 1) < 0) return () => Promise.reject(new Error('interrupted'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

it.each([1, 2, 3, 4])(
  'a repair that ends after %i transactions leaves an index that is right',
  async (transactions) => {
    const ids = await submitSome(12);
    await finishSearchIndex(store, 'default');
    await submitSome(3);
    await indexChanges(store, 'default');
    await damage((values) => values.delete(word('number7')));
    const before = await idsOf('cluster');
    await verifyStore(failing(transactions), { repair: true }).catch((error: unknown) =>
      expect(error).toMatchObject({ message: 'interrupted' }),
    );
    // Nothing that is not there is found, and nothing that was erased stays.
    expect(before).toEqual(expect.arrayContaining(await idsOf('cluster')));
    await domain.erase(ids[3]!);
    expect(disk.sorted.filter((key) => key.endsWith(':number3') && !key.startsWith('search_words:'))).toEqual([]);
    await finishSearchIndex(store, 'default');
    expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
    expect(await idsOf('number7')).toEqual([ids[7]]);
    expect(await idsOf('cluster')).toEqual(before.filter((id) => id !== ids[3]));
  },
);

it('an index whose state is gone is built anew behind what is left of it', async () => {
  const ids = await submitSome(12);
  await finishSearchIndex(store, 'default');
  await damage((values) => values.delete(STATE));
  await finishSearchIndex(store, 'default');
  expect(await idsOf('number7')).toEqual([ids[7]]);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it.each<[what: string, change: (values: Map<Key, Buffer>) => void]>([
  ['entries are missing', (values) => keysOf('search_documents').forEach((key) => values.delete(key))],
  ['a word is damaged', (values) => values.set(word('number7'), Buffer.from([7]))],
  ['the state is damaged', (values) => values.set(STATE, Buffer.from('x'))],
  ['the state is missing', (values) => values.delete(STATE)],
])('an entry can be erased although of the index %s', async (_what, change) => {
  const ids = await submitSome(12);
  await finishSearchIndex(store, 'default');
  await damage(change);
  await domain.erase(ids[7]!);
  expect(disk.sorted.filter((key) => key.endsWith(':number7'))).toEqual([]);
  await finishSearchIndex(store, 'default');
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  expect(await idsOf('cluster')).toEqual(ids.filter((id) => id !== ids[7]));
});

it('an erasure that ends before a damaged index is removed is finished at the next start', async () => {
  const ids = await submitSome(12);
  await finishSearchIndex(store, 'default');
  await damage((values) => values.set(word('number7'), Buffer.from([7])));
  await expect((await domainOf(failing(2))).erase(ids[7]!)).rejects.toThrow('The feedback is erased');
  expect(disk.sorted.filter((key) => key.endsWith(':number7'))).not.toEqual([]);
  expect(await retryPurges(store)).toBe(1);
  expect(disk.sorted.filter((key) => key.endsWith(':number7'))).toEqual([]);
});

it('an entry that a version without an index has erased leaves the index with its change', async () => {
  const ids = await submitSome(12);
  await finishSearchIndex(store, 'default');
  const index = new Map([...disk.values].filter(([key]) => key.startsWith('search_')));
  await domain.erase(ids[7]!);
  await damage((values) => {
    for (const [key, value] of index) values.set(key, value);
  });
  expect(word('number7')).toBeDefined();
  await indexChanges(store, 'default');
  expect(disk.sorted.filter((key) => key.endsWith(':number7'))).toEqual([]);
  await finishSearchIndex(store, 'default');
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it('words that other rules told apart are erased while the index is built anew', async () => {
  const ids = await submitSome(12);
  await finishSearchIndex(store, 'default');
  await damage((values) => {
    // By those rules, the number was another word.
    const key = word('number7');
    values.set(key.replace('number7', 'otherword7'), values.get(key)!);
    values.delete(key);
    editState(values, (state) => ({ ...state, rules: 'of before' }));
  });
  await indexChanges(store, 'default');
  await domain.erase(ids[7]!);
  expect(disk.sorted.filter((key) => key.endsWith(':otherword7'))).toEqual([]);
  await finishSearchIndex(store, 'default');
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it('leaves an index alone that other rules made, until it is built anew', async () => {
  const ids = await submitSome(5);
  await finishSearchIndex(store, 'default');
  await damage((values) => editState(values, (state) => ({ ...state, rules: 'of before' })));
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });

  await domain.erase(ids[1]!);
  expect(disk.sorted.filter((key) => key.endsWith(':number1'))).toEqual([]);
  await finishSearchIndex(store, 'default');
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  expect(await idsOf('cluster')).toEqual(ids.filter((id) => id !== ids[1]));
});
