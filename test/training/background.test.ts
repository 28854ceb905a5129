import { afterEach, describe, expect, it } from 'vitest';
import { createIdempotency } from '../../src/audit/idempotency.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { trainingBatchKey } from '../../src/store/layout.js';
import {
  type BatchWorker,
  startBatchWorker,
  startClaim,
  startCommit,
  startRelease,
} from '../../src/training/background.js';
import { findBatch, progressOf, type TrainingBatch } from '../../src/training/batch.js';
import { beginClaim, type ClaimRequest, ROWS_AT_ONCE } from '../../src/training/claim.js';
import { createTrainingBatch, reapExpiredLeases } from '../../src/training/work.js';
import type { WorkFacts } from '../../src/watch-work.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';

const ALL: ClaimRequest = { filter: {}, newestFirst: false, limit: 100_000, holdout: 0, leaseMinutes: 60 };
const COUNT = 3 * ROWS_AT_ONCE + 10;

const workers: BatchWorker[] = [];
afterEach(async () => {
  for (const { stop } of workers.splice(0)) await stop();
});

interface Noticing {
  readonly graph: TestGraph;
  readonly services: TestGraph['services'];
  /** What was left to the background, each as the function that takes it there. */
  readonly noticed: (() => void)[];
  readonly warnings: string[];
  /** What telemetry was told of each work at its end. */
  readonly ended: (WorkFacts | undefined)[];
}

/** A graph whose background begins when the test says so. */
async function openWithWorker(count = COUNT): Promise<Noticing> {
  const graph = await openGraph();
  for (let left = count; left > 0; left -= 1_000) {
    await graph.submit(...Array.from({ length: Math.min(left, 1_000) }, () => ({ adapterId: 'lora' })));
  }
  const warnings: string[] = [];
  const noticed: (() => void)[] = [];
  const ended: Noticing['ended'] = [];
  const worker = startBatchWorker(graph.services, { warn: (_, message) => warnings.push(message) }, () => ({
    within: (part) => part(),
    end: (facts) => ended.push(facts),
  }));
  workers.push(worker);
  const services = {
    ...graph.services,
    trainingBatch: (actor: typeof ACTOR, number: number) => {
      noticed.push(() => worker.notice(actor, number));
    },
  };
  return { graph, services, noticed, warnings, ended };
}

async function batchOf({ store }: TestGraph, number = 1): Promise<TrainingBatch> {
  const batch = await store.read((reader) => findBatch(reader, 'default', number));
  if (batch === undefined) throw new Error('There is no such batch');
  return batch;
}

