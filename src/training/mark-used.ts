import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError, InvalidInputError } from '../errors.js';
import { indexCounterKey } from '../feedback/index/index-keys.js';
import { expectVersion, findFeedback } from '../feedback/read.js';
import { updateAllFeedback } from '../feedback/update.js';
import { facetsMatching } from '../model/facets.js';
import type { Feedback } from '../model/feedback.js';
import { EMPTY_CHAIN } from '../model/node.js';
import type { DomainServices } from '../services.js';
import type { Key, Transaction } from '../store/contract.js';
import { trainingBatchCounter, trainingBatchKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type ExternalBatch, findBatch, MAX_TRAINING_BATCH_ID, putInclusions, trainingBatchNode } from './batch.js';
import { compactIndexes } from './compact-indexes.js';

/** The most entries that one call marks: a commit stays small enough to leave others their turn. */
export const MAX_MARKED = 1_000;

export interface MarkUsedRequest {
  readonly feedbackIds: readonly string[];
  readonly trainingBatchId: number;
  /** The version that each entry must be at, in the order of `feedbackIds`. */
  readonly expectedVersions?: readonly number[];
}

export interface MarkedResult {
  /** How many entries are now used; one that was named twice counts once. */
  readonly marked: number;
  readonly trainingBatchId: number;
}

/**
 * Marks feedback as used by a training batch: all of it or none.
 * @throws {ApiError} NOT_FOUND naming entries that are not there; CONFLICT naming those that are not approved and unused, or
 *   for the number of a batch that the server has made.
 * @throws {StaleVersionError} if an entry is at another version than is expected.
 */
export async function markUsedForTraining(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  { feedbackIds, trainingBatchId, expectedVersions }: MarkUsedRequest,
  idempotency?: Idempotency,
): Promise<MarkedResult> {
  const ids = [...new Set(feedbackIds)];
  if (ids.length < 1 || feedbackIds.length > MAX_MARKED) {
    throw new InvalidInputError([{ field: 'feedbackIds', problem: `must name 1 to ${MAX_MARKED} entries` }]);
  }
  if (!Number.isInteger(trainingBatchId) || trainingBatchId < 1 || trainingBatchId > MAX_TRAINING_BATCH_ID) {
    throw new InvalidInputError([
      { field: 'trainingBatchId', problem: `must be an integer from 1 to ${MAX_TRAINING_BATCH_ID}` },
    ]);
  }
  if (expectedVersions !== undefined && expectedVersions.length !== feedbackIds.length) {
    throw new InvalidInputError([{ field: 'expectedVersions', problem: 'must name one version for each entry' }]);
  }

  const mark = async (transaction: Transaction): Promise<MarkedResult> => {
    const at = now();
    const found = await findFeedback(transaction, actor.org, ids);
    const current = new Map(ids.map((id, index) => [id, found[index]]));
    feedbackIds.forEach((id, index) => {
      const feedback = current.get(id);
      if (feedback !== undefined) expectVersion(feedback, expectedVersions?.[index]);
    });
    const entries = requireUsable(ids, found);
    await updateAllFeedback(transaction, keyedHash, actor, entries, {
      action: 'feedback.use',
      at,
      reason: trainingBatchNode(trainingBatchId),
      patch: { use: 'used', trainingBatchId },
    });
    await recordExternalBatch(transaction, actor, trainingBatchId, ids, at);
    return { marked: ids.length, trainingBatchId };
  };
  const result = await store.transact((transaction) =>
    runIdempotent(transaction, idempotency, () => mark(transaction)),
  );
  compactIndexes(store, actor.org, usedCounters(actor.org), result.marked);
  return result;
}

function usedCounters(org: string): Key[] {
  return facetsMatching({ use: 'used' }).map((each) => indexCounterKey(org, { kind: 'all' }, each));
}

function requireUsable(ids: readonly string[], found: readonly (Feedback | undefined)[]): Feedback[] {
  const missing = ids.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    throw new ApiError('NOT_FOUND', `Feedback entry not found: ${nameSome(missing)}`);
  }
  const entries = found.filter((each) => each !== undefined);
  const refused = entries.filter((each) => each.validationStatus !== 'approved' || each.use !== 'unused');
  if (refused.length > 0) {
    throw new ApiError(
      'CONFLICT',
      `Only approved, unused entries can be marked as used; these are not: ${nameSome(refused.map((each) => each.id))}`,
    );
  }
  return entries;
}

const NAMED_AT_MOST = 20;

function nameSome(ids: readonly string[]): string {
  const named = ids.slice(0, NAMED_AT_MOST).map((id) => (id.length > 64 ? `${id.slice(0, 64).toWellFormed()}…` : id));
  const more = ids.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

async function recordExternalBatch(
  transaction: Transaction,
  actor: Actor,
  number: number,
  feedbackIds: readonly string[],
  at: number,
): Promise<void> {
  const { org } = actor;
  const before = await findBatch(transaction, org, number);
  if (before !== undefined && before.state !== 'external') {
    throw new ApiError(
      'CONFLICT',
      `Training batch ${number} was created by this server; commit it to mark its entries as used`,
    );
  }
  if (before === undefined) transaction.add(trainingBatchCounter(org), 1);
  const node = trainingBatchNode(number);
  const revision = (before?.revision ?? 0) + 1;
  const audit = recordChange(transaction, actor, before?.audit ?? EMPTY_CHAIN, {
    at,
    action: 'training_batch.record',
    node,
    versionBefore: before?.revision ?? 0,
    versionAfter: revision,
  });
  const batch: ExternalBatch = {
    number,
    state: 'external',
    revision,
    feedbackCount: (before?.feedbackCount ?? 0) + feedbackIds.length,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
    audit,
  };
  transaction.put(trainingBatchKey(org, number), encodeRecord(batch));
  putInclusions(
    transaction,
    org,
    node,
    feedbackIds.map((feedbackId) => ({ feedbackId, createdAt: at })),
  );
}
