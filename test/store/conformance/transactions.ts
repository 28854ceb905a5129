import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Transaction } from '../../../src/store/contract.js';
import {
  adding,
  appending,
  bytes,
  deleting,
  putting,
  texts,
  expectCount,
  lastEnds,
  useStore,
  type CreateFixture,
  type Conditions,
} from './harness.js';

/** What a transaction alone does, and in which order several are committed. */
export function describeTransactions(createFixture: CreateFixture, conditions: Conditions): void {
  const opened = useStore(createFixture);

  test('answer what work answers', async () => {
    expect(await opened.store.transact(() => Promise.resolve(42))).toBe(42);
    expect(await opened.store.read(() => Promise.resolve(42))).toBe(42);
  });

  test('do not see their own writes', async () => {
    await opened.commit(putting('a'), adding('n', 2));
    await opened.store.transact(async (transaction) => {
      for (const write of [deleting('a'), putting('b'), adding('n', 5)]) write(transaction);
      expect(await transaction.scanKeys({ gte: 'a', lt: 'c', limit: 9 })).toEqual(['a']);
      expect(await transaction.get('b')).toBeUndefined();
      expect(await transaction.counters(['n'])).toEqual([2]);
    });
    expect(await opened.keys({ gte: 'a', lt: 'c' })).toEqual(['b']);
    expect(await opened.counter('n')).toBe(7);
  });

  test('that throw write nothing', async () => {
    const failure = new Error('changed my mind');
    const failing = opened.store.transact((transaction) => {
      for (const write of [putting('a'), adding('n', 1), appending('log:', '')]) write(transaction);
      return Promise.reject(failure);
    });
    await expect(failing).rejects.toBe(failure);
    expect(await opened.keys()).toEqual([]);
    expect(opened.store.sequence).toBe(0);
  });

  test('refuse writes after their end', async () => {
    let leaked: Transaction | undefined;
    await opened.store.transact((transaction) => {
      leaked = transaction;
      return Promise.resolve();
    });
    expect(() => leaked?.put('a', bytes(''))).toThrow(TypeError);
  });

  test('have a sequence number each, and reads have none', async () => {
    expect(opened.store.sequence).toBe(0);
    await opened.commit(putting('a'));
    await opened.commit(putting('b'));
    expect(opened.store.sequence).toBe(2);
    await opened.store.read((reader) => reader.get('a'));
    await opened.store.transact((transaction) => transaction.get('a'));
    expect(opened.store.sequence).toBe(2);
  });

  test('wait for the fsync of their commit', async () => {
    const before = opened.fixture.writes();
    await opened.commit(putting('a'));
    expectCount(opened.fixture.writes() - before, 1, conditions);
  });

  test('that wait together share their fsyncs', async () => {
    const before = opened.fixture.writes();
    await Promise.all(Array.from({ length: 300 }, (_, at) => opened.commit(putting(`key:${at}`))));
    expect(opened.fixture.writes() - before).toBeLessThan(30);
    expect(opened.store.sequence).toBe(300);
    expect((await opened.keys()).length).toBe(300);
  });

  test('append behind what was committed before', async () => {
    await opened.commit(putting('a'));
    await opened.commit(appending('log:', 'one', 'two'), appending('other:', 'three'), appending('log:', 'four'));
    await opened.commit(appending('log:', 'five'));
    const log = await opened.store.read((reader) => reader.scan({ gte: 'log:', lt: 'p', limit: 9 }));
    expect(texts(log)).toEqual([
      'log:0000000000000001=one',
      'log:0000000000000001.0001=two',
      'log:0000000000000001.0002=four',
      'log:0000000000000002=five',
      'other:0000000000000001=three',
    ]);
  });

  test('append behind the newest of the same prefix, also after the store was opened anew', async () => {
    const there = ['log:0000000000000017', 'log:0000000000000017.0001', 'log:1damaged', 'log2:0000000000000040'];
    await opened.commit(putting(...there));
    await opened.commit(appending('log:', 'one'));
    await Promise.all([1, 2, 3].map(() => opened.commit(appending('log:', ''), appending('log3:', ''))));
    await opened.reopen();
    await opened.commit(appending('log:', ''));
    expect(await opened.keys({ gte: 'log', lt: 'p' })).toEqual([
      'log2:0000000000000040',
      ...[1, 2, 3].map((number) => `log3:000000000000000${number}`),
      ...['17', '17.0001', '18', '19', '20', '21', '22'].map((number) => `log:00000000000000${number}`),
      'log:1damaged',
    ]);
  });

  test('append no more than has room behind one number', async () => {
    await expect(opened.commit(appending('log:', ...Array.from({ length: 10_001 }, () => '')))).rejects.toThrow(
      RangeError,
    );
    await opened.commit(appending('log:', ...Array.from({ length: 10_000 }, (_, at) => String(at))));
    const log = await opened.store.read((reader) => reader.scan({ gte: 'log:', lt: 'log;', limit: Infinity }));
    expect(log.map(({ value }) => Number(value.toString()))).toEqual(Array.from({ length: 10_000 }, (_, at) => at));
  });

  test('are committed in the order in which their works end', async () => {
    const order = [3, 0, 7, 1, 6, 2, 5, 4];
    const release: (() => void)[] = [];
    const ends: number[] = [];
    const commits = order.map((_, at) =>
      opened.store.transact(async (transaction) => {
        await transaction.get(`any:${at}`);
        // One that runs again does not wait again.
        if (release[at] === undefined) {
          await new Promise<void>((resolve) => {
            release[at] = resolve;
          });
        }
        ends.push(at);
        transaction.append('log:', bytes(String(at)));
      }),
    );
    while (release.filter(Boolean).length < order.length) await nextTurnOfEventLoop();
    for (const at of order) release[at]?.();
    await Promise.all(commits);
    const log = await opened.store.read((reader) => reader.scan({ gte: 'log:', lt: 'log;', limit: 99 }));
    expect(log.map(({ value }) => Number(value.toString()))).toEqual(lastEnds(ends));
    if (conditions.isUndisturbed) expect(ends).toEqual(order);
  });
}
