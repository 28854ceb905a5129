import { beforeEach, expect, test } from 'vitest';
import { UnavailableError } from '../../../src/errors.js';
import type { Entry, Key } from '../../../src/store/contract.js';
import { EVERYTHING, adding, deleting, putting, texts, useStore, type CreateFixture } from './harness.js';

const KEYS = Array.from({ length: 3000 }, (_, at) => `key:${String(at).padStart(5, '0')}`);

/** Reads of the whole store. */
export function describeSnapshots(createFixture: CreateFixture): void {
  const opened = useStore(createFixture);

  beforeEach(() => opened.commit(putting(...KEYS)));

  test('are everything in a range, in order, in chunks', async () => {
    await opened.commit(putting('zzz'), adding('counter', 1));
    const chunks: Entry[][] = [];
    for await (const chunk of opened.store.snapshot(EVERYTHING)) chunks.push(chunk);
    expect(chunks.flat().map(({ key }) => key)).toEqual(['counter', ...KEYS, 'zzz']);
    expect(chunks.length).toBeGreaterThan(1);
    const part: Entry[] = [];
    for await (const chunk of opened.store.snapshot({ gte: 'key:00010', lt: 'key:00012' })) part.push(...chunk);
    expect(texts(part)).toEqual(['key:00010=value of key:00010', 'key:00011=value of key:00011']);
    for await (const chunk of opened.store.snapshot({ gte: 'b', lt: 'a' })) expect(chunk).toBe('nothing');
  });

  test('are of one moment', async () => {
    const seen: Key[] = [];
    for await (const chunk of opened.store.snapshot(EVERYTHING)) {
      if (seen.length === 0) await opened.commit(deleting(...KEYS), putting('zzz'));
      seen.push(...chunk.map(({ key }) => key));
    }
    expect(seen).toEqual(KEYS);
    expect(await opened.keys()).toEqual(['zzz']);
  });

  test('may be left early', async () => {
    for await (const chunk of opened.store.snapshot(EVERYTHING)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await opened.reopen();
  });

  test('end when the store closes', async () => {
    const chunks = opened.store.snapshot(EVERYTHING)[Symbol.asyncIterator]();
    await chunks.next();
    await opened.store.close();
    await expect(chunks.next()).rejects.toThrow(UnavailableError);
    await expect(opened.store.snapshot(EVERYTHING)[Symbol.asyncIterator]().next()).rejects.toThrow(UnavailableError);
  });

  test('go on while the store compacts itself, which changes nothing that is there', async () => {
    const chunks = opened.store.snapshot(EVERYTHING)[Symbol.asyncIterator]();
    await chunks.next();
    await opened.commit(deleting('key:00000'));
    await Promise.all([opened.store.compact([EVERYTHING]), opened.store.compact([EVERYTHING])]);
    await expect(chunks.next()).resolves.toMatchObject({ done: false });
    await chunks.return?.();
    expect((await opened.keys({ ...EVERYTHING, limit: Infinity })).length).toBe(KEYS.length - 1);
    await opened.reopen();
    expect((await opened.keys({ ...EVERYTHING, limit: Infinity })).length).toBe(KEYS.length - 1);
  });

  test('end when the store is purged, which changes nothing that is there', async () => {
    const chunks = opened.store.snapshot(EVERYTHING)[Symbol.asyncIterator]();
    await chunks.next();
    const reading = chunks.next().catch((error: unknown) => error);
    await opened.commit(deleting('key:00000'));
    await opened.store.purge([{ gte: 'key:00000', lt: 'key:00001' }, EVERYTHING]);
    // Ended in the middle of a piece, or in front of the next one.
    const ended = await reading;
    if (!(ended instanceof UnavailableError)) await expect(chunks.next()).rejects.toThrow(UnavailableError);
    expect((await opened.keys({ ...EVERYTHING, limit: Infinity })).length).toBe(KEYS.length - 1);
    await opened.reopen();
    expect((await opened.keys({ ...EVERYTHING, limit: Infinity })).length).toBe(KEYS.length - 1);
  });
}
