/**
 * What a model sees of a text: how often runs of 3 to 5 characters occur, by hash. Whoever trains a model computes the
 * same; docs/validation-plugins.md says how.
 */

const SHORTEST = 3;
const LONGEST = 5;

/**
 * The text in NFKC and lower case, with white space as one blank and one at both ends; every run of 3, 4 and 5 code
 * points of it is hashed by FNV-1a (32 bits, over its UTF-8 bytes) and counted in the place `hash mod size`; the counts
 * are then scaled to a length of 1.
 */
export function textFeatures(text: string, size: number): Float32Array {
  const features = new Float32Array(size);
  const plain = ` ${text.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ')} `;
  const characters = Array.from(plain, (character) => Buffer.from(character));
  for (let start = 0; start < characters.length; start += 1) {
    let hash = 0x811c9dc5;
    for (let length = 1; length <= LONGEST && start + length <= characters.length; length += 1) {
      for (const byte of characters[start + length - 1] ?? []) hash = Math.imul(hash ^ byte, 0x01000193);
      if (length < SHORTEST) continue;
      const place = (hash >>> 0) % size;
      features[place] = (features[place] ?? 0) + 1;
    }
  }
  let squares = 0;
  for (const count of features) squares += count * count;
  return squares === 0 ? features : features.map((count) => count / Math.sqrt(squares));
}
