/** Claims of flagged entries: a reviewer takes some of the queue, so that nobody else gets them meanwhile. */
import type { Actor } from '../../audit/events.js';
import { type Idempotency, runIdempotent } from '../../audit/idempotency.js';
import { ApiError, InvalidInputError, type Issue } from '../../errors.js';
import { facetsMatching } from '../../model/facets.js';
import type { Feedback } from '../../model/feedback.js';
import { throwIssues } from '../../model/input.js';
import type { DomainServices } from '../../services.js';
import type { Reader, Store, Transaction } from '../../store/contract.js';
import { lastComponent } from '../../store/keys.js';
import type { FeedbackFilter, FilterPlan } from '../index/filter.js';
import { indexCounterKey, indexRangeUntil } from '../index/index-keys.js';
import { filterSelected } from '../index/matching.js';
import { findFeedback } from '../read.js';
import { replaceFeedback, withoutFields } from '../update.js';
import { findClaimable, planClaim } from './claimable.js';
import { readSkips, skipsKeyOf } from './skips.js';

/** The most entries that one claim gets. */
export const MAX_CLAIM = 100;
/** The most entries that one reviewer may hold: one transaction changes all of them. */
export const MAX_HELD = 500;
/** A day. */
export const MAX_CLAIM_MINUTES = 1_440;

/** Entries that are looked for beyond those that are wanted: others may claim some of them at the same time. */
const SPARE = 20;
/** How often entries are looked for if others have claimed all that were found. */
const ATTEMPTS = 10;
/** Lapsed entries that one transaction gives back. */
const LAPSED_AT_ONCE = 100;
/** Transactions that one claim gives lapsed entries back in; what is left over comes back with the next claim. */
const LAPSED_ROUNDS = 10;
/** Entries of given ids that are read at once; each may be as long as a request. */
const READ_AT_ONCE = 50;

export interface ReviewClaimRequest {
  /** 1 to {@link MAX_CLAIM}. */
  readonly count: number;
  /** 1 to {@link MAX_CLAIM_MINUTES}. */
  readonly minutes: number;
  readonly filter?: FeedbackFilter;
  /** The id after which to look, from an earlier claim. */
  readonly after?: string;
  /** Only these, 1 to {@link MAX_CLAIM}, in this order; whether the reviewer has skipped them makes no difference. */
  readonly ids?: readonly string[];
}

export interface ClaimedEntries {
  /** Oldest first. */
  readonly ids: readonly string[];
  /** Whether there may be more entries to claim. Without any in `ids`, nothing was found as far as one request looks. */
  readonly hasMore: boolean;
  /** The id after which to look for more; absent if a claim is to begin at the front again. */
  readonly lookedUntil?: string;
  /** Whether the reviewer has skipped these before, as the queue has no others. */
  readonly areSkipped: boolean;
}

export interface ReviewClaimOptions {
  readonly idempotency?: Idempotency | undefined;
  /** Reads what entries are found by; the reads of a request count against its budget. */
  readonly read?: Store['read'] | undefined;
}

/** What is wrong with an integer, for {@link throwIssues}. */
export function rangeIssues(field: string, value: number, most: number): readonly Issue[] {
  const isAllowed = Number.isInteger(value) && value >= 1 && value <= most;
  return isAllowed ? [] : [{ field, problem: `must be an integer from 1 to ${most}` }];
}

function idIssues(ids: readonly string[], after: string | undefined): readonly Issue[] {
  if (ids.length < 1 || ids.length > MAX_CLAIM) return [{ field: 'ids', problem: `must have 1 to ${MAX_CLAIM} ids` }];
  return after === undefined ? [] : [{ field: 'after', problem: 'is not allowed with ids' }];
}

/**
 * Claims flagged entries for a reviewer, the oldest first: nobody else gets them until the claim lapses by itself. Entries
 * that the reviewer has skipped come when there are no others. How much it reads has a bound.
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if the reviewer holds as many entries as one may
 */
