import { describe, expect, it } from 'vitest';
import type { Submission } from '../../src/model/submission.js';
import { createValidation } from '../../src/validation/registry.js';

const validate = createValidation();

async function verdictOf(fields: Partial<Submission>): Promise<readonly [string, readonly string[]]> {
  const submission: Submission = { type: 'positive', question: 'What is a shard?', answer: 'A part.', ...fields };
  const { status, reasons } = await validate(submission, 'default');
  return [status, reasons];
}

const TABLE = `| key        | default | unit |
|------------|---------|------|
| timeout    | 30      | s    |
| retries    | 3       |      |
+============+=========+======+`;

const PYTHON = `for rack in racks:
    for host in rack.hosts:
        if host.alive:
                    report(host)
# ----------------------------------------
print("=" * 40)`;

const OVERVIEW = `Release notes
=============

1. Install ............................ 3
2. Configure .......................... 12

****************************************
Next release: __________ (fill in)`;

const TREE = `project
├── src
│   └── main.rs
└───────────────── Cargo.toml`;

const DIALOG = `User: Is the night train late again?
Assistant: Let me look... It leaves at 23:40.\n\n\n\n\n\n\n\n\n\n\n\nUser: ~~~~~ thank you!`;

describe('ordinary texts are approved', () => {
  it.each<[string, Partial<Submission>]>([
    ['a table', { answer: TABLE }],
    ['indented code with rules in it', { answer: PYTHON }],
    ['headings, leaders, rules and blanks to fill in', { question: 'Show me the notes', answer: OVERVIEW }],
    ['a tree of box-drawing characters', { answer: TREE }],
    ['a dialog with many blank lines', { answer: DIALOG }],
    ['full-width blanks', { answer: `甲${'\u3000'.repeat(12)}乙，完。` }],
    ['a Chinese question and answer of two and three characters', { question: '你好吗', answer: '很好。' }],
    ['a Japanese correction of two characters', { type: 'negative', answer: 'いいえ', correction: 'はい' }],
    ['a Korean yes with a comment of one emoji', { answer: '네, 맞아요', comment: '👍' }],
    ['a comment of one letter', { comment: 'k' }],
    ['a negative judgement with one emoji', { type: 'negative', comment: '👎' }],
  ])('%s', async (_name, fields) => {
    expect(await verdictOf(fields)).toEqual(['approved', []]);
  });
});

describe('what says nothing is still rejected', () => {
  it.each<[string, Partial<Submission>]>([
    ['ten letters in a row', { answer: 'nooooooooooo!' }],
    ['ten digits in a row', { answer: 'The id is 0000000000.' }],
    ['ten exclamation marks in a row', { comment: 'bad!!!!!!!!!!' }],
    ['ten emoji in a row', { comment: '😡'.repeat(10) }],
    ['ten Chinese characters in a row', { comment: '哈'.repeat(10) }],
    ['a question of one Chinese character', { question: '啊' }],
    ['a correction of two letters', { correction: 'no' }],
  ])('%s', async (_name, fields) => {
    expect((await verdictOf(fields))[0]).toBe('rejected');
  });
});

const FILLER =
  'In the survey of last spring, most of the people who answered said that their daily commute had become shorter, and ' +
  'that they would not want to go back to five days in the office. ';

describe('spam phrases', () => {
  it.each<[string, string, string]>([
    ['an advertisement', 'Best casino in town, buy now!', 'rejected'],
    ['an advertisement with blanks to seem longer', `Buy now!${' '.repeat(500)}Free money!`, 'rejected'],
    ['a longer advertisement with several', `${FILLER}Buy now, click here for free money and weight loss!`, 'rejected'],
    ['a longer text that contains one', `${FILLER}About a third work from home on Fridays.`, 'flagged'],
    ['a quotation', 'The banner says "Click here", which no screen reader explains.', 'flagged'],
    ['a quotation in Chinese marks', '按钮上写着「Buy now」。', 'flagged'],
    ['an email that is quoted', 'Is this one real?\n> You have won the lottery', 'flagged'],
    ['code in a line', 'Set the label to `buy now` in the theme.', 'flagged'],
    ['a fenced block', 'Use this:\n```html\n<a href="/cart">Buy now</a>\n```', 'flagged'],
    ['a fenced block without an end', 'Use this:\n~~~\n<button>Buy now</button>', 'flagged'],
    ['an advertisement beside code', 'Buy now! `npm install`', 'rejected'],
    ['an advertisement with an apostrophe', "Don't wait, buy now, it's cheap", 'rejected'],
  ])('in %s', async (_name, answer, expected) => {
    expect((await verdictOf({ answer }))[0]).toBe(expected);
  });

  it('in code, quotations and longer texts say so', async () => {
    const [, reasons] = await verdictOf({ answer: 'The button says "Buy  NOW" in red.' });
    expect(reasons).toEqual(["The answer contains the spam phrase 'buy now' in code, a quotation or a longer text"]);
  });

  it.each(['"', "'", '`', '“', '「', '> ', '~~~\n', '```', '‘„«'])('are found among many of %j', async (mark) => {
    // In linear time, or this never ends.
    const [status] = await verdictOf({ answer: `Buy now ${mark.repeat(100_000 / mark.length)}` });
    expect(status).not.toBe('approved');
  });
});

it('a correction that equals the answer after trimming is flagged', async () => {
  const fields = { type: 'negative', answer: 'It is 4000.', correction: ' It is 4000.\n' } as const;
  expect(await verdictOf(fields)).toEqual(['flagged', ['The correction is the same as the answer']]);
  expect(await verdictOf({ ...fields, correction: 'It is 4001.' })).toEqual(['approved', []]);
});
