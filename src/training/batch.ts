/** The stored records of training batches, and how they are found. Times are epoch ms. */
import { hash } from 'node:crypto';
import type { ScoreFilter } from '../feedback/index/scores.js';
import type { FeedbackType } from '../model/facets.js';
import type { FeedbackSource } from '../model/feedback-fields.js';
import type { AuditChain } from '../model/node.js';
import { omitNullish } from '../omit-nullish.js';
import type { Reader, Transaction } from '../store/contract.js';
import { escapeComponent, lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import {
  edgeInKey,
  edgeInPrefix,
  edgeOutKey,
  edgeOutPrefix,
  NO_FACET,
  trainingBatchCounter,
  trainingBatchKey,
  trainingBatchPrefix,
} from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { startStretches } from '../yield-to-event-loop.js';

export const MAX_TRAINING_BATCH_ID = 2 ** 31 - 1;

/** A training batch whose number the caller chose (docs/api.md, "Mark entries as used"). */
export interface ExternalBatch {
  readonly number: number;
  readonly state: 'external';
  readonly revision: number;
  readonly feedbackCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly audit: AuditChain;
}

/**
 * `claiming`, `committing` and `releasing` are intents: they are stored before the first entry is touched, and are always
 * carried to their end, by another server or the next start if need be.
 */
export const BATCH_STATES = [
  'external',
  'claiming',
  'open',
  'exported',
  'committing',
  'committed',
  'releasing',
  'released',
  'expired',
] as const;

export type BatchState = (typeof BATCH_STATES)[number];

/** Whose feedback a batch takes beside that of the adapter that its filter names. */
export const LINEAGES = ['self', 'ancestors', 'descendants'] as const;
export type Lineage = (typeof LINEAGES)[number];

/** What a batch claims, of all that is approved and unused; every field combines with every other. */
export interface ClaimFilter {
  readonly type?: FeedbackType;
  readonly modelVersion?: string;
  readonly adapterId?: string;
  /** Only with `adapterId`; `self` where it is left out. */
  readonly lineage?: Lineage;
  readonly conversationId?: string;
  readonly source?: FeedbackSource;
  readonly tag?: string;
  /** Each of them. */
  readonly scores?: readonly ScoreFilter[];
  /** Included. */
  readonly since?: number;
  /** Excluded. */
  readonly until?: number;
}

/** What was made of a batch. */
export interface Training {
  readonly producedAdapter: string;
  readonly version?: string;
  readonly baseAdapter?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly committedAt: number;
  readonly committedBy: string;
}

export interface AllocatedBatch {
  readonly number: number;
  readonly state: Exclude<BatchState, 'external'>;
  readonly revision: number;
  readonly filter: ClaimFilter;
  readonly newestFirst: boolean;
  readonly limit: number;
  /** The share that is held out of training, 0 to 0.5. */
  readonly holdout: number;
  /** The most entries of one user; no bound where it is absent. */
  readonly maxPerUser?: number;
  /** The adapters whose feedback it takes, where its filter names an adapter; as they were when it was made. */
  readonly adapters?: readonly string[];
  /**
   * While it claims: what comes after this id is left to later batches, so that claiming does not compete with what is
   * being submitted.
   */
  readonly before?: string;
  readonly leaseUntil: number;
  /** How many `INCLUDES` edges there are. */
  readonly feedbackCount: number;
  /** While it claims: how many entries it may get at most, as counters told when it began; absent if nothing estimates it. */
  readonly expected?: number;
  /** While it commits: how many of its entries are marked as used; absent in what a server before 0.3.0 has begun. */
  readonly marked?: number;
  /** What it has claimed, whatever became of it. */
  readonly claimed: ClaimedCounts;
  readonly training?: Training;
  /** See provenance.ts; covers the entries marked as used so far. */
  readonly digest?: string;
  /** How far what the state says is under way has come: the last id that was dealt with. */
  readonly cursor?: string;
  /** What releasing is to end as. */
  readonly ending?: 'released' | 'expired';
  readonly createdAt: number;
  /** The token's `sub` of who made it. */
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly audit: AuditChain;
}

export interface ClaimedCounts {
  readonly total: number;
  readonly positive: number;
  readonly negative: number;
  /** If there are any. */
  readonly preferences?: number;
  /** Negative ones with a correction. */
  readonly corrected: number;
  readonly holdout: number;
  /** Conversations and others with tools, if there are any. */
  readonly conversations?: number;
}

export type TrainingBatch = AllocatedBatch | ExternalBatch;

/** Which part of a batch an entry belongs to. */
export type Split = 'train' | 'holdout';

/**
 * Which part an entry belongs to. Follows from its id alone, so an entry that was held out once is held out by every
 * later batch of the same or a larger share.
 * @param holdout the share that is held out, 0 to 0.5
 */
export function assignSplit(feedbackId: string, holdout: number): Split {
  if (holdout === 0) return 'train';
  const place = hash('sha256', `holdout:${feedbackId}`, 'buffer').readUInt32BE(0) / 2 ** 32;
  return place < holdout ? 'holdout' : 'train';
}

/** Properties of an `INCLUDES` edge. Those of an external batch have no version and no split. */
export interface Inclusion {
  readonly createdAt: number;
  /** The version of the feedback that is exported, whatever becomes of it later. */
  readonly version?: number;
  readonly split?: Split;
}

/** The id of a training batch as a node of the graph. */
export function trainingBatchNode(batch: number): string {
  return `batch-${batch}`;
}

/** The number of a training batch by its id as a node; `undefined` for another node. */
export function trainingBatchNumber(node: string): number | undefined {
  const number = Number(/^batch-(\d{1,10})$/.exec(node)?.[1]);
  return number >= 1 && number <= MAX_TRAINING_BATCH_ID && trainingBatchNode(number) === node ? number : undefined;
}

export function decodeBatch(value: Buffer): TrainingBatch {
  return decodeRecord(value) as TrainingBatch;
}

export async function findBatch(reader: Reader, org: string, number: number): Promise<TrainingBatch | undefined> {
  return (await findBatches(reader, org, [number]))[0];
}

/** In the order of `numbers`; `undefined` for one that is not there. One read of the store. */
export async function findBatches(
  reader: Reader,
  org: string,
  numbers: readonly number[],
): Promise<(TrainingBatch | undefined)[]> {
  const known = numbers.filter((number) => number >= 1 && number <= MAX_TRAINING_BATCH_ID);
  const values = await reader.getMany(known.map((number) => trainingBatchKey(org, number)));
  const found = new Map(known.map((number, index) => [number, values[index]]));
  return numbers.map((number) => {
    const value = found.get(number);
    return value === undefined ? undefined : decodeBatch(value);
  });
}

/** How many batches an organization has. */
export async function countBatches(reader: Reader, org: string): Promise<number> {
  const [count = 0] = await reader.counters([trainingBatchCounter(org)]);
  return count;
}

/** One page of batches, the highest number first. @param isWanted which ones; all by default */
export async function batchPage(
  reader: Reader,
  org: string,
  limit: number,
  before: number | undefined,
  isWanted: (batch: TrainingBatch) => boolean = () => true,
): Promise<{ readonly batches: readonly TrainingBatch[]; readonly hasNext: boolean }> {
  const batches: TrainingBatch[] = [];
  for await (const batch of eachBatch(reader, org, before, limit + 1)) {
    if (isWanted(batch)) batches.push(batch);
    if (batches.length > limit) break;
  }
  return { batches: batches.slice(0, limit), hasNext: batches.length > limit };
}

/** How many batches are in a state at `now`. Reads all of them. */
export async function countBatchesIn(reader: Reader, org: string, state: BatchState, now: number): Promise<number> {
  let count = 0;
  for await (const batch of eachBatch(reader, org, undefined, BATCHES_AT_ONCE)) {
    if (stateAt(batch, now) === state) count += 1;
  }
  return count;
}

const BATCHES_AT_ONCE = 1_000;

/** Batches below a number, the highest first. @param atOnce how many one read takes */
async function* eachBatch(
  reader: Reader,
  org: string,
  before: number | undefined,
  atOnce: number,
): AsyncGenerator<TrainingBatch, void> {
  const stretches = startStretches();
  const prefix = trainingBatchPrefix(org);
  for (let lt = before === undefined ? prefixEnd(prefix) : trainingBatchKey(org, before); ;) {
    const entries = await reader.scan({ gte: prefix, lt, limit: atOnce, reverse: true });
    for (const { value } of entries) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      yield decodeBatch(value);
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < atOnce) return;
    lt = last.key;
  }
}

