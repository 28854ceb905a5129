import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeDocuments, DocumentSet, encodeDocuments } from '../../../src/feedback/search/document-set.js';
import { CorruptRecordError } from '../../../src/store/record.js';

const anyDocuments = (size: number) =>
  fc.uniqueArray(fc.nat(size - 1), { maxLength: size }).map((list) => list.sort((one, other) => one - other));

const anySets = fc
  .integer({ min: 1, max: 300 })
  .chain((size) =>
    fc.record({ size: fc.constant(size), one: anyDocuments(size), other: anyDocuments(size), at: fc.nat(size) }),
  );

it('does with bits what one does with lists of numbers', () => {
  fc.assert(
    fc.property(anySets, fc.nat(40), ({ size, one, other, at }, limit) => {
      const [left, right] = [DocumentSet.of(size, one), DocumentSet.of(size, other)];
      expect([...left]).toEqual(one);
      expect([...left.and(right)]).toEqual(one.filter((each) => other.includes(each)));
      expect([...left.without(right)]).toEqual(one.filter((each) => !other.includes(each)));
      expect([...left.or(right)]).toEqual([...new Set([...one, ...other])].sort((first, second) => first - second));
      const [from, to] = [Math.min(at, size >>> 1), Math.max(at, size >>> 1)];
      const within = one.filter((each) => each >= from && each < to);
      expect(left.count(from, to)).toBe(within.length);
      expect(left.count()).toBe(one.length);
      expect(left.take(from, to, limit, false)).toEqual(within.slice(0, limit));
      expect(left.take(from, to, limit, true)).toEqual(within.toReversed().slice(0, limit));
      for (const document of other) left.delete(document);
      expect([...left]).toEqual(one.filter((each) => !other.includes(each)));
    }),
  );
});

it('stores a set as whatever is shorter, and reads it again', () => {
  fc.assert(
    fc.property(anySets, ({ size, one }) => {
      const stored = encodeDocuments(size, one);
      expect(stored.length).toBe(1 + Math.min(2 * one.length, 4 * Math.ceil(size / 32)));
      expect(decodeDocuments(size, stored)).toEqual(one);
      expect([...DocumentSet.decode(size, stored)]).toEqual(one);
    }),
  );
});

it.each([[''], ['02'], ['0001'], ['000500'], ['01ff']])('takes the bytes %s for no set of five documents', (hex) => {
  expect(() => decodeDocuments(5, Buffer.from(hex, 'hex'))).toThrow(CorruptRecordError);
  expect(() => DocumentSet.decode(5, Buffer.from(hex, 'hex'))).toThrow(CorruptRecordError);
});
