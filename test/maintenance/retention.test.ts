import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { auditPage } from '../../src/audit/log.js';
import { retentionPolicy } from '../../src/config/retention.js';
import { fillDemo } from '../../src/demo/fill.js';
import { getFeedback } from '../../src/feedback/read.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { submitBatch } from '../../src/feedback/submit.js';
import { eraseExpired, findExpired, startRetention } from '../../src/maintenance/retention/retention.js';
import { takeTurn } from '../../src/maintenance/retention/turn.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { ValidationServices } from '../../src/services.js';
import type { Store } from '../../src/store/contract.js';
import { feedbackKey } from '../../src/store/layout.js';
import { openStore } from '../../src/store/open.js';
import { markUsedForTraining } from '../../src/training/mark-used.js';
import { createTrainingBatch, releaseTrainingBatch } from '../../src/training/work.js';
import { createValidation } from '../../src/validation/registry.js';
import { runCommand } from '../support/command.js';
import { openMemoryStore } from '../support/memory-engine.js';

const DAY = 86_400_000;
const actorOf = (org: string) => ({ sub: 'ann', org, requestId: 'test' });
const ACTOR = actorOf('default');

let store: Store;
let services: ValidationServices;
/** How far the clock is ahead of the time at which entries are submitted, ms. */
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  store = await openMemoryStore();
  services = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: () => Date.now() + ahead,
  };
});
afterEach(() => store.close());

let submitted = 0;
async function submit(count: number, org = 'default'): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({
    type: 'positive' as const,
    question: `What is shard ${(submitted += 1)}?`,
    answer: 'A part of the data.',
    adapterId: 'lora',
  }));
  const outcomes = await submitBatch(services, actorOf(org), rows);
  return outcomes.map((each) => ('error' in each ? '' : each.feedback.id));
}

async function isErased(id: string, org = 'default'): Promise<boolean> {
  return store
    .read((reader) => getFeedback(reader, org, id))
    .then(
      () => false,
      () => true,
    );
}

const policy = retentionPolicy('rejected=30d,used=400d');

