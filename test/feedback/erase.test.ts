import { expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { eraseFeedbackOfUser } from '../../src/feedback/erase.js';
import { submitBatch, submitFeedback } from '../../src/feedback/submit.js';
import { prefixRange } from '../../src/store/keys.js';
import { decodeRecord } from '../../src/store/record.js';
import { createValidation } from '../../src/validation/registry.js';
import { ACTOR, PRAISE } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

it("a user's entries are erased in the order of their age, whatever has to be read for each", async () => {
  const store = await openMemoryStore();
  const keyedHash = await loadKeyedHash(store);
  const services = { store, keyedHash, validate: createValidation(undefined), now: Date.now };
  const vote = { ...PRAISE, userId: 'u', interactionId: 'i' };
  // The first takes the longest to read: it has versions, links, and a vote for which there may be an heir.
  await submitFeedback(services, ACTOR, { ...vote, adapterId: 'lora' });
  await submitFeedback(services, ACTOR, { ...vote, adapterId: 'lora', type: 'negative' });
  await submitBatch(
    services,
    ACTOR,
    ['What else?', 'And then?'].map((question) => ({ ...PRAISE, question, userId: 'u' })),
  );
  const nodes = async (prefix: string): Promise<unknown[]> => {
    const range = { ...prefixRange(prefix), limit: Infinity };
    return store.read(async (reader) => (await reader.scan(range)).map(({ value }) => decodeRecord(value)));
  };
  const entries = (await nodes(`help_feedback:${ACTOR.org}:`)) as { readonly id: string }[];
  await eraseFeedbackOfUser(services, ACTOR, 'u');
  const events = (await nodes(`audit:${ACTOR.org}:`)) as { readonly action: string; readonly node: string }[];
  const erased = events.filter(({ action }) => action === 'feedback.erase').map(({ node }) => node);
  expect(erased).toHaveLength(3);
  expect(erased).toEqual(entries.map(({ id }) => id));
  await store.close();
});
