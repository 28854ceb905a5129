import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys, sortKeys } from '../../src/store/byte-order.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.string({ unit: fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '𐀀', '\u{10ffff}'), maxLength: 4 }),
);

test('keys are ordered as their UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
    { numRuns: 2000 },
  );
});

test('keys are sorted as they are ordered', () => {
  fc.assert(
    fc.property(fc.array(text), (keys) => {
      expect(sortKeys([...keys])).toEqual([...keys].sort(compareKeys));
    }),
    { numRuns: 1000 },
  );
});
