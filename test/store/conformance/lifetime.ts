import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { UnavailableError } from '../../../src/errors.js';
import { adding, bytes, putting, useStore, type CreateFixture } from './harness.js';

/** Opening, closing, and what stays. */
export function describeLifetime(createFixture: CreateFixture): void {
  const opened = useStore(createFixture);

  test('is healthy', () => {
    expect(opened.store.health).toMatchObject({ writable: true });
  });

  test('keeps everything', async () => {
    await opened.commit(putting('a', 'b'));
    await opened.commit(adding('n', 3));
    await opened.reopen();
    expect(opened.store.sequence).toBe(2);
    expect(await opened.get('a')).toBe('value of a');
    expect(await opened.counter('n')).toBe(3);
    await opened.commit(adding('n', 1));
    await opened.commit(putting('c'));
    expect(opened.store.sequence).toBe(4);
    expect(await opened.counter('n')).toBe(4);
  });

  test('adds to a counter that it has not read since it was opened', async () => {
    await opened.commit(adding('n', 3));
    await opened.reopen();
    await opened.commit(adding('n', 1));
    expect(await opened.counter('n')).toBe(4);
  });

  test('waits for what was accepted and refuses the rest', async () => {
    const accepted = Array.from({ length: 50 }, (_, at) =>
      opened.store.transact(async (transaction) => {
        await transaction.get(`key:${at}`);
        await nextTurnOfEventLoop();
        transaction.put(`key:${at}`, bytes(''));
      }),
    );
    const reading = opened.store.read(async (reader) => {
      await nextTurnOfEventLoop();
      return reader.get('nothing');
    });
    const closing = opened.store.close();
    await expect(opened.commit(putting('late'))).rejects.toThrow(UnavailableError);
    await expect(opened.get('late')).rejects.toThrow(UnavailableError);
    await Promise.all([...accepted, reading, closing, opened.store.close()]);
    await opened.reopen();
    expect((await opened.keys()).length).toBe(50);
  });
}
