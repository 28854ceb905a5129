import { describe, expect, test } from 'vitest';
import { takeRandomBytes } from '../src/random-bytes.js';

describe('random bytes', () => {
  test('are as many as were asked for, and never the same twice', () => {
    const taken = Array.from({ length: 2_000 }, (_, nth) => takeRandomBytes(16 + (nth % 3)).toString('hex'));
    expect(taken.map((text) => text.length / 2)).toEqual(taken.map((_, nth) => 16 + (nth % 3)));
    expect(new Set(taken.map((text) => text.slice(0, 32))).size).toBe(taken.length);
  });

  test('are not those that were not drawn yet', () => {
    // What is handed out first after a start would be zeros.
    expect(takeRandomBytes(64).equals(Buffer.alloc(64))).toBe(false);
  });
});
