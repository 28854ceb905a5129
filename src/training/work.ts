/** Carries what training batches intend to its end, and ends those whose lease has lapsed. */
import { type Actor, recordChange, systemActor } from '../audit/events.js';
import type { Idempotency } from '../audit/idempotency.js';
import { repeat, spreadPeriod } from '../repeat.js';
import type { DomainServices } from '../services.js';
import { lastComponent, prefixEnd, splitKey } from '../store/keys.js';
import { claimedCounter, LEASE_PREFIX, trainingBatchKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type AllocatedBatch, changed, decodeBatch, stateAt, trainingBatchNode } from './batch.js';
import { beginClaim, claimMore, type ClaimRequest } from './claim.js';
import { beginCommit, commitMore, type CommitRequest, getAllocated } from './commit.js';
import { compactIndexes } from './compact-indexes.js';
import { beginExpiry, beginRelease, releaseMore } from './release.js';
import { createUserCounts } from './user-counts.js';

const MORE = { claiming: claimMore, committing: commitMore, releasing: releaseMore } as const;

export function isUnderWay(state: string): state is keyof typeof MORE {
  return state in MORE;
}

/**
 * Carries out the rest of a batch's intended change, chunk by chunk; several callers may do so at once.
 * @param signal ends it before that, for another start to go on
 * @throws {ApiError} NOT_FOUND
 */
export async function finishBatch(
  services: DomainServices,
  actor: Actor,
  number: number,
  signal?: AbortSignal,
): Promise<AllocatedBatch> {
  const step = stepsOf(services, actor, number);
  for (;;) {
    const batch = await step();
    if (!isUnderWay(batch.state) || signal?.aborted === true) return batch;
  }
}

/**
 * What carries out the next chunk of a batch's intended change each time it is called, and answers the batch as it is then.
 * @throws {ApiError} NOT_FOUND
 */
export function stepsOf(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  number: number,
): () => Promise<AllocatedBatch> {
  const users = createUserCounts();
  return async () => {
    let isRunAgain = false;
    return store.transact(async (transaction) => {
      if (isRunAgain) users.discardLatest();
      isRunAgain = true;
      const found = await getAllocated(transaction, actor.org, number);
      return isUnderWay(found.state) ? MORE[found.state](transaction, keyedHash, actor, found, now(), users) : found;
    });
  };
}

/**
 * Claims feedback for a new batch, and answers it once it has all that it gets.
 * @param gone aborted once nobody waits for the answer any more: what was claimed until then is given back, unless an
 *   idempotency key lets the claim be asked for again
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if nothing fits
 */
export async function createTrainingBatch(
  services: DomainServices,
  actor: Actor,
  request: ClaimRequest,
  idempotency?: Idempotency,
  gone?: AbortSignal,
): Promise<AllocatedBatch> {
  const number = await beginClaim(services, actor, request, idempotency);
  const batch = await finishBatch(services, actor, number, idempotency === undefined ? gone : undefined);
  if (isUnderWay(batch.state)) return releaseTrainingBatch(services, actor, number);
  compactClaimed(services, actor, batch);
  return batch;
}

/** Call it when a batch has all that it gets. */
export function compactClaimed({ store }: DomainServices, { org }: Actor, { claimed }: AllocatedBatch): void {
  compactIndexes(store, org, [claimedCounter(org)], claimed.total);
}

/**
 * Marks all that a batch holds as used by training, all or nothing: once this is stored as an intent it is always
 * finished. Answers when it is. The same commit again answers the same.
 */
export async function commitTrainingBatch(
  services: DomainServices,
  actor: Actor,
  number: number,
  request: CommitRequest,
  idempotency?: Idempotency,
): Promise<AllocatedBatch> {
  await beginCommit(services, actor, number, request, idempotency);
  return finishBatch(services, actor, number);
}

/** Gives back all that a batch holds. Answers when it has; again: the same. */
export async function releaseTrainingBatch(
  services: DomainServices,
  actor: Actor,
  number: number,
  idempotency?: Idempotency,
): Promise<AllocatedBatch> {
  await beginRelease(services, actor, number, idempotency);
  return finishBatch(services, actor, number);
}

