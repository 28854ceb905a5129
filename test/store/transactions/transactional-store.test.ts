import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../src/errors.js';
import type { Store } from '../../../src/store/contract.js';
import { CorruptRecordError } from '../../../src/store/record.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { copyDisk, createMemoryDisk, memoryEngine, openMemoryStore } from '../../support/memory-engine.js';
import { createFaultyEngine } from '../engine/faulty-engine.js';

function put(store: Store, key: string): Promise<void> {
  return store.transact((transaction) => {
    transaction.put(key, Buffer.from(key));
    return Promise.resolve();
  });
}

function add(store: Store, key: string): Promise<void> {
  return store.transact((transaction) => {
    transaction.add(key, 1);
    return Promise.resolve();
  });
}

async function keepPutting(store: Store, key: string, ended: () => boolean): Promise<void> {
  while (!ended()) await put(store, key);
}

describe('a commit that can be read before it is on disk', () => {
  /** A store whose next write is seen at once, and on disk, or lost, when the test says so. */
  async function openSlowStore(): Promise<{ readonly store: Store; readonly finish: (error?: Error) => void }> {
    const disk = createMemoryDisk();
    let finish: (error?: Error) => void = () => undefined;
    const store = await openTransactionalStore(
      async (mode) => {
        const engine = await memoryEngine(disk)(mode);
        return {
          ...engine,
          write: async (batch) => {
            if (!batch.has('slow')) return engine.write(batch);
            const before = copyDisk(disk);
            await engine.write(batch);
            await new Promise<void>((resolve, reject) => {
              finish = (error) => {
                if (error === undefined) {
                  resolve();
                  return;
                }
                disk.values.clear();
                for (const [key, value] of before.values) disk.values.set(key, value);
                disk.sorted.splice(0, Infinity, ...before.sorted);
                reject(error);
              };
            });
          },
        };
      },
      { limits: { firstRetryMilliseconds: 1, lastRetryMilliseconds: 2 } },
    );
    await add(store, 'count');
    return { store, finish: (error) => finish(error) };
  }

  const putSlowly = (store: Store): Promise<void> =>
    store.transact((transaction) => {
      transaction.put('slow', Buffer.from('seen'));
      transaction.add('count', 1);
      return Promise.resolve();
    });
  const get = async (store: Store, key: string): Promise<string | undefined> =>
    (await store.read((reader) => reader.get(key)))?.toString();
  const count = async (store: Store): Promise<number | undefined> =>
    (await store.read((reader) => reader.counters(['count'])))[0];

  test('is told of only when it is, so that no later read sees less', async () => {
    const { store, finish } = await openSlowStore();
    const committing = putSlowly(store);
    for (let turn = 0; turn < 10; turn++) await nextTurnOfEventLoop();
    const told: string[] = [];
    const reading = get(store, 'slow').then(async (value) => {
      told.push(`slow: ${String(value)}`, `count: ${String(await count(store))}`);
    });
    // Whoever has not read it does not wait for it.
    expect([await get(store, 'other'), await count(store)]).toEqual([undefined, 1]);
    for (let turn = 0; turn < 10; turn++) await nextTurnOfEventLoop();
    expect(told).toEqual([]);
    finish();
    await Promise.all([reading, committing]);
    expect(told).toEqual(['slow: seen', 'count: 2']);
    await store.close();
  });

  test('is told of to nobody if it is lost', async () => {
    const { store, finish } = await openSlowStore();
    const committing = putSlowly(store).catch((error: unknown) => error);
    for (let turn = 0; turn < 10; turn++) await nextTurnOfEventLoop();
    const reading = get(store, 'slow');
    const throwing = store.read(async (reader) => {
      if ((await reader.get('slow')) !== undefined) throw new Error('It is there');
    });
    for (let turn = 0; turn < 10; turn++) await nextTurnOfEventLoop();
    finish(new Error('The disk is gone'));
    expect(await committing).toBeInstanceOf(UnavailableError);
    expect(await reading).toBeUndefined();
    await throwing;
    await store.close();
  });
});

