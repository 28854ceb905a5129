import { beforeEach, describe, expect, test } from 'vitest';
import type { Reader, Transaction } from '../../../src/store/contract.js';
import {
  adding,
  appending,
  bytes,
  deleting,
  putting,
  expectCount,
  useStore,
  type CreateFixture,
  type Conditions,
  type Write,
} from './harness.js';

type Read = (reader: Reader) => Promise<unknown>;

const range = { gte: 'b', lt: 'f' };
const log = { gte: 'log:', lt: 'log;', limit: 9 };

/** Reads, and a write of another transaction that changes what they read. The keys a, c, e and g are there; `two` is 2. */
const DISTURBED: readonly (readonly [string, Read, Write])[] = [
  ['get, changed', (reader) => reader.get('a'), putting('a')],
  ['get, deleted', (reader) => reader.get('a'), deleting('a')],
  ['get of nothing, put', (reader) => reader.get('b'), putting('b')],
  ['getMany', (reader) => reader.getMany(['x', 'c']), putting('c')],
  ['scan, put into', (reader) => reader.scan({ ...range, limit: 9 }), putting('d')],
  ['scan, put at its start', (reader) => reader.scan({ ...range, limit: 9 }), putting('b')],
  ['scan, changed within', (reader) => reader.scan({ ...range, limit: 9 }), putting('c')],
  ['scan, deleted from', (reader) => reader.scan({ ...range, limit: 9 }), deleting('c')],
  ['scan of nothing', (reader) => reader.scan({ gte: 'x', lt: 'z', limit: 9 }), putting('y')],
  ['scan to its limit', (reader) => reader.scan({ ...range, limit: 1 }), putting('c')],
  ['scan before its limit', (reader) => reader.scan({ ...range, limit: 1 }), putting('bb')],
  ['scan back to its limit', (reader) => reader.scan({ ...range, limit: 1, reverse: true }), putting('ee')],
  ['scanKeys', (reader) => reader.scanKeys({ ...range, limit: 9 }), putting('d')],
  ['scanKeys to its limit', (reader) => reader.scanKeys({ ...range, limit: 1 }), deleting('c')],
  ['scan, appended to', (reader) => reader.scan(log), appending('log:', '')],
  ['scan over a counter', (reader) => reader.scan({ gte: 't', lt: 'u', limit: 9 }), adding('two', 1)],
  ['counters', (reader) => reader.counters(['two']), adding('two', 1)],
  ['counters, never added to', (reader) => reader.counters(['none']), adding('none', 1)],
  ['nonZero, to zero', (reader) => reader.nonZero(['two']), adding('two', -2)],
  ['nonZero, from zero', (reader) => reader.nonZero(['none']), adding('none', 1)],
];

const UNDISTURBED: readonly (readonly [string, Read, Write])[] = [
  ['get, another key changed', (reader) => reader.get('a'), putting('c')],
  ['scan, put before and behind', (reader) => reader.scan({ ...range, limit: 9 }), putting('az', 'f')],
  ['scan, put behind its limit', (reader) => reader.scan({ ...range, limit: 1 }), putting('ca')],
  ['scan back, put behind its limit', (reader) => reader.scan({ ...range, limit: 1, reverse: true }), putting('d')],
  ['scanKeys, put behind its limit', (reader) => reader.scanKeys({ ...range, limit: 1 }), putting('ca')],
  ['scan with limit 0', (reader) => reader.scan({ ...range, limit: 0 }), putting('c')],
  ['counters, added up to nothing', (reader) => reader.counters(['two']), adding('two', 1, -1)],
  ['nonZero, still not zero', (reader) => reader.nonZero(['two']), adding('two', -1)],
  ['peek', (reader) => reader.peek(['two', 'none']), adding('two', 1)],
  ['no read', () => Promise.resolve(), putting('own')],
];

