import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../src/store/byte-order.js';

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
