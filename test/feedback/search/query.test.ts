import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/errors.js';
import { matchesWords } from '../../../src/feedback/search/match.js';
import { parseSearch } from '../../../src/feedback/search/query.js';
import { wordsOf } from '../../../src/feedback/search/words.js';
import { createTurns } from '../../../src/yield-to-event-loop.js';
import { turnsDuring } from '../../support/turns.js';

function matches(query: string, ...texts: string[]): Promise<boolean> {
  return matchesWords(parseSearch(query).root, texts.map(wordsOf));
}

const TEXTS = ['How do I enable sharding in a cluster?', 'Use the SHARD BY clause; it is well-known.'];

it.each([
  ['sharding', true],
  ['Sharding CLUSTER', true],
  ['sharding replica', false],
  ['replica OR sharding', true],
  ['replica or sharding', false],
  ['sharding AND cluster AND clause', true],
  ['sharding -cluster', false],
  ['sharding -replica', true],
  ['sharding NOT replica', true],
  ['NOT replica', true],
  ['shard', true],
  ['shar', false],
  ['shar*', true],
  ['clu* rep*', false],
  ['"enable sharding"', true],
  ['"sharding enable"', false],
  ['“shard by clause”', true],
  ['"cluster use"', false],
  ['-"enable sharding"', false],
  ['-"sharding enable"', true],
  ['well-known', true],
  ['known-well', false],
  ['well-kn*', true],
  ['(replica OR shard) clause', true],
  ['(replica OR shard) -clause', false],
  ['replica OR shard clause', true],
  ['-(replica OR backup)', true],
  ['sharding & cluster !', true],
  ['sharding - cluster', true],
])('%s: %s', async (query, expected) => {
  expect(await matches(query, ...TEXTS)).toBe(expected);
});

it('finds Chinese and Japanese, and letters with accents as those without', async () => {
  expect(await matches('学习', '机器学习很有趣')).toBe(true);
  expect(await matches('学习 -数据', '机器学习很有趣')).toBe(true);
  expect(await matches('机器学习', '机器学习很有趣')).toBe(true);
  expect(await matches('検索', 'データベースを検索する')).toBe(true);
  expect(await matches('naive cafe', 'A naïve CAFÉ')).toBe(true);
  expect(await matches('naïve', 'naive')).toBe(true);
});

it.each([
  ['', 'must contain at least one word: letters or digits'],
  ['  ', 'must contain at least one word: letters or digits'],
  ['!?', 'must contain at least one word: letters or digits'],
  ['""', 'must contain at least one word: letters or digits'],
  ['"shard', 'must close each quotation mark'],
  ['(shard', "must close each '('"],
  ['shard)', "must not have a ')' without a '(' before it"],
  ['shard OR', "must have a word, a phrase or a bracket after 'OR'"],
  ['OR shard', "must have a word, a phrase or a bracket at its start, not 'OR'"],
  ['AND shard', "must have a word, a phrase or a bracket at its start, not 'AND'"],
  ['shard AND OR by', "must have a word, a phrase or a bracket after 'AND', not 'OR'"],
  ['shard NOT', "must have a word, a phrase or a bracket after 'NOT'"],
  ['shard ()', "must have a word, a phrase or a bracket after '(', not ')'"],
  ['*shard', "may have '*' only at the end of a word, as in 'shard*'"],
  ['sh*rd', "may have '*' only at the end of a word, as in 'shard*'"],
  ['shard **', "may have '*' only at the end of a word, as in 'shard*'"],
  ['x '.repeat(33), 'must have at most 32 words'],
  ['x'.repeat(501), 'must have at most 500 characters'],
  [`${'('.repeat(11)}x${')'.repeat(11)}`, 'may nest brackets and negations at most 10 deep'],
  [`${'NOT '.repeat(11)}x`, 'may nest brackets and negations at most 10 deep'],
])('refuses %s', (query, problem) => {
  expect(() => parseSearch(query)).toThrow(new InvalidInputError([{ field: 'search', problem }]));
});

it('reads any text, or refuses it with a sentence', async () => {
  const piece = fc.oneof(fc.constantFrom('(', ')', '"', '-', '*', ' ', 'AND', 'OR', 'NOT', 'shard'), fc.string());
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      try {
        await matchesWords(parseSearch(pieces.join(' ')).root, [['shard']]);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInputError);
      }
    }),
  );
});

it('gives others their turn while it looks for phrases in long texts', async () => {
  const words = Array.from({ length: 50_000 }, () => 'x');
  const { root } = parseSearch('"x x y" OR "x y"');
  const turns = await turnsDuring(() => matchesWords(root, [words], createTurns(0).start()));
  expect(turns).toBeGreaterThan(80);
});
