/**
 * Bulk operations: one change of many entries, as a stored intent that is carried out piece by piece, each in a transaction
 * with how far it is, so that any server may go on with it, and several at once. Times are epoch ms.
 */
import type { Actor } from '../../audit/events.js';
import { ApiError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader, Transaction } from '../../store/contract.js';
import { prefixEnd } from '../../store/keys.js';
import {
  bulkEntriesKey,
  bulkOperationKey,
  bulkOperationPrefix,
  bulkRunningKey,
  expiryKey,
} from '../../store/layout.js';
import { decodeRecord, encodeRecord } from '../../store/record.js';
import { startStretches } from '../../yield-to-event-loop.js';
import type { RefusalReason } from '../refusal.js';
import type { TagChange } from '../tags.js';

/** The most entries of one operation. */
export const MAX_BULK_ENTRIES = 10_000;
/** Entries of one transaction: it keeps each commit small. */
export const PIECE = 80;
/** How long an operation is kept, and can be undone, ms: 30 days. */
export const BULK_KEPT_FOR = 30 * 24 * 60 * 60 * 1_000;

export const BULK_ACTIONS = ['link', 'unlink', 'approve', 'reject', 'reopen', 'tag'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export type BulkChange =
  | { readonly action: 'approve' | 'reject'; readonly reason?: string }
  | { readonly action: 'reopen' }
  | ({ readonly action: 'tag' } & TagChange)
  | {
      readonly action: 'link';
      readonly adapterId: string;
      /** Whether the adapter is created if it does not exist. */
      readonly createsAdapters: boolean;
    }
  | {
      readonly action: 'unlink';
      readonly adapterId: string;
      /** Whether links that others made are taken away, too. */
      readonly unlinksOthers: boolean;
    };

/** `running` and `undoing` are intents, which are carried to their end, by another server or the next start if need be. */
export const BULK_STATES = ['running', 'done', 'canceled', 'undoing', 'undone'] as const;
export type BulkState = (typeof BULK_STATES)[number];

export type SkippedCounts = Readonly<Partial<Record<RefusalReason, number>>>;

export interface BulkUndo {
  /** The token's `sub` of who undoes it. */
  readonly createdBy: string;
  readonly requestId: string;
  /** How many of the operation's entries were looked at. */
  readonly done: number;
  readonly restored: number;
  readonly skipped: SkippedCounts;
}

export interface BulkOperation {
  /** Time-ordered (UUIDv7). */
  readonly id: string;
  readonly change: BulkChange;
  readonly state: BulkState;
  readonly total: number;
  /** How many entries were looked at. */
  readonly done: number;
  readonly changed: number;
  readonly skipped: SkippedCounts;
  readonly undo?: BulkUndo;
  /** The token's `sub` of who started it. */
  readonly createdBy: string;
  readonly requestId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What became of an entry: the version that the operation made, or why it made none. */
export type BulkOutcome = number | RefusalReason;

/** Some entries of an operation, in the order of their ids. */
export interface BulkPiece {
  readonly ids: readonly string[];
  /** Of the first of them, as far as the operation has come. */
  readonly outcomes: readonly BulkOutcome[];
  /** What kept those from being restored that the undo has skipped, by their places. */
  readonly notRestored?: Readonly<Record<string, RefusalReason>>;
}

export function isUnderWay({ state }: BulkOperation): boolean {
  return state === 'running' || state === 'undoing';
}

export function expiresAt({ createdAt }: BulkOperation): number {
  return createdAt + BULK_KEPT_FOR;
}

const OPERATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whoever may read it. */
export async function findBulkOperation(reader: Reader, org: string, id: string): Promise<BulkOperation | undefined> {
  const stored = OPERATION_ID.test(id) ? await reader.get(bulkOperationKey(org, id)) : undefined;
  return stored === undefined ? undefined : decodeBulkOperation(stored);
}

/** An operation, if the actor is its author, or reads those of others. */
export async function findReadable(
  reader: Reader,
  { org, sub }: Pick<Actor, 'org' | 'sub'>,
  id: string,
  readsOthers: boolean,
): Promise<BulkOperation | undefined> {
  const operation = await findBulkOperation(reader, org, id);
  return readsOthers || operation?.createdBy === sub ? operation : undefined;
}

/** @throws {ApiError} NOT_FOUND where {@link findReadable} finds none */
export async function getBulkOperation(
  reader: Reader,
  actor: Pick<Actor, 'org' | 'sub'>,
  id: string,
  readsOthers: boolean,
): Promise<BulkOperation> {
  const operation = await findReadable(reader, actor, id, readsOthers);
  if (operation === undefined) throw new ApiError('NOT_FOUND', 'Bulk operation not found');
  return operation;
}

const READ_AT_ONCE = 1_000;

/** One page of operations, the newest first. @param author whose; everybody's if absent */
export async function bulkOperationPage(
  reader: Reader,
  org: string,
  author: string | undefined,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<{ readonly operations: readonly BulkOperation[]; readonly hasNext: boolean }> {
  const operations: BulkOperation[] = [];
  for await (const operation of eachBulkOperation(reader, org, before)) {
    if (author === undefined || operation.createdBy === author) operations.push(operation);
    if (operations.length > limit) break;
  }
  return { operations: operations.slice(0, limit), hasNext: operations.length > limit };
}

/** How many there are. Reads all of them, as few are kept. */
export async function countBulkOperations(reader: Reader, org: string, author: string | undefined): Promise<number> {
  let count = 0;
  for await (const { createdBy } of eachBulkOperation(reader, org)) {
    if (author === undefined || createdBy === author) count += 1;
  }
  return count;
}

async function* eachBulkOperation(reader: Reader, org: string, before?: string): AsyncGenerator<BulkOperation, void> {
  const stretches = startStretches();
  const prefix = bulkOperationPrefix(org);
  for (let lt = before === undefined ? prefixEnd(prefix) : prefix + before; ;) {
    const entries = await reader.scan({ gte: prefix, lt, limit: READ_AT_ONCE, reverse: true });
    for (const { value } of entries) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      yield decodeBulkOperation(value);
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < READ_AT_ONCE) return;
    lt = last.key;
  }
}

export async function findPiece(
  reader: Reader,
  org: string,
  operation: string,
  piece: number,
): Promise<BulkPiece | undefined> {
  const stored = await reader.get(bulkEntriesKey(org, operation, piece));
  return stored === undefined ? undefined : (decodeRecord(stored) as BulkPiece);
}

/** What became of one entry. */
export interface BulkEntryOutcome {
  readonly feedbackId: string;
  readonly version?: number;
  readonly skipped?: RefusalReason;
  readonly notRestored?: RefusalReason;
}

/** The entries from a place on that the operation has looked at so far. */
export async function bulkEntryPage(
  reader: Reader,
  org: string,
  operation: string,
  place: number,
  limit: number,
): Promise<readonly BulkEntryOutcome[]> {
  const first = Math.floor(place / PIECE);
  const last = Math.floor((place + limit - 1) / PIECE);
  const numbers = Array.from({ length: last - first + 1 }, (_, nth) => first + nth);
  const stored = await reader.getMany(numbers.map((number) => bulkEntriesKey(org, operation, number)));
  const entries = stored.flatMap((value) =>
    value === undefined ? [] : listOutcomes(decodeRecord(value) as BulkPiece),
  );
  return entries.slice(place - first * PIECE, place - first * PIECE + limit);
}

function listOutcomes({ ids, outcomes, notRestored }: BulkPiece): readonly BulkEntryOutcome[] {
  return outcomes.map((outcome, place) => ({
    feedbackId: ids[place] ?? '',
    ...(typeof outcome === 'number' ? { version: outcome } : { skipped: outcome }),
    ...omitNullish({ notRestored: notRestored?.[String(place)] }),
  }));
}

export function putPiece(
  transaction: Transaction,
  org: string,
  operation: string,
  number: number,
  piece: BulkPiece,
): void {
  transaction.put(bulkEntriesKey(org, operation, number), encodeRecord(piece));
}

/** Stores a new operation with its entries, and when they expire. @param ids in their order, at most {@link MAX_BULK_ENTRIES} */
export function putNewOperation(
  transaction: Transaction,
  org: string,
  operation: BulkOperation,
  ids: readonly string[],
): void {
  const expires = expiresAt(operation);
  for (let from = 0; from < ids.length; from += PIECE) {
    const number = from / PIECE;
    putPiece(transaction, org, operation.id, number, { ids: ids.slice(from, from + PIECE), outcomes: [] });
    transaction.put(expiryKey(expires, bulkEntriesKey(org, operation.id, number)), Buffer.alloc(0));
  }
  transaction.put(expiryKey(expires, bulkOperationKey(org, operation.id)), Buffer.alloc(0));
  putOperation(transaction, org, operation);
}

/** Stores an operation, and whether it is under way. */
export function putOperation(transaction: Transaction, org: string, operation: BulkOperation): void {
  const running = bulkRunningKey(org, operation.id);
  if (isUnderWay(operation)) transaction.put(running, Buffer.alloc(0));
  else transaction.delete(running);
  transaction.put(bulkOperationKey(org, operation.id), encodeRecord(omitNullish(operation)));
}

export function decodeBulkOperation(value: Buffer): BulkOperation {
  return decodeRecord(value) as BulkOperation;
}

/** The counts with one more of each reason. */
export function addSkipped(counts: SkippedCounts, reasons: readonly RefusalReason[]): SkippedCounts {
  const sum: Partial<Record<RefusalReason, number>> = { ...counts };
  for (const reason of reasons) sum[reason] = (sum[reason] ?? 0) + 1;
  return sum;
}
