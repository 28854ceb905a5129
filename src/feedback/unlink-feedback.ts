import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError } from '../errors.js';
import { feedbackFacet } from '../model/feedback.js';
import { checkField, idProblem } from '../model/input.js';
import { namedAdapters } from '../model/preference.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { edgeOutKey } from '../store/layout.js';
import { relistAdapterSet } from './index/adapter-sets.js';
import { listIndexes, LINK_INDEX_KINDS, moveBetweenIndexes } from './index/membership.js';
import { decodeLink, linkedAdapters } from './links.js';
import { expectVersion, getFeedback } from './read.js';
import { updateFeedback } from './update.js';

export interface UnlinkRequest {
  readonly feedbackId: string;
  readonly adapterId: string;
  /** The version that the entry must have. */
  readonly expectedVersion?: number;
  /** Whether links that others made may be taken away, as by default. */
  readonly unlinksOthers?: boolean;
}

/**
 * Takes away the `FEEDBACK_FOR` edge from an entry to an adapter, with its metadata. The adapter stays, and so does the link
 * to the adapter that the submission named: it says what gave the answer.
 * @throws {ApiError} NOT_FOUND for an unknown entry or one that is not linked to the adapter, CONFLICT if the submission
 *   named the adapter or a training batch holds the entry, FORBIDDEN if somebody else made the link.
 */
export async function unlinkFeedback(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  { feedbackId, adapterId, expectedVersion, unlinksOthers = true }: UnlinkRequest,
  idempotency?: Idempotency,
): Promise<void> {
  checkField('adapterId', adapterId, idProblem);
  const { org } = actor;

  const unlink = async (transaction: Transaction): Promise<null> => {
    const feedback = await getFeedback(transaction, org, feedbackId);
    expectVersion(feedback, expectedVersion);
    const edge = edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId);
    const stored = await transaction.get(edge);
    if (stored === undefined) throw new ApiError('NOT_FOUND', 'The feedback entry is not linked to the adapter');
    if (namedAdapters(feedback).includes(adapterId)) {
      throw new ApiError('CONFLICT', 'The feedback entry was submitted for the adapter and stays linked to it');
    }
    if (!unlinksOthers && decodeLink(stored).createdBy !== actor.sub) {
      throw new ApiError(
        'FORBIDDEN',
        "Another user created the link; removing it requires a token with the permission 'adapters:write'",
      );
    }
    if (feedback.use === 'claimed') {
      throw new ApiError('CONFLICT', `Training batch ${feedback.trainingBatchId} holds the feedback entry`);
    }
    const linked = await linkedAdapters(transaction, org, feedbackId);
    const remaining = linked.filter((each) => each !== adapterId);
    const left = listIndexes(org, feedback, linked, keyedHash, LINK_INDEX_KINDS);
    const entered = listIndexes(org, feedback, remaining, keyedHash, LINK_INDEX_KINDS);
    moveBetweenIndexes(transaction, org, feedbackFacet(feedback), feedbackId, left, entered);
    await relistAdapterSet(transaction, org, linked, remaining);
    transaction.delete(edge);
    await updateFeedback(transaction, keyedHash, actor, feedback, {
      action: 'feedback.unlink',
      at: now(),
      reason: adapterId,
      patch: {},
    });
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => unlink(transaction)));
}
