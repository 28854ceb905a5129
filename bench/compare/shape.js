// What every server of the comparison holds: the same feedback over the same adapters, a function of numbers alone.

/** Adapter 0 has this many entries, adapter 1 the second number; the others share the rest evenly. */
export const BIG = 20_000;
export const MIDDLE = 1_500;
export const ADAPTERS = 200;
/** The levels of a lineage that is asked for, and the first entries of each. */
export const LEVELS = 5;
export const PER_LEVEL = 20;
export const PAGE = 100;
export const MODELS = ['llama-2-7b', 'llama-3-8b', 'mistral-7b', 'qwen-2-7b'];
const USERS = 10_000;

export function adapterName(number) {
  return `adapter-${String(number).padStart(3, '0')}`;
}

/** The adapters form a binary tree: number 0 is the base model. */
export function parentOf(number) {
  return number === 0 ? undefined : Math.floor((number - 1) / 2);
}

/** An adapter that has {@link LEVELS} ancestors or more, among the last ones. */
export function leafName(index) {
  return adapterName(ADAPTERS - 1 - (index % 64));
}

/** Mixes the bits of a number (murmur3's finalizer), so that fields of neighbouring entries have nothing to do with each other. */
export function mix(number, salt) {
  let mixed = (number + Math.imul(salt, 0x9e3779b1)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Which adapter entry `number` of `entries` is of: the entries of an adapter are spread over the whole of time. */
export function adapterNumber(number, entries) {
  const place = mix(number, 1) / 2 ** 32;
  const big = BIG / entries;
  const middle = MIDDLE / entries;
  if (place < big) return 0;
  if (place < big + middle) return 1;
  return 2 + (mix(number, 2) % (ADAPTERS - 2));
}

/** One entry as a submission of ours; the other loaders rename its fields. */
export function submission(number, adapterId) {
  const negative = mix(number, 3) % 100 < 35;
  return {
    type: negative ? 'negative' : 'positive',
    question: `How do I do step ${number} of the migration, and what does it change for running queries?`,
    answer: `Run the command of step ${number}; queries that run meanwhile are answered from the old layout until it ends.`,
    ...(negative && { correction: `Step ${number} stops running queries first, unlike the others.` }),
    userId: `user-${mix(number, 4) % USERS}`,
    interactionId: `interaction-${number}`,
    modelVersion: MODELS[mix(number, 5) % MODELS.length],
    adapterId,
    adapterVersion: 'v1',
  };
}

/** The id of an entry in the tables beside ours. */
export function postgresId(number) {
  return `feedback-${String(number).padStart(12, '0')}`;
}

/** The first adapters of the tree, each as {id, parent}. */
export function adapterTree(count) {
  return Array.from({ length: count }, (_, number) => {
    const parent = parentOf(number);
    return { id: adapterName(number), parent: parent === undefined ? undefined : adapterName(parent) };
  });
}

/** All entries, over {@link ADAPTERS} adapters. */
export function* allEntries(entries) {
  for (let number = 0; number < entries; number += 1) {
    yield submission(number, adapterName(adapterNumber(number, entries)));
  }
}
