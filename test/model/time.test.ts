import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TIME, parseTimestamp, readTime } from '../../src/model/time.js';

describe('a time', () => {
  it.each<[unknown, number]>([
    [0, 0],
    [1_795_892_563_000, 1_795_892_563_000],
    [MAX_TIME, MAX_TIME],
    ['2026-11-28T00:00:00Z', Date.UTC(2026, 10, 28)],
    ['2026-11-28t00:00:00z', Date.UTC(2026, 10, 28)],
    ['2026-11-28 00:00Z', Date.UTC(2026, 10, 28)],
    ['2026-11-28T01:30:00.5+01:30', Date.UTC(2026, 10, 28) + 500],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['1970-01-01T00:00:00Z', 0],
  ])('%j is read', (value, time) => {
    expect(readTime(value)).toBe(time);
  });

  it.each([1_795_892_563, 999_999_999, 100_000_000, 99_999_999_999])(
    'in seconds is refused, and says so: %d',
    (value) => {
      expect(readTime(value)).toEqual({ problem: `must be in epoch milliseconds; ${value} is in epoch seconds` });
    },
  );

  it.each([
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+25:00',
    '2026-01-01',
    '1969-12-31T23:59:59Z',
    'yesterday',
    '',
    '1795892563',
    -1,
    0.5,
    MAX_TIME + 1,
    NaN,
    null,
    true,
    {},
  ])('%j is none', (value) => {
    expect(readTime(value)).toMatchObject({ problem: expect.stringContaining('epoch milliseconds') as string });
  });

  it('of any date is read as JavaScript writes it', () => {
    const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});
