import { expect, it } from 'vitest';
import { decodeMany } from '../../src/feedback/read.js';
import { createTurns } from '../../src/yield-to-event-loop.js';
import { turnsDuring } from '../support/turns.js';

const decode = (value: Buffer | undefined): number | undefined => value?.length;
const turnsFor = (values: readonly (Buffer | undefined)[]): Promise<number> =>
  turnsDuring(() => decodeMany(values, decode, createTurns(0).start()));

it('gives others their turn by the bytes that are decoded, and not by the number of entries', async () => {
  const long = Array.from({ length: 20 }, () => Buffer.alloc(256 * 1024));
  expect(await turnsFor(long)).toBeGreaterThan(15);
  const short = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? undefined : Buffer.alloc(200)));
  expect(await turnsFor(short)).toBeLessThan(3);
  expect(await decodeMany([Buffer.alloc(7), undefined], decode)).toEqual([7, undefined]);
});
