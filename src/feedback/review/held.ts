/** What a reviewer holds: listing it, keeping it for longer, giving it back, and skipping it. */
import type { Actor } from '../../audit/events.js';
import { type Idempotency, runIdempotent } from '../../audit/idempotency.js';
import type { KeyedHash } from '../../audit/keyed-hash.js';
import { InvalidInputError } from '../../errors.js';
import type { Feedback } from '../../model/feedback.js';
import { throwIssues } from '../../model/input.js';
import type { DomainServices } from '../../services.js';
import type { Reader, Transaction } from '../../store/contract.js';
import { type FilterPlan, planFilter } from '../index/filter.js';
import { selectedIds } from '../index/selected-ids.js';
import { findFeedback } from '../read.js';
import { replaceFeedback, withoutFields } from '../update.js';
import { MAX_CLAIM, MAX_CLAIM_MINUTES, MAX_HELD, rangeIssues } from './claims.js';
import { rememberSkips, skipsKeyOf } from './skips.js';

/** The plan of the entries that a reviewer holds, lapsed claims included that nobody has taken since. */
export function planHeld({ org, sub }: Actor, keyedHash: KeyedHash): FilterPlan {
  const plan = planFilter(org, { validationStatus: 'flagged' }, keyedHash);
  return { ...plan, indexes: [{ kind: 'reviewer', value: keyedHash(org, sub) }], everything: false };
}

export interface HeldClaim {
  readonly id: string;
  /** Epoch ms. */
  readonly until: number;
}

/**
 * Keeps all that a reviewer holds for another while. A claim never becomes shorter; one that has lapsed holds again if nobody
 * has taken the entry since.
 * @throws {InvalidInputError}
 */
export async function renewReviewClaims(
  services: DomainServices,
  actor: Actor,
  minutes: number,
  idempotency?: Idempotency,
): Promise<readonly HeldClaim[]> {
  throwIssues(rangeIssues('minutes', minutes, MAX_CLAIM_MINUTES));
  const { store, keyedHash, now } = services;
  const renew = async (transaction: Transaction): Promise<readonly HeldClaim[]> => {
    const at = now();
    const renewed: HeldClaim[] = [];
    for (const feedback of await findAllHeld(transaction, actor, keyedHash)) {
      const { reviewClaim } = feedback;
      if (reviewClaim === undefined) continue;
      const until = Math.max(reviewClaim.until, at + minutes * 60_000);
      const after = { ...feedback, reviewClaim: { ...reviewClaim, until } };
      await replaceFeedback(transaction, keyedHash, actor.org, feedback, after);
      renewed.push({ id: feedback.id, until });
    }
    return renewed;
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => renew(transaction)));
}

/**
 * Gives entries back to the queue, where they have the place of their age.
 * @param ids all that the reviewer holds unless given; what the reviewer does not hold is left alone
 * @returns the ids of those that were given back
 * @throws {InvalidInputError}
 */
export async function releaseReviewClaims(
  services: DomainServices,
  actor: Actor,
  ids?: readonly string[],
  idempotency?: Idempotency,
): Promise<readonly string[]> {
  if (ids !== undefined) checkIds(ids);
  const { store, keyedHash } = services;
  const releaseHeld = async (transaction: Transaction): Promise<readonly string[]> => {
    const held = await (ids === undefined
      ? findAllHeld(transaction, actor, keyedHash)
      : findHeld(transaction, actor, ids));
    for (const feedback of held) await release(services, transaction, actor, feedback);
    return held.map(({ id }) => id);
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => releaseHeld(transaction)));
}

/**
 * Gives entries back to the queue and remembers that this reviewer does not want them: others get them as before.
 * @returns the ids of those that wait for a decision and are now skipped
 * @throws {InvalidInputError}
 */
export async function skipReviews(
  services: DomainServices,
  actor: Actor,
  ids: readonly string[],
  idempotency?: Idempotency,
): Promise<readonly string[]> {
  checkIds(ids);
  const { store, keyedHash, now } = services;
  const { org, sub } = actor;
  const skip = async (transaction: Transaction): Promise<readonly string[]> => {
    const found = await findFeedback(transaction, org, [...new Set(ids)]);
    const waiting = found.filter((each) => each?.validationStatus === 'flagged').filter((each) => each !== undefined);
    for (const feedback of waiting) {
      if (feedback.reviewClaim?.reviewer === sub) await release(services, transaction, actor, feedback);
    }
    const skipped = waiting.map(({ id }) => id);
    await rememberSkips(transaction, skipsKeyOf(keyedHash, org, sub), skipped, now());
    return skipped;
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => skip(transaction)));
}

function checkIds(ids: readonly string[]): void {
  if (ids.length >= 1 && ids.length <= MAX_CLAIM) return;
  throw new InvalidInputError([{ field: 'ids', problem: `must have 1 to ${MAX_CLAIM} ids` }]);
}

async function release(
  { keyedHash }: DomainServices,
  transaction: Transaction,
  { org }: Actor,
  feedback: Feedback,
): Promise<string> {
  await replaceFeedback(transaction, keyedHash, org, feedback, withoutFields(feedback, ['reviewClaim']));
  return feedback.id;
}

/** Those of these entries that a reviewer holds, each once. */
async function findHeld(reader: Reader, { org, sub }: Actor, ids: readonly string[]): Promise<readonly Feedback[]> {
  const found = await findFeedback(reader, org, [...new Set(ids)]);
  return found.filter((each) => each !== undefined).filter(({ reviewClaim }) => reviewClaim?.reviewer === sub);
}

/** All that a reviewer holds, in the order of ids. */
async function findAllHeld(reader: Reader, actor: Actor, keyedHash: KeyedHash): Promise<readonly Feedback[]> {
  const plan = planHeld(actor, keyedHash);
  const ids = await (await selectedIds(reader, plan, false))(plan.bounds, MAX_HELD);
  return findHeld(reader, actor, ids);
}
