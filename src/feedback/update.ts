import { type Actor, type AuditAction, type EventDetails, recordChange } from '../audit/events.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { FieldName, FieldsWith } from '../model/feedback-fields.js';
import { encodeFeedback, feedbackFacet, type Feedback } from '../model/feedback.js';
import { omitNullish } from '../omit-nullish.js';
import type { Transaction } from '../store/contract.js';
import { feedbackKey, feedbackVersionKey } from '../store/layout.js';
import { mapYielding } from '../yield-to-event-loop.js';
import {
  addToIndex,
  affectedIndexKinds,
  createFacetMoves,
  dependsOnLinks,
  type FacetMoves,
  listIndexes,
  moveBetweenIndexes,
  removeFromIndex,
} from './index/membership.js';
import { findLinkedAdapters, linkedAdapters } from './links.js';
import { encodeReverseDelta, reverseDelta } from './reverse-delta.js';
import { moveVote } from './votes.js';

/** What a change may set. Id, whose entry it is and what of, and bookkeeping stay as they are. */
export type FeedbackPatch = Partial<
  Pick<
    Feedback,
    | Exclude<FieldName, FixedField>
    | 'said'
    | 'saidAt'
    | 'votedOn'
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

/** The fields of a submission that its submitter may clear. */
export type ClearableField = Exclude<FieldsWith<'revisable'>, FieldsWith<'required'>>;

/** What an entry keeps for good: whose it is, and what edges hang on. */
export const FIXED_FIELDS = ['userId', 'interactionId', 'adapterId', 'adapterVersion', 'externalId'] as const;
export type FixedField = (typeof FIXED_FIELDS)[number];

/** What a change may take away. */
export type Droppable =
  | ClearableField
  | 'messages'
  | 'tools'
  | 'candidates'
  | 'modelVersion'
  | 'said'
  | 'votedOn'
  | 'findings'
  | 'fingerprint'
  | 'judging'
  | 'review'
  | 'reviewClaim'
  | 'withdrawn';

export interface FeedbackUpdate {
  readonly action: AuditAction;
  /** Epoch ms. */
  readonly at: number;
  readonly reason?: string;
  readonly details?: EventDetails;
  readonly patch: FeedbackPatch;
  readonly drop?: readonly Droppable[];
}

/**
 * The one way in which a stored feedback changes: makes the next version, keeps what the old one had otherwise, moves
 * every index entry and incoming edge if the facet changes, and writes audit event and change feed, all in `transaction`.
 */
export async function updateFeedback(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  before: Feedback,
  change: FeedbackUpdate,
): Promise<Feedback> {
  const after = putVersion(transaction, actor, before, change);
  await moveVote(transaction, keyedHash, actor.org, before, after);
  await replaceFeedback(transaction, keyedHash, actor.org, before, after);
  return after;
}

/**
 * As {@link updateFeedback}, at once; the key of its vote is left to the caller.
 * @param adapters all that the entry is linked to
 */
export function updateLinkedFeedback(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  before: Feedback,
  adapters: readonly string[],
  change: FeedbackUpdate,
): Feedback {
  const moves = createFacetMoves(transaction, actor.org, keyedHash);
  const after = putVersion(transaction, actor, before, change);
  putInPlace(transaction, keyedHash, actor.org, before, after, adapters, moves);
  moves.end();
  return after;
}

/** The same change of many entries, which leaves their texts alone, with one read of what they are linked to. */
export async function updateAllFeedback(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  entries: readonly Feedback[],
  change: FeedbackUpdate,
): Promise<Feedback[]> {
  const { org } = actor;
  const ids = entries.map(({ id }) => id);
  const links = await findLinkedAdapters(transaction, org, ids);
  const moves = createFacetMoves(transaction, org, keyedHash);
  const changed = await mapYielding(entries, (before, index) => {
    const after = putVersion(transaction, actor, before, change);
    putInPlace(transaction, keyedHash, org, before, after, links[index] ?? [], moves);
    return after;
  });
  moves.end();
  return changed;
}

/** Makes the next version, and keeps what the one before had otherwise. */
function putVersion(transaction: Transaction, actor: Actor, before: Feedback, change: FeedbackUpdate): Feedback {
  const { org } = actor;
  const version = before.version + 1;
  const audit = recordChange(transaction, actor, before.audit, {
    at: change.at,
    action: change.action,
    node: before.id,
    versionBefore: before.version,
    versionAfter: version,
    ...omitNullish({ reason: change.reason, details: change.details }),
  });
  const patched: Feedback = { ...before, ...change.patch, version, updatedAt: change.at, audit };
  // A claim to review and a turn to be validated end with what they are for.
  const dropped: Droppable[] = [...(change.drop ?? [])];
  if (patched.validationStatus !== 'flagged') dropped.push('reviewClaim');
  if (patched.validationStatus !== 'pending') dropped.push('judging');
  const after = withoutFields(patched, dropped);
  transaction.put(feedbackVersionKey(org, before.id, before.version), encodeReverseDelta(reverseDelta(before, after)));
  return after;
}

/**
 * Puts `after` in the place of `before`, and moves the index entries and incoming edges that differ. Alone it makes no
 * version: for what is no part of one, as who looks at an entry.
 */
export async function replaceFeedback(
  transaction: Transaction,
  keyedHash: KeyedHash,
  org: string,
  before: Feedback,
  after: Feedback,
): Promise<void> {
  const needsLinks =
    feedbackFacet(before) !== feedbackFacet(after) || affectedIndexKinds(before, after).some(dependsOnLinks);
  const adapters = needsLinks ? await linkedAdapters(transaction, org, before.id) : [];
  const moves = createFacetMoves(transaction, org, keyedHash);
  putInPlace(transaction, keyedHash, org, before, after, adapters, moves);
  moves.end();
}

/**
 * @param adapters what it is linked to; needed only if its place in indexes of links may change
 * @param moves of the transaction, which whoever began them ends
 */
function putInPlace(
  transaction: Transaction,
  keyedHash: KeyedHash,
  org: string,
  before: Feedback,
  after: Feedback,
  adapters: readonly string[],
  moves: FacetMoves,
): void {
  transaction.put(feedbackKey(org, before.id), encodeFeedback(after));
  const [oldFacet, newFacet] = [feedbackFacet(before), feedbackFacet(after)];
  const affected = affectedIndexKinds(before, after);
  if (oldFacet === newFacet) {
    if (affected.length === 0) return;
    const left = listIndexes(org, before, adapters, keyedHash, affected);
    const entered = listIndexes(org, after, adapters, keyedHash, affected);
    moveBetweenIndexes(transaction, org, oldFacet, before.id, left, entered);
    return;
  }
  if (affected.length === 0) {
    moves.move(before, adapters, oldFacet, newFacet);
    return;
  }
  const left = listIndexes(org, before, adapters, keyedHash);
  const entered = listIndexes(org, after, adapters, keyedHash);
  for (const index of left) removeFromIndex(transaction, org, index, oldFacet, before.id);
  for (const index of entered) addToIndex(transaction, org, index, newFacet, before.id);
}

/** Every field that may be dropped is optional, so the rest is still a feedback entry. */
export function withoutFields(feedback: Feedback, dropped: readonly Droppable[]): Feedback {
  if (!dropped.some((field) => field in feedback)) return feedback;
  const kept = Object.entries(feedback).filter(([field]) => !(dropped as readonly string[]).includes(field));
  return Object.fromEntries(kept) as unknown as Feedback;
}
