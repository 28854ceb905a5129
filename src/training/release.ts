import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError } from '../errors.js';
import { updateAllFeedback } from '../feedback/update.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { erasedCounter, trainingBatchKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type AllocatedBatch, changed, deleteInclusions, stateAt, trainingBatchNode } from './batch.js';
import { getAllocated } from './commit.js';
import { nextIncluded, putStep } from './step.js';

/**
 * Stores the intent to give back what a batch holds; {@link releaseMore} does. Does nothing for one that was released or
 * whose lease has lapsed.
 * @throws {ApiError} NOT_FOUND; CONFLICT for a batch that is committed
 */
export async function beginRelease(
  { store, now }: DomainServices,
  actor: Actor,
  number: number,
  idempotency?: Idempotency,
): Promise<void> {
  const begin = async (transaction: Transaction): Promise<null> => {
    const at = now();
    const batch = await getAllocated(transaction, actor.org, number);
    const state = stateAt(batch, at);
    if (state === 'committed' || state === 'committing') {
      throw new ApiError('CONFLICT', `Training batch ${number} is ${state} and cannot be released`);
    }
    if (batch.state !== 'releasing' && batch.state !== 'released' && batch.state !== 'expired') {
      giveBack(transaction, actor, batch, state === 'expired' ? 'expired' : 'released', at);
    }
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => begin(transaction)));
}

/** Stores the intent to end a batch whose lease has lapsed; does nothing for any other. */
export async function beginExpiry({ store, now }: DomainServices, actor: Actor, number: number): Promise<void> {
  await store.transact(async (transaction) => {
    const at = now();
    const batch = await getAllocated(transaction, actor.org, number);
    const lapsed = batch.state !== 'expired' && stateAt(batch, at) === 'expired';
    if (lapsed) giveBack(transaction, actor, batch, 'expired', at);
  });
}

function giveBack(
  transaction: Transaction,
  actor: Actor,
  batch: AllocatedBatch,
  ending: 'released' | 'expired',
  at: number,
): void {
  const revision = batch.revision + 1;
  const audit = recordChange(transaction, actor, batch.audit, {
    at,
    action: ending === 'released' ? 'training_batch.release' : 'training_batch.expire',
    node: trainingBatchNode(batch.number),
    versionBefore: batch.revision,
    versionAfter: revision,
  });
  const releasing = changed(batch, {
    state: 'releasing',
    ending,
    cursor: undefined,
    adapters: undefined,
    revision,
    updatedAt: at,
    audit,
  });
  transaction.put(trainingBatchKey(actor.org, batch.number), encodeRecord(releasing));
}

/** Gives back the next entries of a batch, and ends it if these were the last. */
export async function releaseMore(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  batch: AllocatedBatch,
  at: number,
): Promise<AllocatedBatch> {
  const { org } = actor;
  const { ending = 'released' } = batch;
  const { node, included, found, isLast } = await nextIncluded(transaction, org, batch);
  deleteInclusions(transaction, org, node, included);
  const entries = found.filter((feedback) => feedback !== undefined);
  const erased = found.length - entries.length;
  if (erased > 0) transaction.add(erasedCounter(org, node), -erased);
  await updateAllFeedback(transaction, keyedHash, actor, entries, {
    action: 'feedback.release',
    at,
    reason: node,
    patch: { use: 'unused', trainingBatchId: 0 },
  });
  return putStep(
    transaction,
    org,
    batch,
    { included, isLast, at },
    {
      state: isLast ? ending : 'releasing',
      feedbackCount: batch.feedbackCount - included.length,
      ending: isLast ? undefined : ending,
    },
  );
}
