import { hash } from 'node:crypto';

/** What of a text does not make it another one: form of Unicode (NFKC), case, and how much white space there is. */
export function normalizedText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

const END_MARKS = ' .!?。！？…';

/** A regular expression would begin anew at each of many marks in the middle. */
function withoutEndMarks(text: string): string {
  let end = text.length;
  while (end > 0 && END_MARKS.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/**
 * Equal for the same question: one whose {@link normalizedText} differs at most in the marks at its end. 128 bits, so that
 * many questions can be kept at once.
 */
export function questionKey(question: string): string {
  return hash('sha256', withoutEndMarks(normalizedText(question)), 'buffer').toString('latin1', 0, 16);
}
