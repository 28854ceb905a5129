/**
 * SHA-256 (FIPS 180-4) of bytes that come in pieces: the browser's own takes them all at once, and is there on HTTPS alone.
 */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** In hexadecimal digits. No bytes may follow. */
  digest(): string;
}

const BLOCK = 64;

/** The first 32 bits of the fractional parts of roots of the first primes. */
function fractions(count: number, root: (prime: number) => number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes.map((prime) => ((root(prime) % 1) * 2 ** 32) | 0);
}

const INITIAL = fractions(8, Math.sqrt);
const ROUNDS = fractions(64, Math.cbrt);

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

export function createSha256(): Sha256 {
  const state = Int32Array.from(INITIAL);
  const words = new Int32Array(64);
  const block = new Uint8Array(BLOCK);
  const view = new DataView(block.buffer);
  let filled = 0;
  let length = 0;

  const compress = (): void => {
    for (let place = 0; place < 16; place++) words[place] = view.getInt32(place * 4);
    for (let place = 16; place < 64; place++) {
      const two = words[place - 2] ?? 0;
      const fifteen = words[place - 15] ?? 0;
      const one = rotate(two, 17) ^ rotate(two, 19) ^ (two >>> 10);
      const zero = rotate(fifteen, 7) ^ rotate(fifteen, 18) ^ (fifteen >>> 3);
      words[place] = one + (words[place - 7] ?? 0) + zero + (words[place - 16] ?? 0);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let round = 0; round < 64; round++) {
      const choice = (e & f) ^ (~e & g);
      const first =
        (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + (ROUNDS[round] ?? 0) + (words[round] ?? 0)) | 0;
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [place, word] of [a, b, c, d, e, f, g, h].entries()) state[place] = (state[place] ?? 0) + word;
  };

  const add = (bytes: Uint8Array): void => {
    for (let from = 0; from < bytes.length;) {
      const part = bytes.subarray(from, from + BLOCK - filled);
      block.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < BLOCK) return;
      compress();
      filled = 0;
    }
  };

  return {
    update: (bytes) => {
      length += bytes.length;
      add(bytes);
    },
    digest: () => {
      const bits = length * 8;
      const padding = new Uint8Array(filled < 56 ? BLOCK - filled : 2 * BLOCK - filled);
      padding[0] = 0x80;
      const end = new DataView(padding.buffer);
      end.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
      end.setUint32(padding.length - 4, bits % 2 ** 32);
      add(padding);
      return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    },
  };
}
