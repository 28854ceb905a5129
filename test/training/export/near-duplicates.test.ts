import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDuplicateFinder } from '../../../src/training/export/near-duplicates.js';

const WORDS = Array.from({ length: 200 }, (_, index) => `word${(index * 7919) % 1009}`);

function finder(similarity = 0.95, rows = 100) {
  return createDuplicateFinder(rows, similarity);
}

describe('duplicates', () => {
  it('are the same texts, whatever their case, white space and form of Unicode', () => {
    const { find } = finder(1);
    expect(find(['What is a shard?', 'Café.'], '')).toBeUndefined();
    expect(find(['  what is\na SHARD?', 'Cafe\u0301.'], '')).toBe('exact');
    expect(find(['What is a shard?', 'Cafe.'], '')).toBeUndefined();
    // Where one text ends and the next one begins matters.
    expect(find(['What is a', 'shard? Café.'], '')).toBeUndefined();
    expect(find(['What is a shard?', 'Café.'], 'another')).toBeUndefined();
  });

  it('are told by case and white space where these count', () => {
    const { find } = finder();
    expect(find(['Which port?', 'it is  4000'], '', true)).toBeUndefined();
    expect(find(['which port?', 'It is 4000'], '', true)).toBeUndefined();
    expect(find(['Which port?', 'IT is 4000'], '')).toBeUndefined();
    expect(find(['Which port?', 'it is  4000 '], '', true)).toBe('exact');
    expect(find(['Which port?', 'it is  4000'], '')).toBe('exact');
    expect(find(['Which port?', 'it is 4000'], '')).toBe('exact');
    const long = WORDS.join(' ');
    expect(find(['Code?', long], '', true)).toBeUndefined();
    expect(find(['Code?', WORDS.join('\n')], '', true)).toBeUndefined();
    expect(find(['Code?', `${long} more`], '', true)).toBe('near');
  });

  it('are texts that differ in one of many words, unless only exact ones are asked for', () => {
    const long = WORDS.join(' ');
    const changed = [...WORDS.slice(0, 100), 'changed', ...WORDS.slice(101)].join(' ');
    const { find } = finder();
    expect(find([long, long], '')).toBeUndefined();
    expect(find([long, changed], '')).toBe('near');
    expect(find([long, changed], 'another')).toBeUndefined();
    const exact = finder(1);
    expect(exact.find([long, long], '')).toBeUndefined();
    expect(exact.find([long, changed], '')).toBeUndefined();
  });

  it('are not texts that only one part of is alike, as long as it may be', () => {
    const long = WORDS.join(' ');
    const { find } = finder();
    expect(find([long, 'Yes, it does.'], '')).toBeUndefined();
    expect(find([long, 'No, it never did.'], '')).toBeUndefined();
    // A sign is a word: these are different programs.
    expect(find(['Add or subtract?', 'a + b'], '')).toBeUndefined();
    expect(find(['Add or subtract?', 'a - b'], '')).toBeUndefined();
    expect(find(['三つの質問はどれですか', '一'], '')).toBeUndefined();
    expect(find(['三つの質問はどこですか', '一'], '')).toBeUndefined();
  });

  it('follow how much is changed: little is near, much is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 9 }), (place, share) => {
        const { find } = finder();
        const replaced = (count: number) =>
          WORDS.map((word, index) => ((index + 200 - place) % 200 < count ? `other${index}` : word)).join(' ');
        expect(find([replaced(0)], '')).toBeUndefined();
        // One word of 200 makes 3 of 198 shingles others: alike to 0.97. Forty in a row: to 0.66.
        expect(find([replaced(40 + share)], '')).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('are found among as many rows as were announced, and cost little where all collide', () => {
    const { find } = finder(0.95, 3_000);
    for (let row = 0; row < 1_500; row++)
      expect(find([`Question ${row} of many`, `Answer ${row}`], '')).toBeUndefined();
    for (let row = 0; row < 1_500; row++) expect(find([`question ${row}  of many`, `answer ${row}`], '')).toBe('exact');
    for (let row = 0; row < 1_500; row++) {
      const words = WORDS.map((word, index) => (index % 10 === 0 ? `${word}${row}` : word));
      expect(find([words.join(' '), 'The same.'], '')).toBeUndefined();
    }
  });

  it('are found among more rows than were announced', () => {
    const { find } = finder(0.95, 20);
    const text = (row: number, last: string) => [...WORDS.map((word) => `${word}${row}`), last].join(' ');
    for (let row = 0; row < 100; row++) expect(find([text(row, 'one'), 'Yes.'], '')).toBeUndefined();
    for (let row = 0; row < 100; row++) expect(find([text(row, 'other'), 'Yes.'], '')).toBe('near');
  });
});
