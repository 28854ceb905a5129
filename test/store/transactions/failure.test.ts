import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../src/errors.js';
import type { Store } from '../../../src/store/contract.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { FAULTS, createFaultyEngine, type FaultyEngine } from '../engine/faulty-engine.js';

const QUICK = { firstRetryMilliseconds: 1, lastRetryMilliseconds: 2 };

async function openFaultyStore(): Promise<{ readonly store: Store; readonly engine: FaultyEngine }> {
  const engine = createFaultyEngine();
  return { engine, store: await openTransactionalStore(engine.open, { limits: QUICK }) };
}

function put(store: Store, key: string): Promise<void> {
  return store.transact((transaction) => {
    transaction.put(key, Buffer.from(key));
    transaction.put(`${key}:twin`, Buffer.from(key));
    transaction.add('count', 1);
    return Promise.resolve();
  });
}

async function get(store: Store, key: string): Promise<string | undefined> {
  return (await store.read((reader) => reader.get(key)))?.toString();
}

async function untilWritable(store: Store): Promise<void> {
  while (!store.health.writable) await nextTurnOfEventLoop();
}

describe.each(FAULTS)('a failing write (fault: %s)', (fault) => {
  test('is answered as unknown, is whole or not there, and costs nothing that was acknowledged', async () => {
    const { store, engine } = await openFaultyStore();
    await put(store, 'before');
    engine.failNextWrite(fault);
    await expect(put(store, 'failed')).rejects.toThrow(/whether this write took place is unknown/);
    await untilWritable(store);
    await put(store, 'after');
    await store.close();

    const reopened = await openTransactionalStore(engine.open);
    const keys = await reopened.read((reader) => reader.scanKeys({ gte: '', lt: 'zzz', limit: 99 }));
    const whole = ['after', 'after:twin', 'before', 'before:twin', 'count', 'failed', 'failed:twin'];
    expect(keys).toEqual(fault === 'refused' ? whole.slice(0, 5) : whole);
    expect(await reopened.read((reader) => reader.counters(['count']))).toEqual([fault === 'refused' ? 2 : 3]);
    expect(reopened.sequence).toBe(fault === 'refused' ? 2 : 3);
    await reopened.close();
  });

  test('is seen at once after the reopening, by counters and reads', async () => {
    const { store, engine } = await openFaultyStore();
    await put(store, 'before');
    engine.failNextWrite(fault);
    await put(store, 'failed').catch(() => undefined);
    await untilWritable(store);
    const seen = fault !== 'refused';
    expect(await get(store, 'failed')).toBe(seen ? 'failed' : undefined);
    expect(await store.read((reader) => reader.counters(['count']))).toEqual([seen ? 2 : 1]);
    expect(store.sequence).toBe(seen ? 2 : 1);
    await store.close();
  });
});

test('writes that wait behind a failed one are refused and do not take place', async () => {
  const { store, engine } = await openFaultyStore();
  engine.failNextWrite('refused');
  const failed = expect(put(store, 'failed')).rejects.toThrow(UnavailableError);
  // Ends its work while the failing write is under way.
  const waiting = store.transact(async (transaction) => {
    while (store.health.writable) await nextTurnOfEventLoop();
    transaction.put('waiting', Buffer.from(''));
  });
  await expect(waiting).rejects.toThrow(/did not take place/);
  await failed;
  await untilWritable(store);
  expect(await get(store, 'waiting')).toBeUndefined();
  await store.close();
});

test('while it cannot write, a store says so, refuses writes at once, and goes on reading', async () => {
  const { store, engine } = await openFaultyStore();
  await put(store, 'before');
  engine.failNextWrite('refused');
  engine.failNextOpenings(20, 'write');
  await put(store, 'failed').catch(() => undefined);
  expect(store.health).toEqual({
    writable: false,
    reason: expect.stringMatching(/^not writable since \d{13}: no space left on device$/) as string,
  });
  let ran = false;
  const refused = store.transact(() => {
    ran = true;
    return Promise.resolve();
  });
  const error = await refused.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ retryAfterSeconds: 1, status: 503 });
  expect(String(error)).not.toMatch(/device|disk/);
  expect(ran).toBe(false);
  let reads = 0;
  while (!store.health.writable) {
    expect(await get(store, 'before')).toBe('before');
    reads += 1;
    await nextTurnOfEventLoop();
  }
  expect(reads).toBeGreaterThan(5);
  expect(engine.openings).toEqual({ write: 22, read: 20 });
  await put(store, 'after');
  await store.close();
});

