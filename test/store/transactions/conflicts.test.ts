import { expect, test } from 'vitest';
import { WriteSet } from '../../../src/store/transactions/conflicts.js';

test('a write set tells which ranges it writes in, however many keys it has and whenever it is asked', () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => `k:${String((index * 7_919) % 100_003).padStart(6, '0')}`);
  const writes = new WriteSet();
  const written: string[] = [];
  for (const [index, key] of keys.entries()) {
    writes.add(key);
    written.push(key);
    // Often at first, while the set is small, and then at whatever size it has.
    if (index > 100 && index % 331 !== 0) continue;
    for (let from = 0; from < 100_000; from += 9_973) {
      const [gte, end] = [`k:${String(from).padStart(6, '0')}`, `k:${String(from + 17).padStart(6, '0')}`];
      const range = { gte, end, endIncluded: index % 2 === 0 };
      const expected = written.some((each) => each >= gte && (range.endIncluded ? each <= end : each < end));
      expect(writes.conflictsWith({ from: 0, to: 0, range })).toBe(expected);
    }
  }
});