export async function claimForReview(
  services: DomainServices,
  actor: Actor,
  request: ReviewClaimRequest,
  { idempotency, read = (work) => services.store.read(work) }: ReviewClaimOptions = {},
): Promise<ClaimedEntries> {
  const { store, keyedHash, now } = services;
  const { org, sub } = actor;
  const { count, minutes, filter = {}, after, ids: only } = request;
  throwIssues([...rangeIssues('count', count, MAX_CLAIM), ...rangeIssues('minutes', minutes, MAX_CLAIM_MINUTES)]);
  if (only !== undefined) throwIssues(idIssues(only, after));
  if (filter.validationStatus !== undefined && filter.validationStatus !== 'flagged') {
    const problem = 'must be flagged, or left out: no other entries can be claimed';
    throw new InvalidInputError([{ field: 'validationStatus', problem }]);
  }
  const plan = planClaim(org, filter, keyedHash);
  const hasLapsed = await returnLapsedClaims(services, org);
  const skipsKey = skipsKeyOf(keyedHash, org, sub);

  const find = async (reader: Reader): Promise<ClaimedEntries> => {
    const limit = count + SPARE;
    if (only !== undefined) {
      const ids = await selectClaimable(reader, plan, [...new Set(only)], limit);
      return { ids, hasMore: false, areSkipped: false };
    }
    const skipped = await readSkips(reader, skipsKey, now());
    const wanted = { limit, without: new Set(skipped), ...(after !== undefined && { after }) };
    const { ids, lookedUntil } = await findClaimable(reader, plan, wanted);
    const hasMore = lookedUntil !== undefined || hasLapsed;
    if (ids.length > 0 || hasMore) {
      return { ids, hasMore, areSkipped: false, ...(lookedUntil !== undefined && { lookedUntil }) };
    }
    const again = await selectClaimable(reader, plan, skipped, limit);
    return { ids: again, hasMore: again.length === limit, areSkipped: again.length > 0 };
  };

  const claim = async (transaction: Transaction, found: ClaimedEntries): Promise<ClaimedEntries> => {
    const at = now();
    const held = await countHeld(transaction, org, keyedHash(org, sub));
    if (held >= MAX_HELD) {
      throw new ApiError(
        'CONFLICT',
        `You have claimed ${held} feedback entries, and one reviewer may hold at most ${MAX_HELD}: decide on some, or release them`,
      );
    }
    const free = await stillClaimable(transaction, plan, found.ids);
    if (free.length === 0 && found.ids.length > 0) throw new AllClaimedError();
    const taken = free.slice(0, Math.min(count, MAX_HELD - held));
    const reviewClaim = { reviewer: sub, since: at, until: at + minutes * 60_000 };
    for (const feedback of taken) {
      await replaceFeedback(transaction, keyedHash, org, feedback, { ...feedback, reviewClaim });
    }
    return outcomeOf(found, free, taken);
  };

  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await read(find);
    try {
      return await store.transact((transaction) =>
        runIdempotent(transaction, idempotency, () => claim(transaction, found)),
      );
    } catch (error) {
      if (!(error instanceof AllClaimedError)) throw error;
    }
  }
  return { ids: [], hasMore: true, areSkipped: false, ...(after !== undefined && { lookedUntil: after }) };
}

/** Others have claimed all that was found before this transaction: look again. */
class AllClaimedError extends Error {
  override readonly name = 'AllClaimedError';
}

function outcomeOf(found: ClaimedEntries, free: readonly Feedback[], taken: readonly Feedback[]): ClaimedEntries {
  const { hasMore, lookedUntil, areSkipped } = found;
  const ids = taken.map(({ id }) => id);
  const last = ids.at(-1);
  if (taken.length === free.length) {
    return { ids, hasMore, areSkipped, ...(lookedUntil !== undefined && { lookedUntil }) };
  }
  // What was found beyond these is not looked for again.
  return { ids, hasMore: true, areSkipped, ...(!areSkipped && last !== undefined && { lookedUntil: last }) };
}

/** Those that are still flagged, unclaimed and selected, in order. A search is not repeated. */
async function stillClaimable(
  transaction: Transaction,
  plan: FilterPlan,
  ids: readonly string[],
): Promise<readonly Feedback[]> {
  const found = await findFeedback(transaction, plan.org, ids);
  const { search: _search, ...indexed } = plan;
  return filterSelected(
    transaction,
    indexed,
    found.filter((each) => each !== undefined),
  );
}

/** Which of these entries a plan selects, in their order. */
async function selectClaimable(
  reader: Reader,
  plan: FilterPlan,
  ids: readonly string[],
  limit: number,
): Promise<readonly string[]> {
  const selected: string[] = [];
  for (let from = 0; from < ids.length && selected.length < limit; from += READ_AT_ONCE) {
    const found = await findFeedback(reader, plan.org, ids.slice(from, from + READ_AT_ONCE));
    const some = await filterSelected(
      reader,
      plan,
      found.filter((each) => each !== undefined),
    );
    for (const { id } of some) selected.push(id);
  }
  return selected.slice(0, limit);
}

const FLAGGED_FACETS = facetsMatching({ validationStatus: 'flagged' });

/** How many entries a reviewer holds, those of lapsed claims included that nobody has given back yet. */
async function countHeld(reader: Reader, org: string, reviewerHash: string): Promise<number> {
  const index = { kind: 'reviewer', value: reviewerHash } as const;
  const counts = await reader.counters(FLAGGED_FACETS.map((facet) => indexCounterKey(org, index, facet)));
  return counts.reduce((total, each) => total + each, 0);
}

/**
 * Gives entries whose claims have lapsed back to the queue, where filters find them.
 * @returns whether there are more of them
 */
export async function returnLapsedClaims({ store, keyedHash, now }: DomainServices, org: string): Promise<boolean> {
  const at = now();
  for (let round = 0; round < LAPSED_ROUNDS; round += 1) {
    const range = { ...indexRangeUntil(org, 'reviewLease', at), limit: LAPSED_AT_ONCE };
    const keys = await store.read((reader) => reader.scanKeys(range));
    if (keys.length === 0) return false;
    await store.transact(async (transaction) => {
      for (const feedback of await findFeedback(transaction, org, keys.map(lastComponent))) {
        if (feedback?.reviewClaim === undefined || feedback.reviewClaim.until > at) continue;
        await replaceFeedback(transaction, keyedHash, org, feedback, withoutFields(feedback, ['reviewClaim']));
      }
    });
    if (keys.length < LAPSED_AT_ONCE) return false;
  }
  return true;
}
