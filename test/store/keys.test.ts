import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../src/store/byte-order.js';
import {
  escapeComponent,
  joinKey,
  keyPrefix,
  lastComponent,
  padNumber,
  prefixEnd,
  prefixRange,
  splitKey,
  unescapeComponent,
} from '../../src/store/keys.js';

const component = fc.oneof(
  fc.string({ unit: fc.constantFrom('%', ':', ';', '2', '5', '3', 'A', 'a', '😀', '\uffff') }),
  fc.string({ unit: 'binary' }),
);
const components = fc.array(component, { minLength: 1, maxLength: 5 });

test('components come back from a key', () => {
  fc.assert(
    fc.property(components, (parts) => {
      const key = joinKey(...parts);
      expect(splitKey(key)).toEqual(parts);
      expect(lastComponent(key)).toBe(parts.at(-1));
    }),
  );
});

test('an escaped component holds no separator and comes back', () => {
  fc.assert(
    fc.property(component, (part) => {
      expect(escapeComponent(part)).not.toContain(':');
      expect(unescapeComponent(escapeComponent(part))).toBe(part);
    }),
  );
});

test('different components make different keys', () => {
  fc.assert(
    fc.property(components, components, (left, right) => {
      expect(joinKey(...left) === joinKey(...right)).toBe(JSON.stringify(left) === JSON.stringify(right));
    }),
  );
});

test('the range of a prefix holds exactly the keys below its components', () => {
  fc.assert(
    fc.property(components, components, fc.boolean(), (above, other, below) => {
      const parts = below ? [...above, ...other] : other;
      const isBelow = parts.length > above.length && above.every((part, at) => parts[at] === part);
      const { gte, lt } = prefixRange(keyPrefix(...above));
      const key = joinKey(...parts);
      expect(compareKeys(key, gte) >= 0 && compareKeys(key, lt) < 0).toBe(isBelow);
      expect(lt).toBe(prefixEnd(gte));
    }),
  );
});

test('padded numbers are in the order of numbers', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (left, right) => {
      expect(Math.sign(compareKeys(padNumber(left, 16), padNumber(right, 16)))).toBe(Math.sign(left - right));
    }),
  );
});
