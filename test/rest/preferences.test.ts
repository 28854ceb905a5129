import { expect, it } from 'vitest';
import { prefersAsync } from '../../src/rest/preferences.js';

it.each([
  [undefined, false],
  ['', false],
  ['respond-async', true],
  ['Respond-Async', true],
  ['respond-async; wait=10', true],
  ['return=minimal, wait=10 , respond-async', true],
  ['return=minimal', false],
  ['respond-asynchronously', false],
  ['foo="a, respond-async"', false],
  ['foo="a\\", b", respond-async', true],
])('the preference %s is to be answered at once: %s', (prefer, expected) => {
  expect(prefersAsync({ headers: prefer === undefined ? {} : { prefer } })).toBe(expected);
});

it('a header of quotes that never end is looked through once', () => {
  // Looked through from each quote anew, it would take longer than a test may.
  const quotes = '"\\'.repeat(1_000_000);
  expect(prefersAsync({ headers: { prefer: quotes } })).toBe(false);
  expect(prefersAsync({ headers: { prefer: `respond-async, ${quotes}` } })).toBe(true);
});
