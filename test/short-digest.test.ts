import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortDigest } from '../src/short-digest.js';

test('a short digest is the base64url of the first 16 bytes of a SHA-256', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
      expect(shortDigest(text)).toBe(bytes.toString('base64url'));
    }),
  );
});
