/** The review queue: what waits for a decision, deciding on an entry, and undoing a decision. Claims are in review/. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError, InvalidInputError } from '../errors.js';
import type { ValidationStatus } from '../model/facets.js';
import type { Feedback, Review } from '../model/feedback.js';
import { checkField, countCharacters, requiredTextProblem } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader, Transaction } from '../store/contract.js';
import type { FilterPlan } from './index/filter.js';
import { countFeedback, feedbackPage } from './list.js';
import { expectVersion, getFeedback } from './read.js';
import { isSearchPlan, MAX_COUNTED } from './search/searched-ids.js';
import type { FeedbackTotal } from './total.js';
import { type Droppable, updateFeedback } from './update.js';
import { feedbackVersion } from './versions.js';

/** The longest reason, in Unicode characters. */
export const MAX_REASON = 500;

/** The statuses of entries that wait for a decision, in the order of the queue. */
export const REVIEWED_STATUSES = ['flagged', 'pending'] as const satisfies readonly ValidationStatus[];

/** A place in the queue: the number of a plan and an id in it. */
export interface QueuePlace {
  readonly plan: number;
  readonly id: string;
}

interface QueueEntry {
  readonly plan: number;
  readonly feedback: Feedback;
}

export interface QueuePage {
  readonly entries: readonly QueueEntry[];
  readonly hasNext: boolean;
  /** As of {@link feedbackPage}. */
  readonly end?: QueuePlace;
}

/**
 * One page of the queue: the plans one after the other, each oldest first.
 * @param after the place of the last entry of the page before, or its end
 */
export async function queuePage(
  reader: Reader,
  plans: readonly FilterPlan[],
  limit: number,
  after: QueuePlace | undefined,
): Promise<QueuePage> {
  const entries: QueueEntry[] = [];
  for (const [index, plan] of plans.entries()) {
    if (index < (after?.plan ?? 0) || entries.length > limit) continue;
    const rest = { limit: limit + 1 - entries.length, ...(after?.plan === index && { after: after.id }) };
    const { feedback, end } = await feedbackPage(reader, plan, { ...rest, descending: false });
    for (const each of feedback) entries.push({ plan: index, feedback: each });
    if (end !== undefined && entries.length <= limit) return { entries, hasNext: true, end: { plan: index, id: end } };
  }
  return { entries: entries.slice(0, limit), hasNext: entries.length > limit };
}

/** How many entries all plans together select. A search of them counts no more than a search of one does. */
export async function queueLength(reader: Reader, plans: readonly FilterPlan[]): Promise<FeedbackTotal> {
  const totals = await Promise.all(plans.map((plan) => countFeedback(reader, plan)));
  const count = totals.reduce((sum, total) => sum + total.count, 0);
  const most = plans.some(isSearchPlan) ? MAX_COUNTED : Infinity;
  return { count: Math.min(count, most), isExact: count <= most && totals.every(({ isExact }) => isExact) };
}

export interface ReviewRequest {
  readonly verdict: Review['verdict'];
  /** For people; kept with the entry and erased with it. */
  readonly reason?: string;
  /** The correct answer, where the entry has none or a wrong one. */
  readonly correction?: string;
  readonly expectedVersion?: number;
}

/**
 * Decides on an entry that training does not have. Plugins do not validate it again unless they are told to.
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND, GONE; CONFLICT if training or another reviewer has it, or
 *   another version is expected
 */
export async function reviewFeedback(
  { store, keyedHash, now, entryLimits }: DomainServices,
  actor: Actor,
  id: string,
  { verdict, reason, correction, expectedVersion }: ReviewRequest,
  idempotency?: Idempotency,
): Promise<void> {
  checkField('reason', reason, reasonProblem);
  checkField('correction', correction, (given) => requiredTextProblem(given, entryLimits));
  const decide = async (transaction: Transaction): Promise<null> => {
    const at = now();
    const before = await getFeedback(transaction, actor.org, id);
    expectVersion(before, expectedVersion);
    refuseHeld(before);
    if (before.withdrawn !== undefined)
      throw new ApiError('CONFLICT', 'The feedback entry was withdrawn by its submitter');
    if (correction !== undefined && before.type === 'preference') {
      throw new InvalidInputError([{ field: 'correction', problem: 'is not allowed when reviewing a preference' }]);
    }
    const { reviewClaim } = before;
    if (reviewClaim !== undefined && reviewClaim.until > at && reviewClaim.reviewer !== actor.sub) {
      throw new ApiError(
        'CONFLICT',
        `Another reviewer has claimed the feedback entry until ${new Date(reviewClaim.until).toISOString()}`,
      );
    }
    await updateFeedback(transaction, keyedHash, actor, before, {
      action: 'feedback.review',
      at,
      patch: {
        validationStatus: verdict === 'approve' ? 'approved' : 'rejected',
        validationReasons: verdict === 'approve' ? [] : [reason ?? 'Rejected by a reviewer'],
        review: { verdict, reviewer: actor.sub, at, version: before.version + 1, ...omitNullish({ reason }) },
        ...omitNullish({ correction }),
      },
    });
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => decide(transaction)));
}

/**
 * Takes a review back: status, reasons and correction are again what they were before it, as a new version. Both stay
 * in the audit trail.
 * @throws {ApiError} NOT_FOUND, GONE; CONFLICT if there is no review, training has it, or another version is expected
 */
export async function undoReview(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  id: string,
  expectedVersion?: number,
  idempotency?: Idempotency,
): Promise<void> {
  const reopen = async (transaction: Transaction): Promise<null> => {
    const current = await getFeedback(transaction, actor.org, id);
    expectVersion(current, expectedVersion);
    refuseHeld(current);
    const { review } = current;
    if (review === undefined) throw new ApiError('CONFLICT', 'The feedback entry has no review to undo');
    const before = await feedbackVersion(transaction, actor.org, current, review.version - 1);
    if (before === undefined) throw new Error('The version before a review is missing');
    const at = now();
    const drop: Droppable[] = [];
    if (before.correction === undefined) drop.push('correction');
    if (before.review === undefined) drop.push('review');
    await updateFeedback(transaction, keyedHash, actor, current, {
      action: 'feedback.reopen',
      at,
      reason: `review of version ${review.version}`,
      patch: {
        validationStatus: before.validationStatus,
        validationReasons: before.validationReasons,
        ...omitNullish({ correction: before.correction, review: before.review }),
        ...(before.validationStatus === 'pending' ? { judging: { failures: 0, due: at } } : {}),
      },
      drop,
    });
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => reopen(transaction)));
}

/** @throws {ApiError} CONFLICT if training has the entry */
export function refuseHeld({ use, trainingBatchId }: Feedback): void {
  if (use === 'unused') return;
  const has = use === 'used' ? 'has used' : 'holds';
  throw new ApiError('CONFLICT', `Training batch ${trainingBatchId} ${has} the feedback entry`);
}

function reasonProblem(reason: string): string | undefined {
  if (!reason.isWellFormed()) return 'must be well-formed Unicode, without lone surrogates';
  if (reason.trim() === '' || countCharacters(reason) > MAX_REASON) return `must be 1 to ${MAX_REASON} characters long`;
  return undefined;
}
