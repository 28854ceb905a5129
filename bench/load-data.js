// Fills a store with feedback of a known shape, through the same functions as the server.
import { ensureAdapters } from '../dist/adapters/adapters.js';
import { loadKeyedHash } from '../dist/audit/keyed-hash.js';
import { finishSearchIndex } from '../dist/feedback/search/indexer.js';
import { submitBatch } from '../dist/feedback/submit.js';
import { openStore } from '../dist/store/open.js';
import { createValidation } from '../dist/validation/registry.js';

export const ADAPTERS = 500;
export const MODELS = ['llama-2-7b', 'llama-3-8b', 'mistral-7b', 'qwen-2-7b'];
const USERS = 10_000;
const BATCH = 1_000;
export const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };

/** A small generator of pseudo-random numbers (mulberry32), so that every run writes the same. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Few adapters have most of the feedback: number 0 the most, the last one the least. */
export function adapterName(share) {
  return adapterNumber(Math.floor(ADAPTERS * share ** 3));
}

export function adapterNumber(number) {
  return `adapter-${String(number).padStart(3, '0')}`;
}

function submission(number, next) {
  const negative = next() < 0.35;
  return {
    type: negative ? 'negative' : 'positive',
    question: `How do I do step ${number} of the migration, and what does it change for running queries?`,
    answer: `Run the command of step ${number}; queries that run meanwhile are answered from the old layout until it ends.`,
    ...(negative && next() < 0.8
      ? { correction: `Step ${number} stops running queries first, unlike the others.` }
      : {}),
    userId: `user-${Math.floor(next() * USERS)}`,
    interactionId: `interaction-${number}`,
    modelVersion: MODELS[Math.floor(next() * MODELS.length)],
    adapterId: adapterName(next()),
    adapterVersion: 'v1',
  };
}

/**
 * Adds entries `from` to `to`, and indexes them for search, which the server would do while it is measured otherwise; answers
 * the bytes of their own JSON. What `afterBatch` does with the entries of a batch is done while the next one is added.
 */
export async function loadFeedback(
  directory,
  from,
  to,
  onProgress,
  afterBatch = async () => {},
  makeSubmission = submission,
) {
  const store = await openStore(`rocksdb:${directory}`);
  const services = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: Date.now,
    ensureAdapters,
  };
  const next = random(from + 1);
  let bytes = 0;
  let following = Promise.resolve();
  try {
    for (let number = from; number < to; number += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, to - number) }, (_, index) =>
        makeSubmission(number + index, next),
      );
      for (const each of batch) bytes += Buffer.byteLength(JSON.stringify(each));
      const outcomes = await submitBatch(services, ACTOR, batch);
      await following;
      following = afterBatch(
        services,
        outcomes.map(({ feedback }) => feedback),
      );
      onProgress(number + batch.length);
    }
    await following;
    await finishSearchIndex(store, ACTOR.org);
  } finally {
    await store.close();
  }
  return bytes;
}
