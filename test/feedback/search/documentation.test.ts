import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { matchesSearch } from '../../../src/feedback/search/match.js';
import { parseSearch } from '../../../src/feedback/search/query.js';

const page = readFileSync('docs/search.md', 'utf8');
const [, question = '', comment = ''] = /question is `([^`]+)` and whose comment is `([^`]+)`/.exec(page) ?? [];
const rows = [...page.matchAll(/^\| `([^`]+)` +\| (yes|no) /gm)].map(([, search = '', found = '']) => [search, found]);

it('has examples', () => {
  expect(question).not.toBe('');
  expect(rows.length).toBeGreaterThan(10);
});

it.each(rows)('what the documentation says of %s: %s', async (search, found) => {
  const entry = { question, answer: 'An answer.', comment };
  expect(await matchesSearch(parseSearch(search), entry)).toBe(found === 'yes');
});