/** The state at `now`: a lease that has lapsed counts from that moment on, even if the rows are still to be given back. */
export function stateAt(batch: TrainingBatch, now: number): BatchState {
  const lapses = batch.state === 'open' || batch.state === 'exported';
  return lapses && batch.leaseUntil <= now ? 'expired' : batch.state;
}

/** How far a change to all entries of a batch is. */
export interface BatchProgress {
  readonly done: number;
  /** Of a claim an estimate: it may end with fewer. */
  readonly total: number;
}

/** How far what the state of a batch says is under way has come; `undefined` where nothing is. */
export function progressOf(batch: TrainingBatch): BatchProgress | undefined {
  switch (batch.state) {
    case 'claiming': {
      const { feedbackCount: done, limit, expected = limit } = batch;
      return { done, total: Math.max(done, Math.min(expected, limit)) };
    }
    case 'committing':
      return { done: Math.min(batch.marked ?? 0, batch.feedbackCount), total: batch.feedbackCount };
    case 'releasing':
      return { done: Math.max(0, batch.claimed.total - batch.feedbackCount), total: batch.claimed.total };
    default:
      return undefined;
  }
}

const EMPTY = Buffer.alloc(0);

/** Puts the edges of what a batch includes from now on. */
export function putInclusions(
  transaction: Transaction,
  org: string,
  batchNode: string,
  included: readonly Included[],
): void {
  const prefix = edgeOutPrefix(org, 'INCLUDES', batchNode);
  for (const { feedbackId, ...inclusion } of included) {
    transaction.put(prefix + escapeComponent(feedbackId), encodeRecord(inclusion));
    transaction.put(edgeInKey(org, 'INCLUDES', feedbackId, NO_FACET, batchNode), EMPTY);
  }
}

