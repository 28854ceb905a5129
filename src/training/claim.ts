import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError, InvalidInputError, type Issue } from '../errors.js';
import { type FilterPlan, narrowedSize, planFilter } from '../feedback/index/filter.js';
import { type IdBounds, boundsAfter, type IdStream, mergeStreams } from '../feedback/index/id-streams.js';
import { scoreFiltersProblem } from '../feedback/index/scores.js';
import { selectedIds } from '../feedback/index/selected-ids.js';
import { findFeedback } from '../feedback/read.js';
import { updateAllFeedback } from '../feedback/update.js';
import type { FeedbackType } from '../model/facets.js';
import { newFeedbackId } from '../model/ids.js';
import { adapterIdProblem, idProblem, throwIssues } from '../model/input.js';
import { EMPTY_CHAIN } from '../model/node.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader, Transaction } from '../store/contract.js';
import { prefixEnd, lastComponent } from '../store/keys.js';
import {
  claimedCounter,
  leaseKey,
  trainingBatchCounter,
  trainingBatchKey,
  trainingBatchPrefix,
  trainingNumberKey,
} from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import {
  type AllocatedBatch,
  changed,
  type ClaimFilter,
  MAX_TRAINING_BATCH_ID,
  putInclusions,
  trainingBatchNode,
} from './batch.js';
import { assignSplit } from './batch.js';
import { relatives } from './relatives.js';
import { createUserCounts, type UserCounts } from './user-counts.js';

/** The most entries of one batch. */
export const MAX_BATCH_ROWS = 100_000;
export const MAX_HOLDOUT = 0.5;
/** 30 days. */
export const MAX_LEASE_MINUTES = 43_200;
/** A day. */
export const DEFAULT_LEASE_MINUTES = 1_440;

/**
 * How many entries one transaction claims, marks or gives back: others have their turn in between. What a commit writes is
 * handed to RocksDB in one go, some dozen keys for each entry.
 */
export const ROWS_AT_ONCE = 160;

export interface ClaimRequest {
  readonly filter: ClaimFilter;
  /** The most recent first, instead of the oldest. */
  readonly newestFirst: boolean;
  /** 1 to {@link MAX_BATCH_ROWS}. */
  readonly limit: number;
  /** 0 to {@link MAX_HOLDOUT}. */
  readonly holdout: number;
  /** 1 to {@link MAX_LEASE_MINUTES}. */
  readonly leaseMinutes: number;
  /** The most entries of one user: 1 to {@link MAX_BATCH_ROWS}, or no bound. */
  readonly maxPerUser?: number;
}

const inRange = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** What is wrong with the length of a lease. */
export function leaseProblem(minutes: number): string | undefined {
  return inRange(minutes, 1, MAX_LEASE_MINUTES) ? undefined : `must be an integer from 1 to ${MAX_LEASE_MINUTES}`;
}

/** @throws {InvalidInputError} naming everything that is not allowed */
export function checkClaim({ filter, limit, holdout, leaseMinutes, maxPerUser }: ClaimRequest): void {
  const issues: Issue[] = [];
  const refuse = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) issues.push({ field, problem });
  };
  if (!inRange(limit, 1, MAX_BATCH_ROWS)) refuse('limit', `must be an integer from 1 to ${MAX_BATCH_ROWS}`);
  if (!(holdout >= 0 && holdout <= MAX_HOLDOUT)) refuse('holdout', `must be a number from 0 to ${MAX_HOLDOUT}`);
  refuse('leaseMinutes', leaseProblem(leaseMinutes));
  if (maxPerUser !== undefined && !inRange(maxPerUser, 1, MAX_BATCH_ROWS)) {
    refuse('maxPerUser', `must be an integer from 1 to ${MAX_BATCH_ROWS}`);
  }
  const { adapterId, lineage } = filter;
  if (adapterId !== undefined) refuse('adapterId', adapterIdProblem(adapterId));
  else if (lineage !== undefined && lineage !== 'self') refuse('lineage', "requires an 'adapterId'");
  for (const name of ['modelVersion', 'conversationId', 'tag'] as const) {
    const value = filter[name];
    if (value !== undefined) refuse(name, idProblem(value));
  }
  refuse('scores', scoreFiltersProblem(filter.scores ?? []));
  if (filter.since !== undefined && filter.until !== undefined && filter.since > filter.until) {
    refuse('since', "must not be after 'until'");
  }
  throwIssues(issues);
}

/**
 * Stores a new batch with its first entries: the intent to claim all that its filter selects and that is there now, up
 * to its limit. A batch with more entries than one transaction takes is `claiming`; {@link claimMore} goes on.
 * @returns the number of the batch
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if nothing fits, so that no number is used up
 */
