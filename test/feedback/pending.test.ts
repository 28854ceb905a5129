import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { CLAIM_LASTS, CLAIMS_RENEWED_EVERY } from '../../src/feedback/pending-claims.js';
import { validatePending, RETRY_AFTER, startPendingKeeper } from '../../src/feedback/pending.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { type PluginSlot, createPluginSlot, runChain } from '../../src/validation/chain.js';
import type { PluginSubmission, PluginVerdict, Validate, ValidationPlugin } from '../../src/validation/contract.js';
import { ACTOR } from '../support/graph.js';
import { openJudged } from '../support/judged.js';

/** A graph where an asynchronous plugin judges by `judge`. */
async function judgedBy(judge: (submission: PluginSubmission) => PluginVerdict | Promise<PluginVerdict>) {
  const asked: string[] = [];
  const plugin: ValidationPlugin = {
    name: 'slow',
    validate: (submission) => {
      asked.push(submission.id ?? 'new');
      return judge(submission);
    },
  };
  const links: PluginSlot[] = [createPluginSlot(plugin, 1_000, true)];
  const validate: Validate = (submission, organization, stored) =>
    runChain(links, submission, organization, { warn: () => undefined }, stored);
  return { ...(await openJudged(validate)), asked };
}

describe('an asynchronous plugin', () => {
  it('lets entries wait as pending, and judges each once, a few at a time', async () => {
    let now = 0;
    let most = 0;
    const { services, asked, submit, read, isSound } = await judgedBy(async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { verdict: 'flag', reasons: ['It is odd'], confidence: 0.5 };
    });
    const ids = await submit(250);
    expect([(await read(ids[0]!)).validationStatus, asked.length]).toEqual(['pending', 0]);
    await isSound();
    expect(await validatePending(services, 'default')).toBe(false);
    expect([...asked].sort()).toEqual(ids);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    const judged = await read(ids[249]!);
    expect(judged).toMatchObject({
      version: 2,
      validationStatus: 'flagged',
      validationReasons: ['It is odd'],
      findings: [{ plugin: 'slow', verdict: 'flag', confidence: 0.5 }],
    });
    expect(judged).not.toHaveProperty('judging');
    await isSound();
  });

  it('that changes what was judged lets the same vote, sent again or changed, find its entry', async () => {
    const { services, submit, read, isSound } = await judgedBy(({ answer }) => ({
      verdict: 'modify',
      changes: { answer: answer.replace('clause', '[word]') },
    }));
    const vote = { interactionId: 'i-1', userId: 'u-1', answer: 'Use the SHARD BY clause.' };
    const [id] = await submit(1, vote);
    await validatePending(services, 'default');
    expect(await read(id!)).toMatchObject({ version: 2, answer: 'Use the SHARD BY [word].' });
    await isSound();

    expect(await submit(1, vote)).toEqual([id]);
    expect((await read(id!)).version).toBe(2);
    expect(await submit(1, { ...vote, comment: 'Thank you!' })).toEqual([id]);
    await validatePending(services, 'default');
    expect(await read(id!)).toMatchObject({ version: 4, answer: 'Use the SHARD BY [word].', comment: 'Thank you!' });
    expect(await submit(1, { ...vote, type: 'negative', comment: 'No.' })).toEqual([id]);
    await isSound();

    await eraseFeedback(services, ACTOR, id!);
    expect(await submit(1, vote)).not.toEqual([id]);
    await isSound();
  });

  it('leaves nothing behind on the signal that would have ended it', async () => {
    const { services, submit } = await judgedBy(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { verdict: 'accept' };
    });
    await submit(30);
    const { signal } = new AbortController();
    expect(await validatePending(services, 'default', signal)).toBe(false);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends in its middle with its signal, and leaves the entry for later', async () => {
    const ending = new AbortController();
    const { services, submit, read } = await judgedBy(() => {
      ending.abort();
      return new Promise(() => undefined);
    });
    const [id] = await submit(1);
    expect(await validatePending(services, 'default', ending.signal)).toBe(true);
    expect((await read(id!)).validationStatus).toBe('pending');
  });

  it('is tried again after it failed, later each time, and the entry ends flagged with the reason', async () => {
    const { services, clock, asked, submit, read, isSound } = await judgedBy(() => {
      throw new Error('broken');
    });
    const [id] = await submit(1);
    for (const [index, wait] of RETRY_AFTER.entries()) {
      expect(await validatePending(services, 'default')).toBe(true);
      expect(asked).toHaveLength(index + 1);
      // Its turn has not come.
      clock.now += wait - 1;
      await validatePending(services, 'default');
      expect(asked).toHaveLength(index + 1);
      expect(await read(id!)).toMatchObject({ version: 1, validationStatus: 'pending' });
      await isSound();
      clock.now += 1;
    }
    expect(await validatePending(services, 'default')).toBe(false);
    expect(await read(id!)).toMatchObject({
      validationStatus: 'flagged',
      validationReasons: ['Could not be validated: the plugin slow failed'],
    });
    await isSound();
  });

  it('judges what it missed once it works again', async () => {
    let works = false;
    const { services, clock, submit, read } = await judgedBy(() => {
      if (!works) throw new Error('broken');
      return { verdict: 'accept' };
    });
    const [id] = await submit(1);
    await validatePending(services, 'default');
    works = true;
    clock.now += RETRY_AFTER[0]!;
    await validatePending(services, 'default');
    expect(await read(id!)).toMatchObject({ version: 2, validationStatus: 'approved' });
  });

  it('does not change what a reviewer has decided meanwhile', async () => {
    let decide: () => Promise<void> = () => Promise.resolve();
    const { services, submit, read } = await judgedBy(async () => {
      await decide();
      return { verdict: 'reject', reasons: ['It is odd'] };
    });
    const [id] = await submit(1);
    decide = () => reviewFeedback(services, ACTOR, id!, { verdict: 'approve' });
    await validatePending(services, 'default');
    expect(await read(id!)).toMatchObject({ version: 2, validationStatus: 'approved' });
  });

  it('judges a revision too', async () => {
    const { services, asked, submit, read } = await judgedBy(() => ({ verdict: 'accept' }));
    const [id] = await submit(1);
    await validatePending(services, 'default');
    const told: string[] = [];
    await reviseFeedback({ ...services, pending: (org) => told.push(org) }, ACTOR, id!, { type: 'negative' });
    expect(await read(id!)).toMatchObject({ version: 3, type: 'negative', validationStatus: 'pending' });
    expect(told).toEqual(['default']);
    await validatePending(services, 'default');
    expect(await read(id!)).toMatchObject({ version: 4, validationStatus: 'approved' });
    expect(asked).toEqual([id, id]);
  });
});

