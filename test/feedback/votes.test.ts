import { describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { eraseFeedback, eraseFeedbackOfUser } from '../../src/feedback/erase.js';
import { GENERATED_ID_PREFIX } from '../../src/feedback/external-ids.js';
import { createPluginHost, tellPlugins } from '../../src/feedback/plugin-host.js';
import { reviewFeedback, undoReview } from '../../src/feedback/review.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { submitBatch, submitFeedback, type Submitted } from '../../src/feedback/submit.js';
import { forgetName } from '../../src/maintenance/people/forget-name.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { decodeFeedback, encodeFeedback } from '../../src/model/feedback.js';
import type { GivenSubmission, Submission } from '../../src/model/submission.js';
import type { ValidationServices } from '../../src/services.js';
import { feedbackKey } from '../../src/store/layout.js';
import { createValidation, startValidation } from '../../src/validation/registry.js';
import { domainOf } from '../maintenance/support.js';
import { ACTOR, PRAISE } from '../support/graph.js';
import { openJudged } from '../support/judged.js';
import { openMemoryStore } from '../support/memory-engine.js';

const VOTE: Submission = { ...PRAISE, userId: 'u', interactionId: 'i' };
const CHANGED: Submission = { ...VOTE, type: 'negative', comment: 'It is not.' };

/** A store, and its services with the plugins of `setting`. */
async function open(overrides: Partial<ValidationServices> = {}) {
  const store = await openMemoryStore();
  const services: ValidationServices = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: Date.now,
    ...overrides,
  };
  const submit = (submission: Submission): Promise<Submitted> => submitFeedback(services, ACTOR, submission);
  const keys = (prefix: string) =>
    store.read((reader) => reader.scanKeys({ gte: prefix, lt: `${prefix}~`, limit: 100 }));
  const isSound = async (): Promise<void> => {
    expect((await verifyStore(store)).disagreements).toEqual([]);
  };
  return { store, services, submit, keys, isSound };
}

describe('the key of a vote', () => {
  it('stays where white space around a text is all that changes', async () => {
    const { submit, isSound } = await open();
    const { feedback } = await submit(VOTE);
    for (const answer of [`${VOTE.answer}\n`, ` ${VOTE.answer}`, VOTE.answer]) {
      expect((await submit({ ...VOTE, answer })).feedback.id).toBe(feedback.id);
      await isSound();
    }
  });

  it('of texts that one batch gives and changes again is not left behind', async () => {
    const { services, submit, keys, isSound } = await open();
    const named = { ...VOTE, externalId: 'e' };
    const { feedback } = await submit(named);
    const [second, third] = ['What else is it?', 'What is it at last?'].map((question) => ({ ...named, question }));
    await submitBatch(services, ACTOR, [second!, third!]);
    expect(await keys('vote:')).toHaveLength(1);
    await isSound();
    const { externalId: _, ...unnamed } = second!;
    expect((await submit(unnamed)).feedback.id).not.toBe(feedback.id);
    await isSound();
  });

  it('is gone with the entry, and a vote is then a new one', async () => {
    const { services, submit, keys, isSound } = await open();
    const { feedback } = await submit(VOTE);
    expect(await keys('vote:')).toHaveLength(1);
    await eraseFeedback(services, ACTOR, feedback.id);
    expect(await keys('vote:')).toEqual([]);
    expect((await submit(VOTE)).effect).toBe('created');
    await eraseFeedbackOfUser(services, ACTOR, 'u');
    expect(await keys('vote:')).toEqual([]);
    await isSound();
  });

  it('leads to the newest of the others of the same vote when the newest is gone', async () => {
    const { services, submit, isSound } = await open();
    const entries = [];
    for (const externalId of ['a', 'b', 'c']) entries.push((await submit({ ...VOTE, externalId })).feedback);
    await eraseFeedback(services, ACTOR, entries[2]!.id);
    await isSound();
    const { feedback } = await submit(CHANGED);
    expect(feedback.id).toBe(entries[1]!.id);
    await isSound();
    await eraseFeedbackOfUser(services, ACTOR, 'u');
    await isSound();
  });

  it('is gone with the name of who submitted it for others', async () => {
    const { services, submit, keys, isSound } = await open();
    await submit(VOTE);
    await forgetName(services, ACTOR.org, ACTOR.sub);
    expect(await keys('vote:')).toEqual([]);
    await isSound();
  });

  it('of entries of a store from before is made by a repair, and without one where they have an external id', async () => {
    const { store, services, submit, keys, isSound } = await open();
    const { feedback: one } = await submit(VOTE);
    const { feedback: two } = await submit({ ...VOTE, interactionId: 'other', externalId: 'ext' });
    await store.transact(async (transaction) => {
      for (const key of await transaction.scanKeys({ gte: 'vote:', lt: 'vote;', limit: 9 })) transaction.delete(key);
      for (const { id } of [one, two]) {
        const stored = await transaction.get(feedbackKey(ACTOR.org, id));
        const { said: _, ...before } = decodeFeedback(stored!);
        transaction.put(feedbackKey(ACTOR.org, id), encodeFeedback(before));
      }
    });
    await isSound();
    const named = { ...CHANGED, interactionId: 'other' };
    expect(await submit({ ...named, externalId: 'ext' })).toMatchObject({
      effect: 'updated',
      feedback: { id: two.id },
    });
    expect(await submit(named)).toMatchObject({ effect: 'unchanged', feedback: { id: two.id } });
    await verifyStore(store, { repair: true });
    expect(await keys('vote:')).toHaveLength(2);
    expect(await submit(CHANGED)).toMatchObject({ effect: 'updated', feedback: { id: one.id } });
    expect(await submit(CHANGED)).toMatchObject({ effect: 'unchanged', feedback: { version: 2 } });
    await isSound();
    expect(services.keepsVotes).toBeUndefined();
  });

  it('follows the texts that plugins put in place of what was given', async () => {
    const { submit, isSound } = await open({
      validate: (submission) =>
        Promise.resolve({
          status: 'approved',
          reasons: [],
          changes: { answer: submission.answer.replaceAll(/\d{4}/g, '[NUMBER]') },
        }),
    });
    const vote = { ...VOTE, answer: 'Call 1234.' };
    const { feedback } = await submit(vote);
    expect(feedback.answer).toBe('Call [NUMBER].');
    expect(await submit(vote)).toMatchObject({ effect: 'unchanged', feedback: { id: feedback.id } });
    expect(await submit({ ...vote, comment: 'Good.' })).toMatchObject({
      effect: 'updated',
      feedback: { id: feedback.id },
    });
    await isSound();
  });
});