/** What counts as a change of what was read. */
export function describeConflicts(createFixture: CreateFixture, conditions: Conditions): void {
  const opened = useStore(createFixture);

  beforeEach(() => opened.commit(putting('a', 'c', 'e', 'g'), adding('two', 2)));

  /** How often a transaction runs that reads, and is then overtaken by another one that writes. */
  async function runs(read: Read, write: Write): Promise<number> {
    let count = 0;
    await opened.store.transact(async (transaction) => {
      await read(transaction);
      count += 1;
      if (count === 1) await opened.commit(write);
      transaction.put('own', bytes(String(count)));
    });
    expect(await opened.get('own')).toBe(String(count));
    return count;
  }

  describe('run again', () => {
    test.each(DISTURBED)('%s', async (_name, read, write) => {
      expectCount(await runs(read, write), 2, conditions);
    });
  });

  describe('do not run again', () => {
    test.each(UNDISTURBED)('%s', async (_name, read, write) => {
      expectCount(await runs(read, write), 1, conditions);
    });
  });

  describe('make a tracked read stale', () => {
    test.each(DISTURBED)('%s', async (_name, read, write) => {
      const { isCurrent } = await opened.store.readTracked(read);
      await opened.commit(putting('own'));
      await isCurrent();
      await opened.commit(write);
      expect(await isCurrent()).toBe(false);
      await opened.commit(putting('own'));
      expect(await isCurrent()).toBe(false);
    });
  });

  if (conditions.isUndisturbed) {
    describe('leave a tracked read current', () => {
      test.each(UNDISTURBED)('%s', async (_name, read, write) => {
        const { isCurrent } = await opened.store.readTracked(read);
        expect(await isCurrent()).toBe(true);
        await opened.commit(write);
        expect(await isCurrent()).toBe(true);
        await opened.commit(putting('own'));
        expect(await isCurrent()).toBe(true);
      });
    });
  }

  test('a tracked read that was overtaken while it ran is not current', async () => {
    const { answer, isCurrent } = await opened.store.readTracked(async (reader) => {
      const before = await reader.get('a');
      await opened.commit(putting('own'), deleting('a'));
      return before?.toString();
    });
    expect(answer).toBe('value of a');
    expect(await isCurrent()).toBe(false);
  });

  test('a transaction that reads before another, and ends together with it, sees its writes if it comes behind', async () => {
    const seen: (string | undefined)[] = [];
    await Promise.all([
      opened.commit(putting('a'), appending('log:', 'put')),
      opened.store.transact(async (transaction) => {
        // An engine may read the state at the call, or at any moment up to the answer.
        const value = await transaction.get('a');
        seen.push(value?.toString());
        transaction.append('log:', bytes('read'));
      }),
    ]);
    const order = (await opened.store.read((reader) => reader.scan(log))).map(({ value }) => value.toString());
    expect(order.toSorted()).toEqual(['put', 'read']);
    expect(seen.at(-1)).toBe(order[0] === 'put' ? 'value of a' : undefined);
  });

  test('additions to one counter never conflict', async () => {
    let count = 0;
    await Promise.all(
      Array.from({ length: 50 }, () =>
        opened.commit(adding('n', 3), () => {
          count += 1;
        }),
      ),
    );
    expectCount(count, 50, conditions);
    expect(await opened.counter('n')).toBe(150);
  });

  test('an error is thrown only if what led to it belongs together', async () => {
    let count = 0;
    const work = async (transaction: Transaction): Promise<string> => {
      count += 1;
      const before = await transaction.get('b');
      if (count === 1) await opened.commit(putting('b', 'd'));
      const after = await transaction.get('d');
      if ((before === undefined) !== (after === undefined)) throw new Error('half of a commit');
      return 'consistent';
    };
    expect(await opened.store.transact(work)).toBe('consistent');
    expectCount(count, 2, conditions);
  });

  test('an error is thrown, however much has changed, if it belongs to one state', async () => {
    const work = async (reader: Reader): Promise<never> => {
      await reader.get('a');
      await opened.commit(putting('a'));
      throw new Error('not found');
    };
    await expect(opened.store.transact(work)).rejects.toThrow('not found');
    await expect(opened.store.read(work)).rejects.toThrow('not found');
  });

  test('a read that straddles a commit is run again', async () => {
    let count = 0;
    const seen = await opened.store.read(async (reader) => {
      count += 1;
      const before = await reader.get('b');
      if (count === 1) await opened.commit(putting('b', 'd'));
      return [before?.toString(), (await reader.get('d'))?.toString()];
    });
    expect(seen).toEqual(['value of b', 'value of d']);
    expectCount(count, 2, conditions);
  });

  test.each<[string, Write]>([
    ['what it has not read yet', putting('b')],
    ['what it does not read again', putting('a')],
  ])('a read is not run again for a commit to %s', async (_name, write) => {
    let count = 0;
    await opened.store.read(async (reader) => {
      count += 1;
      await reader.get('a');
      await opened.commit(write);
      await reader.get('b');
    });
    expectCount(count, 1, conditions);
  });
}
