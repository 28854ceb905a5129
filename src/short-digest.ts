import { hash } from 'node:crypto';

/** The digits of base64url in the order of their values. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Whole digits of 128 bits; the next one has two bits of them and four that are 0. */
const WHOLE = 21;

/** The first 128 bits of a SHA-256, in base64url. */
export function shortDigest(text: string): string {
  return firstBits(hash('sha256', text, 'base64url'));
}

/**
 * The first 128 bits of a longer digest, both in base64url: to have a digest as text from the start costs half of what it does
 * to make a buffer of it.
 */
export function firstBits(digits: string): string {
  return digits.slice(0, WHOLE) + DIGITS.charAt(DIGITS.indexOf(digits.charAt(WHOLE)) & 0b110000);
}
