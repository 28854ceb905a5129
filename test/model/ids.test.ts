import { afterEach, expect, test, vi } from 'vitest';
import { newUuid } from '../../src/model/ids.js';

/** The count within a millisecond: 12 bits behind the version, 14 behind the variant and six more (RFC 9562, method 1). */
function countOf(uuid: string): number {
  const hex = uuid.replaceAll('-', '');
  const bits = BigInt(`0x${hex}`);
  const high = (bits >> 64n) & 0xfffn;
  const middle = (bits >> 48n) & 0x3fffn;
  const low = (bits >> 42n) & 0x3fn;
  return Number((high << 20n) | (middle << 6n) | low);
}

afterEach(() => vi.useRealTimers());

test('ids of one organization ascend, whatever the clock does', () => {
  vi.useFakeTimers();
  const ids = [5_000, 5_000, 5_001, 4_000, 4_000, 6_000].map((time) => {
    vi.setSystemTime(time);
    return newUuid('ascending', Date.now());
  });
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('ids of one organization do not count those of another', () => {
  vi.useFakeTimers();
  vi.setSystemTime(7_000);
  const first = newUuid('watching', Date.now());
  for (let made = 0; made < 10; made++) newUuid('busy', Date.now());
  expect(countOf(newUuid('watching', Date.now()))).toBe(countOf(first) + 1);
});
