/** Starts, cancels and undoes bulk operations: each stores an intent, which run.ts carries out. */
import { type Actor, type AuditAction } from '../../audit/events.js';
import { findFirstAnswer, type Idempotency, runIdempotent } from '../../audit/idempotency.js';
import { recordOrganizationEvent } from '../../audit/trail.js';
import { ApiError, InvalidInputError } from '../../errors.js';
import { FEEDBACK_FIELDS } from '../../model/feedback-fields.js';
import { newUuid } from '../../model/ids.js';
import { adapterIdProblem, checkField, idProblem } from '../../model/input.js';
import type { DomainServices } from '../../services.js';
import type { Reader, Transaction } from '../../store/contract.js';
import { prefixRange } from '../../store/keys.js';
import { bulkRunningPrefix } from '../../store/layout.js';
import { expectAdapter } from '../link-feedback.js';
import { reasonProblem } from '../review.js';
import { checkAgainstRules, readRules } from '../rules.js';
import {
  type BulkChange,
  type BulkOperation,
  getBulkOperation,
  isUnderWay,
  putNewOperation,
  putOperation,
} from './operation.js';
import { type BulkSelection, selectEntries } from './select.js';

/** The most operations of an organization that are under way. */
export const MAX_RUNNING = 10;

export interface BulkRequest {
  readonly selection: BulkSelection;
  readonly change: BulkChange;
  /** How many entries the selection must have. */
  readonly expectedCount?: number;
}

/** @throws {InvalidInputError} for what no entry takes; {@link ApiError} FORBIDDEN for an adapter that may not be made */
export async function checkChange(reader: Reader, org: string, change: BulkChange): Promise<void> {
  switch (change.action) {
    case 'approve':
    case 'reject': {
      checkField('change.reason', change.reason, reasonProblem);
      return;
    }
    case 'reopen':
      return;
    case 'tag': {
      const { add, remove } = change;
      checkField('change.addTags', add, FEEDBACK_FIELDS.tags.kind.problem);
      checkField('change.removeTags', remove, FEEDBACK_FIELDS.tags.kind.problem);
      if (add.length + remove.length === 0 || add.some((tag) => remove.includes(tag))) {
        const problem = 'must name tags to add, or there must be tags to remove, and both not the same ones';
        throw new InvalidInputError([{ field: 'change.addTags', problem }]);
      }
      checkAgainstRules(await readRules(reader, org), { tags: add });
      return;
    }
    case 'link':
      checkField('change.adapterId', change.adapterId, adapterIdProblem);
      if (!change.createsAdapters) await expectAdapter(reader, org, change.adapterId);
      return;
    case 'unlink': {
      checkField('change.adapterId', change.adapterId, idProblem);
      return;
    }
  }
}

/**
 * Stores the intent to change the entries that are selected now.
 * @returns the id of the operation
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if the selection has another size than expected, or
 *   {@link MAX_RUNNING} operations are under way
 */
export async function startBulkOperation(
  services: DomainServices,
  actor: Actor,
  { selection, change, expectedCount }: BulkRequest,
  idempotency?: Idempotency,
): Promise<string> {
  const { store } = services;
  const { org, sub, requestId } = actor;
  const first = await store.read(async (reader) => {
    const found = await findFirstAnswer(reader, idempotency);
    if (found === undefined) await checkChange(reader, org, change);
    return found;
  });
  if (first !== undefined) return first.answer as string;
  const ids = await selectEntries(services, selection);
  const start = async (transaction: Transaction): Promise<string> => {
    if (expectedCount !== undefined && expectedCount !== ids.length) {
      throw new ApiError('CONFLICT', `The selection has ${ids.length} entries, not ${expectedCount}`);
    }
    await expectRoom(transaction, org);
    const at = services.now();
    const id = newUuid(org, transaction.stamp(org));
    const operation: BulkOperation = {
      id,
      change,
      state: ids.length === 0 ? 'done' : 'running',
      total: ids.length,
      done: 0,
      changed: 0,
      skipped: {},
      createdBy: sub,
      requestId,
      createdAt: at,
      updatedAt: at,
    };
    putNewOperation(transaction, org, operation, ids);
    await recordOperation(transaction, actor, 'bulk_operation.start', operation, at);
    return id;
  };
  const id = await store.transact((transaction) => runIdempotent(transaction, idempotency, () => start(transaction)));
  services.bulkOperation?.(org, id);
  return id;
}

/**
 * Ends an operation where it is; what it has changed stays so until it is undone. Does nothing for one that has ended.
 * @throws {ApiError} NOT_FOUND; CONFLICT if it is being undone, or is undone
 */
export async function cancelBulkOperation(
  { store, now }: DomainServices,
  actor: Actor,
  id: string,
  readsOthers: boolean,
  idempotency?: Idempotency,
): Promise<void> {
  const cancel = async (transaction: Transaction): Promise<null> => {
    const operation = await getBulkOperation(transaction, actor, id, readsOthers);
    if (operation.undo !== undefined) {
      throw new ApiError('CONFLICT', `The bulk operation is ${operation.state} and cannot be canceled`);
    }
    if (operation.state !== 'running') return null;
    const at = now();
    putOperation(transaction, actor.org, { ...operation, state: 'canceled', updatedAt: at });
    await recordOperation(transaction, actor, 'bulk_operation.cancel', operation, at);
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => cancel(transaction)));
}

/**
 * Stores the intent to undo an operation: one that is still running ends, and what it has changed so far is restored. Does
 * nothing for one that is being undone, or is undone.
 * @throws {ApiError} NOT_FOUND; CONFLICT if {@link MAX_RUNNING} operations are under way
 */
export async function undoBulkOperation(
  services: DomainServices,
  actor: Actor,
  id: string,
  readsOthers: boolean,
  idempotency?: Idempotency,
): Promise<void> {
  const { org, sub, requestId } = actor;
  const undo = async (transaction: Transaction): Promise<null> => {
    const operation = await getBulkOperation(transaction, actor, id, readsOthers);
    if (operation.undo !== undefined) return null;
    if (!isUnderWay(operation)) await expectRoom(transaction, org);
    const at = services.now();
    putOperation(transaction, org, {
      ...operation,
      state: operation.done === 0 ? 'undone' : 'undoing',
      undo: { createdBy: sub, requestId, done: 0, restored: 0, skipped: {} },
      updatedAt: at,
    });
    await recordOperation(transaction, actor, 'bulk_operation.undo', operation, at);
    return null;
  };
  await services.store.transact((transaction) => runIdempotent(transaction, idempotency, () => undo(transaction)));
  services.bulkOperation?.(org, id);
}

async function expectRoom(transaction: Transaction, org: string): Promise<void> {
  const running = await transaction.scanKeys({ ...prefixRange(bulkRunningPrefix(org)), limit: MAX_RUNNING });
  if (running.length < MAX_RUNNING) return;
  throw new ApiError('CONFLICT', `${MAX_RUNNING} bulk operations are under way; wait until one has ended`);
}

function recordOperation(
  transaction: Transaction,
  actor: Actor,
  action: AuditAction & `bulk_operation.${string}`,
  { id, total }: BulkOperation,
  at: number,
): Promise<void> {
  return recordOrganizationEvent(transaction, actor, { at, action, details: { bulkOperation: id, entries: total } });
}