describe('of several servers over one store', () => {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

  /** Intervals pass when the test says so; everything else takes its course. */
  function stopIntervals() {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
  }

  it('each entry is judged by one', async () => {
    const { services, asked, submit, read, isSound } = await judgedBy(async () => {
      await nextTurn();
      return { verdict: 'accept' };
    });
    const ids = await submit(150);
    const servers = Array.from({ length: 3 }, () => validatePending({ ...services }, 'default'));
    await Promise.all(servers);
    while (await validatePending(services, 'default'));
    expect([...asked].sort()).toEqual(ids);
    for (const id of ids) expect(await read(id)).toMatchObject({ version: 2, validationStatus: 'approved' });
    await isSound();
  });

  it('one judges what another has left in its middle, once the claim has lapsed', async () => {
    let answers = false;
    const { services, clock, asked, submit, read, isSound } = await judgedBy(() =>
      answers ? { verdict: 'accept' } : new Promise(() => undefined),
    );
    const [id] = await submit(1);
    // It never ends: its server is dead.
    void validatePending(services, 'default');
    await expect.poll(() => asked).toEqual([id]);
    await isSound();
    answers = true;
    clock.now += CLAIM_LASTS - 1;
    expect(await validatePending(services, 'default')).toBe(true);
    expect(asked).toEqual([id]);
    clock.now += 1;
    expect(await validatePending(services, 'default')).toBe(false);
    expect(asked).toEqual([id, id]);
    expect(await read(id!)).toMatchObject({ version: 2, validationStatus: 'approved' });
    expect(await read(id!)).not.toHaveProperty('judging');
    await isSound();
  });

  it('one that takes long keeps its claim', async () => {
    stopIntervals();
    let answer = (_verdict: PluginVerdict): void => undefined;
    const { services, clock, asked, submit, read } = await judgedBy(() => new Promise((resolve) => (answer = resolve)));
    const [id] = await submit(1);
    const first = validatePending(services, 'default');
    await vi.waitFor(() => expect(asked).toEqual([id]));
    const due = async () => (await read(id!)).judging?.due;
    for (let passed = CLAIMS_RENEWED_EVERY; passed <= 2 * CLAIM_LASTS; passed += CLAIMS_RENEWED_EVERY) {
      clock.now += CLAIMS_RENEWED_EVERY;
      vi.advanceTimersByTime(CLAIMS_RENEWED_EVERY);
      await vi.waitFor(async () => expect(await due()).toBe(clock.now + CLAIM_LASTS));
      await validatePending(services, 'default');
      expect(asked).toEqual([id]);
    }
    answer({ verdict: 'accept' });
    expect(await first).toBe(false);
    expect((await read(id!)).validationStatus).toBe('approved');
  });

  it('one that failed does not disturb the one that has taken over from it', async () => {
    const verdicts: ((verdict: PluginVerdict) => void)[] = [];
    const failures: ((error: Error) => void)[] = [];
    const { services, clock, submit, read } = await judgedBy(
      () =>
        new Promise((resolve, reject) => {
          verdicts.push(resolve);
          failures.push(reject);
        }),
    );
    const [id] = await submit(1);
    const first = validatePending(services, 'default');
    await expect.poll(() => failures).toHaveLength(1);
    clock.now += CLAIM_LASTS;
    const second = validatePending(services, 'default');
    await expect.poll(() => failures).toHaveLength(2);
    const claimed = (await read(id!)).judging;
    failures[0]!(new Error('broken'));
    await first;
    expect((await read(id!)).judging).toEqual(claimed);
    verdicts[1]!({ verdict: 'accept' });
    expect(await second).toBe(false);
  });

  it('one that stops gives back what it has not judged', async () => {
    const ending = new AbortController();
    const { services, asked, submit, read } = await judgedBy((): PluginVerdict | Promise<PluginVerdict> => {
      if (ending.signal.aborted) return { verdict: 'accept' };
      ending.abort();
      return new Promise(() => undefined);
    });
    const ids = await submit(3);
    await validatePending(services, 'default', ending.signal);
    expect(await validatePending(services, 'default')).toBe(false);
    expect([...new Set(asked)].sort()).toEqual(ids);
    for (const id of ids) expect((await read(id)).validationStatus).toBe('approved');
  });

  it('one that runs finds what another has accepted and not told of', async () => {
    stopIntervals();
    const { services, submit, read } = await judgedBy(() => ({ verdict: 'accept' }));
    const keeper = startPendingKeeper(services, { warn: () => undefined });
    onTestFinished(() => keeper.stop());
    await nextTurn();
    const [id] = await submit(1);
    await vi.waitFor(async () => {
      vi.advanceTimersByTime(30_000);
      expect((await read(id!)).validationStatus).toBe('approved');
    });
  });
});

