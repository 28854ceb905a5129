import { describe, expect, it } from 'vitest';
import { sweepExpired } from '../../src/audit/idempotency.js';
import { cancelBulkOperation, startBulkOperation, undoBulkOperation } from '../../src/feedback/bulk/begin.js';
import {
  type BulkChange,
  type BulkOperation,
  BULK_KEPT_FOR,
  findBulkOperation,
  MAX_BULK_ENTRIES,
  PIECE,
} from '../../src/feedback/bulk/operation.js';
import { continueBulkOperation, finishBulkOperation } from '../../src/feedback/bulk/run.js';
import { previewBulkOperation, type BulkSelection } from '../../src/feedback/bulk/select.js';
import { findAbandoned } from '../../src/feedback/bulk/worker.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { type FeedbackFilter, planFilter } from '../../src/feedback/index/filter.js';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { findLinks, linkedAdapters } from '../../src/feedback/links.js';
import { claimForReview } from '../../src/feedback/review/claims.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { setRules } from '../../src/feedback/rules.js';
import { erasePerson } from '../../src/maintenance/people/erase-person.js';
import { feedbackKey } from '../../src/store/layout.js';
import { createTrainingBatch } from '../../src/training/work.js';
import { ACTOR } from '../support/graph.js';
import { openJudged } from '../support/judged.js';

const ANN = { ...ACTOR, sub: 'ann' };
const BOB = { ...ACTOR, sub: 'bob' };
const APPROVE = { action: 'approve' } as const;
const TAG = { action: 'tag', add: ['billing'], remove: ['bill'] } as const;
const LINK = { action: 'link', adapterId: 'lora', createsAdapters: true } as const;
const UNLINK = { action: 'unlink', adapterId: 'lora', unlinksOthers: true } as const;

type Flagging = Awaited<ReturnType<typeof openFlagging>>;

/** A graph where everything is flagged, and how bulk operations run in it. */
async function openFlagging() {
  const graph = await openJudged(() => Promise.resolve({ status: 'flagged', reasons: ['It is odd'] }));
  const { services, store } = graph;
  const plan = (filter: FeedbackFilter): BulkSelection => ({ plan: planFilter('default', filter, services.keyedHash) });
  const start = (selection: BulkSelection, change: BulkChange, actor = ANN): Promise<string> =>
    startBulkOperation(services, actor, { selection, change });
  const find = async (id: string): Promise<BulkOperation> =>
    (await store.read((reader) => findBulkOperation(reader, 'default', id)))!;
  const step = (id: string): Promise<boolean> => continueBulkOperation(services, 'default', id);
  const finish = async (id: string): Promise<BulkOperation> => {
    await finishBulkOperation(services, 'default', id);
    return find(id);
  };
  const run = async (selection: BulkSelection, change: BulkChange, actor = ANN): Promise<BulkOperation> =>
    finish(await start(selection, change, actor));
  const undo = async (id: string, actor = ANN): Promise<BulkOperation> => {
    await undoBulkOperation(services, actor, id, false);
    return finish(id);
  };
  return { ...graph, plan, start, find, step, finish, run, undo };
}

async function linksOf({ store }: Flagging, id: string): Promise<string[]> {
  return store.read((reader) => linkedAdapters(reader, 'default', id));
}

const claimAll = {
  filter: {},
  newestFirst: false,
  limit: 100,
  holdout: 0,
  leaseMinutes: 60,
} as const;

