import { ensureAdapters, findAdapter, saveAdapter } from '../adapters/adapters.js';
import { findParents, MAX_PARENTS, replaceParents } from '../adapters/lineage.js';
import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError, InvalidInputError } from '../errors.js';
import { updateAllFeedback } from '../feedback/update.js';
import { adapterIdProblem, checkField, idProblem } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader, Transaction } from '../store/contract.js';
import { prefixRange } from '../store/keys.js';
import { edgeInKey, edgeOutKey, edgeOutPrefix, NO_FACET, trainingBatchKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import {
  type AllocatedBatch,
  changed,
  findBatch,
  MAX_TRAINED_ON,
  stateAt,
  type Training,
  trainingBatchNode,
} from './batch.js';
import { extendDigest } from './provenance.js';
import { nextIncluded, putStep } from './step.js';

export const MAX_METRICS = 100;
const MAX_METRIC_NAME_BYTES = 64;

export interface CommitRequest {
  readonly producedAdapter: string;
  readonly version?: string;
  readonly baseAdapter?: string;
  /** What the trainer measured, by name: at most {@link MAX_METRICS} finite numbers. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Properties of a `TRAINED_ON` edge. */
export interface TrainedOn {
  /** Epoch ms. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly version?: string;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** @throws {InvalidInputError} */
function checkCommit({ producedAdapter, version, baseAdapter, metrics = {} }: CommitRequest): void {
  checkField('producedAdapter', producedAdapter, adapterIdProblem);
  checkField('version', version, idProblem);
  checkField('baseAdapter', baseAdapter, adapterIdProblem);
  if (baseAdapter === producedAdapter) {
    throw new InvalidInputError([{ field: 'baseAdapter', problem: "must not be the 'producedAdapter' itself" }]);
  }
  toMetrics(metrics);
}

/** What a client gives as metrics. @throws {InvalidInputError} if these are not numbers by name */
export function toMetrics(given: Readonly<Record<string, unknown>>): Record<string, number> {
  const entries = Object.entries(given);
  const isMetric = (entry: [string, unknown]): entry is [string, number] =>
    Number.isFinite(entry[1]) &&
    idProblem(entry[0]) === undefined &&
    Buffer.byteLength(entry[0]) <= MAX_METRIC_NAME_BYTES;
  if (entries.length <= MAX_METRICS && entries.every(isMetric)) return Object.fromEntries(entries);
  throw new InvalidInputError([
    {
      field: 'metrics',
      problem: `must be an object of at most ${MAX_METRICS} numbers with names of at most ${MAX_METRIC_NAME_BYTES} bytes`,
    },
  ]);
}

/**
 * Stores the intent to commit a batch, with the adapter that was made of it and its edges. From here on it is committed
 * whatever happens; {@link commitMore} marks its feedback. Does nothing if the same commit was made before.
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND; CONFLICT if the batch does not hold its feedback any more, was
 *   committed otherwise, or the adapter would become its own ancestor
 */
export async function beginCommit(
  { store, now }: DomainServices,
  actor: Actor,
  number: number,
  request: CommitRequest,
  idempotency?: Idempotency,
): Promise<void> {
  checkCommit(request);
  const begin = async (transaction: Transaction): Promise<null> => {
    const { org } = actor;
    const at = now();
    const batch = await getAllocated(transaction, org, number);
    if (batch.training !== undefined) {
      if (!isSame(batch.training, request)) {
        throw new ApiError(
          'CONFLICT',
          `Training batch ${number} has already been committed for the adapter ${batch.training.producedAdapter}`,
        );
      }
      return null;
    }
    const state = stateAt(batch, at);
    if (state !== 'open' && state !== 'exported') {
      throw new ApiError('CONFLICT', `Training batch ${number} is ${state} and cannot be committed`);
    }
    await relate(transaction, actor, batch, request, at);
    const audit = recordChange(transaction, actor, batch.audit, {
      at,
      action: 'training_batch.commit',
      node: trainingBatchNode(number),
      versionBefore: batch.revision,
      versionAfter: batch.revision + 1,
      reason: request.producedAdapter,
    });
    const training: Training = { ...request, committedAt: at, committedBy: actor.sub };
    const committing = changed(batch, {
      state: 'committing',
      training,
      revision: batch.revision + 1,
      updatedAt: at,
      audit,
    });
    transaction.put(trainingBatchKey(org, number), encodeRecord(committing));
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => begin(transaction)));
}

/** @throws {ApiError} NOT_FOUND; CONFLICT for the number of an external batch */
export async function getAllocated(reader: Reader, org: string, number: number): Promise<AllocatedBatch> {
  const batch = await findBatch(reader, org, number);
  if (batch === undefined) throw new ApiError('NOT_FOUND', 'Training batch not found');
  if (batch.state === 'external') {
    throw new ApiError('CONFLICT', `Training batch ${number} is external: the server holds no entries for it`);
  }
  return batch;
}

function isSame(training: Training, request: CommitRequest): boolean {
  const key = ({ producedAdapter, version, baseAdapter, metrics = {} }: CommitRequest): string =>
    JSON.stringify([
      producedAdapter,
      version ?? null,
      baseAdapter ?? null,
      Object.entries(metrics).sort(([one], [other]) => (one < other ? -1 : 1)),
    ]);
  return key(training) === key(request);
}

/** The adapter that was made, what it was derived from, and what it was trained on. */
async function relate(
  transaction: Transaction,
  actor: Actor,
  { number }: AllocatedBatch,
  { producedAdapter, version, baseAdapter, metrics }: CommitRequest,
  at: number,
): Promise<void> {
  const { org } = actor;
  const prefix = edgeOutPrefix(org, 'TRAINED_ON', producedAdapter);
  const trainedOn = await transaction.scanKeys({ ...prefixRange(prefix), limit: MAX_TRAINED_ON });
  if (trainedOn.length >= MAX_TRAINED_ON) {
    throw new ApiError('CONFLICT', `An adapter can be trained on at most ${MAX_TRAINED_ON} batches; give it a new id`);
  }
  if (baseAdapter !== undefined) {
    const parents = new Set([...(await findParents(transaction, org, producedAdapter)), baseAdapter]);
    if (parents.size > MAX_PARENTS) {
      throw new ApiError('CONFLICT', `An adapter can be derived from at most ${MAX_PARENTS} others`);
    }
    await replaceParents(transaction, org, producedAdapter, [...parents], { createdAt: at, createdBy: actor.sub });
    await ensureAdapters(transaction, actor, new Set([baseAdapter]), at);
  }
  const before = await findAdapter(transaction, org, producedAdapter);
  const properties = { id: producedAdapter, ...omitNullish({ version }) };
  saveAdapter(transaction, actor, before, properties, 'adapter.register', at);
  const node = trainingBatchNode(number);
  const edge: TrainedOn = { createdAt: at, createdBy: actor.sub, ...omitNullish({ version, metrics }) };
  transaction.put(edgeOutKey(org, 'TRAINED_ON', producedAdapter, node), encodeRecord(edge));
  transaction.put(edgeInKey(org, 'TRAINED_ON', node, NO_FACET, producedAdapter), Buffer.alloc(0));
}

/** Marks the next entries of a batch as used, and makes it `committed` if these were the last. */
export async function commitMore(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  batch: AllocatedBatch,
  at: number,
): Promise<AllocatedBatch> {
  const { org } = actor;
  const { node, included, found, isLast } = await nextIncluded(transaction, org, batch);
  const entries = found.filter((each) => each !== undefined);
  await updateAllFeedback(transaction, keyedHash, actor, entries, {
    action: 'feedback.use',
    at,
    reason: node,
    patch: { use: 'used' },
  });
  return putStep(
    transaction,
    org,
    batch,
    { included, isLast, at },
    {
      state: isLast ? 'committed' : 'committing',
      marked: isLast ? undefined : (batch.marked ?? 0) + included.length,
      digest: extendDigest(batch.digest ?? '', included),
    },
  );
}
