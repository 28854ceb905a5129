import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CorruptRecordError, decodeRecord, encodeRecord } from '../../src/store/record.js';

test('a record comes back as JSON brings it back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(decodeRecord(encodeRecord(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeRecord(encodeRecord({ text }))).toEqual({ text });
    }),
  );
});

test('a record starts with its format and the CRC-32 of its JSON', () => {
  expect(encodeRecord(123456789).toString('hex')).toBe(`01cbf43926${Buffer.from('123456789').toString('hex')}`);
});

test('a record of another format is refused', () => {
  const record = encodeRecord({ a: 1 });
  record[0] = 2;
  expect(() => decodeRecord(record)).toThrow(new CorruptRecordError('its format 2 is unknown'));
});

test('every changed byte and every missing end is found', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
      const damaged = Buffer.from(encodeRecord(value));
      const place = at % damaged.length;
      damaged[place] = (damaged[place] ?? 0) ^ change;
      expect(() => decodeRecord(damaged)).toThrow(CorruptRecordError);
      expect(() => decodeRecord(encodeRecord(value).subarray(0, place))).toThrow(CorruptRecordError);
    }),
  );
});

test('what is no JSON is no record', () => {
  expect(() => encodeRecord(undefined)).toThrow(TypeError);
  expect(() => encodeRecord(1n)).toThrow(TypeError);
});