/** The progress of a batch at each change of it, until it is in `state`. */
async function follow(graph: TestGraph, state: TrainingBatch['state'], number = 1): Promise<number[]> {
  const seen: number[] = [];
  for (;;) {
    const batch = await batchOf(graph, number);
    if (batch.state === state) return seen;
    const { done, total } = progressOf(batch) ?? { done: NaN, total: NaN };
    expect([done <= total, total]).toEqual([true, COUNT]);
    if (done !== seen.at(-1)) seen.push(done);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise((resolve) => setImmediate(resolve));
}

const steps = (...more: number[]): number[] => [ROWS_AT_ONCE, 2 * ROWS_AT_ONCE, 3 * ROWS_AT_ONCE, ...more];

/** Whether what was seen is a part of what there was to see, in its order. */
function expectAmong(seen: readonly number[], all: readonly number[]): void {
  expect(all).toEqual(expect.arrayContaining([...seen]));
  expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
}

describe('in the background a large batch', () => {
  it('is claimed, committed and released, tells how far it is, and is the same as in the foreground', async () => {
    const { graph, services, noticed, warnings, ended } = await openWithWorker();
    const claiming = await startClaim(services, ACTOR, ALL);
    expect(claiming).toMatchObject({ number: 1, state: 'claiming' });
    // The beginning and the first step.
    expect(progressOf(claiming)).toEqual({ done: 2 * ROWS_AT_ONCE, total: COUNT });
    noticed.shift()?.();
    expectAmong(await follow(graph, 'open'), steps(COUNT));
    expect(await batchOf(graph)).toMatchObject({ state: 'open', feedbackCount: COUNT, claimed: { total: COUNT } });
    expect(progressOf(await batchOf(graph))).toBeUndefined();

    const releasing = await startRelease(services, ACTOR, 1);
    expect([releasing.state, progressOf(releasing)]).toEqual(['releasing', { done: ROWS_AT_ONCE, total: COUNT }]);
    noticed.shift()?.();
    expectAmong(await follow(graph, 'released'), steps(COUNT));

    await createTrainingBatch(services, ACTOR, ALL);
    const committing = await startCommit(services, ACTOR, 2, { producedAdapter: 'made' });
    expect([committing.state, progressOf(committing)]).toEqual(['committing', { done: ROWS_AT_ONCE, total: COUNT }]);
    noticed.shift()?.();
    expectAmong(await follow(graph, 'committed', 2), steps(COUNT));
    const committed = await batchOf(graph, 2);
    expect(Object.keys(committed)).not.toContain('marked');
    expect(Object.keys(committed)).not.toContain('expected');
    expect([noticed.length, warnings]).toEqual([0, []]);
    // Of the release and the commit only the first step was taken before.
    expect(ended.map((facts) => Object.values(facts ?? {}))).toEqual([
      [2, true],
      [3, true],
      [3, true],
    ]);
    const { disagreements } = await verifyStore(graph.store);
    expect(disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
  });

  it('is one batch, however often it is asked for with the same key', async () => {
    const { graph, services, noticed } = await openWithWorker();
    const { keyedHash, now } = graph.services;
    const once = () => createIdempotency(keyedHash, ACTOR, 'key', 'createTrainingBatch', ALL, now());
    const [one, other] = await Promise.all([
      startClaim(services, ACTOR, ALL, once()),
      startClaim(services, ACTOR, ALL, once()),
    ]);
    expect([one.number, other.number]).toEqual([1, 1]);
    for (const notice of noticed.splice(0)) notice();
    await follow(graph, 'open');
    expect(await startClaim(services, ACTOR, ALL, once())).toMatchObject({ number: 1, state: 'open' });
    expect(noticed).toEqual([]);
  });

  it('does not keep a small one waiting', async () => {
    const { graph, services, noticed } = await openWithWorker();
    await startClaim(services, ACTOR, { ...ALL, limit: COUNT - 5 });
    for (const notice of noticed.splice(0)) notice();
    // Done by the first step, which is not left to the background.
    expect(await startClaim(services, ACTOR, { ...ALL, newestFirst: true, limit: 5 })).toMatchObject({
      number: 2,
      state: 'open',
      feedbackCount: 5,
    });
    expect(noticed).toEqual([]);
    expect(await startRelease(services, ACTOR, 2)).toMatchObject({ state: 'released' });
    await until(async () => (await batchOf(graph)).state === 'open');
  });

  it('is given back if its client has gone before the answer and has no key to ask again', async () => {
    const { graph, services, noticed } = await openWithWorker();
    const gone = AbortSignal.abort();
    expect(await startClaim(services, ACTOR, ALL, undefined, gone)).toMatchObject({ number: 1, state: 'releasing' });
    for (const notice of noticed.splice(0)) notice();
    await until(async () => (await batchOf(graph)).state === 'released');
    expect(await createTrainingBatch(graph.services, ACTOR, ALL)).toMatchObject({ feedbackCount: COUNT });
  });

  it('is released in its middle, too', async () => {
    const { graph, services, noticed } = await openWithWorker();
    await startClaim(services, ACTOR, ALL);
    for (const notice of noticed.splice(0)) notice();
    await startRelease(services, ACTOR, 1);
    for (const notice of noticed.splice(0)) notice();
    await until(async () => (await batchOf(graph)).state === 'released');
    expect(await createTrainingBatch(graph.services, ACTOR, ALL)).toMatchObject({ feedbackCount: COUNT });
  });

  it('is finished by the reaper where the server has stopped, or could not go on', async () => {
    const { graph, services, noticed, warnings, ended } = await openWithWorker();
    await startClaim(services, ACTOR, ALL);
    for (const notice of noticed.splice(0)) notice();
    await workers.pop()?.stop();
    expect(ended).toEqual([expect.objectContaining({ 'feedback_graph.training_batch.ended': false })]);
    expect(await batchOf(graph)).toMatchObject({ state: 'claiming' });
    await reapExpiredLeases(graph.services, { abandonedAfter: 0 });
    expect(await batchOf(graph)).toMatchObject({ state: 'open', feedbackCount: COUNT });
    expect(warnings).toEqual([]);
  });

  it('that fails is logged, and hinders no other', async () => {
    const { graph, services, noticed, warnings } = await openWithWorker();
    await startClaim(services, ACTOR, { ...ALL, limit: 2 * ROWS_AT_ONCE + 1 });
    const other = await startClaim(services, ACTOR, { ...ALL, limit: COUNT - 2 * ROWS_AT_ONCE - 2 });
    await graph.store.transact((transaction) => {
      transaction.put(trainingBatchKey('default', 1), Buffer.from('damaged'));
      return Promise.resolve();
    });
    for (const notice of noticed.splice(0)) notice();
    await until(async () => warnings.length > 0 && (await batchOf(graph, other.number)).state === 'open');
    expect(warnings).toEqual(['a training batch could not go on in the background']);
  });
});

it('without a background, all is done before the answer', async () => {
  const graph = await openGraph();
  await graph.submit(...Array.from({ length: COUNT }, () => ({})));
  expect(await startClaim(graph.services, ACTOR, ALL)).toMatchObject({ state: 'open', feedbackCount: COUNT });
});

it('progress of a batch that a server of before has begun is not more than there is to do', async () => {
  const graph = await openGraph();
  await graph.submit(...Array.from({ length: COUNT }, () => ({})));
  const number = await beginClaim(graph.services, ACTOR, ALL);
  const batch = await batchOf(graph, number);
  if (batch.state === 'external') throw new Error('The batch was made by the server');
  const { expected: _, ...before } = batch;
  expect(progressOf(before)).toEqual({ done: ROWS_AT_ONCE, total: 100_000 });
  expect(progressOf({ ...before, expected: 3 })).toEqual({ done: ROWS_AT_ONCE, total: ROWS_AT_ONCE });
  expect(progressOf({ ...before, state: 'committing' })).toEqual({ done: 0, total: ROWS_AT_ONCE });
});
