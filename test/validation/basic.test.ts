import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Submission } from '../../src/model/submission.js';
import { DEFAULT_RULES, createValidator } from '../../src/validation/built-in/basic-spam-detection.js';
import type { Verdict } from '../../src/validation/contract.js';
import { createValidation } from '../../src/validation/registry.js';

const GOOD: Submission = { type: 'positive', question: 'What is a shard?', answer: 'A part of the data.' };
const validate = createValidation();
const judge = (submission: Submission): Promise<Verdict> => validate(submission, 'default');
const status = async (fields: Partial<Submission>): Promise<Verdict['status']> =>
  (await judge({ ...GOOD, ...fields })).status;

describe('the basic rules', () => {
  it.each<[string, Partial<Submission>, Verdict['status']]>([
    ['a good entry', {}, 'approved'],
    ['a question of 2', { question: 'eh' }, 'rejected'],
    ['a question of 2 between blanks', { question: '  eh   \n' }, 'rejected'],
    ['a question of 3', { question: 'why' }, 'flagged'],
    ['an answer of 4', { answer: 'nope' }, 'flagged'],
    ['an answer of 5', { answer: 'Never' }, 'approved'],
    ['an answer of 3 emoji, which count twice', { answer: '🦙🦙🦙' }, 'approved'],
    ['an answer of 2 emoji', { answer: '🦙🦙' }, 'flagged'],
    ['an answer of 1 emoji', { answer: '🦙' }, 'rejected'],
    ['a comment of 2', { comment: 'ok' }, 'approved'],
    ['a correction of 2', { correction: 'no' }, 'rejected'],
    ['nine in a row', { answer: `So ${'o'.repeat(9)}` }, 'approved'],
    ['ten in a row', { answer: `S${'o'.repeat(10)}` }, 'rejected'],
    ['ten line breaks in a row', { comment: `a${'\n'.repeat(10)}b` }, 'approved'],
    ['ten llamas in a row', { question: '🦙'.repeat(10) }, 'rejected'],
    ['a spam phrase', { comment: 'Buy  NOW, please' }, 'rejected'],
    ['a spam phrase within a word', { comment: 'The casinos of lotterydom' }, 'approved'],
    ['a spam word before punctuation', { answer: 'Try the casino!' }, 'rejected'],
    ['negative with nothing else', { type: 'negative' }, 'flagged'],
    ['negative with a comment', { type: 'negative', comment: 'Wrong.' }, 'approved'],
    ['negative with a correction', { type: 'negative', correction: 'It is three.' }, 'approved'],
    ['negative, short and spam', { type: 'negative', question: 'why', answer: 'viagra' }, 'rejected'],
  ])('give the documented verdict for %s', async (_name, fields, expected) => {
    expect(await status(fields)).toBe(expected);
  });

  it.each(DEFAULT_RULES.spamKeywords)('reject %s in each of the four texts', async (keyword) => {
    for (const field of ['question', 'answer', 'correction', 'comment']) {
      const verdict = await judge({ ...GOOD, [field]: `Well, ${keyword.toUpperCase()}.` });
      expect(verdict).toMatchObject({
        status: 'rejected',
        reasons: [`The ${field} contains the spam phrase '${keyword}'`],
      });
    }
  });

  it('give a reason exactly where they do not approve', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const any = fc.record(
      {
        type: fc.constantFrom('positive' as const, 'negative' as const),
        question: text,
        answer: text,
        correction: text,
        comment: text,
      },
      { requiredKeys: ['type', 'question', 'answer'] },
    );
    await fc.assert(
      fc.asyncProperty(any, async (submission) => {
        const verdict = await judge(submission);
        expect(verdict.reasons.length === 0).toBe(verdict.status === 'approved');
      }),
    );
  });

  it('reject nothing for a configured length that is greater than the one for quality', () => {
    const strict = createValidator({ ...DEFAULT_RULES, minLength: 10 });
    expect(strict({ ...GOOD, correction: 'It is another part.' })).toEqual({ verdict: 'accept' });
    expect(strict({ ...GOOD, answer: 'A part.' })).toMatchObject({ verdict: 'reject' });
  });

  it('take linear time for any text', () => {
    const hostile = `${'work '.repeat(1_999)}from`;
    expect(createValidator(DEFAULT_RULES)({ ...GOOD, answer: hostile })).toEqual({ verdict: 'accept' });
  });
});
