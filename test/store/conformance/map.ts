import { describe, beforeEach, expect, test } from 'vitest';
import type { Transaction } from '../../../src/store/contract.js';
import { EVERYTHING, bytes, deleting, putting, texts, useStore, type CreateFixture } from './harness.js';

/** What is put can be read back: by key, by keys, and by range. */
export function describeMap(createFixture: CreateFixture): void {
  const opened = useStore(createFixture);

  test('reads back what was put, and undefined for what was not', async () => {
    await opened.commit(putting('a'));
    expect(await opened.get('a')).toBe('value of a');
    expect(await opened.get('b')).toBeUndefined();
  });

  test('an empty value is a value', async () => {
    await opened.commit((transaction) => {
      transaction.put('a', Buffer.alloc(0));
    });
    expect(await opened.store.read((reader) => reader.get('a'))).toEqual(Buffer.alloc(0));
    expect(await opened.keys()).toEqual(['a']);
  });

  test('any bytes are a value', async () => {
    const value = Buffer.from(Array.from({ length: 256 * 300 }, (_, at) => at % 256));
    await opened.commit((transaction) => {
      transaction.put('a', value);
    });
    const [got, [entry]] = await opened.store.read(
      async (reader) => [await reader.get('a'), await reader.scan({ ...EVERYTHING, limit: 1 })] as const,
    );
    // As text, which is compared at once instead of byte by byte.
    expect(got?.toString('hex')).toBe(value.toString('hex'));
    expect([entry?.key, entry?.value.toString('hex')]).toEqual(['a', value.toString('hex')]);
  });

  test('delete removes, also what is not there', async () => {
    await opened.commit(putting('a', 'b'));
    await opened.commit(deleting('a', 'nothing'));
    expect(await opened.keys()).toEqual(['b']);
  });

  test('the last of several writes to one key counts', async () => {
    await opened.commit(putting('a', 'b'), deleting('c', 'b', 'a'), putting('a', 'c'));
    expect(await opened.keys()).toEqual(['a', 'c']);
  });

  test('getMany answers in the order of the keys, repeated and missing ones included', async () => {
    await opened.commit(putting('a', 'b'));
    const values = await opened.store.read((reader) => reader.getMany(['b', 'x', 'a', 'b']));
    expect(values.map((value) => value?.toString())).toEqual(['value of b', undefined, 'value of a', 'value of b']);
    expect(await opened.store.read((reader) => reader.getMany([]))).toEqual([]);
  });

  test.each(['a:b', '%', 'a\u0000b', 'ä', '😀', '\uffff', '__proto__', 'x'.repeat(2000)])(
    '%j is a key',
    async (key) => {
      await opened.commit(putting(key));
      expect(await opened.get(key)).toBe(`value of ${key}`);
      expect(await opened.keys()).toEqual([key]);
    },
  );

  test.each(['', '\u0000private', 'a\ud800', '\udc00b'])('%j is no key', async (key) => {
    const uses: ((transaction: Transaction) => unknown)[] = [
      (transaction) => transaction.get(key),
      (transaction) => transaction.getMany(['a', key]),
      (transaction) => transaction.counters([key]),
      (transaction) => transaction.nonZero([key]),
      (transaction) => transaction.peek([key]),
      putting(key),
      deleting(key),
      (transaction) => {
        transaction.add(key, 1);
      },
      (transaction) => {
        transaction.append(key, bytes(''));
      },
    ];
    for (const use of uses) {
      await expect(opened.store.transact((transaction) => Promise.resolve(use(transaction)))).rejects.toThrow(
        TypeError,
      );
    }
    expect(opened.store.sequence).toBe(0);
  });

  describe('ranges', () => {
    beforeEach(() => opened.commit(putting('a', 'b', 'c', 'd', 'e')));

    test('include their start and exclude their end', async () => {
      expect(await opened.keys({ gte: 'b', lt: 'd' })).toEqual(['b', 'c']);
      expect(await opened.keys({ gte: 'aa', lt: 'cc' })).toEqual(['b', 'c']);
    });

    test('go backwards', async () => {
      expect(await opened.keys({ gte: 'b', lt: 'd', reverse: true })).toEqual(['c', 'b']);
      expect(await opened.keys({ gte: '', lt: 'z', limit: 2, reverse: true })).toEqual(['e', 'd']);
      expect(await opened.keys({ gte: 'x', lt: 'z', reverse: true })).toEqual([]);
    });

    test('end at their limit', async () => {
      expect(await opened.keys({ ...EVERYTHING, limit: 2 })).toEqual(['a', 'b']);
      expect(await opened.keys({ ...EVERYTHING, limit: 1 })).toEqual(['a']);
      expect(await opened.keys({ ...EVERYTHING, limit: 0 })).toEqual([]);
      expect(await opened.keys({ ...EVERYTHING, limit: Infinity })).toEqual(['a', 'b', 'c', 'd', 'e']);
      await expect(opened.keys({ ...EVERYTHING, limit: -1 })).rejects.toThrow(TypeError);
      await expect(opened.keys({ ...EVERYTHING, limit: 1.5 })).rejects.toThrow(TypeError);
    });

    test('are empty where the end is not behind the start', async () => {
      expect(await opened.keys({ gte: 'b', lt: 'b' })).toEqual([]);
      expect(await opened.keys({ gte: 'c', lt: 'b' })).toEqual([]);
      expect(await opened.keys({ gte: '', lt: '' })).toEqual([]);
    });

    test('scan answers keys with values', async () => {
      const entries = await opened.store.read((reader) => reader.scan({ gte: 'b', lt: 'd', limit: 9 }));
      expect(texts(entries)).toEqual(['b=value of b', 'c=value of c']);
    });

    test('hold thousands of entries', async () => {
      const keys = Array.from({ length: 2500 }, (_, at) => `many:${String(at).padStart(5, '0')}`);
      await opened.commit(putting(...keys));
      expect(await opened.keys({ gte: 'many:', lt: 'many;', limit: 5000 })).toEqual(keys);
      expect(await opened.keys({ gte: 'many:', lt: 'many;', limit: 2400, reverse: true })).toEqual(
        keys.toReversed().slice(0, 2400),
      );
    });
  });
}