describe('a bulk review', () => {
  it('decides on what its preview counts, and its undo gives back what each entry had', async () => {
    const graph = await openFlagging();
    const { services, submit, read, run, undo, plan, isSound } = graph;
    const ids = await submit(2 * PIECE + 3);
    await reviewFeedback(services, BOB, ids[0]!, { verdict: 'reject', reason: 'No.', correction: 'Better.' });
    const selection = plan({});
    const preview = await previewBulkOperation(services, ANN, selection, { ...APPROVE, reason: 'Fine.' });
    expect(preview).toEqual({ selected: ids.length, changed: ids.length, skipped: {} });

    const done = await run(selection, { ...APPROVE, reason: 'Fine.' });
    expect(done).toMatchObject({
      state: 'done',
      total: ids.length,
      done: ids.length,
      changed: ids.length,
      skipped: {},
    });
    expect(await read(ids[0]!)).toMatchObject({
      version: 3,
      validationStatus: 'approved',
      correction: 'Better.',
      review: { verdict: 'approve', reviewer: 'ann', reason: 'Fine.', version: 3 },
    });
    await isSound();

    const undone = await undo(done.id);
    expect(undone).toMatchObject({ state: 'undone', undo: { done: ids.length, restored: ids.length, skipped: {} } });
    expect(await read(ids[0]!)).toMatchObject({
      version: 4,
      validationStatus: 'rejected',
      validationReasons: ['No.'],
      correction: 'Better.',
      review: { verdict: 'reject', reviewer: 'bob', reason: 'No.' },
    });
    const last = await read(ids.at(-1)!);
    expect(last).toMatchObject({ version: 3, validationStatus: 'flagged', validationReasons: ['It is odd'] });
    expect(last).not.toHaveProperty('review');
    await isSound();
  });

  it('skips what a single review refuses, and says why', async () => {
    const graph = await openFlagging();
    const { services, submit, run, isSound } = graph;
    const [held, approved, claimed, withdrawn, erased, free] = await submit(6);
    await reviewFeedback(services, BOB, held!, { verdict: 'approve' });
    await createTrainingBatch(services, ACTOR, claimAll);
    await reviewFeedback(services, BOB, approved!, { verdict: 'approve' });
    await claimForReview(services, BOB, { count: 1, minutes: 5 });
    await reviseFeedback(services, ACTOR, withdrawn!, { withdrawn: true });
    await eraseFeedback(services, ACTOR, erased!);
    const unknown = 'feedback-00000000-0000-7000-8000-000000000000';
    const ids = [held!, approved!, claimed!, withdrawn!, erased!, free!, free!, unknown, 'nonsense:%'];
    const expected = {
      changed: 2,
      skipped: { held_for_training: 1, claimed_by_reviewer: 1, erased: 1, not_found: 2, unchanged: 1 },
    };
    const reject = { action: 'reject', reason: 'Advertising' } as const;
    const preview = await previewBulkOperation(services, ANN, { ids }, reject);
    expect(preview).toEqual({ selected: 8, ...expected });
    expect(await run({ ids }, reject)).toMatchObject({ state: 'done', total: 8, done: 8, ...expected });
    // Who has claimed an entry decides on it.
    expect(await previewBulkOperation(services, BOB, { ids: [claimed!] }, APPROVE)).toMatchObject({ changed: 1 });
    expect(await previewBulkOperation(services, ANN, { ids: [withdrawn!] }, APPROVE)).toMatchObject({
      skipped: { withdrawn: 1 },
    });
    await isSound();
  });

  it('is taken back by reopening, whose undo brings the review back', async () => {
    const { submit, read, run, undo, isSound } = await openFlagging();
    const ids = await submit(3);
    await run({ ids: ids.slice(0, 2) }, APPROVE);
    const reopened = await run({ ids }, { action: 'reopen' });
    expect(reopened).toMatchObject({ changed: 2, skipped: { not_reviewed: 1 } });
    expect(await read(ids[0]!)).toMatchObject({ validationStatus: 'flagged', version: 3 });
    expect(await undo(reopened.id)).toMatchObject({ undo: { restored: 2 } });
    expect(await read(ids[0]!)).toMatchObject({
      version: 4,
      validationStatus: 'approved',
      review: { verdict: 'approve', version: 2 },
    });
    await isSound();
  });
});