/** Notes that a batch was exported, if that is the first time. */
export async function markExported(
  { store, now }: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  number: number,
): Promise<void> {
  await store.transact(async (transaction) => {
    const at = now();
    const batch = await getAllocated(transaction, actor.org, number);
    if (stateAt(batch, at) !== 'open') return;
    const audit = recordChange(transaction, actor, batch.audit, {
      at,
      action: 'training_batch.export',
      node: trainingBatchNode(number),
      versionBefore: batch.revision,
      versionAfter: batch.revision + 1,
    });
    const exported = changed(batch, { state: 'exported', revision: batch.revision + 1, updatedAt: at, audit });
    transaction.put(trainingBatchKey(actor.org, number), encodeRecord(exported));
  });
}

const LEASES_AT_ONCE = 1_000;
/** What has not moved for so long, ms, has nobody any more who carries it on: each step takes some milliseconds. */
export const ABANDONED_AFTER = 10_000;

export interface ReapOptions {
  /** {@link ABANDONED_AFTER} unless given; 0 for whoever has the store to itself and has nothing under way. */
  readonly abandonedAfter?: number;
  /** Ends it before all is done, for another time to go on. */
  readonly signal?: AbortSignal;
  /** Told of a batch that failed, for instance because its record is damaged; the others are reaped. Without it, that is thrown. */
  readonly onFailure?: (error: unknown, key: string) => void;
}

/**
 * Ends all batches whose lease has lapsed, and finishes what nobody has carried on for a while, whichever server had begun it.
 * Several servers may do so at once.
 */
export async function reapExpiredLeases(
  services: DomainServices,
  { abandonedAfter = ABANDONED_AFTER, signal, onFailure }: ReapOptions = {},
): Promise<void> {
  const { store, now } = services;
  for (let gte = LEASE_PREFIX; ;) {
    const from = gte;
    // What has moved since is not abandoned.
    const at = now();
    const leases = await store.read(async (reader) => {
      const keys = await reader.scanKeys({ gte: from, lt: prefixEnd(LEASE_PREFIX), limit: LEASES_AT_ONCE });
      const values = await reader.getMany(keys.map(lastComponent));
      return keys.map((key, index) => ({ key, value: values[index] }));
    });
    for (const { key, value } of leases) {
      const [, org = '', digits = ''] = splitKey(lastComponent(key));
      if (signal?.aborted === true) return;
      try {
        const batch = value === undefined ? undefined : decodeBatch(value);
        if (batch === undefined || batch.state === 'external') continue;
        const hasLapsed = batch.state !== 'expired' && stateAt(batch, at) === 'expired';
        // A time far ahead was written by a clock that was wrong.
        const isAbandoned = isUnderWay(batch.state) && Math.abs(at - batch.updatedAt) >= abandonedAfter;
        const actor = systemActor(org, 'training-batches');
        if (hasLapsed) await beginExpiry(services, actor, Number(digits));
        if (hasLapsed || isAbandoned) await finishBatch(services, actor, Number(digits), signal);
      } catch (error) {
        if (onFailure === undefined) throw error;
        onFailure(error, key);
      }
    }
    const last = leases.at(-1);
    if (last === undefined || leases.length < LEASES_AT_ONCE) return;
    gte = `${last.key}\0`;
  }
}

interface WarningLogger {
  warn(fields: object, message: string): void;
}

/** A batch that fails stops neither the server nor the others. */
export function logFailure(logger: WarningLogger): NonNullable<ReapOptions['onFailure']> {
  return (error, lease) =>
    logger.warn({ err: error, lease }, 'an expired or interrupted training batch could not be finished');
}

/** How often leases are looked at, ms. */
const REAP_EVERY = 10_000;

/** Reaps expired leases at intervals, one pass after another. */
export function startLeaseReaper(
  services: DomainServices,
  logger: WarningLogger,
): { readonly stop: () => Promise<void> } {
  const reap = (signal: AbortSignal): Promise<void> =>
    reapExpiredLeases(services, { signal, onFailure: logFailure(logger) });
  return repeat(reap, {
    every: spreadPeriod(REAP_EVERY),
    onFailure: (error) => logger.warn({ err: error }, 'training batches could not be checked for expired leases'),
  });
}
