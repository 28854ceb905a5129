/** The review queue: what waits for a decision, deciding on an entry, and undoing a decision. Claims are in review/. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { InvalidInputError } from '../errors.js';
import type { ValidationStatus } from '../model/facets.js';
import type { Feedback, Review } from '../model/feedback.js';
import { checkField, countCharacters, requiredTextProblem } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader, Transaction } from '../store/contract.js';
import type { FilterPlan } from './index/filter.js';
import { countFeedback, feedbackPage } from './list.js';
import { expectVersion, getFeedback } from './read.js';
import { ChangeRefusedError, throwRefusal, trainingRefusal } from './refusal.js';
import { isSearchPlan, MAX_COUNTED } from './search/searched-ids.js';
import type { FeedbackTotal } from './total.js';
import { type Droppable, type FeedbackUpdate, updateFeedback } from './update.js';
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
    throwRefusal(reviewRefusal(before, actor.sub, at));
    if (correction !== undefined && before.type === 'preference') {
      throw new InvalidInputError([{ field: 'correction', problem: 'is not allowed when reviewing a preference' }]);
    }
    await applyReview(
      transaction,
      keyedHash,
      actor,
      before,
      { verdict, ...omitNullish({ reason, correction }) },
      { at },
    );
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => decide(transaction)));
}

/** What refuses a review of an entry by a reviewer at a time. */
export function reviewRefusal(before: Feedback, reviewer: string, at: number): ChangeRefusedError | undefined {
  const held = trainingRefusal(before);
  if (held !== undefined) return held;
  if (before.withdrawn !== undefined) {
    return new ChangeRefusedError('withdrawn', 'The feedback entry was withdrawn by its submitter');
  }
  const { reviewClaim } = before;
  if (reviewClaim === undefined || reviewClaim.until <= at || reviewClaim.reviewer === reviewer) return undefined;
  return new ChangeRefusedError(
    'claimed_by_reviewer',
    `Another reviewer has claimed the feedback entry until ${new Date(reviewClaim.until).toISOString()}`,
  );
}

/** What is noted of the change of an entry beside what it changes. */
export type ChangeNote = Pick<FeedbackUpdate, 'at' | 'reason' | 'details'>;

/** Decides on an entry whose review nothing refuses. */
export function applyReview(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  before: Feedback,
  { verdict, reason, correction }: Omit<ReviewRequest, 'expectedVersion'>,
  note: ChangeNote,
): Promise<Feedback> {
  const { at } = note;
  return updateFeedback(transaction, keyedHash, actor, before, {
    ...note,
    action: 'feedback.review',
    patch: {
      validationStatus: STATUS_OF_VERDICT[verdict],
      validationReasons: verdict === 'approve' ? [] : [reason ?? 'Rejected by a reviewer'],
      review: {
        verdict,
        reviewer: actor.sub,
        at,
        version: before.version + 1,
        counted: true,
        ...omitNullish({ reason }),
      },
      ...omitNullish({ correction }),
    },
  });
}

/** The status of an entry after a decision. */
export const STATUS_OF_VERDICT = { approve: 'approved', reject: 'rejected' } as const satisfies Readonly<
  Record<Review['verdict'], ValidationStatus>
>;

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
    throwRefusal(reopenRefusal(current));
    const before = await versionBeforeReview(transaction, actor.org, current);
    await restoreJudgement(transaction, keyedHash, actor, current, before, {
      action: 'feedback.reopen',
      at: now(),
      ...reopenNote(current),
    });
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => reopen(transaction)));
}

/** What refuses to take back the review of an entry. */
export function reopenRefusal(current: Feedback): ChangeRefusedError | undefined {
  const held = trainingRefusal(current);
  if (held !== undefined || current.review !== undefined) return held;
  return new ChangeRefusedError('not_reviewed', 'The feedback entry has no review to undo');
}

/** The version of a reviewed entry that its review decided on. */
export async function versionBeforeReview(reader: Reader, org: string, current: Feedback): Promise<Feedback> {
  const { review } = current;
  const before = review && (await feedbackVersion(reader, org, current, review.version - 1));
  if (before === undefined) throw new Error('The version before a review is missing');
  return before;
}

/** What the audit event of a review that is taken back says. */
export function reopenNote({ review }: Feedback): Pick<ChangeNote, 'reason'> {
  return review === undefined ? {} : { reason: `review of version ${review.version}` };
}

/** Gives an entry the status, reasons, correction and review of an earlier version, as a new version. */
export function restoreJudgement(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  current: Feedback,
  before: Feedback,
  change: ChangeNote & Pick<FeedbackUpdate, 'action'>,
): Promise<Feedback> {
  const drop: Droppable[] = [];
  if (before.correction === undefined) drop.push('correction');
  if (before.review === undefined) drop.push('review');
  return updateFeedback(transaction, keyedHash, actor, current, {
    ...change,
    patch: {
      validationStatus: before.validationStatus,
      validationReasons: before.validationReasons,
      ...omitNullish({ correction: before.correction, review: before.review }),
      ...(before.validationStatus === 'pending' ? { judging: { failures: 0, due: change.at } } : {}),
    },
    drop,
  });
}

/** What is wrong with the reason of a review, if anything. */
export function reasonProblem(reason: string): string | undefined {
  if (!reason.isWellFormed()) return 'must be well-formed Unicode, without lone surrogates';
  if (reason.trim() === '' || countCharacters(reason) > MAX_REASON) return `must be 1 to ${MAX_REASON} characters long`;
  return undefined;
}
