import { randomBytes } from 'node:crypto';
import { hash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { registerAdapter } from '../../src/adapters/register.js';
import { ERASED_NAME } from '../../src/audit/actor-note.js';
import { decodeAuditEvent, encodeAuditEvent } from '../../src/audit/events.js';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { auditPage } from '../../src/audit/log.js';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { claimForReview } from '../../src/feedback/review/claims.js';
import { skipReviews } from '../../src/feedback/review/held.js';
import { reviewFeedback, undoReview } from '../../src/feedback/review.js';
import { submitFeedback } from '../../src/feedback/submit.js';
import { erasePerson } from '../../src/maintenance/people/erase-person.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { decodeFeedback, encodeFeedback } from '../../src/model/feedback.js';
import type { ValidationServices } from '../../src/services.js';
import type { Store } from '../../src/store/contract.js';
import { openRocksDb } from '../../src/store/engine/rocksdb.js';
import { keyPrefix, lastComponent, prefixRange } from '../../src/store/keys.js';
import { auditKey, auditOfPrefix, feedbackKey } from '../../src/store/layout.js';
import { openTransactionalStore } from '../../src/store/transactions/transactional-store.js';
import { createTrainingBatch } from '../../src/training/work.js';
import { createValidation } from '../../src/validation/registry.js';

let directory: string;
let store: Store;
let services: ValidationServices;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-people-'));
  store = await openTransactionalStore((mode) => openRocksDb(directory, mode));
  services = { store, keyedHash: await loadKeyedHash(store), validate: createValidation(undefined), now: Date.now };
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const actorOf = (sub: string) => ({ sub, org: 'default', requestId: 'test' });
const ADMIN = actorOf('admin');
const word = (): string => randomBytes(12).toString('hex');

async function filesHolding(text: string): Promise<string[]> {
  const names = await readdir(directory);
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))));
  return names.filter((_, nth) => contents[nth]?.includes(text));
}

async function submit(sub: string, userId?: string): Promise<string> {
  const { feedback } = await submitFeedback(services, actorOf(sub), {
    type: 'positive',
    question: `How do I enable sharding, ${word()}?`,
    answer: 'Use the SHARD BY clause.',
    adapterId: 'lora',
    ...(userId !== undefined && { userId }),
  });
  return feedback.id;
}

/** What a person has done to what others have submitted, too. */
async function takePartAs(sub: string): Promise<string> {
  const id = await submit('somebody');
  await linkFeedback(services, actorOf(sub), { feedbackId: id, adapterId: 'other' });
  await reviewFeedback(services, actorOf(sub), id, { verdict: 'reject' });
  await undoReview(services, actorOf('somebody'), id);
  await registerAdapter(services, actorOf(sub), { id: 'lora', version: 'v2', derivedFrom: ['base'] });
  await submit('somebody');
  await createTrainingBatch(services, actorOf(sub), {
    filter: { adapterId: 'lora' },
    newestFirst: false,
    limit: 10,
    holdout: 0,
    leaseMinutes: 60,
  });
  return id;
}

async function actors(): Promise<Set<string>> {
  const { events } = await store.read((reader) => auditPage(reader, 'default', {}, 1_000, undefined));
  return new Set(events.map(({ actor }) => actor));
}

/** Makes the events of a node what a store of before has: with their actors in them. */
async function asBefore(id: string): Promise<void> {
  await store.transact(async (transaction) => {
    const pointers = await transaction.scan({ ...prefixRange(auditOfPrefix('default', id)), limit: 99 });
    let head = '';
    for (const { key, value } of pointers) {
      const eventKey = auditKey('default', lastComponent(key));
      const event = await transaction.get(eventKey);
      if (event === undefined) throw new Error('No event');
      const bytes = encodeAuditEvent({ ...decodeAuditEvent(event, value), previous: head });
      transaction.put(eventKey, bytes);
      transaction.put(key, Buffer.alloc(0));
      head = hash('sha256', bytes, 'hex');
    }
    const stored = await transaction.get(feedbackKey('default', id));
    if (stored === undefined) throw new Error('No entry');
    const feedback = decodeFeedback(stored);
    transaction.put(
      feedbackKey('default', id),
      encodeFeedback({ ...feedback, audit: { head, length: feedback.audit.length } }),
    );
  });
  expect(await verifyStore(store)).toMatchObject({ found: 0 });
}

it('a user who is erased is named by nothing that stays, and the chains of events still verify', async () => {
  const [name, other] = [`user-${word()}`, `user-${word()}`];
  await Promise.all([submit(name, name), submit('backend', name), submit(other, other)]);
  await takePartAs(name);
  expect(await filesHolding(name)).not.toEqual([]);

  const { erasedCount } = await erasePerson(services, ADMIN, { userId: name });

  expect(erasedCount).toBe(2);
  expect(await filesHolding(name)).toEqual([]);
  expect(await filesHolding(other)).not.toEqual([]);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  expect(await actors()).toEqual(new Set([ERASED_NAME, 'admin', 'backend', other, 'somebody']));
});

