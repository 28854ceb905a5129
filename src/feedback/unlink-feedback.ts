import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { feedbackFacet, type Feedback } from '../model/feedback.js';
import { checkField, idProblem } from '../model/input.js';
import { namedAdapters } from '../model/preference.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { edgeOutKey } from '../store/layout.js';
import { type AdapterSetMove, relistAdapterSets } from './index/adapter-sets.js';
import { listIndexes, LINK_INDEX_KINDS, moveBetweenIndexes } from './index/membership.js';
import type { LinkedEntry } from './link-feedback.js';
import { decodeLink, type FeedbackLink, linkedAdapters } from './links.js';
import { expectVersion, getFeedback } from './read.js';
import { ChangeRefusedError, heldRefusal, throwRefusal } from './refusal.js';
import { type FeedbackUpdate, updateFeedback } from './update.js';

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
    const stored = await transaction.get(edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId));
    const link = stored === undefined ? undefined : decodeLink(stored);
    throwRefusal(unlinkRefusal(feedback, link, adapterId, unlinksOthers ? undefined : actor.sub));
    const linked = await linkedAdapters(transaction, org, feedbackId);
    const move = await removeLinked(transaction, keyedHash, actor, { feedback, linked }, adapterId, { at: now() });
    await relistAdapterSets(transaction, org, [move]);
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => unlink(transaction)));
}

/**
 * What refuses to take away the link from an entry to an adapter.
 * @param link absent if there is none
 * @param onlyOf the `sub` whose links alone may be taken away; anybody's if absent
 */
export function unlinkRefusal(
  feedback: Feedback,
  link: FeedbackLink | undefined,
  adapterId: string,
  onlyOf: string | undefined,
): ChangeRefusedError | undefined {
  if (link === undefined) {
    return new ChangeRefusedError('unchanged', 'The feedback entry is not linked to the adapter', 'NOT_FOUND');
  }
  if (namedAdapters(feedback).includes(adapterId)) {
    return new ChangeRefusedError(
      'named_by_submission',
      'The feedback entry was submitted for the adapter and stays linked to it',
    );
  }
  if (onlyOf !== undefined && link.createdBy !== onlyOf) {
    return new ChangeRefusedError(
      'linked_by_other',
      "Another user created the link; removing it requires a token with the permission 'adapters:write'",
      'FORBIDDEN',
    );
  }
  return heldRefusal(feedback);
}

/**
 * Takes away the link of an entry to an adapter.
 * @returns as {@link putLinked}
 */
export async function removeLinked(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  { feedback, linked }: LinkedEntry,
  adapterId: string,
  note: Pick<FeedbackUpdate, 'at' | 'details'>,
): Promise<AdapterSetMove> {
  const { org } = actor;
  const remaining = linked.filter((each) => each !== adapterId);
  const left = listIndexes(org, feedback, linked, keyedHash, LINK_INDEX_KINDS);
  const entered = listIndexes(org, feedback, remaining, keyedHash, LINK_INDEX_KINDS);
  moveBetweenIndexes(transaction, org, feedbackFacet(feedback), feedback.id, left, entered);
  transaction.delete(edgeOutKey(org, 'FEEDBACK_FOR', feedback.id, adapterId));
  await updateFeedback(transaction, keyedHash, actor, feedback, {
    ...note,
    action: 'feedback.unlink',
    reason: adapterId,
    patch: {},
  });
  return { before: linked, after: remaining };
}
