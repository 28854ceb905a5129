import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withRangeHeadCache } from '../../../src/store/engine/range-head-cache.js';
import { prefixEnd } from '../../../src/store/keys.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { applyBatch, createMemoryDisk, memoryEngine } from '../../support/memory-engine.js';
import { describeStore } from '../conformance.js';
import { countWrites } from './counting-engine.js';

const ROOM = 1_000;

describeStore('a store on an engine that remembers the heads of ranges', () => {
  const disk = createMemoryDisk();
  const counted = countWrites(async (mode) => withRangeHeadCache(await memoryEngine(disk)(mode), ROOM));
  return Promise.resolve({
    open: () => openTransactionalStore(counted.open),
    writes: counted.writes,
    dispose: () => Promise.resolve(),
  });
});

const all = (prefix: string) => ({ gte: prefix, lt: prefixEnd(prefix), limit: 1 });

describe('scans from the start of a prefix', () => {
  test('begin where the first key is, and before it once something is put there', async () => {
    const asked: string[] = [];
    const plain = await memoryEngine(createMemoryDisk())('write');
    const engine = withRangeHeadCache(
      { ...plain, scanKeys: (range) => (asked.push(range.gte), plain.scanKeys(range)) },
      ROOM,
    );
    await engine.write(new Map(['a:1', 'a:2', 'a:3'].map((key) => [key, Buffer.from('x')])));
    await engine.write(new Map(['a:1', 'a:2'].map((key) => [key, undefined])));
    expect(await engine.scanKeys({ ...all('a:'), limit: 1 })).toEqual(['a:3']);
    expect(await engine.scanKeys({ ...all('a:'), limit: 2 })).toEqual(['a:3']);
    await engine.write(new Map([['a:2', Buffer.from('y')]]));
    expect(await engine.scanKeys(all('a:'))).toEqual(['a:2']);
    expect(asked).toEqual(['a:', 'a:3', 'a:2']);
  });

  test('are answered from memory until something is written within the page', async () => {
    const asked: number[] = [];
    const plain = await memoryEngine(createMemoryDisk())('write');
    const engine = withRangeHeadCache(
      { ...plain, scanKeys: (range) => (asked.push(range.limit), plain.scanKeys(range)) },
      ROOM,
    );
    const put = (...keys: string[]) => engine.write(new Map(keys.map((key) => [key, Buffer.from('x')])));
    const first = (limit: number) => engine.scanKeys({ ...all('a:'), limit });
    await put('a:1', 'a:3', 'a:5');
    expect(await first(2)).toEqual(['a:1', 'a:3']);
    await put('a:7', 'b:1');
    expect(await first(2)).toEqual(['a:1', 'a:3']);
    expect(await first(1)).toEqual(['a:1']);
    expect(asked).toEqual([2]);

    await put('a:2');
    expect(await first(2)).toEqual(['a:1', 'a:2']);
    await engine.write(new Map([['a:1', undefined]]));
    expect(await first(2)).toEqual(['a:2', 'a:3']);
    expect(await first(9)).toEqual(['a:2', 'a:3', 'a:5', 'a:7']);
    expect(await first(5)).toEqual(['a:2', 'a:3', 'a:5', 'a:7']);
    expect(asked).toEqual([2, 2, 2, 9]);
    await put('a:9');
    expect(await first(9)).toEqual(['a:2', 'a:3', 'a:5', 'a:7', 'a:9']);
  });

  test('keep no more than there is room for', async () => {
    let asked = 0;
    const plain = await memoryEngine(createMemoryDisk())('write');
    const engine = withRangeHeadCache({ ...plain, scanKeys: (range) => ((asked += 1), plain.scanKeys(range)) }, ROOM);
    await engine.write(new Map(Array.from({ length: 40 }, (_, key) => [`a:${key}`, Buffer.from('x')])));
    for (const _repeat of [1, 2]) expect(await engine.scanKeys({ ...all('a:'), limit: 40 })).toHaveLength(40);
    expect(asked).toBe(2);
  });

  test('that go on behind the prefix see what is put there later', async () => {
    const engine = withRangeHeadCache(await memoryEngine(createMemoryDisk())('write'), ROOM);
    await engine.write(new Map([['c:1', Buffer.from('x')]]));
    const beyond = { gte: 'a:', lt: 'd', limit: 1 };
    expect(await engine.scanKeys(beyond)).toEqual(['c:1']);
    await engine.write(new Map([['b:1', Buffer.from('x')]]));
    expect(await engine.scanKeys(beyond)).toEqual(['b:1']);
  });

  test('learn nothing that a put which began meanwhile makes wrong', async () => {
    const disk = createMemoryDisk();
    const plain = await memoryEngine(disk)('write');
    applyBatch(disk, new Map([['a:2', Buffer.from('x')]]));
    let answerScan = (): void => undefined;
    const engine = withRangeHeadCache(
      {
        ...plain,
        scanKeys: async (range) => {
          const keys = await plain.scanKeys(range);
          await new Promise<void>((resolve) => (answerScan = resolve));
          return keys;
        },
      },
      ROOM,
    );
    const scanned = engine.scanKeys(all('a:'));
    await engine.write(new Map([['a:1', Buffer.from('x')]]));
    answerScan();
    expect(await scanned).toEqual(['a:2']);
    const again = engine.scanKeys(all('a:'));
    await Promise.resolve();
    answerScan();
    expect(await again).toEqual(['a:1']);
  });

  test('find what is there, however scans and writes overlap', async () => {
    const key = fc.constantFrom('a:1', 'a:2', 'a:3', 'a:b:1', 'a:b:2', 'b:1');
    const step = fc.oneof(
      fc.record({
        scan: fc.constantFrom('a:', 'b:', 'a:b:'),
        limit: fc.constantFrom(1, 2, 3, Infinity),
        reverse: fc.boolean(),
      }),
      fc.record({ write: fc.dictionary(key, fc.boolean(), { minKeys: 1, maxKeys: 3 }) }),
      // Until then, what was begun stays under way.
      fc.constant('go on' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 40 }), async (scheduler, steps) => {
        const disk = createMemoryDisk();
        const plain = await memoryEngine(disk)('write');
        const engine = withRangeHeadCache(
          {
            ...plain,
            // The state at the call, answered whenever.
            scanKeys: async (range) => {
              const keys = await plain.scanKeys(range);
              await scheduler.schedule(Promise.resolve(), 'scan');
              return keys;
            },
            write: async (batch) => {
              await scheduler.schedule(Promise.resolve(), 'write');
              applyBatch(disk, batch);
              await scheduler.schedule(Promise.resolve(), 'written');
            },
          },
          ROOM,
          // As for the largest of writes: whatever can happen between two keys of it happens.
          () => ({ shouldYield: () => true, yieldToEventLoop: () => scheduler.schedule(Promise.resolve(), 'noted') }),
        );
        let writes = Promise.resolve();
        const scans: Promise<void>[] = [];
        for (const each of steps) {
          if (each === 'go on') await scheduler.waitNext(Math.min(1, scheduler.count()));
          else if ('write' in each) {
            const batch = new Map(
              Object.entries(each.write).map(([name, put]) => [name, put ? Buffer.from('x') : undefined]),
            );
            writes = writes.then(() => engine.write(batch));
          } else {
            const range = { ...all(each.scan), limit: each.limit, reverse: each.reverse };
            scans.push(
              Promise.all([plain.scanKeys(range), engine.scanKeys(range)]).then(([expected, found]) => {
                expect(found).toEqual(expected);
              }),
            );
          }
          // What was asked for has begun.
          await new Promise((resolve) => setImmediate(resolve));
        }
        await scheduler.waitFor(Promise.all([writes, ...scans]));
      }),
      { numRuns: 300 },
    );
  });
});