it('a submitter is erased by the name in their token, with what they submitted for others', async () => {
  const name = `sub-${word()}`;
  const kept = await submit('backend', 'ann');
  await Promise.all([submit(name, 'ann'), submit(name)]);
  const reviewed = await takePartAs(name);

  expect(await erasePerson(services, ADMIN, { sub: name })).toMatchObject({ erasedCount: 2 });
  expect(await erasePerson(services, ADMIN, { sub: name })).toMatchObject({ erasedCount: 0 });

  expect(await filesHolding(name)).toEqual([]);
  for (const id of [kept, reviewed]) {
    expect(await store.read((reader) => reader.get(feedbackKey('default', id)))).toBeDefined();
  }
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it('a reviewer who is erased is not named by the claims that they have left', async () => {
  const name = `reviewer-${word()}`;
  const say = { type: 'negative', question: 'How do I shard?', answer: 'You do not.' } as const;
  const { feedback } = await submitFeedback(services, actorOf('ann'), say);
  expect(feedback.validationStatus).toBe('flagged');
  const claim = () => claimForReview(services, actorOf(name), { count: 1, minutes: 5 });
  await skipReviews(services, actorOf(name), [feedback.id]);
  expect(await claim()).toMatchObject({ ids: [feedback.id], areSkipped: true });
  const hash = services.keyedHash('default', name);
  const keysOfName = async (): Promise<string[]> => {
    const keys = await store.read((reader) => reader.scanKeys({ gte: 'a', lt: 'z', limit: Infinity }));
    return keys.filter((key) => key.includes(hash));
  };
  expect(await filesHolding(name)).not.toEqual([]);
  expect(await keysOfName()).toHaveLength(4);

  await erasePerson(services, ADMIN, { sub: name });

  expect(await filesHolding(name)).toEqual([]);
  expect(await keysOfName()).toEqual([]);
  expect(await claim()).toMatchObject({ ids: [feedback.id], areSkipped: false });
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it('a reviewer who is erased is not named by the days of their reviews, and undoing one restores none', async () => {
  const name = `reviewer-${word()}`;
  const ids = [await submit('ann'), await submit('ann')];
  for (const id of ids) await reviewFeedback(services, actorOf(name), id, { verdict: 'reject' });
  // Again: the review before it names the reviewer in an earlier version.
  await reviewFeedback(services, actorOf('bob'), ids[1] ?? '', { verdict: 'approve' });
  const hash = services.keyedHash('default', name);
  const keysOfName = async (): Promise<string[]> => {
    const keys = await store.read((reader) => reader.scanKeys({ gte: 'a', lt: 'z', limit: Infinity }));
    return keys.filter((key) => key.includes(hash));
  };
  expect(await keysOfName()).toHaveLength(2);

  await erasePerson(services, ADMIN, { sub: name });

  expect(await keysOfName()).toEqual([]);
  expect(await filesHolding(name)).toEqual([]);
  for (const id of ids.toReversed()) await undoReview(services, ADMIN, id);
  expect(await keysOfName()).toEqual([]);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it('what a user who is erased submitted for others is found by its external id no more', async () => {
  const names = [`user-${word()}`, `user-${word()}`];
  const submitForAnn = async (sub: string): Promise<string> => {
    const { feedback } = await submitFeedback(services, actorOf(sub), {
      type: 'positive',
      question: 'How do I enable sharding?',
      answer: 'Use the SHARD BY clause.',
      userId: 'ann',
      externalId: 'answer-1',
    });
    return feedback.id;
  };
  const ids = [await submitForAnn(names[0]!), await submitForAnn(names[1]!)];
  for (const userId of names) expect(await erasePerson(services, ADMIN, { userId })).toMatchObject({ erasedCount: 0 });
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  for (const id of ids) expect(await store.read((reader) => reader.get(feedbackKey('default', id)))).toBeDefined();

  expect(await erasePerson(services, ADMIN, { userId: 'ann' })).toMatchObject({ erasedCount: 2 });
  const range = { ...prefixRange(keyPrefix('external_id', 'default')), limit: 9 };
  expect(await store.read((reader) => reader.scanKeys(range))).toEqual([]);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
});

it('also where audit events are of a store from before, and name their actors themselves', async () => {
  const name = `sub-${word()}`;
  const [reviewed, submitted] = [await takePartAs(name), await submit(name)];
  await asBefore(reviewed);
  await asBefore(submitted);
  expect(await actors()).toContain(name);

  await erasePerson(services, ADMIN, { sub: name });

  expect(await filesHolding(name)).toEqual([]);
  expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  expect(await actors()).toContain('somebody');
});

it('of another organization, nothing is erased', async () => {
  const name = `user-${word()}`;
  await submitFeedback(
    services,
    { ...actorOf(name), org: 'other' },
    { type: 'positive', question: 'How do I enable sharding?', answer: 'Use SHARD BY.', userId: name },
  );
  expect(await erasePerson(services, ADMIN, { userId: name })).toMatchObject({ erasedCount: 0 });
  expect(await erasePerson(services, ADMIN, { sub: name })).toMatchObject({ erasedCount: 0 });
  expect(await filesHolding(name)).not.toEqual([]);
});

it('a name that was exchanged is found', async () => {
  const id = await submit('ann');
  const range = { ...prefixRange(auditOfPrefix('default', id)), limit: 9 };
  const [pointer] = await store.read((reader) => reader.scan(range));
  const [another] = await submit('bob').then((bobs) =>
    store.read((reader) => reader.scan({ ...prefixRange(auditOfPrefix('default', bobs)), limit: 9 })),
  );
  if (pointer === undefined || another === undefined) throw new Error('No pointers');
  await store.transact((transaction) => {
    transaction.put(pointer.key, another.value);
    return Promise.resolve();
  });
  const { disagreements } = await verifyStore(store);
  expect(disagreements).toMatchObject([{ kind: 'audit_of', node: id, repair: 'impossible' }]);
});
