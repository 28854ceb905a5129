import { expect, test } from 'vitest';
import { adding, deleting, putting, useStore, type CreateFixture } from './harness.js';

/** Counters add up exactly. */
export function describeCounters(createFixture: CreateFixture): void {
  const opened = useStore(createFixture);

  test('add up, and leave no key at 0', async () => {
    await opened.commit(adding('n', 5));
    await opened.commit(adding('n', -3, -4));
    expect(await opened.counter('n')).toBe(-2);
    expect(await opened.keys()).toEqual(['n']);
    await opened.commit(adding('n', 2));
    expect(await opened.counter('n')).toBe(0);
    expect(await opened.keys()).toEqual([]);
    await opened.commit(adding('n', 0));
    expect(await opened.keys()).toEqual([]);
  });

  test('add up across transactions that wait together', async () => {
    const deltas = [1, -1, 4, -4, 2];
    await Promise.all(deltas.map((delta) => opened.commit(adding('n', delta))));
    expect(await opened.counter('n')).toBe(2);
    await opened.reopen();
    expect(await opened.counter('n')).toBe(2);
  });

  test('answer for many at once, added to or not', async () => {
    await opened.commit(adding('a', 1), adding('b', -1));
    for (const state of ['as committed', 'as opened again']) {
      const { store } = opened;
      expect(await store.read((reader) => reader.counters(['x', 'b', 'a', 'b'])), state).toEqual([0, -1, 1, -1]);
      expect(await store.read((reader) => reader.nonZero(['x', 'b', 'a', 'y']))).toEqual([false, true, true, false]);
      expect(await store.read((reader) => reader.peek(['a', 'y']))).toEqual([1, 0]);
      expect(await store.read((reader) => reader.counters([]))).toEqual([]);
      await opened.reopen();
    }
  });

  test('take integers alone, and are no plain keys', async () => {
    await expect(opened.commit(adding('n', 0.5))).rejects.toThrow(TypeError);
    await expect(opened.commit(adding('n', NaN))).rejects.toThrow(TypeError);
    await expect(opened.commit(adding('n', 1), putting('n'))).rejects.toThrow(TypeError);
    await expect(opened.commit(deleting('n'), adding('n', 1))).rejects.toThrow(TypeError);
    expect(await opened.keys()).toEqual([]);
  });

  test('refuse to lose precision, and stay as they were', async () => {
    await opened.commit(adding('n', Number.MAX_SAFE_INTEGER));
    const outcomes = await Promise.allSettled([
      opened.commit(adding('n', 1), putting('a')),
      opened.commit(adding('n', -1), putting('b')),
    ]);
    expect(outcomes).toMatchObject([{ status: 'rejected', reason: expect.any(RangeError) as RangeError }, {}]);
    expect(await opened.counter('n')).toBe(Number.MAX_SAFE_INTEGER - 1);
    expect(await opened.keys()).toEqual(['b', 'n']);
  });
}