test('while it cannot be opened at all, reads are refused too, and come back', async () => {
  const { store, engine } = await openFaultyStore();
  await put(store, 'before');
  engine.failNextWrite('refused');
  engine.failNextOpenings(5, 'both');
  await put(store, 'failed').catch(() => undefined);
  const errors: unknown[] = [];
  while (!store.health.writable) {
    await get(store, 'before').catch((error: unknown) => errors.push(error));
    await nextTurnOfEventLoop();
  }
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) expect(error).toBeInstanceOf(UnavailableError);
  expect(await get(store, 'before')).toBe('before');
  await store.close();
});

test('writes are taken again only after one has been tried', async () => {
  const { store, engine } = await openFaultyStore();
  engine.failNextWrite('refused');
  await put(store, 'failed').catch(() => undefined);
  // The trial is the next write.
  engine.failNextWrite('refused');
  await untilWritable(store);
  expect(engine.openings.write).toBe(3);
  await put(store, 'after');
  expect(await get(store, 'after')).toBe('after');
  await store.close();
});

test('what was read before a failure is not combined with what is read after it', async () => {
  const { store, engine } = await openFaultyStore();
  let runs = 0;
  const seen = await store.read(async (reader) => {
    runs += 1;
    const first = await reader.get('failed');
    if (runs === 1) {
      engine.failNextWrite('returns');
      await put(store, 'failed').catch(() => undefined);
      await untilWritable(store);
    }
    return [first?.toString(), (await reader.get('failed:twin'))?.toString()];
  });
  expect(seen).toEqual(['failed', 'failed']);
  expect(runs).toBe(2);
  await store.close();
});

test('a snapshot ends with an error instead of going on in another state', async () => {
  const { store, engine } = await openFaultyStore();
  for (let at = 0; at < 120; at++) await put(store, `key:${at}`);
  const chunks = store.snapshot({ gte: '', lt: 'zzz' })[Symbol.asyncIterator]();
  expect((await chunks.next()).done).toBe(false);
  engine.failNextWrite('refused');
  await put(store, 'failed').catch(() => undefined);
  await untilWritable(store);
  await expect(chunks.next()).rejects.toThrow(UnavailableError);
  await store.close();
});

test('a store that cannot write closes all the same', async () => {
  const { store, engine } = await openFaultyStore();
  engine.failNextWrite('refused');
  engine.failNextOpenings(Infinity, 'both');
  await put(store, 'failed').catch(() => undefined);
  await store.close();
  expect(store.health.writable).toBe(false);
});

test('a write is refused while as many wait as may', async () => {
  const engine = createFaultyEngine();
  const store = await openTransactionalStore(engine.open, { limits: { queuedTransactions: 5 } });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => put(store, `key:${at}`)));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBe(15);
  for (const one of refused) expect(one).toMatchObject({ reason: { status: 503 } });
  const keys = await store.read((reader) => reader.scanKeys({ gte: 'key:', lt: 'key;', limit: 99 }));
  expect(keys.length).toBe(10);
  await store.close();
});

test('whatever fails when, nothing acknowledged is lost, nothing refused is there, and nothing is half there', async () => {
  const fault = fc.record({ fault: fc.constantFrom(...FAULTS), openings: fc.nat(2), turns: fc.nat(12) });
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 5 }), async (faults) => {
      const { store, engine } = await openFaultyStore();
      let ended = false;
      const acknowledged: string[] = [];
      const refused: string[] = [];
      const clients = Array.from({ length: 6 }, async (_, client) => {
        for (let round = 0; !ended; round++) {
          const key = `key:${client}:${round}`;
          try {
            await put(store, key);
            acknowledged.push(key);
          } catch (error) {
            if (String(error).includes('did not take place')) refused.push(key);
            await nextTurnOfEventLoop();
          }
        }
      });
      for (const { fault: kind, openings, turns } of faults) {
        for (let turn = 0; turn < turns; turn++) await nextTurnOfEventLoop();
        engine.failNextOpenings(openings, 'both');
        engine.failNextWrite(kind);
        while (store.health.writable) await nextTurnOfEventLoop();
        await untilWritable(store);
      }
      ended = true;
      await Promise.all(clients);
      const sequence = store.sequence;
      await store.close();

      const reopened = await openTransactionalStore(engine.open);
      const keys = new Set(await reopened.read((r) => r.scanKeys({ gte: 'key:', lt: 'key;', limit: Infinity })));
      for (const key of acknowledged) expect(keys).toContain(key);
      for (const key of refused) expect(keys).not.toContain(key);
      for (const key of keys) expect(keys).toContain(key.endsWith(':twin') ? key.slice(0, -5) : `${key}:twin`);
      expect(await reopened.read((r) => r.counters(['count']))).toEqual([keys.size / 2]);
      expect(reopened.sequence).toBe(keys.size / 2);
      expect(sequence).toBe(reopened.sequence);
      await reopened.close();
    }),
    { numRuns: 50 },
  );
});
