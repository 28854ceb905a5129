/** Carries out what bulk operations intend. */
import type { Actor } from '../../audit/events.js';
import { UnavailableError } from '../../errors.js';
import type { DomainServices } from '../../services.js';
import type { Transaction } from '../../store/contract.js';
import { bulkRunningKey } from '../../store/layout.js';
import type { RefusalReason } from '../refusal.js';
import { applyToEntries, type BulkWork } from './apply.js';
import {
  addSkipped,
  type BulkOperation,
  type BulkPiece,
  type BulkUndo,
  findBulkOperation,
  findPiece,
  PIECE,
  putOperation,
  putPiece,
} from './operation.js';
import { restoreEntries } from './restore.js';

type RunServices = Pick<DomainServices, 'store' | 'keyedHash' | 'now'>;

/** Told of an entry that could not be changed although nothing refuses it, as where its record is damaged. */
export type OnEntryFailure = (error: unknown) => void;

/** Some entries that come next, in the piece that has them. */
interface Next {
  readonly number: number;
  readonly piece: BulkPiece;
  /** Their places in the piece. */
  readonly from: number;
  readonly to: number;
}

/**
 * Carries an operation some entries further, in one transaction. Several callers may do so at once.
 * @returns whether more is left
 * @throws {UnavailableError} if the store cannot be written now
 */
export async function continueBulkOperation(
  services: RunServices,
  org: string,
  id: string,
  onFailure?: OnEntryFailure,
): Promise<boolean> {
  try {
    return await takeStep(services, org, id, PIECE, false);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    return continueOneByOne(services, org, id, onFailure);
  }
}

/** Until the end, or until `signal` ends it. */
export async function finishBulkOperation(
  services: RunServices,
  org: string,
  id: string,
  { signal, onFailure }: { readonly signal?: AbortSignal; readonly onFailure?: OnEntryFailure } = {},
): Promise<void> {
  while (signal?.aborted !== true && (await continueBulkOperation(services, org, id, onFailure)));
}

/** One entry at a time, so that one that fails keeps no other from being changed. */
async function continueOneByOne(
  services: RunServices,
  org: string,
  id: string,
  onFailure: OnEntryFailure | undefined,
): Promise<boolean> {
  for (let entries = 0; entries < PIECE; entries++) {
    try {
      if (!(await takeStep(services, org, id, 1, false))) return false;
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      onFailure?.(error);
      if (!(await takeStep(services, org, id, 1, true))) return false;
    }
  }
  return true;
}

/** @param size how many entries at most @param fails whether they are skipped, as they have failed before */
function takeStep(
  { store, keyedHash, now }: RunServices,
  org: string,
  id: string,
  size: number,
  fails: boolean,
): Promise<boolean> {
  return store.transact(async (transaction) => {
    const operation = await findBulkOperation(transaction, org, id);
    // It has expired in the meantime.
    if (operation === undefined) transaction.delete(bulkRunningKey(org, id));
    const actor = operation === undefined ? undefined : actorOf(org, operation);
    if (operation === undefined || actor === undefined) return false;
    const work: BulkWork = { transaction, keyedHash, actor, operation, at: now() };
    const after = operation.state === 'running' ? await goOn(work, size, fails) : await goBack(work, size, fails);
    putOperation(transaction, org, after);
    return after.state === 'running' || after.state === 'undoing';
  });
}

/** On whose behalf an operation goes on; undefined for one that has ended. */
function actorOf(org: string, { state, createdBy, requestId, undo }: BulkOperation): Actor | undefined {
  if (state === 'running') return { org, sub: createdBy, requestId };
  return state === 'undoing' && undo !== undefined
    ? { org, sub: undo.createdBy, requestId: undo.requestId }
    : undefined;
}

async function goOn(work: BulkWork, size: number, fails: boolean): Promise<BulkOperation> {
  const { transaction, actor, operation, at } = work;
  const { org } = actor;
  const next = await findNext(transaction, org, operation, operation.done, size);
  if (next === undefined) return { ...operation, state: 'done', updatedAt: at };
  const { number, piece, from, to } = next;
  const ids = piece.ids.slice(from, to);
  const outcomes = fails ? ids.map(() => 'failed' as const) : await applyToEntries(work, ids);
  putPiece(transaction, org, operation.id, number, { ...piece, outcomes: [...piece.outcomes, ...outcomes] });
  const reasons = outcomes.filter((outcome) => typeof outcome === 'string');
  const done = operation.done + ids.length;
  return {
    ...operation,
    state: done === operation.total ? 'done' : 'running',
    done,
    changed: operation.changed + outcomes.length - reasons.length,
    skipped: addSkipped(operation.skipped, reasons),
    updatedAt: at,
  };
}

async function goBack(work: BulkWork, size: number, fails: boolean): Promise<BulkOperation> {
  const { transaction, actor, operation, at } = work;
  const { org } = actor;
  const { undo } = operation;
  if (undo === undefined) throw new Error('A bulk operation is being undone by nobody');
  const next = await findNext(transaction, org, operation, undo.done, Math.min(size, operation.done - undo.done));
  if (next === undefined) return { ...operation, state: 'undone', updatedAt: at };
  const { number, piece, from, to } = next;
  const changed = piece.ids.slice(from, to).flatMap((id, nth) => {
    const version = piece.outcomes[from + nth];
    return typeof version === 'number' ? [{ id, version, place: from + nth }] : [];
  });
  const reasons = fails
    ? changed.map((): RefusalReason => 'failed')
    : changed.length === 0
      ? []
      : await restoreEntries(work, changed);
  const skipped = reasons.filter((reason) => reason !== undefined);
  if (skipped.length > 0) {
    const places = changed.flatMap(({ place }, nth) => {
      const reason = reasons[nth];
      return reason === undefined ? [] : [[String(place), reason] as const];
    });
    const notRestored = { ...piece.notRestored, ...Object.fromEntries(places) };
    putPiece(transaction, org, operation.id, number, { ...piece, notRestored });
  }
  const after: BulkUndo = {
    ...undo,
    done: undo.done + to - from,
    restored: undo.restored + changed.length - skipped.length,
    skipped: addSkipped(undo.skipped, skipped),
  };
  return { ...operation, state: after.done === operation.done ? 'undone' : 'undoing', undo: after, updatedAt: at };
}

/** The entries from a place on, as far as they are in one piece; undefined if there are none. */
async function findNext(
  transaction: Transaction,
  org: string,
  { id, total }: BulkOperation,
  place: number,
  size: number,
): Promise<Next | undefined> {
  if (place >= total || size <= 0) return undefined;
  const number = Math.floor(place / PIECE);
  const piece = await findPiece(transaction, org, id, number);
  const from = place - number * PIECE;
  const to = Math.min(from + size, piece?.ids.length ?? 0);
  return piece === undefined || from >= to ? undefined : { number, piece, from, to };
}
