import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../src/store/contract.js';
import { cooledAdapters, noteReadiness } from '../../src/webhooks/training-ready.js';
import { openMemoryStore } from '../support/memory-engine.js';

const WEBHOOK = '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const HOUR = 3_600_000;

let store: Store;
let now: number;
beforeEach(async () => {
  store = await openMemoryStore();
  now = 1_000 * HOUR;
});
afterEach(() => store.close());

/** The adapters that the webhook is told of when it is seen that they have so many entries. */
async function told(counts: Readonly<Record<string, number>>, threshold = 10): Promise<string[]> {
  const rule = { threshold, cooldownSeconds: 3_600 };
  const events = await store.transact((transaction) =>
    noteReadiness(transaction, 'default', WEBHOOK, rule, new Map(Object.entries(counts)), now),
  );
  return events.map(({ node }) => node);
}

const cooled = () =>
  store.read((reader) => cooledAdapters(reader, 'default', WEBHOOK, { threshold: 10, cooldownSeconds: 3_600 }, now));

it('of any adapter, each is told of once for each time that it passes the threshold', async () => {
  expect(await told({ one: 9, two: 10, three: 11 })).toEqual(['two', 'three']);
  expect(await told({ one: 10, two: 12, three: 10 })).toEqual(['one']);
  now += 2 * HOUR;
  expect(await told({ one: 100, two: 100, three: 100 })).toEqual([]);
  await told({ two: 9 });
  expect(await told({ one: 100, two: 10 })).toEqual(['two']);
});

it('what passes the threshold again within the cooldown is told of once that is over', async () => {
  await told({ one: 10 });
  now += HOUR / 2;
  expect(await told({ one: 0 })).toEqual([]);
  expect(await told({ one: 10 })).toEqual([]);
  expect(await cooled()).toEqual([]);
  now += HOUR / 2;
  expect(await cooled()).toEqual(['one']);
  expect(await told({ one: 10 })).toEqual(['one']);
  expect(await cooled()).toEqual([]);
});

it('another threshold is another question', async () => {
  await told({ one: 20 });
  expect(await told({ one: 20 }, 15)).toEqual(['one']);
  expect(await told({ one: 20 }, 15)).toEqual([]);
});