export async function beginClaim(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  request: ClaimRequest,
  idempotency?: Idempotency,
): Promise<number> {
  checkClaim(request);
  const { filter, newestFirst, limit, holdout, leaseMinutes, maxPerUser } = request;
  const begin = async (transaction: Transaction): Promise<number> => {
    const { org } = actor;
    const at = now();
    const number = await nextNumber(transaction, org);
    const adapters = await adaptersOf(transaction, org, filter);
    const audit = recordChange(transaction, actor, EMPTY_CHAIN, {
      at,
      action: 'training_batch.claim',
      node: trainingBatchNode(number),
      versionBefore: 0,
      versionAfter: 1,
    });
    const leaseUntil = at + leaseMinutes * 60_000;
    const expected =
      limit > ROWS_AT_ONCE ? await countCandidates(transaction, org, keyedHash, filter, adapters) : limit;
    const batch: AllocatedBatch = {
      number,
      state: 'claiming',
      revision: 1,
      filter,
      newestFirst,
      before: newFeedbackId(actor.org, store.now()),
      limit,
      holdout,
      ...omitNullish({ adapters, maxPerUser }),
      leaseUntil,
      feedbackCount: 0,
      expected,
      claimed: { total: 0, positive: 0, negative: 0, corrected: 0, holdout: 0 },
      createdAt: at,
      createdBy: actor.sub,
      updatedAt: at,
      audit,
    };
    const claimed = await claimMore(transaction, keyedHash, actor, batch, at, createUserCounts());
    if (claimed.feedbackCount === 0) {
      throw new ApiError('CONFLICT', 'The filter matches no approved, unused and unclaimed entries');
    }
    transaction.add(trainingBatchCounter(org), 1);
    transaction.put(leaseKey(leaseUntil, trainingBatchKey(org, number)), Buffer.alloc(0));
    return number;
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => begin(transaction)));
}

/**
 * Claims the next entries of a batch, and makes it `open` if these were the last.
 * @param users how many entries of each user the batch has, which matters where it bounds these
 */
export async function claimMore(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  batch: AllocatedBatch,
  at: number,
  users: UserCounts,
): Promise<AllocatedBatch> {
  const { org } = actor;
  const { number, limit, holdout, newestFirst, cursor, maxPerUser } = batch;
  const room = Math.min(ROWS_AT_ONCE, limit - batch.feedbackCount);
  // Of those that are looked at, some may be above the bound of their user.
  const wanted = maxPerUser === undefined ? room : ROWS_AT_ONCE;
  const { ids: stream, bounds } = await candidates(transaction, org, keyedHash, batch);
  const ids = await stream(cursor === undefined ? bounds : boundsAfter(bounds, cursor, newestFirst), wanted);
  // An index entry without its record is seen only by a read that straddles a commit, which is then run again.
  const all = (await findFeedback(transaction, org, ids)).filter((each) => each !== undefined);
  const found = maxPerUser === undefined ? all : await users.select(transaction, org, batch, all, ids.at(-1), room);
  const node = trainingBatchNode(number);
  const { total, positive, negative, preferences = 0, corrected, holdout: heldOut, conversations = 0 } = batch.claimed;
  const entries = await updateAllFeedback(transaction, keyedHash, actor, found, {
    action: 'feedback.claim',
    at,
    reason: node,
    patch: { use: 'claimed', trainingBatchId: number },
  });
  const included = entries.map(({ id, version }) => ({
    feedbackId: id,
    createdAt: at,
    version,
    split: assignSplit(id, holdout),
  }));
  putInclusions(transaction, org, node, included);
  const countType = (type: FeedbackType): number => found.filter((each) => each.type === type).length;
  const compared = preferences + countType('preference');
  const talked = conversations + found.filter(({ messages, tools }) => (messages ?? tools) !== undefined).length;
  const feedbackCount = batch.feedbackCount + found.length;
  const isDone = ids.length < wanted || feedbackCount === limit;
  const after = changed(batch, {
    state: isDone ? 'open' : 'claiming',
    feedbackCount,
    claimed: {
      total: total + found.length,
      positive: positive + countType('positive'),
      negative: negative + countType('negative'),
      ...(compared > 0 && { preferences: compared }),
      corrected: corrected + found.filter(isCorrected).length,
      holdout: heldOut + included.filter(({ split }) => split === 'holdout').length,
      ...(talked > 0 && { conversations: talked }),
    },
    cursor: isDone ? undefined : ids.at(-1),
    adapters: isDone ? undefined : batch.adapters,
    before: isDone ? undefined : batch.before,
    expected: isDone ? undefined : batch.expected,
    updatedAt: at,
  });
  transaction.put(trainingBatchKey(org, number), encodeRecord(after));
  if (found.length > 0) transaction.add(claimedCounter(org), found.length);
  return after;
}

