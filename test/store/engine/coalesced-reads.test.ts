import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCoalescedReads } from '../../../src/store/engine/coalesced-reads.js';
import type { Batch, Engine } from '../../../src/store/engine/engine.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { applyBatch, createMemoryDisk, memoryEngine } from '../../support/memory-engine.js';
import { describeStore } from '../conformance.js';
import { countWrites } from './counting-engine.js';

describeStore('a store on an engine that coalesces reads', () => {
  const disk = createMemoryDisk();
  const counted = countWrites(async (mode) => withCoalescedReads(await memoryEngine(disk)(mode)));
  return Promise.resolve({
    open: () => openTransactionalStore(counted.open),
    writes: counted.writes,
    dispose: () => Promise.resolve(),
  });
});

interface Counted {
  readonly engine: Engine;
  readonly asked: (readonly string[])[];
}

/** An engine whose reads see what is written from the call of `write` on. */
async function countReads(): Promise<Counted> {
  const disk = createMemoryDisk();
  const asked: (readonly string[])[] = [];
  const memory = await memoryEngine(disk)('write');
  return {
    engine: {
      ...memory,
      getMany: (keys) => (asked.push(keys), memory.getMany(keys)),
      write: (batch) => (applyBatch(disk, batch), Promise.resolve()),
    },
    asked,
  };
}

const value = (text: string): Buffer => Buffer.from(text);
const batch = (...entries: readonly (readonly [string, string])[]): Batch =>
  new Map(entries.map(([key, text]) => [key, value(text)]));
const keysFrom = (count: number, prefix = 'k'): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('coalesced reads', () => {
  test('of one turn of the event loop are one read, whose values go where they were asked for', async () => {
    const { engine, asked } = await countReads();
    const coalesced = withCoalescedReads(engine);
    await coalesced.write(batch(['a', '1'], ['b', '2']));
    const values = await Promise.all([
      coalesced.getMany(['a']),
      coalesced.getMany(['b', 'x']),
      coalesced.getMany([]),
      coalesced.getMany(['a', 'b']),
    ]);
    expect(values).toEqual([[value('1')], [value('2'), undefined], [], [value('1'), value('2')]]);
    expect(asked).toEqual([['a', 'b', 'x', 'a', 'b']]);
  });

  test('see no write that begins after they were asked for', async () => {
    const { engine } = await countReads();
    const coalesced = withCoalescedReads(engine);
    await coalesced.write(batch(['a', 'before']));
    const reading = coalesced.getMany(['a']);
    const writing = coalesced.write(batch(['a', 'after']));
    const later = coalesced.getMany(['a']);
    await writing;
    expect(await reading).toEqual([value('before')]);
    expect(await later).toEqual([value('after')]);
  });

  test('wait for nobody who asks for many keys, and are never many', async () => {
    const { engine, asked } = await countReads();
    const coalesced = withCoalescedReads(engine);
    await Promise.all([
      ...Array.from({ length: 10 }, (_, nth) => coalesced.getMany(keysFrom(16, `${nth}-`))),
      coalesced.getMany(keysFrom(17)),
    ]);
    expect(asked.map((keys) => keys.length)).toEqual([128, 17, 32]);
  });

  test('fail together, and only those that were read together', async () => {
    const { engine } = await countReads();
    let fails = true;
    const coalesced = withCoalescedReads({
      ...engine,
      getMany: (keys) => (fails ? Promise.reject(new Error('the disk is gone')) : engine.getMany(keys)),
    });
    const failing = [coalesced.getMany(['a']), coalesced.getMany(['b'])];
    for (const each of failing) await expect(each).rejects.toThrow('the disk is gone');
    fails = false;
    expect(await coalesced.getMany(['a'])).toEqual([undefined]);
  });

  test('answer what reads one by one would', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.oneof(
      fc.record({ read: fc.array(key, { maxLength: 20 }) }),
      fc.record({ write: fc.array(fc.tuple(key, fc.option(fc.string(), { nil: undefined })), { maxLength: 3 }) }),
      fc.constant('turn' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const plain = (await countReads()).engine;
        const coalesced = withCoalescedReads((await countReads()).engine);
        const expected: Promise<unknown>[] = [];
        const found: Promise<unknown>[] = [];
        for (const each of steps) {
          if (each === 'turn') {
            await new Promise((resolve) => {
              setImmediate(resolve);
            });
          } else if ('read' in each) {
            expected.push(plain.getMany(each.read));
            found.push(coalesced.getMany(each.read));
          } else {
            const changes = new Map(each.write.map(([name, text]) => [name, text === undefined ? text : value(text)]));
            await Promise.all([plain.write(changes), coalesced.write(changes)]);
          }
        }
        expect(await Promise.all(found)).toEqual(await Promise.all(expected));
      }),
    );
  });
});
