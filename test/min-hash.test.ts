import { expect, it } from 'vitest';
import { buildShingles } from '../src/min-hash.js';

const WORD = /\w+/g;
const shinglesOf = (text: string): Set<number> => buildShingles(text, WORD);

it('a text has a shingle for each three tokens in a row, and a short one has one of all that it has', () => {
  expect(shinglesOf('').size).toBe(0);
  expect(shinglesOf('a').size).toBe(1);
  expect(shinglesOf('a b').size).toBe(1);
  expect(shinglesOf('a b c').size).toBe(1);
  expect(shinglesOf('a b c d e').size).toBe(3);
  const all = ['a b c', 'b c d', 'c d e'].flatMap((three) => [...shinglesOf(three)]);
  expect(shinglesOf('a, b, c, d, e!')).toEqual(new Set(all));
});

it('the order of tokens makes another shingle', () => {
  const orders = ['a b c', 'a c b', 'b a c', 'b c a', 'c a b', 'c b a', 'a b', 'b a', 'a', 'b'];
  expect(new Set(orders.flatMap((order) => [...shinglesOf(order)])).size).toBe(orders.length);
});

it('no more of a text is looked at than tells whether it is like another', () => {
  const words = Array.from({ length: 50_000 }, (_, index) => `w${index}`).join(' ');
  expect(shinglesOf(words).size).toBe(2_000);
  const repetitive = 'a b c d '.repeat(25_000);
  expect(shinglesOf(`${repetitive} e f g`)).toEqual(shinglesOf(repetitive));
});
