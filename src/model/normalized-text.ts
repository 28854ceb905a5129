import { hash } from 'node:crypto';

/** What of a text does not make it another one: form of Unicode (NFKC), case, and how much white space there is. */
export function normalizedText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/**
 * Equal for the same question: one whose {@link normalizedText} differs at most in the marks at its end. 128 bits, so that
 * many questions can be kept at once.
 */
export function questionKey(question: string): string {
  const normalized = normalizedText(question).replace(/[\s.!?。！？…]+$/u, '');
  return hash('sha256', normalized, 'buffer').toString('latin1', 0, 16);
}
