import { present } from '../present.js';
import type { Transaction } from '../store/contract.js';
import { feedbackKey, feedbackVersionKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type Actor, type AuditAction, recordChange } from './journal.js';
import { linkedAdapters } from './links.js';
import { encodeFeedback, feedbackClass, type Feedback } from './model.js';
import { enterScope, type HashUser, leaveScope, ownScopes, scopesOfLinks } from './scopes.js';

/** What a change may set. Id, content that indexes hang on, and bookkeeping stay as they are. */
export type FeedbackPatch = Partial<
  Pick<Feedback, 'validationStatus' | 'validationReasons' | 'use' | 'trainingBatchId'>
>;

export interface FeedbackChange {
  readonly action: AuditAction;
  /** Epoch ms. */
  readonly at: number;
  readonly reason?: string;
  readonly patch: FeedbackPatch;
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
  const after: Feedback = { ...before, ...change.patch, version, updatedAt: change.at, audit };
  transaction.put(feedbackKey(org, before.id), encodeFeedback(after));
  transaction.put(feedbackVersionKey(org, before.id, before.version), encodeRecord(difference(before, after)));

  const [oldClass, newClass] = [feedbackClass(before), feedbackClass(after)];
  if (oldClass !== newClass) {
    const adapters = await linkedAdapters(transaction, org, before.id);
    const scopes = [...ownScopes(org, after, hashUser), ...scopesOfLinks(after, adapters)];
    for (const scope of scopes) {
      leaveScope(transaction, org, scope, oldClass, before.id);
      enterScope(transaction, org, scope, newClass, before.id);
    }
  }
  return after;
}

function difference(before: Feedback, after: Feedback): VersionDifference {
  const had = Object.entries(before).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(after[field as keyof Feedback]),
  );
  return {
    had: Object.fromEntries(had),
    absent: Object.keys(after).filter((field) => !(field in before)),
  };
}
