import { randomFillSync } from 'node:crypto';

/** Bytes that are drawn at once: a call costs ten times what these few more do. */
const DRAWN_BYTES = 4_096;

const drawn = Buffer.alloc(DRAWN_BYTES);
let taken = DRAWN_BYTES;

/** Cryptographically random bytes, few at a time, that nobody else is given. They are to be used before the next are taken. */
export function takeRandomBytes(count: number): Buffer {
  if (taken + count > DRAWN_BYTES) {
    randomFillSync(drawn);
    taken = 0;
  }
  taken += count;
  return drawn.subarray(taken - count, taken);
}
