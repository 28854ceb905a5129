import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_WORD_UNITS, wordPieces, wordsOf } from '../../../src/feedback/search/words.js';

it.each([
  ['How do I enable sharding?', ['how', 'do', 'i', 'enable', 'sharding']],
  ['Käse, CAFÉ & Straße', ['kase', 'cafe', 'strasse']],
  ["don't use config.shard_count=3.14", ['don', 't', 'use', 'config', 'shard', 'count', '3', '14']],
  ['ΟΔΟΣ οδός', ['οδοσ', 'οδοσ']],
  ['İstanbul ISTANBUL', ['istanbul', 'istanbul']],
  ['ＦＵＬＬ width ① ½', ['full', 'width', '1', '12']],
  ['机器学习很有趣', ['机器', '学习', '很', '有趣']],
  ['iPhone手机', ['iphone', '手机']],
  ['한국어 검색', ['한국어', '검색']],
  ['العَرَبِيَّة שָׁלוֹם', ['العربية', 'שלום']],
  ['1️⃣ 葛\u{e0100}城', ['1', ...wordsOf('葛城')]],
  ['20m² の部屋 20m²の部屋', ['20m2', 'の', '部屋', '20m2', 'の', '部屋']],
  ['H₂O は水', ['h2o', 'は', '水']],
  ['🦙 … !', []],
  ['a\ud800b', ['a', 'b']],
])('finds the words of %s', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it('finds the words of Japanese, whichever form its letters have', () => {
  const words = wordsOf('データベースを検索する');
  expect(words.length).toBeGreaterThan(2);
  expect(words).toContain(wordsOf('検索')[0]);
  expect(wordsOf('ﾃﾞｰﾀﾍﾞｰｽ')).toEqual(wordsOf('データベース'));
});

it.each([
  ['Japanese', 'バグ', 'ハグ'],
  ['Japanese', 'パス', 'バス'],
  ['Hindi', 'दिन', 'दान'],
  ['Tamil', 'பால்', 'பல்'],
  ['Thai', 'มี', 'มา'],
  ['Thai', 'มี', 'ม'],
  ['Burmese', 'မီ', 'မ'],
])('tells words of %s apart that differ by a mark: %s, %s', (_, one, other) => {
  expect(wordsOf(one)).not.toEqual([]);
  expect(wordsOf(one)).not.toEqual(wordsOf(other));
  for (const form of ['NFC', 'NFD'] as const) expect(wordsOf(one.normalize(form))).toEqual(wordsOf(one));
});

it('finds the words of Thai, vowels that are written in two ways included', () => {
  expect(wordsOf('ฉันดื่มน้ำทุกวัน')).toContain(wordsOf('น้ำ')[0]);
  expect(wordsOf('น้ำ')).toHaveLength(1);
});

it('takes the beginning of a word that is very long', () => {
  expect(wordsOf('x'.repeat(1_000))).toEqual(['x'.repeat(MAX_WORD_UNITS)]);
});

it('finds the same words in any text again, each of them a word by itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const words = wordsOf(text);
      expect(wordsOf(text)).toEqual(words);
      for (const word of words) {
        expect(word).not.toBe('');
        expect(word.length).toBeLessThanOrEqual(MAX_WORD_UNITS);
        expect(word.isWellFormed()).toBe(true);
        expect(word.toLowerCase()).toBe(word);
      }
    }),
  );
});

it('divides long texts into short pieces, between words where it can', () => {
  const sentence = 'Sharding divides a table. ';
  const pieces = [...wordPieces(sentence.repeat(2_000))];
  expect(pieces.length).toBeGreaterThan(10);
  expect(new Set(pieces.flat())).toEqual(new Set(['sharding', 'divides', 'a', 'table']));
  expect([...wordPieces('学'.repeat(10_000))].length).toBeGreaterThan(2);
});