describe('a change of mind', () => {
  it('about other texts leaves the conversation out of which the earlier ones were', async () => {
    const { submit } = await open();
    const messages = [
      { role: 'user', content: 'What is it?' },
      { role: 'assistant', content: 'It is this.' },
    ] as const;
    const { question, answer } = { question: 'What is it?', answer: 'It is this.' };
    await submit({ ...VOTE, externalId: 'e', question, answer, messages });
    const kept = await submit({ ...CHANGED, externalId: 'e', question, answer });
    expect(kept.feedback.messages).toEqual(messages);
    const { feedback } = await submit({ ...VOTE, externalId: 'e', question: 'What else is it?', answer });
    expect([feedback.question, feedback.messages]).toEqual(['What else is it?', undefined]);
  });

  it('does not repeat the entry that it changes', async () => {
    const store = await openMemoryStore();
    const keyedHash = await loadKeyedHash(store);
    const validation = await startValidation([{ name: 'duplicate_detection', config: {} }], {
      host: createPluginHost(store, keyedHash),
      logger: { warn: () => undefined },
    });
    const services = {
      store,
      keyedHash,
      validate: validation.validate,
      stored: tellPlugins(validation.stored),
      now: Date.now,
    };
    const long = {
      ...VOTE,
      adapterId: 'lora',
      answer: 'A part of the data that one server of several keeps for itself.',
    };
    const { feedback } = await submitFeedback(services, ACTOR, long);
    const second = await submitFeedback(services, ACTOR, { ...long, comment: 'Good.' });
    expect(second).toMatchObject({ effect: 'updated', feedback: { id: feedback.id, validationStatus: 'approved' } });
    const third = await submitFeedback(services, ACTOR, { ...long, comment: 'Good.', interactionId: 'j' });
    expect(third.feedback.validationReasons).toEqual([`It says the same as ${feedback.id}`]);
    await validation.stop();
  });

  it('waits for plugins that validate later', async () => {
    const told: string[] = [];
    const { submit } = await open({
      validate: () => Promise.resolve({ status: 'approved', reasons: [], unfinished: true }),
      pending: (org) => void told.push(org),
    });
    await submit(VOTE);
    expect(told).toEqual([]);
    expect((await submit(CHANGED)).feedback.validationStatus).toBe('pending');
    expect(told).toEqual([ACTOR.org]);
  });

  it('is possible once a review is undone', async () => {
    const { services, read, isSound } = await openJudged(() =>
      Promise.resolve({ status: 'flagged', reasons: ['Odd'] }),
    );
    const { feedback } = await submitFeedback(services, ACTOR, VOTE);
    await reviewFeedback(services, ACTOR, feedback.id, { verdict: 'approve' });
    await expect(submitFeedback(services, ACTOR, CHANGED)).rejects.toMatchObject({ code: 'CONFLICT' });
    await undoReview(services, ACTOR, feedback.id);
    await submitFeedback(services, ACTOR, CHANGED);
    expect(await read(feedback.id)).toMatchObject({ type: 'negative', version: 4 });
    await isSound();
  });

  it('counts after a revision, even if it says what was said first', async () => {
    const { services, submit, isSound } = await open();
    const { feedback } = await submit(VOTE);
    await reviseFeedback(services, ACTOR, feedback.id, { type: 'negative', comment: 'It is not.' });
    expect(await submit(CHANGED)).toMatchObject({ effect: 'unchanged', feedback: { version: 2 } });
    expect(await submit(VOTE)).toMatchObject({ effect: 'updated', feedback: { version: 3, type: 'positive' } });
    await isSound();
  });

  it('moves the entry between the facets of all its adapters', async () => {
    const store = await openMemoryStore();
    const domain = await domainOf(store);
    const vote = { ...VOTE, adapterId: 'one' };
    const id = await domain.submit(vote);
    await domain.link(id, 'two');
    await domain.submit({ ...vote, type: 'negative', comment: 'No.' });
    await domain.submitBatch([
      { ...vote, comment: 'Yes.' },
      { ...vote, type: 'negative', comment: 'No, rather.' },
    ]);
    expect((await verifyStore(store)).disagreements).toEqual([]);
    const edges = await store.read((reader) =>
      reader.scanKeys({ gte: 'edge:default:FEEDBACK_FOR:in:', lt: 'edge:default:FEEDBACK_FOR:in;', limit: 9 }),
    );
    expect(edges).toEqual([expect.stringContaining(`in:one:p:${id}`), expect.stringContaining(`in:two:p:${id}`)]);
  });
});