/** Whether it says what would have been right. */
export function isCorrected({ type, correction }: { readonly type: string; readonly correction?: string }): boolean {
  return type === 'negative' && correction !== undefined && correction.trim() !== '';
}

/** The most adapters of a lineage whose feedback one batch takes. */
export const MAX_LINEAGE = 1_000;

/** The adapters whose entries a filter takes, where it names a lineage. @throws {InvalidInputError} if these are too many */
export async function adaptersOf(
  reader: Reader,
  org: string,
  { adapterId, lineage = 'self' }: ClaimFilter,
): Promise<string[] | undefined> {
  if (adapterId === undefined || lineage === 'self') return undefined;
  const others = await relatives(reader, org, adapterId, lineage, MAX_LINEAGE);
  if (others.length >= MAX_LINEAGE) {
    throw new InvalidInputError([
      {
        field: 'lineage',
        problem: `must have at most ${MAX_LINEAGE} adapters; choose an adapter with fewer ${lineage}`,
      },
    ]);
  }
  return [adapterId, ...others];
}

/** The entries that a batch may claim, in its order; reads only approved, unused entries. */
export async function candidates(
  reader: Reader,
  org: string,
  keyedHash: KeyedHash,
  { filter, adapters, newestFirst, before }: Pick<AllocatedBatch, 'filter' | 'adapters' | 'newestFirst' | 'before'>,
): Promise<{ readonly ids: IdStream; readonly bounds: IdBounds }> {
  const plans = planCandidates(org, keyedHash, filter, adapters);
  const streams = await Promise.all(plans.map((plan) => selectedIds(reader, plan, newestFirst)));
  const merged = mergeStreams(streams, newestFirst);
  const { gte, lt = before } = plans[0]?.bounds ?? {};
  return {
    ids: plans.length === 1 ? merged : distinct(merged, newestFirst),
    bounds: omitNullish({ gte, lt: before !== undefined && (lt === undefined || before < lt) ? before : lt }),
  };
}

/** What a filter selects of what may be claimed, of each adapter by itself. */
function planCandidates(
  org: string,
  keyedHash: KeyedHash,
  { adapterId, lineage: _, ...selected }: ClaimFilter,
  adapters: readonly string[] | undefined,
): FilterPlan[] {
  return (adapters ?? [adapterId]).map((adapter) =>
    planFilter(
      org,
      {
        validationStatus: 'approved',
        use: 'unused',
        ...selected,
        ...(adapter === undefined ? {} : { adapterIds: [adapter] }),
      },
      keyedHash,
    ),
  );
}

/** How many entries a batch may claim at most, as far as counters tell. */
async function countCandidates(
  reader: Reader,
  org: string,
  keyedHash: KeyedHash,
  filter: ClaimFilter,
  adapters: readonly string[] | undefined,
): Promise<number> {
  const plans = planCandidates(org, keyedHash, filter, adapters);
  const sizes = await Promise.all(plans.map((plan) => narrowedSize(reader, plan)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Each id once, of a stream that has equal ones side by side. */
function distinct(stream: IdStream, reverse: boolean): IdStream {
  return async (bounds, limit) => {
    const ids = new Set<string>();
    for (let rest = bounds; ids.size < limit;) {
      const wanted = limit - ids.size + 1;
      const block = await stream(rest, wanted);
      for (const id of block) if (ids.size < limit) ids.add(id);
      const last = block.at(-1);
      if (last === undefined || block.length < wanted) break;
      rest = boundsAfter(bounds, last, reverse);
    }
    return [...ids];
  };
}

const NUMBERS_AT_ONCE = 1_000;

/** Allocates the lowest number above the last one that is not taken by an external batch. */
async function nextNumber(transaction: Transaction, org: string): Promise<number> {
  const key = trainingNumberKey(org);
  const stored = await transaction.get(key);
  let number = stored === undefined ? 1 : (decodeRecord(stored) as number) + 1;
  for (;;) {
    const taken = await transaction.scanKeys({
      gte: trainingBatchKey(org, number),
      lt: prefixEnd(trainingBatchPrefix(org)),
      limit: NUMBERS_AT_ONCE,
    });
    const start = number;
    for (const each of taken) if (Number(lastComponent(each)) === number) number += 1;
    if (number - start < NUMBERS_AT_ONCE) break;
  }
  if (number > MAX_TRAINING_BATCH_ID) throw new ApiError('CONFLICT', 'No numbers are left for training batches');
  transaction.put(key, encodeRecord(number));
  return number;
}
