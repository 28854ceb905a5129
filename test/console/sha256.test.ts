import { hash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSha256 } from '../../web/console/screens/batch/sha256.js';

it('SHA-256 of bytes in pieces is that of Node, around the length of every block', () => {
  for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 100_003]) {
    const bytes = randomBytes(length);
    for (const step of [1, 7, 64, 65, 4096]) {
      if (length / step > 2_000) continue;
      const sum = createSha256();
      for (let from = 0; from < length; from += step) sum.update(bytes.subarray(from, from + step));
      expect(sum.digest()).toBe(hash('sha256', bytes));
    }
  }
});