describe('what was said earlier', () => {
  const at = new Map<GivenSubmission, number>([
    [VOTE, 1_000],
    [CHANGED, 2_000],
  ]);
  const newId = (submission: GivenSubmission) => {
    const createdAt = at.get(submission) ?? 0;
    return { id: `feedback-00000000-${String(createdAt).padStart(4, '0')}-7000-8000-000000000000`, createdAt };
  };

  it('makes no version when an import of all that a user said is run again', async () => {
    const { services } = await open();
    const importing = { ...services, newId };
    const first = await submitBatch(importing, ACTOR, [VOTE, CHANGED]);
    expect(first).toMatchObject([{ effect: 'created' }, { effect: 'updated' }]);
    for (let times = 0; times < 2; times += 1) {
      const again = await submitBatch(importing, ACTOR, [VOTE, CHANGED]);
      expect(again).toMatchObject([{ effect: 'unchanged' }, { effect: 'unchanged', feedback: { version: 2 } }]);
    }
  });

  it.each([{ comment: 'Mended by hand.' }, { withdrawn: true }])('does not take back the change %j', async (change) => {
    const { services, isSound } = await open();
    const importing = { ...services, newId };
    const [outcome] = await submitBatch(importing, ACTOR, [VOTE]);
    const { id } = (outcome as Submitted).feedback;
    await reviseFeedback(services, ACTOR, id, change);
    for (const statement of [VOTE, CHANGED]) {
      const [again] = await submitBatch(importing, ACTOR, [statement]);
      expect(again).toMatchObject({ effect: 'unchanged', feedback: { version: 2 } });
    }
    await isSound();
    // What is said now counts, though.
    expect(await submitFeedback(services, ACTOR, CHANGED)).toMatchObject({ effect: 'updated', feedback: { id } });
  });
});

describe('a row without a time that is imported again', () => {
  const row = { ...VOTE, externalId: `${GENERATED_ID_PREFIX}row` };

  it.each([{ comment: 'Mended by hand.' }, { withdrawn: true }])('does not take back the change %j', async (change) => {
    const { services, isSound } = await open();
    for (let night = 0; night < 3; night += 1) {
      const [again] = await submitBatch(services, ACTOR, [row]);
      const { effect, feedback } = again as Submitted;
      expect([effect, feedback.version]).toEqual(night === 0 ? ['created', 1] : ['unchanged', night + 1]);
      await reviseFeedback(services, ACTOR, feedback.id, { ...change, reason: `Night ${night}.` });
    }
    await isSound();
    // What is new in its source counts.
    const [other] = await submitBatch(services, ACTOR, [{ ...row, type: 'negative' }]);
    expect(other).toMatchObject({ effect: 'updated', feedback: { type: 'negative', version: 5 } });
    const [withdrawn] = await submitBatch(services, ACTOR, [row]);
    expect(withdrawn).toMatchObject({ effect: 'updated', feedback: { type: 'positive', version: 6 } });
  });
});

it('an import takes the newer of two statements of one user, in whatever order they come', async () => {
  const { services, submit } = await open();
  const at = new Map<GivenSubmission, number>([
    [VOTE, 2_000],
    [CHANGED, 1_000],
  ]);
  const importing = {
    ...services,
    newId: (submission: GivenSubmission) => {
      const createdAt = at.get(submission) ?? 0;
      return { id: `feedback-00000000-${String(createdAt).padStart(4, '0')}-7000-8000-000000000000`, createdAt };
    },
  };
  const outcomes = await submitBatch(importing, ACTOR, [VOTE, CHANGED]);
  expect(outcomes).toMatchObject([{ effect: 'created' }, { effect: 'unchanged', feedback: { type: 'positive' } }]);
  expect((await submit(VOTE)).effect).toBe('unchanged');
});
