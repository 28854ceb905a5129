import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowValues } from '../../../src/maintenance/import/row-values.js';
import { createScaleDetector } from '../../../src/maintenance/import/scale.js';
import { createTally } from '../../../src/maintenance/import/tally.js';
import { parseTime } from '../../../src/maintenance/import/time.js';
import { applyRules, parseCondition } from '../../../src/maintenance/import/verdict-rules.js';

describe('a time', () => {
  const noon = Date.UTC(2023, 10, 14, 22, 13, 20);

  it.each([
    [1_700_000_000],
    [1_700_000_000.0004],
    [1_700_000_000_000],
    ['1700000000'],
    ['1700000000000'],
    ['2023-11-14T22:13:20Z'],
    ['2023-11-14 22:13:20.000000+00:00'],
    ['2023-11-15T00:13:20+02:00'],
  ])('is the same in seconds, milliseconds and words: %j', (value) => {
    expect(parseTime(value)).toBe(noon);
  });

  it.each([
    ['2024-02-30T00:00:00Z'],
    ['2023-02-29T00:00:00Z'],
    ['2024-04-31T00:00:00Z'],
    ['2024-13-01T00:00:00Z'],
    ['2024-01-01T24:00:00Z'],
    ['2024-01-01T00:00:00'],
    ['2024-01-01'],
    ['1970-01-20T16:13:20Z'],
    ['0'],
    [0],
    [-1],
    [86_400],
    [5e11],
    [Number.NaN],
    [Infinity],
    [true],
    [{}],
    [''],
  ])('is refused where it is impossible or implausible: %j', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  it('is what was written, whenever that was', () => {
    const from = Date.UTC(2000, 0, 1);
    fc.assert(
      fc.property(fc.integer({ min: from, max: Date.UTC(2100, 0, 1) }), (time) => {
        expect(parseTime(time)).toBe(time);
        expect(parseTime(new Date(time).toISOString())).toBe(time);
        expect(parseTime(time / 1000)).toBe(time);
      }),
    );
  });
});

describe('the adapter of a row', () => {
  const options = { mapping: new Map(), constants: new Map(), adapters: new Map([['7', 'lora']]) };

  it.each([
    ['7', 'lora'],
    [7, 'lora'],
    ['8', undefined],
    [null, undefined],
    [['7'], undefined],
    [{ toString: 1, valueOf: 1 }, undefined],
  ])('is the one behind its model: %j', (model_version, adapter) => {
    const row = { model_version, candidates: [{ answer: 'So.', model_version }] };
    const { valueOf } = rowValues(row, row, options);
    expect(valueOf('adapter_id')).toBe(adapter);
    expect(valueOf('candidates')).toMatchObject([adapter === undefined ? {} : { adapter_id: adapter }]);
  });
});

describe('a rule', () => {
  const typeOf = (row: Record<string, unknown>, positive?: string, negative?: string) =>
    applyRules(
      {
        positive: positive === undefined ? undefined : parseCondition(positive),
        negative: negative === undefined ? undefined : parseCondition(negative),
      },
      (field) => row[field],
    );

  it('decides by numbers, also those in texts, and by words', () => {
    expect(typeOf({ rating: 4 }, 'rating>=4', 'rating <= 2')).toEqual({ type: 'positive' });
    expect(typeOf({ rating: '2' }, 'rating>=4', 'rating <= 2')).toEqual({ type: 'negative' });
    expect(typeOf({ 'user-feedback': true }, 'user-feedback = 1', 'user-feedback=0')).toEqual({ type: 'positive' });
    expect(typeOf({ label: ' Good ' }, 'label=good', 'label!=good')).toEqual({ type: 'positive' });
    expect(typeOf({ label: 'bad' }, 'label=good', 'label!=good')).toEqual({ type: 'negative' });
    expect(typeOf({ score: 0.5 }, undefined, 'score<0.6')).toEqual({ type: 'negative' });
  });

  it('says why it decides nothing', () => {
    expect(typeOf({ rating: 3 }, 'rating>=4', 'rating<=2')).toEqual({
      problem: "'rating' is 3: neither --positive-when nor --negative-when holds",
    });
    expect(typeOf({ rating: 3 }, 'rating>=2', 'rating<=4')).toEqual({
      problem: "'rating' is 3: both --positive-when and --negative-when hold",
    });
    expect(typeOf({ rating: 3 }, 'rating>=4')).toMatchObject({
      problem: expect.stringContaining("'rating' is 3") as string,
    });
    expect(typeOf({ rating: 'so-so' }, 'rating>=4')).toHaveProperty('problem');
    expect(typeOf({ rating: null }, 'rating>=4')).toBeUndefined();
    expect(typeOf({}, 'rating>=4')).toBeUndefined();
  });

  it.each(['', 'rating', '>=4', 'rating>=', 'rating>=four', 'rating => 4', 'rating == 4', 'a b >= 4'])(
    'is refused where it is none: %j',
    (text) => {
      expect(parseCondition(text)).toBeUndefined();
    },
  );
});

describe('a scale', () => {
  const scaleOf = (values: readonly unknown[]) => {
    const detector = createScaleDetector();
    return values.map((value) => detector.add(value)).find((found) => found !== undefined);
  };

  it('is told from a verdict by its numbers', () => {
    for (const verdict of [
      [1, 0, 1],
      [1, -1],
      ['1', '0'],
      ['up', true],
      [1, 1],
    ])
      expect(scaleOf(verdict)).toBeUndefined();
    expect(scaleOf([1, 2])).toEqual([1, 2]);
    expect(scaleOf(['1', '5'])).toEqual([1, 5]);
    expect(scaleOf([1, 0, -1])).toEqual([-1, 0, 1]);
    expect(scaleOf([0.5])).toEqual([0.5]);
  });
});

describe('a tally', () => {
  it('names stretches, and counts what is beyond a few of them', () => {
    const tally = createTally();
    for (const number of [1, 2, 3, 7, 7]) tally.add('approved', number);
    for (let number = 10; number < 100; number += 2) tally.add('refused', number);
    const { approved, refused, flagged } = tally.summary();
    expect(approved).toEqual({
      count: 5,
      stretches: [
        [1, 3],
        [7, 7],
      ],
      elsewhere: 0,
    });
    expect(refused).toMatchObject({ count: 45, elsewhere: 35 });
    expect(refused.stretches).toHaveLength(10);
    expect(flagged).toEqual({ count: 0, stretches: [], elsewhere: 0 });
  });
});