describe('bulk tagging', () => {
  it('adds and removes tags by the rules, and its undo restores them in their order', async () => {
    const { services, submit, read, run, undo, start, isSound } = await openFlagging();
    const [both] = await submit(1, { tags: ['bill', 'z', 'billing'] });
    const [none] = await submit(1);
    const [has] = await submit(1, { tags: ['billing'] });
    const many = Array.from({ length: 32 }, (_, nth) => `tag-${nth}`);
    const [full] = await submit(1, { tags: many });
    const ids = [both!, none!, has!, full!];
    const done = await run({ ids }, TAG);
    expect(done).toMatchObject({ changed: 2, skipped: { unchanged: 1, too_many_tags: 1 } });
    expect((await read(both!)).tags).toEqual(['z', 'billing']);
    expect((await read(none!)).tags).toEqual(['billing']);
    await isSound();
    await undo(done.id);
    expect((await read(both!)).tags).toEqual(['bill', 'z', 'billing']);
    expect(await read(none!)).not.toHaveProperty('tags');
    const cleared = await run({ ids: [has!] }, { action: 'tag', add: [], remove: ['billing'] });
    expect(cleared).toMatchObject({ changed: 1 });
    expect(await read(has!)).not.toHaveProperty('tags');
    await isSound();

    await setRules(services, ACTOR, { scoreDefinitions: [], allowedTags: ['other'] });
    await expect(start({ ids }, TAG)).rejects.toThrow('tags that the organization allows');
    await expect(start({ ids }, { action: 'tag', add: [], remove: [] })).rejects.toThrow(
      "'change.addTags' must name tags",
    );
    await expect(start({ ids }, { action: 'tag', add: ['a', 'a'], remove: [] })).rejects.toThrow('twice');
  });
});

describe('bulk linking', () => {
  it('links and unlinks, with the sets of adapters that entries share, and undo restores the links themselves', async () => {
    const graph = await openFlagging();
    const { services, submit, run, undo, store, isSound } = graph;
    const ids = [
      ...(await submit(3)),
      ...(await submit(PIECE, { adapterId: 'base' })),
      ...(await submit(1, { adapterId: 'lora' })),
    ];
    await linkFeedback(services, BOB, { feedbackId: ids[0]!, adapterId: 'lora', metadata: { why: 'tried' } });
    const linked = await run({ ids }, LINK);
    expect(linked).toMatchObject({ total: PIECE + 4, changed: PIECE + 2, skipped: { unchanged: 2 } });
    expect(await linksOf(graph, ids[5]!)).toEqual(['base', 'lora']);
    await isSound();

    const before = await store.read((reader) => findLinks(reader, 'default', [{ from: ids[0]!, to: 'lora' }]));
    const mine = await previewBulkOperation(services, ANN, { ids }, { ...UNLINK, unlinksOthers: false });
    expect(mine).toMatchObject({ changed: PIECE + 2, skipped: { linked_by_other: 1, named_by_submission: 1 } });
    const unlinked = await run({ ids }, UNLINK);
    expect(unlinked).toMatchObject({ changed: PIECE + 3, skipped: { named_by_submission: 1 } });
    expect(await linksOf(graph, ids[0]!)).toEqual([]);
    await isSound();

    expect(await undo(unlinked.id)).toMatchObject({ undo: { restored: PIECE + 3, skipped: {} } });
    expect(await store.read((reader) => findLinks(reader, 'default', [{ from: ids[0]!, to: 'lora' }]))).toEqual(before);
    expect(await linksOf(graph, ids[5]!)).toEqual(['base', 'lora']);
    // All have changed since they were linked.
    expect(await undo(linked.id)).toMatchObject({ undo: { restored: 0, skipped: { changed_since: PIECE + 2 } } });
    await isSound();
  });

  it('is undone by taking the links away', async () => {
    const graph = await openFlagging();
    const ids = await graph.submit(PIECE + 1, { adapterId: 'base' });
    const linked = await graph.run({ ids }, LINK);
    expect(await graph.undo(linked.id)).toMatchObject({ undo: { restored: PIECE + 1 } });
    expect(await linksOf(graph, ids[0]!)).toEqual(['base']);
    await graph.isSound();
  });

  it('creates an adapter only for who may, and refuses the 33rd link', async () => {
    const graph = await openFlagging();
    const { submit, start, run } = graph;
    const ids = await submit(1);
    await expect(start({ ids }, { ...LINK, createsAdapters: false })).rejects.toThrow('adapters:create');
    await expect(start({ ids }, { ...LINK, adapterId: 'feedback-1' })).rejects.toThrow("'change.adapterId'");
    await graph.link(ids[0]!, ...Array.from({ length: 32 }, (_, nth) => `other-${nth}`));
    expect(await run({ ids }, LINK)).toMatchObject({ changed: 0, skipped: { too_many_links: 1 } });
  });
});

