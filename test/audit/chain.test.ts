import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainedEvent, checkChain, findChainProblem } from '../../src/audit/chain.js';
import { encodeAuditEvent } from '../../src/audit/events.js';
import { getFeedback } from '../../src/feedback/read.js';
import { type AuditChain } from '../../src/model/node.js';
import type { Transaction } from '../../src/store/contract.js';
import { lastComponent, prefixRange } from '../../src/store/keys.js';
import { auditKey, auditOfPrefix } from '../../src/store/layout.js';
import { ACTOR, openGraph } from '../support/graph.js';

const { org } = ACTOR;

/** An entry with `links + 1` events, and how to read and damage them. */
async function entryWithEvents(links: number) {
  const graph = await openGraph();
  const [id = ''] = await graph.submit({});
  for (let link = 0; link < links; link += 1) await graph.link(id, `lora-${link}`);
  const { store } = graph.services;
  const check = (limit?: number) =>
    store.read(async (reader) => checkChain(reader, org, id, (await getFeedback(reader, org, id)).audit, limit));
  const eventKeys = async () => {
    const pointers = await store.read((reader) => reader.scan({ ...prefixRange(auditOfPrefix(org, id)), limit: 100 }));
    return pointers.map(({ key }) => auditKey(org, lastComponent(key)));
  };
  const change = (work: (transaction: Transaction) => void): Promise<void> =>
    store.transact((transaction) => {
      work(transaction);
      return Promise.resolve();
    });
  return { check, change, eventKeys };
}

describe('the check of the chain of an entry', () => {
  it('finds nothing wrong with what was written, whether it reads all events or the newest', async () => {
    const { check } = await entryWithEvents(4);
    expect(await check()).toEqual({ problem: undefined, checked: 5 });
    expect(await check(5)).toEqual({ problem: undefined, checked: 5 });
    expect(await check(4)).toEqual({ problem: undefined, checked: 3 });
  });

  it.each([0, 2, 4])('finds that the event at place %i is missing', async (place) => {
    const { check, change, eventKeys } = await entryWithEvents(4);
    const key = (await eventKeys())[place] ?? '';
    await change((transaction) => transaction.delete(key));
    const { problem } = await check();
    expect(problem).toBe(
      place === 4
        ? 'there are 4, and the record says 5'
        : `the one at position ${place + 1} of 5 is missing or damaged`,
    );
  });

  it.each([0, 2, 4])('finds that the event at place %i is another, or is damaged', async (place) => {
    const { check, change, eventKeys } = await entryWithEvents(4);
    const key = (await eventKeys())[place] ?? '';
    const event = { id: key, node: 'another', position: 1, previous: '', at: 0, action: 'feedback.link' } as const;
    const other = encodeAuditEvent({ ...event, versionBefore: 0, versionAfter: 1, requestId: '' });
    for (const value of [other, Buffer.from('no record')]) {
      await change((transaction) => transaction.put(key, value));
      expect((await check()).problem).toBeDefined();
    }
  });
});

describe('a chain', () => {
  const chainOf = (length: number): { events: ChainedEvent[]; chain: AuditChain } => ({
    events: Array.from({ length }, (_, index) => ({
      position: index + 1,
      previous: index === 0 ? '' : `hash ${index}`,
      hash: `hash ${index + 1}`,
    })),
    chain: { length, head: length === 0 ? '' : `hash ${length}` },
  });

  it('is whole in any order of its events, and from any position on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), fc.boolean(), (length, some, isReversed) => {
        const { events, chain } = chainOf(length);
        const from = (some % length) + 1;
        const given = events.slice(from - 1);
        expect(findChainProblem(isReversed ? given.toReversed() : given, chain, from)).toBeUndefined();
      }),
    );
  });

  it('is broken by any event that is missing, there twice, or of another hash', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (length, some) => {
        const { events, chain } = chainOf(length);
        const place = some % length;
        expect(findChainProblem(events.toSpliced(place, 1), chain)).toBeDefined();
        expect(findChainProblem(events.toSpliced(place, 0, events[place]!), chain)).toBeDefined();
        expect(findChainProblem(events.with(place, { ...events[place]!, hash: 'another' }), chain)).toBeDefined();
      }),
    );
  });
});
