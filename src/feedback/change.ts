import { present } from '../present.js';
import type { Transaction } from '../store/contract.js';
import { feedbackKey, feedbackVersionKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type Actor, type AuditAction, recordChange } from './journal.js';
import { linkedAdapters } from './links.js';
import { encodeFeedback, feedbackClass, type Feedback } from './model.js';
import { enterScope, type HashUser, leaveScope, ownScopes, type Scope, scopesOfLinks } from './scopes.js';

/** What a change may set. Id, content that indexes hang on, and bookkeeping stay as they are. */
export type FeedbackPatch = Partial<
  Pick<
    Feedback,
    | 'type'
    | 'question'
    | 'answer'
    | 'correction'
    | 'comment'
    | 'validationStatus'
    | 'validationReasons'
    | 'findings'
    | 'fingerprint'
    | 'judging'
    | 'review'
    | 'withdrawn'
    | 'use'
    | 'trainingBatchId'
  >
>;

/** What a change may take away. */
export type Droppable = 'correction' | 'findings' | 'fingerprint' | 'judging' | 'review' | 'reviewClaim' | 'withdrawn';

export interface FeedbackChange {
  readonly action: AuditAction;
  /** Epoch ms. */
  readonly at: number;
  readonly reason?: string;
  readonly patch: FeedbackPatch;
  readonly drop?: readonly Droppable[];
}

/**
 * What an earlier version had otherwise than the one after it: applied to that one, it gives the earlier one back.
 * `absent` names the fields that the earlier version did not have.
 */
export interface VersionDifference {
  readonly had: Partial<Feedback>;
  readonly absent: readonly string[];
}

/**
 * The one way in which a stored feedback changes: makes the next version, keeps what the old one had otherwise, moves
 * every index entry and incoming edge if the class changes, and writes audit event and change feed, all in `transaction`.
 */
export async function changeFeedback(
  transaction: Transaction,
  hashUser: HashUser,
  actor: Actor,
  before: Feedback,
  change: FeedbackChange,
): Promise<Feedback> {
  const { org } = actor;
  const version = before.version + 1;
  const audit = recordChange(transaction, actor, before.audit, {
    at: change.at,
    action: change.action,
    node: before.id,
    versionBefore: before.version,
    versionAfter: version,
    ...present({ reason: change.reason }),
  });
  const patched: Feedback = { ...before, ...change.patch, version, updatedAt: change.at, audit };
  // A claim to review and a turn to be judged end with what they are for.
  const dropped: Droppable[] = [...(change.drop ?? [])];
  if (patched.validationStatus !== 'flagged') dropped.push('reviewClaim');
  if (patched.validationStatus !== 'pending') dropped.push('judging');
  const after = without(patched, dropped);
  transaction.put(feedbackVersionKey(org, before.id, before.version), encodeRecord(difference(before, after)));
  await replaceFeedback(transaction, hashUser, org, before, after);
  return after;
}

/**
 * Puts `after` in the place of `before`, and moves the index entries and incoming edges that differ. Alone it makes no
 * version: for what is no part of one, as who looks at an entry.
 */
export async function replaceFeedback(
  transaction: Transaction,
  hashUser: HashUser,
  org: string,
  before: Feedback,
  after: Feedback,
): Promise<void> {
  transaction.put(feedbackKey(org, before.id), encodeFeedback(after));
  const [oldClass, newClass] = [feedbackClass(before), feedbackClass(after)];
  const left = ownScopes(org, before, hashUser);
  const entered = ownScopes(org, after, hashUser);
  if (oldClass !== newClass) {
    const links = scopesOfLinks(after, await linkedAdapters(transaction, org, before.id));
    left.push(...links);
    entered.push(...links);
  }
  const nameIn = (scope: Scope, name: string): string => `${name} ${JSON.stringify(scope)}`;
  const [was, is] = [
    new Set(left.map((scope) => nameIn(scope, oldClass))),
    new Set(entered.map((scope) => nameIn(scope, newClass))),
  ];
  for (const scope of left) {
    if (!is.has(nameIn(scope, oldClass))) leaveScope(transaction, org, scope, oldClass, before.id);
  }
  for (const scope of entered) {
    if (!was.has(nameIn(scope, newClass))) enterScope(transaction, org, scope, newClass, before.id);
  }
}

/** Every field that may be dropped may also be absent, so what is left is a feedback. */
function without(feedback: Feedback, dropped: readonly Droppable[]): Feedback {
  const kept = Object.entries(feedback).filter(([field]) => !(dropped as readonly string[]).includes(field));
  return Object.fromEntries(kept) as unknown as Feedback;
}

function difference(before: Feedback, after: Feedback): VersionDifference {
  const { reviewClaim: _claim, judging: _judging, ...version } = before;
  const had = Object.entries(version).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(after[field as keyof Feedback]),
  );
  return {
    had: Object.fromEntries(had),
    absent: Object.keys(after).filter((field) => !(field in version)),
  };
}