describe('a pause of commits', () => {
  test('is over after a while, even if the work for whose sake it is never ends', async () => {
    const store = await openMemoryStore({ limits: { leaseMilliseconds: 5 } });
    let runs = 0;
    let goOn = (): void => undefined;
    const stuck = store.transact(async (transaction) => {
      runs += 1;
      await transaction.get('a');
      if (runs <= 3) await put(store, 'a');
      else {
        // Only a pause can hold this commit up: it is waited for by the one for whom the pause is.
        await put(store, 'other');
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      transaction.put('own', Buffer.from(''));
    });
    while (store.sequence < 4) await nextTurnOfEventLoop();
    await put(store, 'another');
    goOn();
    await stuck;
    expect(runs).toBe(4);
    await store.close();
  });

  test('makes a transaction run no more than four times while nobody holds it up', async () => {
    const store = await openMemoryStore();
    let runs = 0;
    let ended = false;
    const changing = keepPutting(store, 'a', () => ended);
    await store.transact(async (transaction) => {
      runs += 1;
      await transaction.get('a');
      for (let pause = 0; pause < 20; pause++) await nextTurnOfEventLoop();
      transaction.put('own', Buffer.from(''));
    });
    ended = true;
    await changing;
    expect(runs).toBe(4);
    await store.close();
  });

  test('makes a read run no more than three times', async () => {
    const store = await openMemoryStore();
    let runs = 0;
    let ended = false;
    const changing = keepPutting(store, 'a', () => ended);
    await store.read(async (reader) => {
      runs += 1;
      await reader.get('a');
      for (let pause = 0; pause < 20; pause++) await nextTurnOfEventLoop();
      await reader.scan({ gte: 'a', lt: 'b', limit: 1 });
    });
    ended = true;
    await changing;
    expect(runs).toBe(3);
    await store.close();
  });
});

test('a read that takes longer than commits are remembered runs again, and ends', async () => {
  const store = await openMemoryStore({ limits: { rememberedKeys: 10 } });
  let runs = 0;
  await store.transact(async (transaction) => {
    runs += 1;
    await transaction.get('a');
    if (runs <= 3) for (let at = 0; at < 20; at++) await put(store, `other:${at}`);
    transaction.put('own', Buffer.from(''));
  });
  expect(runs).toBe(4);
  await store.close();
});

describe('a tracked read', () => {
  test('is current until what it read is written, or the store is closed', async () => {
    const store = await openMemoryStore();
    const { answer, isCurrent } = await store.readTracked((reader) => reader.get('a'));
    expect([answer, isCurrent()]).toEqual([undefined, true]);
    await put(store, 'b');
    expect(isCurrent()).toBe(true);
    await store.close();
    expect(isCurrent()).toBe(false);
  });

  test('is current only for as long as the store remembers what was written', async () => {
    const store = await openMemoryStore({ limits: { recentKeys: 10 } });
    const [followed, forgotten] = await Promise.all([
      store.readTracked((reader) => reader.get('a')),
      store.readTracked((reader) => reader.get('a')),
    ]);
    for (let at = 0; at < 20; at++) {
      await put(store, `other:${at}`);
      expect(followed.isCurrent()).toBe(true);
    }
    expect(forgotten.isCurrent()).toBe(false);
    await store.close();
  });

  test('is not current after a write has failed, as its outcome is unknown', async () => {
    const faulty = createFaultyEngine();
    const store = await openTransactionalStore(faulty.open);
    const { isCurrent } = await store.readTracked((reader) => reader.get('a'));
    faulty.failNextWrite('refused');
    await expect(put(store, 'b')).rejects.toThrow(UnavailableError);
    expect(isCurrent()).toBe(false);
    await store.close();
  });
});

test('a damaged counter fails those who use it, and nobody else', async () => {
  const disk = createMemoryDisk();
  const store = await openTransactionalStore(memoryEngine(disk));
  await put(store, 'damaged');
  const outcomes = await Promise.allSettled([add(store, 'damaged'), add(store, 'sound'), put(store, 'a')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(outcomes[0]).toMatchObject({ reason: expect.any(CorruptRecordError) as CorruptRecordError });
  await expect(store.read((reader) => reader.counters(['damaged']))).rejects.toThrow(CorruptRecordError);
  expect(await store.read((reader) => reader.counters(['sound']))).toEqual([1]);
  expect(store.health.writable).toBe(true);
  await store.close();
});

test('a read that the engine fails is answered as unavailable', async () => {
  const open = memoryEngine(createMemoryDisk());
  let failing = false;
  const store = await openTransactionalStore(async (mode) => {
    const engine = await open(mode);
    return {
      ...engine,
      getMany: (keys) => (failing ? Promise.reject(new Error('block checksum mismatch')) : engine.getMany(keys)),
    };
  });
  failing = true;
  const error: unknown = await store.read((reader) => reader.get('a')).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(String(error)).not.toContain('checksum');
  await expect(add(store, 'n')).rejects.toThrow(/did not take place/);
  failing = false;
  await add(store, 'n');
  expect(await store.read((reader) => reader.counters(['n']))).toEqual([1]);
  await store.close();
});

/** A door that is open until it is shut, where those who come wait. */
function createDoor(): { pass(): Promise<void>; shut(): void; open(): void; waiting(): boolean } {
  let opening: Promise<void> | undefined;
  let open = (): void => undefined;
  let waiting = 0;
  return {
    pass: async () => {
      waiting += 1;
      await opening;
      waiting -= 1;
    },
    shut: () => {
      opening = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => {
      opening = undefined;
      open();
    },
    waiting: () => waiting > 0,
  };
}

test('a read that straddles a commit under way is run again', async () => {
  const disk = createMemoryDisk();
  const acknowledgement = createDoor();
  const store = await openTransactionalStore(async (mode) => {
    const engine = await memoryEngine(disk)(mode);
    return {
      ...engine,
      write: async (batch) => {
        await engine.write(batch);
        await acknowledgement.pass();
      },
    };
  });
  let runs = 0;
  let commit: Promise<void> | undefined;
  const seen = await store.read(async (reader) => {
    runs += 1;
    if (runs === 1) {
      acknowledgement.shut();
      commit = store.transact((transaction) => {
        transaction.put('left', Buffer.from('new'));
        transaction.put('right', Buffer.from('new'));
        return Promise.resolve();
      });
    }
    const left = await reader.get('left');
    if (runs === 1) while (!acknowledgement.waiting()) await nextTurnOfEventLoop();
    const right = await reader.get('right');
    // The commit is seen, and not acknowledged yet.
    if (runs === 1) expect([left, right?.toString()]).toEqual([undefined, 'new']);
    acknowledgement.open();
    return [left?.toString(), right?.toString()];
  });
  expect(seen).toEqual(['new', 'new']);
  expect(runs).toBe(2);
  await commit;
  await store.close();
});

test('a counter that was read while it changed is not remembered as it was', async () => {
  const disk = createMemoryDisk();
  const answers = createDoor();
  const open = (): Promise<Store> =>
    openTransactionalStore(async (mode) => {
      const engine = await memoryEngine(disk)(mode);
      return {
        ...engine,
        getMany: async (keys) => {
          const values = await engine.getMany(keys);
          if (keys.includes('slow')) await answers.pass();
          return values;
        },
      };
    });
  const first = await open();
  await add(first, 'n');
  await first.close();

  const store = await open();
  answers.shut();
  const slow = store.read((reader) => reader.counters(['n', 'slow']));
  while (!answers.waiting()) await nextTurnOfEventLoop();
  await add(store, 'n');
  answers.open();
  expect(await slow).toEqual([1, 0]);
  expect(await store.read((reader) => reader.counters(['n']))).toEqual([2]);
  await add(store, 'n');
  expect(await store.read((reader) => reader.counters(['n']))).toEqual([3]);
  await store.close();
});
