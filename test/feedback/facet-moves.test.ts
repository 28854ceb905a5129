import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addToIndex, createFacetMoves, listIndexes, removeFromIndex } from '../../src/feedback/index/membership.js';
import { FACETS } from '../../src/model/facets.js';
import type { Feedback } from '../../src/model/feedback.js';
import { feedbackIdAt } from '../../src/model/ids.js';
import { EMPTY_CHAIN } from '../../src/model/node.js';
import { QueuedWrites } from '../../src/store/transactions/queued-writes.js';

const keyedHash = (org: string, text: string): string => `hash-of-${org}-${text}`;

/** Few, so that entries share them, with what keys escape. */
const name = fc.constantFrom('a', 'b:c', '50%', 'é', '\u{1f600}');
const facet = fc.constantFrom(...FACETS.map((each) => each.name));

const entry = fc.record(
  {
    type: fc.constantFrom('positive' as const, 'negative' as const),
    validationStatus: fc.constantFrom('approved' as const, 'flagged' as const, 'pending' as const),
    time: fc.integer({ min: Date.UTC(2026, 1, 27), max: Date.UTC(2026, 2, 3) }),
    userId: name,
    interactionId: name,
    conversationId: name,
    modelVersion: name,
    adapterId: name,
    adapterVersion: name,
    tags: fc.uniqueArray(name, { maxLength: 3 }),
    scores: fc.dictionary(name, fc.oneof(fc.boolean(), fc.double({ noNaN: true }), name), { maxKeys: 2 }),
    fingerprint: name,
    review: fc.record({ reviewer: name, at: fc.integer({ min: 0, max: 2e12 }), counted: fc.constant(true as const) }),
  },
  { requiredKeys: ['type', 'validationStatus', 'time'] },
);

const move = fc.record({ entry, adapters: fc.uniqueArray(name, { maxLength: 3 }), from: facet, to: facet });

function toFeedback({ time, review, ...fields }: typeof entry extends fc.Arbitrary<infer Entry> ? Entry : never) {
  const feedback: Feedback = {
    ...fields,
    ...(review !== undefined && { review: { ...review, verdict: 'approve', version: 2 } }),
    question: 'How do I enable sharding?',
    answer: 'Use the SHARD BY clause.',
    id: feedbackIdAt(time),
    version: 1,
    validationReasons: [],
    use: 'unused',
    trainingBatchId: 0,
    createdAt: time,
    updatedAt: time,
    submittedBy: 'somebody',
    audit: EMPTY_CHAIN,
  };
  return feedback;
}

/** What is written in the end: a counter that is added 0 to stays as it is. */
function written({ puts, deltas }: QueuedWrites) {
  return {
    puts: new Map([...puts].sort()),
    deltas: new Map([...deltas].filter(([, delta]) => delta !== 0).sort()),
  };
}

it('moves entries of a group as each is taken out of its indexes and put into them by itself', () => {
  fc.assert(
    fc.property(fc.constantFrom('org', 'o:1%'), fc.array(move, { maxLength: 12 }), (org, moved) => {
      const [together, alone] = [new QueuedWrites(), new QueuedWrites()];
      const moves = createFacetMoves(together, org, keyedHash);
      for (const { entry: made, adapters, from, to } of moved) {
        if (from === to) continue;
        const feedback = toFeedback(made);
        moves.move(feedback, adapters, from, to);
        const indexes = listIndexes(org, feedback, adapters, keyedHash);
        for (const index of indexes) removeFromIndex(alone, org, index, from, feedback.id);
        for (const index of indexes) addToIndex(alone, org, index, to, feedback.id);
      }
      moves.end();
      expect(written(together)).toEqual(written(alone));
    }),
  );
});