describe('a bulk operation', () => {
  it('that stops in its middle goes on where it was, by whoever finds it', async () => {
    const { services, submit, start, step, find, finish, clock, isSound } = await openFlagging();
    const ids = await submit(3 * PIECE);
    const id = await start({ ids }, APPROVE);
    expect(await step(id)).toBe(true);
    expect(await find(id)).toMatchObject({ state: 'running', done: PIECE, changed: PIECE });
    await isSound();
    expect(await findAbandoned(services, 10_000)).toEqual([]);
    clock.now += 10_000;
    expect(await findAbandoned(services, 10_000)).toEqual([{ org: 'default', id }]);
    // Two servers at once.
    await Promise.all([finish(id), finish(id), finish(id)]);
    expect(await find(id)).toMatchObject({ state: 'done', done: 3 * PIECE, changed: 3 * PIECE });
    expect(await findAbandoned(services, 0)).toEqual([]);
    await isSound();
  });

  it('can be canceled, and then undone as far as it came', async () => {
    const { services, submit, start, step, find, finish, read, undo, isSound } = await openFlagging();
    const ids = await submit(2 * PIECE);
    const id = await start({ ids }, APPROVE);
    await step(id);
    await cancelBulkOperation(services, ANN, id, false);
    await cancelBulkOperation(services, ANN, id, false);
    expect(await step(id)).toBe(false);
    expect(await finish(id)).toMatchObject({ state: 'canceled', done: PIECE, changed: PIECE });
    expect((await read(ids.at(-1)!)).version).toBe(1);
    expect(await undo(id)).toMatchObject({ state: 'undone', undo: { done: PIECE, restored: PIECE } });
    await expect(cancelBulkOperation(services, ANN, id, false)).rejects.toThrow('is undone and cannot be canceled');
    expect(await find(id)).toMatchObject({ state: 'undone' });
    await isSound();
  });

  it('ends when it is undone while it runs, and is undone once however often', async () => {
    const { services, submit, start, step, finish, read, isSound } = await openFlagging();
    const ids = await submit(2 * PIECE);
    const id = await start({ ids }, APPROVE);
    await step(id);
    await Promise.all([
      undoBulkOperation(services, ANN, id, false),
      step(id),
      undoBulkOperation(services, ANN, id, false),
    ]);
    const undone = await finish(id);
    expect(undone.state).toBe('undone');
    expect(undone.undo!.restored).toBe(undone.changed);
    await undoBulkOperation(services, ANN, id, false);
    expect(await finish(id)).toEqual(undone);
    const statuses = new Set((await Promise.all(ids.map(read))).map(({ validationStatus }) => validationStatus));
    expect([...statuses]).toEqual(['flagged']);
    await isSound();
  });

  it('leaves alone in its undo what others have changed, erased or trained on since', async () => {
    const { services, submit, run, undo, read, isSound } = await openFlagging();
    const [changed, erased, trained, kept] = await submit(4);
    const done = await run({ ids: [changed!, erased!, trained!, kept!] }, APPROVE);
    await createTrainingBatch(services, ACTOR, { ...claimAll, limit: 3 });
    await eraseFeedback(services, ACTOR, erased!);
    const other = await run({ ids: [kept!] }, TAG, BOB);
    expect(other).toMatchObject({ changed: 1 });
    expect(await undo(done.id)).toMatchObject({
      undo: { done: 4, restored: 0, skipped: { held_for_training: 2, erased: 1, changed_since: 1 } },
    });
    expect((await read(kept!)).validationStatus).toBe('approved');
    await isSound();
  });

  it('shares entries with another one: each entry is changed by both in turn', async () => {
    const { submit, start, finish, read, undo, isSound } = await openFlagging();
    const ids = await submit(2 * PIECE);
    const [approving, rejecting] = await Promise.all([
      start({ ids }, APPROVE),
      start({ ids }, { action: 'reject' }, BOB),
    ]);
    const [one, other] = await Promise.all([finish(approving), finish(rejecting)]);
    expect([one.changed, other.changed]).toEqual([2 * PIECE, 2 * PIECE]);
    const entries = await Promise.all(ids.map(read));
    expect(entries.every(({ version }) => version === 3)).toBe(true);
    const [first, second] = [await undo(approving), await undo(rejecting, BOB)];
    // Each undo restores exactly those that its operation has changed last.
    const { restored, skipped } = first.undo!;
    expect(restored + (skipped.changed_since ?? 0)).toBe(2 * PIECE);
    expect(second.undo!.restored + restored).toBeGreaterThanOrEqual(2 * PIECE);
    await isSound();
  });

  it('goes on without an entry that is erased in between, and forgets what it kept of it', async () => {
    const graph = await openFlagging();
    const { services, submit, start, step, finish, undo, store, isSound } = graph;
    const ids = await submit(PIECE + 2);
    for (const id of [ids[0]!, ids[PIECE]!, ids[PIECE + 1]!]) await graph.link(id, 'lora');
    const id = await start({ ids }, UNLINK);
    await step(id);
    await eraseFeedback(services, ACTOR, ids[0]!);
    await eraseFeedback(services, ACTOR, ids[PIECE]!);
    await isSound();
    expect(await finish(id)).toMatchObject({ state: 'done', changed: 2, skipped: { unchanged: PIECE - 1, erased: 1 } });
    const kept = await store.read((reader) => reader.scanKeys({ gte: 'removed_link:', lt: 'removed_link;', limit: 9 }));
    expect(kept).toHaveLength(1);
    expect(await undo(id)).toMatchObject({ undo: { restored: 1, skipped: { erased: 1 } } });
    await isSound();
  });

  it('skips an entry whose record is damaged, and changes the others', async () => {
    const { services, store, submit, start, find, read } = await openFlagging();
    const ids = await submit(PIECE + 5);
    await store.transact((transaction) => {
      transaction.put(feedbackKey('default', ids[3]!), Buffer.from('damaged'));
      return Promise.resolve();
    });
    const id = await start({ ids }, APPROVE);
    const failures: unknown[] = [];
    await finishBulkOperation(services, 'default', id, { onFailure: (error) => failures.push(error) });
    expect(await find(id)).toMatchObject({ state: 'done', changed: PIECE + 4, skipped: { failed: 1 } });
    expect(failures).toHaveLength(1);
    expect((await read(ids.at(-1)!)).validationStatus).toBe('approved');
  });

  it('takes 1 to 10,000 ids, or what a filter selects, as many as expected', async () => {
    const { services, submit, start, plan, run } = await openFlagging();
    await submit(3, { modelVersion: 'm1' });
    await expect(start({ ids: [] }, APPROVE)).rejects.toThrow("'ids' must be a list of 1 to 10000 ids");
    const many = Array.from({ length: MAX_BULK_ENTRIES + 1 }, (_, nth) => `id-${nth}`);
    await expect(start({ ids: many }, APPROVE)).rejects.toThrow("'ids' must be a list of 1 to 10000 ids");
    await expect(previewBulkOperation(services, ANN, { ids: many }, APPROVE)).rejects.toThrow('1 to 10000');
    const selection = plan({ modelVersion: 'm1' });
    const request = { selection, change: APPROVE, expectedCount: 2 };
    await expect(startBulkOperation(services, ANN, request)).rejects.toThrow('The selection has 3 entries, not 2');
    expect(await run(plan({ modelVersion: 'none' }), APPROVE)).toMatchObject({ state: 'done', total: 0 });
    await expect(start(selection, { ...APPROVE, reason: ' ' })).rejects.toThrow("'change.reason'");
  });

  it('refuses a filter that selects more than 10,000 entries', { timeout: 120_000 }, async () => {
    const { services, submit, start, plan } = await openFlagging();
    for (let left = MAX_BULK_ENTRIES + 1; left > 0; left -= 1_000) await submit(Math.min(left, 1_000));
    await expect(start(plan({}), APPROVE)).rejects.toThrow("'filter' must select at most 10000 entries");
    await expect(previewBulkOperation(services, ANN, plan({}), APPROVE)).rejects.toThrow('at most 10000');
    await submit(1, { modelVersion: 'm1' });
    expect(await previewBulkOperation(services, ANN, plan({ modelVersion: 'm1' }), APPROVE)).toMatchObject({
      selected: 1,
    });
  });

  it('is one of at most ten of an organization that are under way', async () => {
    const { services, submit, start, finish } = await openFlagging();
    const ids = await submit(1);
    const started = [];
    for (let count = 0; count < 10; count++) started.push(await start({ ids }, APPROVE));
    await expect(start({ ids }, APPROVE)).rejects.toThrow('10 bulk operations are under way');
    await undoBulkOperation(services, ANN, started[0]!, false);
    for (const id of started) await finish(id);
    await start({ ids }, APPROVE);
  });

  it('is gone after 30 days, with all that it kept', async () => {
    const graph = await openFlagging();
    const { submit, run, store, clock, find, isSound } = graph;
    const ids = await submit(2);
    await graph.link(ids[0]!, 'lora');
    const done = await run({ ids }, UNLINK);
    const left = async (now: number): Promise<string[]> => {
      await sweepExpired(store, now);
      const keys = await store.read((reader) => reader.scanKeys({ gte: 'a', lt: 'z', limit: Infinity }));
      return keys.filter((key) => /^(?:bulk|removed|expiry)/.test(key));
    };
    expect(await left(clock.now + BULK_KEPT_FOR - 1)).toHaveLength(6);
    expect(await left(clock.now + BULK_KEPT_FOR + 1)).toEqual([]);
    expect(await find(done.id)).toBeUndefined();
    await isSound();
  });

  it('names nobody any more who was erased', async () => {
    const graph = await openFlagging();
    const { services, submit, run, find, store, undo, isSound } = graph;
    const ids = await submit(1);
    await graph.link(ids[0]!, 'lora');
    const gone = { ...ACTOR, sub: 'somebody-gone' };
    const { id } = await run({ ids }, UNLINK, gone);
    await undo(id, gone);
    await run({ ids }, UNLINK, gone);
    await erasePerson(services, ACTOR, { sub: 'somebody-gone' });
    expect(await find(id)).toMatchObject({ createdBy: '[erased]', undo: { createdBy: '[erased]' } });
    const all = await store.read((reader) => reader.scan({ gte: 'a', lt: 'z', limit: Infinity }));
    const naming = all.filter(({ key, value }) => !key.startsWith('trail:') && value.includes('somebody-gone'));
    expect(naming.map(({ key }) => key)).toEqual([]);
    await isSound();
  });
});