describe('a change of mind', () => {
  it('is judged again, drops a review, and is a version of its own', async () => {
    const { services, submit, read, isSound } = await judgedBy(() => ({ verdict: 'accept' }));
    const [id] = await submit(1);
    await validatePending(services, 'default');
    await reviewFeedback(services, { ...ACTOR, sub: 'bob' }, id!, { verdict: 'reject', reason: 'Odd' });
    await reviseFeedback(services, ACTOR, id!, { type: 'negative', correction: 'Better.' });
    await validatePending(services, 'default');
    const revised = await read(id!);
    expect(revised).toMatchObject({
      version: 5,
      type: 'negative',
      correction: 'Better.',
      validationStatus: 'approved',
    });
    expect(revised).not.toHaveProperty('review');
    await isSound();
  });

  it('can be a withdrawal, which nobody approves but who made it', async () => {
    const { services, submit, read, isSound } = await judgedBy(() => ({ verdict: 'accept' }));
    const [id] = await submit(1);
    await validatePending(services, 'default');
    await reviseFeedback(services, ACTOR, id!, { withdrawn: true });
    expect(await read(id!)).toMatchObject({ validationStatus: 'rejected', withdrawn: 'uncounted' });
    await expect(reviewFeedback(services, ACTOR, id!, { verdict: 'approve' })).rejects.toThrow('withdrawn');
    await reviseFeedback(services, ACTOR, id!, { comment: 'Never mind.' });
    expect(await read(id!)).toMatchObject({ validationStatus: 'rejected', withdrawn: 'uncounted' });
    await reviseFeedback(services, ACTOR, id!, { withdrawn: false });
    await validatePending(services, 'default');
    const back = await read(id!);
    expect(back.validationStatus).toBe('approved');
    expect(back).not.toHaveProperty('withdrawn');
    await isSound();
  });

  it('is refused to others, and where nothing is different', async () => {
    const { services, submit } = await judgedBy(() => ({ verdict: 'accept' }));
    const [id] = await submit(1);
    const other = { ...ACTOR, sub: 'bob' };
    await expect(reviseFeedback(services, other, id!, { type: 'negative' })).rejects.toThrow('Only the submitter');
    await expect(reviseFeedback(services, ACTOR, id!, {})).rejects.toThrow('at least one of');
    await expect(reviseFeedback(services, ACTOR, id!, { type: 'negative' }, { expectedVersion: 7 })).rejects.toThrow(
      'not at version 7',
    );
  });
});
