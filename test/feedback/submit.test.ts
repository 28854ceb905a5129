import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { submitBatch } from '../../src/feedback/submit.js';
import { decodePointer, keyOfVote } from '../../src/feedback/votes.js';
import { FIELDS } from '../../src/model/feedback-fields.js';
import { decodeFeedback, type Feedback } from '../../src/model/feedback.js';
import type { GivenSubmission } from '../../src/model/submission.js';
import type { Store } from '../../src/store/contract.js';
import { prefixRange } from '../../src/store/keys.js';
import { feedbackKey, voteKey } from '../../src/store/layout.js';
import { createValidation } from '../../src/validation/registry.js';
import { APPROVED } from '../support/feedback.js';
import { openMemoryStore } from '../support/memory-engine.js';

const NOW = Date.UTC(2026, 0, 1);
const actor = { sub: 'tester', org: 'default', requestId: 'request-1' };

async function openServices() {
  const store = await openMemoryStore();
  const keyedHash = await loadKeyedHash(store);
  return { store, keyedHash, validate: createValidation(undefined), now: () => NOW };
}

async function storedEntry(store: Store, id: string): Promise<Feedback> {
  const stored = await store.read((reader) => reader.get(feedbackKey('default', id)));
  return decodeFeedback(stored!);
}

test('what the server knows of an entry has names that no field of a submission has', async () => {
  const services = await openServices();
  const [outcome] = await submitBatch(services, actor, [APPROVED]);
  const { feedback } = outcome as { readonly feedback: Feedback };
  const known = Object.keys(feedback).filter((name) => !Object.hasOwn(APPROVED, name));
  expect(known).toContain('version');
  expect(FIELDS.map(({ name }) => name).filter((name) => known.includes(name as string))).toEqual([]);
  await services.store.close();
});

test('an entry is stored as it is answered, and made now unless it says when', async () => {
  const services = await openServices();
  const unsaid = { ...APPROVED, question: 'Since when is it sharded?', createdAt: undefined };
  const earlier = { ...APPROVED, question: 'Until when was it whole?', createdAt: NOW - 1_000 };
  // What JavaScript may give for what is not said.
  const submissions = [APPROVED, unsaid, earlier] as Parameters<typeof submitBatch>[2];
  const before = Date.now();
  const outcomes = await submitBatch(services, actor, submissions);
  const made: number[] = [];
  for (const outcome of outcomes) {
    const { feedback } = outcome as { readonly feedback: Feedback };
    expect(await storedEntry(services.store, feedback.id)).toEqual(feedback);
    made.push(feedback.createdAt);
  }
  expect(made[0]).toBeGreaterThanOrEqual(before);
  expect(made[1]).toBeGreaterThanOrEqual(before);
  expect(made[2]).toBe(NOW - 1_000);
  await services.store.close();
});

test('an external id is hashed once for each key that may lead to its entry, however often it is looked for', async () => {
  const services = await openServices();
  const hashed: string[] = [];
  const counting = {
    ...services,
    keyedHash: (org: string, text: string): string => {
      hashed.push(text);
      return services.keyedHash(org, text);
    },
  };
  for (const effect of ['created', 'unchanged']) {
    hashed.length = 0;
    const outcomes = await submitBatch(counting, actor, [{ ...APPROVED, externalId: 'order-1' }]);
    expect(outcomes).toMatchObject([{ effect }]);
    expect(hashed.filter((text) => text.includes('order-1'))).toHaveLength(2);
  }
  await services.store.close();
});

test('each vote leads to the newest entry of it, however often entries change their votes', async () => {
  const text = fc.constantFrom('Why?', ' Why? ', 'Use the SHARD BY clause.');
  const submission: fc.Arbitrary<GivenSubmission> = fc.record(
    {
      type: fc.constantFrom('positive' as const, 'negative' as const),
      question: fc.constant('Why?'),
      answer: text,
      userId: fc.constantFrom('ann', 'bob'),
      interactionId: fc.constantFrom('i-1', 'i-1', 'i-2'),
      externalId: fc.constantFrom('x-1', 'x-2', 'x-3'),
      adapterId: fc.constantFrom('lora', 'other'),
      createdAt: fc.constantFrom(NOW - 2_000, NOW - 1_000, NOW),
    },
    { requiredKeys: ['type', 'question', 'answer'] },
  );
  const batches = fc.array(fc.array(submission, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });
  const one = { type: 'positive' as const, question: 'Why?', answer: 'So.', userId: 'ann', interactionId: 'i-1' };
  const joined = { ...one, externalId: 'x-1', adapterId: 'lora' };
  const left = { ...joined, answer: 'Why?' };
  await fc.assert(
    fc.asyncProperty(batches, async (each) => {
      const services = await openServices();
      for (const batch of each) await submitBatch(services, actor, batch);
      const { entries, votes } = await services.store.read(async (reader) => ({
        entries: await reader.scan({ ...prefixRange('help_feedback:default:'), limit: Infinity }),
        votes: await reader.scan({ ...prefixRange(voteKey('default', '')), limit: Infinity }),
      }));
      const newest = new Map<string, string>();
      for (const { value } of entries) {
        const feedback = decodeFeedback(value);
        const key = keyOfVote(services.keyedHash, 'default', feedback);
        if (key !== undefined && feedback.id > (newest.get(key) ?? '')) newest.set(key, feedback.id);
      }
      expect(new Map(votes.map(({ key, value }) => [key, decodePointer(value)]))).toEqual(newest);
      await services.store.close();
    }),
    { numRuns: 150, examples: [[[[one, joined, left]]], [[[one, joined], [left]]], [[[one], [joined, left]]]] },
  );
});
