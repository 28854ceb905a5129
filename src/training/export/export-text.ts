/** Texts as exports write them. */
import type { Feedback } from '../../model/feedback.js';

/**
 * Without white space at both ends: neither what JavaScript nor what Python takes for white space. Axolotl looks for the
 * trimmed text in the rendered conversation and trains on nothing where that differs.
 */
export function exportText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Not `\s` alone: Python's `str.strip` takes the separators of ASCII and the next line (U+0085), too. */
const SPACES = /[\s\u001c-\u001f\u0085]/;

function isSpace(code: number): boolean {
  return code === 0x20 || (code < 0x21 || code > 0x7e ? SPACES.test(String.fromCharCode(code)) : false);
}

/** Whether a text has anything that a reader sees: more than space, control and format characters. */
export function isVisible(text: string): boolean {
  return /[^\p{C}\p{Z}\s\u115f\u1160\u3164\uffa0\u2800]/u.test(text);
}

/** What a negative entry says would have been right, if it does. */
export function correctionOf({ type, correction }: Pick<Feedback, 'type' | 'correction'>): string | undefined {
  if (type !== 'negative' || correction === undefined || !isVisible(correction)) return undefined;
  return exportText(correction);
}

/** Whether two texts are the same for a trainer: case and white space matter, the form of Unicode does not. */
export function isSameText(one: string, other: string): boolean {
  return exportText(one).normalize() === exportText(other).normalize();
}
