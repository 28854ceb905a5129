import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/store/engine/engine.js';
import { withValueCache } from '../../../src/store/engine/value-cache.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { applyBatch, createMemoryDisk, memoryEngine } from '../../support/memory-engine.js';
import { describeStore } from '../conformance.js';
import { countWrites } from './counting-engine.js';

const ROOM = 1_000_000;

describeStore('a store on an engine that caches values', () => {
  const disk = createMemoryDisk();
  const counted = countWrites(async (mode) => withValueCache(await memoryEngine(disk)(mode), ROOM));
  return Promise.resolve({
    open: () => openTransactionalStore(counted.open),
    writes: counted.writes,
    dispose: () => Promise.resolve(),
  });
});

async function memory(): Promise<{ readonly engine: Engine; readonly asked: (readonly string[])[] }> {
  const asked: (readonly string[])[] = [];
  const engine = await memoryEngine(createMemoryDisk())('write');
  return {
    engine: { ...engine, getMany: (keys) => (asked.push(keys), engine.getMany(keys)) },
    asked,
  };
}

describe('cached values', () => {
  test('are read twice, and anew after they were written or deleted', async () => {
    const { engine, asked } = await memory();
    const cached = withValueCache(engine, ROOM);
    await cached.write(new Map([['a', Buffer.from('1')]]));
    for (let times = 0; times < 4; times++) expect(await cached.getMany(['a'])).toEqual([Buffer.from('1')]);
    expect(asked).toEqual([['a'], ['a']]);
    await cached.write(new Map([['a', Buffer.from('2')]]));
    expect(await cached.getMany(['b', 'a'])).toEqual([undefined, Buffer.from('2')]);
    expect(await cached.getMany(['a', 'b'])).toEqual([Buffer.from('2'), undefined]);
    expect(asked).toEqual([['a'], ['a'], ['b', 'a'], ['b']]);
    await cached.write(new Map([['a', undefined]]));
    expect(await cached.getMany(['a'])).toEqual([undefined]);
  });

  test('go when there is no more room, the longest unread first', async () => {
    const { engine, asked } = await memory();
    const cached = withValueCache(engine, 2_500);
    const value = Buffer.alloc(250);
    await cached.write(new Map(['a', 'b', 'c'].map((key) => [key, value])));
    for (const keys of [['a', 'b', 'c'], ['a', 'b'], ['a'], ['c']]) await cached.getMany(keys);
    asked.length = 0;
    await cached.getMany(['a', 'c']);
    expect(asked).toEqual([]);
    await cached.getMany(['b']);
    expect(asked).toEqual([['b']]);
  });

  test('are not pushed out by any number of values that are read once', async () => {
    const { engine, asked } = await memory();
    const cached = withValueCache(engine, 5_000);
    const value = Buffer.alloc(250);
    const others = Array.from({ length: 100 }, (_, nth) => `other ${nth}`);
    await cached.write(new Map(['a', ...others].map((key) => [key, value])));
    for (let times = 0; times < 2; times++) await cached.getMany(['a']);
    await cached.getMany(others);
    asked.length = 0;
    expect(await cached.getMany(['a'])).toEqual([value]);
    expect(asked).toEqual([]);
  });

  test('keep the promise of one state however reads and writes overlap', async () => {
    const keys = ['a', 'b', 'c'];
    const step = fc.oneof(
      fc.record({ read: fc.subarray(keys, { minLength: 1 }) }),
      fc.record({ write: fc.dictionary(fc.constantFrom(...keys), fc.option(fc.nat(9)), { minKeys: 1 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 30 }), async (scheduler, steps) => {
        const disk = createMemoryDisk();
        const at = (read: readonly string[]): (string | undefined)[] =>
          read.map((key) => disk.values.get(key)?.toString());
        const plain = await memoryEngine(disk)('write');
        const cached = withValueCache(
          {
            ...plain,
            getMany: (asked) => {
              const values = asked.map((key) => disk.values.get(key));
              return scheduler.schedule(Promise.resolve(values), 'read');
            },
            write: async (batch) => {
              await scheduler.schedule(Promise.resolve(), 'write begins');
              applyBatch(disk, batch);
              await scheduler.schedule(Promise.resolve(), 'write ends');
            },
          },
          ROOM,
          // As for the largest of writes: whatever can happen between two keys of it happens.
          () => ({ shouldYield: () => true, yieldToEventLoop: () => scheduler.schedule(Promise.resolve(), 'noted') }),
        );
        // As the store does: one write after another, and reads whenever somebody asks.
        let writes = Promise.resolve();
        let underWay: ReadonlyMap<string, Buffer | undefined> | undefined;
        const reads: Promise<void>[] = [];
        for (const each of steps) {
          if ('write' in each) {
            const batch = new Map(
              Object.entries(each.write).map(([key, value]) => [
                key,
                value === null ? undefined : Buffer.from(String(value)),
              ]),
            );
            writes = writes.then(async () => {
              underWay = batch;
              await cached.write(batch);
              underWay = undefined;
            });
          } else {
            const now = at(each.read);
            const then = each.read.map((key, index) =>
              underWay?.has(key) === true ? underWay.get(key)?.toString() : now[index],
            );
            reads.push(
              cached.getMany(each.read).then((values) => {
                const got = values.map((value) => value?.toString());
                for (const [index, value] of got.entries()) expect([now[index], then[index]]).toContain(value);
              }),
            );
          }
          if (scheduler.count() > 0) await scheduler.waitNext(1);
        }
        await scheduler.waitFor(Promise.all([writes, ...reads]));
        // Nothing stale is left behind.
        const last = cached.getMany(keys);
        await scheduler.waitFor(last);
        expect((await last).map((value) => value?.toString())).toEqual(at(keys));
      }),
    );
  });
});