export function deleteInclusions(
  transaction: Transaction,
  org: string,
  batchNode: string,
  included: readonly Included[],
): void {
  const prefix = edgeOutPrefix(org, 'INCLUDES', batchNode);
  for (const { feedbackId } of included) {
    transaction.delete(prefix + escapeComponent(feedbackId));
    transaction.delete(edgeInKey(org, 'INCLUDES', feedbackId, NO_FACET, batchNode));
  }
}

export interface Included extends Inclusion {
  readonly feedbackId: string;
}

/** What a batch includes, in the order of ids, from behind `after` on. */
export async function listInclusions(
  reader: Reader,
  org: string,
  batchNode: string,
  limit: number,
  after?: string,
): Promise<Included[]> {
  const prefix = edgeOutPrefix(org, 'INCLUDES', batchNode);
  const entries = await reader.scan({
    gte: after === undefined ? prefix : `${prefix}${after}\0`,
    lt: prefixEnd(prefix),
    limit,
  });
  // Those of one claim are mostly the same but for their ids.
  let latest: { readonly inclusion: Inclusion; readonly record: Buffer } | undefined;
  return entries.map(({ key, value }) => {
    if (latest?.record.equals(value) !== true) latest = { inclusion: decodeRecord(value) as Inclusion, record: value };
    return { ...latest.inclusion, feedbackId: lastComponent(key) };
  });
}

/** Whether a batch includes an entry, as of the state that is read. */
export async function isIncluded(reader: Reader, org: string, batchNode: string, feedbackId: string): Promise<boolean> {
  return (await reader.get(edgeOutKey(org, 'INCLUDES', batchNode, feedbackId))) !== undefined;
}

/** The most batches that one adapter is trained on: its list of them is short by rule. */
export const MAX_TRAINED_ON = 1_000;

/** The adapters that were made of a batch. */
export async function producedBy(reader: Reader, org: string, batchNode: string): Promise<string[]> {
  const prefix = edgeInPrefix(org, 'TRAINED_ON', batchNode, NO_FACET);
  return (await reader.scanKeys({ ...prefixRange(prefix), limit: MAX_TRAINED_ON })).map(lastComponent);
}

/** A batch with some fields changed; a field that is `undefined` goes. */
export function changed(
  batch: AllocatedBatch,
  fields: { [Field in keyof AllocatedBatch]?: AllocatedBatch[Field] | undefined },
): AllocatedBatch {
  return omitNullish({ ...batch, ...fields }) as AllocatedBatch;
}
