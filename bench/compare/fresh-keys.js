// Keys like those that were recorded, of other entries: as long, below the same prefixes, and with ids in the order of time.

/** What is another one in every commit: ids (UUIDv7), the number of a change, what an interaction and a vote are called. */
const CHANGING = new RegExp(
  [
    '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
    '(?<=^change:[^:]*:)[0-9]+$',
    '(?<=[:=]interaction-)[0-9]+',
    '(?<=^vote:[^:]*:).+$',
  ].join('|'),
  'g',
);
const isId = (text) => text.length === 36 && /^[0-9a-f-]+$/.test(text);
const isNumber = (text) => /^[0-9]+$/.test(text);

/**
 * @param written what a commit wrote, as [key, value in base64]
 * @returns its entries in the order of their keys, each with the parts of the key, of which those that are numbers stand for an
 * element of `changing`, the texts that have to be made anew; ids among them in their order
 */
export function commitTemplate(written) {
  const texts = new Set(written.flatMap(([key]) => key.match(CHANGING) ?? []));
  const changing = [...texts].sort();
  const places = new Map(changing.map((text, place) => [text, place]));
  const entries = [...written]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => ({ parts: partsOf(key, places), value: Buffer.from(value, 'base64') }));
  return { changing, entries };
}

function partsOf(key, places) {
  const parts = [];
  let from = 0;
  for (const { 0: text, index } of key.matchAll(CHANGING)) {
    if (index > from) parts.push(key.slice(from, index));
    parts.push(places.get(text));
    from = index + text.length;
  }
  if (from < key.length) parts.push(key.slice(from));
  return parts;
}

/** @returns a function that makes texts in the place of others, as long, each another one; ids as time goes on */
export function createFreshTexts(now = Date.now) {
  let count = 0;
  let at = 0;
  let time = '';
  return (changing) =>
    changing.map((text) => {
      count += 1;
      if (isId(text)) {
        const current = now();
        if (current !== at) {
          at = current;
          const digits = at.toString(16).padStart(12, '0');
          time = `${digits.slice(0, 8)}-${digits.slice(8)}`;
        }
        const order = (count & 0xffffff).toString(16).padStart(6, '0');
        return `${time}-7${order.slice(0, 3)}-b${order.slice(3)}${text.slice(23)}`;
      }
      if (isNumber(text)) return String(count).padStart(text.length, '0').slice(-text.length);
      // Neighbours in time are none in the order of hashes.
      const spread = (Math.imul(count, 0x9e3779b1) >>> 0).toString(36).padStart(7, '0');
      return spread + text.slice(spread.length);
    });
}

/** @param texts in the place of those that change */
export function keyOf(parts, texts) {
  let key = '';
  for (const part of parts) key += typeof part === 'number' ? texts[part] : part;
  return key;
}