describe('retention', () => {
  it('goes on with other organizations where one is damaged, and fails then', async () => {
    const [damaged] = (await submit(1, 'one')) as [string];
    const [used] = (await submit(1, 'two')) as [string];
    for (const [id, org] of [
      [damaged, 'one'],
      [used, 'two'],
    ] as const) {
      await reviewFeedback(services, actorOf(org), id, { verdict: 'reject' });
    }
    await store.transact((transaction) => {
      transaction.put(feedbackKey('one', damaged), Buffer.from('x'));
      return Promise.resolve();
    });
    ahead = 31 * DAY;
    await expect(eraseExpired(services, policy)).rejects.toThrow('damaged');
    expect(await isErased(used, 'two')).toBe(true);
  });

  it('erases by what an entry is, and leaves alone what no rule names', async () => {
    const [approved, rejected, used, both] = (await submit(4)) as [string, string, string, string];
    await reviewFeedback(services, ACTOR, rejected, { verdict: 'reject' });
    await markUsedForTraining(services, ACTOR, { feedbackIds: [used, both], trainingBatchId: 1 });
    const erased = async () => Promise.all([approved, rejected, used, both].map((id) => isErased(id)));

    ahead = 29 * DAY;
    expect(await findExpired(services, policy)).toEqual([]);
    expect(await eraseExpired(services, policy, { force: true })).toEqual([]);
    expect(await erased()).toEqual([false, false, false, false]);

    ahead = 31 * DAY;
    const expected = [{ organization: 'default', kind: 'rejected', rule: 'rejected=30d', count: 1 }];
    expect(await findExpired(services, policy)).toEqual(expected);
    expect(await erased()).toEqual([false, false, false, false]);
    expect(await eraseExpired(services, policy, { force: true })).toEqual(expected);
    expect(await erased()).toEqual([false, true, false, false]);
    const { events } = await store.read((reader) => auditPage(reader, 'default', { node: rejected }, 10, undefined));
    expect(events[0]).toMatchObject({
      action: 'feedback.erase',
      actor: 'feedback-graph',
      requestId: 'retention',
      reason: 'Retention: rejected=30d',
    });

    ahead = 401 * DAY;
    expect(await eraseExpired(services, policy, { force: true })).toMatchObject([{ kind: 'used', count: 2 }]);
    expect(await erased()).toEqual([false, true, true, true]);
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });

  it('never touches what an open training batch holds', async () => {
    const ids = await submit(3);
    const batch = await createTrainingBatch(services, ACTOR, {
      filter: { adapterId: 'lora' },
      newestFirst: false,
      limit: 2,
      holdout: 0,
      leaseMinutes: 60 * 24,
    });
    const all = retentionPolicy('pending=1d,approved=1d,flagged=1d,rejected=1d,used=1d');
    ahead = 2 * DAY;
    expect(await eraseExpired(services, all, { force: true })).toMatchObject([{ kind: 'approved', count: 1 }]);
    expect(await Promise.all(ids.map((id) => isErased(id)))).toEqual([false, false, true]);
    await releaseTrainingBatch(services, ACTOR, batch.number);
    expect(await eraseExpired(services, all, { force: true })).toMatchObject([{ kind: 'approved', count: 2 }]);
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });

  it('goes through every organization, in steps, and goes on where it was broken off', async () => {
    await submit(250);
    await submit(1, 'acme');
    ahead = 2 * DAY;
    const approved = retentionPolicy('approved=1d');
    const ending = new AbortController();
    // While it erases the first hundred of the second organization: each erasure asks for the time.
    const plain = services.now;
    let asked = 0;
    const now = (): number => {
      if ((asked += 1) === 50) ending.abort();
      return plain();
    };
    const first = await eraseExpired({ ...services, now }, approved, { signal: ending.signal });
    expect(first?.reduce((sum, { count }) => sum + count, 0)).toBe(101);
    const rest = await eraseExpired(services, approved);
    expect([...first!, ...rest!].reduce((sum, { count }) => sum + count, 0)).toBe(251);
    expect(await findExpired(services, approved)).toEqual([]);
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });

  it('is the turn of one server at a time, once a day', async () => {
    await submit(1);
    ahead = 2 * DAY;
    const approved = retentionPolicy('approved=1d');
    expect(await store.transact((transaction) => takeTurn(transaction, 'another', services.now()))).toBe(true);
    expect(await eraseExpired(services, approved)).toBeUndefined();
    // The other has died.
    ahead += 6 * 60_000;
    expect(await eraseExpired(services, approved)).toMatchObject([{ count: 1 }]);
    ahead += DAY / 2;
    expect(await eraseExpired(services, approved)).toBeUndefined();
    ahead += DAY;
    expect(await eraseExpired(services, approved)).toEqual([]);
    // The clock was wrong by a year.
    ahead -= 365 * DAY;
    expect(await eraseExpired(services, approved)).toEqual([]);
  });

  it('is kept to by a running server, beginning at its start', async () => {
    const [id] = (await submit(1)) as [string];
    ahead = 2 * DAY;
    const logged: object[] = [];
    const logger = {
      info: (fields: object) => void logged.push(fields),
      warn: (fields: object) => void logged.push(fields),
    };
    const running = startRetention(services, retentionPolicy('approved=1d'), logger);
    while (logged.length === 0) await nextTurn();
    expect(await isErased(id)).toBe(true);
    expect(logged).toEqual([{ org: 'default', rule: 'approved=1d', count: 1 }]);
    await running.stop();
  });
});

describe('feedback-graph retention', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feedback-graph-retention-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('shows what it would erase, and erases just that', async () => {
    const path = join(directory, 'data');
    const demo = await openStore({ engine: 'rocksdb', path });
    await fillDemo({ ...services, store: demo, keyedHash: await loadKeyedHash(demo) });
    await demo.close();
    const flags = ['--store', `rocksdb:${path}`, '--retention', 'used=21d,rejected=1d'];

    const dry = await runCommand(['retention', '--dry-run', ...flags]);
    expect(dry.error).toBe('');
    const [, total] =
      /^Would erase (\d+) entries\n(?:default, (?:used=21d|rejected=1d): \d+ entr(?:y|ies)\n){1,2}$/.exec(dry.out)!;
    expect(Number(total)).toBeGreaterThan(0);
    expect(await runCommand(['retention', ...flags])).toEqual({
      code: 0,
      out: dry.out.replace('Would erase', 'Erased'),
      error: '',
    });
    expect((await runCommand(['retention', '--dry-run', ...flags])).out).toBe('Would erase 0 entries\n');
    expect((await runCommand(['verify', '--store', `rocksdb:${path}`])).code).toBe(0);
  });

  it('needs rules', async () => {
    const { code, error } = await runCommand(['retention', '--store', `rocksdb:${join(directory, 'none')}`]);
    expect(code).toBe(2);
    expect(error).toMatch(/^error: No retention is set; set FEEDBACK_RETENTION or pass --retention\n$/);
  });
});
