import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError } from '../errors.js';
import { throwIssues } from '../model/input.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { leaseKey, trainingBatchKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type AllocatedBatch, changed, stateAt, trainingBatchNode } from './batch.js';
import { leaseProblem } from './claim.js';
import { getAllocated } from './commit.js';

/**
 * Lets a batch hold its entries for `leaseMinutes` from now. A lease never becomes shorter: one that lasts longer stays.
 * @param leaseMinutes 1 to {@link MAX_LEASE_MINUTES}
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND; CONFLICT for a batch whose lease has lapsed, or that is neither
 *   `open` nor `exported`
 */
export async function renewTrainingBatch(
  { store, now }: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  number: number,
  leaseMinutes: number,
  idempotency?: Idempotency,
): Promise<AllocatedBatch> {
  const problem = leaseProblem(leaseMinutes);
  throwIssues(problem === undefined ? [] : [{ field: 'leaseMinutes', problem }]);
  const renew = async (transaction: Transaction): Promise<null> => {
    const at = now();
    const batch = await getAllocated(transaction, actor.org, number);
    const state = stateAt(batch, at);
    if (state !== 'open' && state !== 'exported') {
      throw new ApiError('CONFLICT', `Training batch ${number} is ${state} and cannot be renewed`);
    }
    const leaseUntil = Math.max(batch.leaseUntil, at + leaseMinutes * 60_000);
    if (leaseUntil === batch.leaseUntil) return null;
    const key = trainingBatchKey(actor.org, number);
    const revision = batch.revision + 1;
    const audit = recordChange(transaction, actor, batch.audit, {
      at,
      action: 'training_batch.renew',
      node: trainingBatchNode(number),
      versionBefore: batch.revision,
      versionAfter: revision,
    });
    transaction.put(key, encodeRecord(changed(batch, { leaseUntil, revision, updatedAt: at, audit })));
    transaction.delete(leaseKey(batch.leaseUntil, key));
    transaction.put(leaseKey(leaseUntil, key), Buffer.alloc(0));
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => renew(transaction)));
  return store.read((reader) => getAllocated(reader, actor.org, number));
}
