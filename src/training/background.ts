/** Claims, commits and releases that are answered at once and carried out in the background. */
import type { Actor } from '../audit/events.js';
import type { Idempotency } from '../audit/idempotency.js';
import { repeat, spreadPeriod } from '../repeat.js';
import type { DomainServices } from '../services.js';
import { unwatched, type WatchedWork, type WatchWork } from '../watch-work.js';
import type { AllocatedBatch } from './batch.js';
import { beginClaim, type ClaimRequest } from './claim.js';
import { beginCommit, type CommitRequest } from './commit.js';
import { beginRelease } from './release.js';
import { compactClaimed, finishBatch, isUnderWay, stepsOf } from './work.js';

/**
 * As `createTrainingBatch`, and answers once the claim is certain: the batch is `claiming` unless it has all that it gets.
 * @param gone as of `createTrainingBatch`
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if nothing fits
 */
export async function startClaim(
  services: DomainServices,
  actor: Actor,
  request: ClaimRequest,
  idempotency?: Idempotency,
  gone?: AbortSignal,
): Promise<AllocatedBatch> {
  const number = await beginClaim(services, actor, request, idempotency);
  if (idempotency === undefined && gone?.aborted === true) return startRelease(services, actor, number);
  return goOn(services, actor, number);
}

/** As `commitTrainingBatch`, and answers once the commit is certain: the batch is `committing` or `committed`. */
export async function startCommit(
  services: DomainServices,
  actor: Actor,
  number: number,
  request: CommitRequest,
  idempotency?: Idempotency,
): Promise<AllocatedBatch> {
  await beginCommit(services, actor, number, request, idempotency);
  return goOn(services, actor, number);
}

/** As `releaseTrainingBatch`, and answers once the release is certain: the batch is `releasing`, `released` or `expired`. */
export async function startRelease(
  services: DomainServices,
  actor: Actor,
  number: number,
  idempotency?: Idempotency,
): Promise<AllocatedBatch> {
  await beginRelease(services, actor, number, idempotency);
  return goOn(services, actor, number);
}

/** Takes one step, with which a small batch is done, and leaves the others to the background if there is one. */
async function goOn(services: DomainServices, actor: Actor, number: number): Promise<AllocatedBatch> {
  const { trainingBatch: notice } = services;
  if (notice === undefined) return finishBatch(services, actor, number);
  const batch = await stepsOf(services, actor, number)();
  if (isUnderWay(batch.state)) notice(actor, number);
  return batch;
}

/** How often batches are looked at that were noticed just when a round ended, ms. */
const ROUND_EVERY = 1_000;

/** What this server carries out of a batch. */
interface Work {
  readonly actor: Actor;
  readonly step: () => Promise<AllocatedBatch>;
  readonly watched: WatchedWork;
  /** Transactions of this server. */
  steps: number;
}

export interface BatchWorker {
  /** Says that the change of a batch is to be carried out, on behalf of whom. */
  readonly notice: (actor: Actor, number: number) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Carries out what batches intend, in turns, so that a small one does not wait for a large one. What is left when it stops or
 * fails is found by the reaper of leases, of this server, the next start or another server.
 */
export function startBatchWorker(
  services: DomainServices,
  logger: { warn(fields: object, message: string): void },
  watch: WatchWork = unwatched,
): BatchWorker {
  const active = new Map<string, Work>();
  /** Does nothing where it was noticed again meanwhile, for its next change. */
  const end = (name: string, work: Work, ended: boolean, failure?: unknown): void => {
    if (active.get(name) !== work) return;
    active.delete(name);
    const facts = { 'feedback_graph.training_batch.steps': work.steps };
    work.watched.end({ ...facts, 'feedback_graph.training_batch.ended': ended }, failure);
  };
  const round = async (signal: AbortSignal): Promise<void> => {
    while (active.size > 0) {
      for (const [name, work] of active) {
        if (signal.aborted) return;
        try {
          const batch = await work.watched.within(work.step);
          work.steps += 1;
          if (isUnderWay(batch.state)) continue;
          if (batch.state === 'open') compactClaimed(services, work.actor, batch);
          end(name, work, true);
        } catch (error) {
          end(name, work, false, error);
          logger.warn({ err: error }, 'a training batch could not go on in the background');
        }
      }
    }
  };
  const { runNow, stop } = repeat(round, {
    every: spreadPeriod(ROUND_EVERY),
    onFailure: (error) => logger.warn({ err: error }, 'training batches could not go on in the background'),
  });
  return {
    notice: (actor, number) => {
      const name = JSON.stringify([actor.org, number]);
      const before = active.get(name);
      if (before !== undefined) end(name, before, false);
      const facts = { 'feedback_graph.organization': actor.org, 'feedback_graph.training_batch.number': number };
      const watched = watch({ name: 'training batch', facts, isAsked: true });
      active.set(name, { actor, step: stepsOf(services, actor, number), watched, steps: 0 });
      runNow();
    },
    stop: async () => {
      await stop();
      for (const [name, left] of active) end(name, left, false);
    },
  };
}
