/** Views of the list of feedback that users save: a name, a filter, an order and columns. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { recordOrganizationEvent } from '../audit/trail.js';
import { ApiError, type Issue, StaleVersionError } from '../errors.js';
import type { FacetFilter } from '../model/facets.js';
import type { FieldsWith } from '../model/feedback-fields.js';
import { newUuid } from '../model/ids.js';
import { idProblem, throwIssues } from '../model/input.js';
import type { Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Key, Reader, Transaction } from '../store/contract.js';
import { lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import { ownViewsPrefix, savedViewKey, sharedViewsPrefix } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import type { ScoreFilter } from './index/scores.js';

/** The most views of one user. */
export const MAX_VIEWS = 100;
export const MAX_VIEW_COLUMNS = 50;
/** UTF-8 bytes of what a user gives of one view, as JSON. */
export const MAX_VIEW_BYTES = 8_192;

/** A filter as users give it. Times are epoch ms. */
export interface ViewFilter
  extends Pick<FacetFilter, 'type' | 'validationStatus'>, Partial<Pick<Submission, FieldsWith<'filter'>>> {
  readonly unused?: boolean;
  readonly adapterId?: string;
  readonly adapterVersion?: string;
  readonly tag?: string;
  readonly scores?: readonly ScoreFilter[];
  readonly search?: string;
  readonly since?: number;
  readonly until?: number;
}

/** What a user says of a view. */
export interface ViewContent {
  readonly name: string;
  readonly filter: ViewFilter;
  /** The default of the list if absent. */
  readonly order?: 'asc' | 'desc';
  /** Names that mean something to whoever shows the list. */
  readonly columns: readonly string[];
  readonly isShared: boolean;
}

export interface SavedView extends ViewContent {
  /** Time-ordered. */
  readonly id: string;
  readonly revision: number;
  /** The token's `sub` of its owner. */
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is to change of a view; what is absent stays, and null takes the order away. */
export type ViewChange = Partial<Omit<ViewContent, 'order'>> & { readonly order?: 'asc' | 'desc' | null };

/** Whose views a list shows. */
export type ViewScope = 'own' | 'shared';

export interface ViewPage {
  readonly views: readonly SavedView[];
  readonly hasNext: boolean;
}

/** The prefixes under which a view is listed. */
export function viewLists(keyedHash: KeyedHash, org: string, { createdBy, isShared }: SavedView): readonly Key[] {
  return [ownViewsPrefix(org, ownerHash(keyedHash, org, createdBy)), ...(isShared ? [sharedViewsPrefix(org)] : [])];
}

function ownerHash(keyedHash: KeyedHash, org: string, sub: string): string {
  return keyedHash(org, JSON.stringify(['views', sub]));
}

function listPrefix(keyedHash: KeyedHash, { org, sub }: Pick<Actor, 'org' | 'sub'>, scope: ViewScope): Key {
  return scope === 'own' ? ownViewsPrefix(org, ownerHash(keyedHash, org, sub)) : sharedViewsPrefix(org);
}

/** One page of views, the oldest first: a user's own ones, or those that anybody in the organization shares. */
export async function savedViewPage(
  reader: Reader,
  keyedHash: KeyedHash,
  actor: Pick<Actor, 'org' | 'sub'>,
  scope: ViewScope,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<ViewPage> {
  const prefix = listPrefix(keyedHash, actor, scope);
  const gte = after === undefined ? prefix : `${prefix}${after}\0`;
  const keys = await reader.scanKeys({ gte, lt: prefixEnd(prefix), limit: limit + 1 });
  const stored = await reader.getMany(keys.slice(0, limit).map((key) => savedViewKey(actor.org, lastComponent(key))));
  const views = stored.flatMap((value) => (value === undefined ? [] : [decodeView(value)]));
  return { views, hasNext: keys.length > limit };
}

export async function countSavedViews(
  reader: Reader,
  keyedHash: KeyedHash,
  actor: Pick<Actor, 'org' | 'sub'>,
  scope: ViewScope,
): Promise<number> {
  const range = prefixRange(listPrefix(keyedHash, actor, scope));
  return (await reader.scanKeys({ ...range, limit: Infinity })).length;
}

/** A view that a user may read: their own, or a shared one. That another user has a private one is not told. */
export async function findSavedView(
  reader: Reader,
  { org, sub }: Pick<Actor, 'org' | 'sub'>,
  id: string,
): Promise<SavedView | undefined> {
  const view = await readSavedView(reader, org, id);
  return view !== undefined && (view.isShared || view.createdBy === sub) ? view : undefined;
}

/** A view, whoever may read it. */
export async function readSavedView(reader: Reader, org: string, id: string): Promise<SavedView | undefined> {
  const stored = isViewId(id) ? await reader.get(savedViewKey(org, id)) : undefined;
  return stored === undefined ? undefined : decodeView(stored);
}

const VIEW_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isViewId(id: string): boolean {
  return VIEW_ID.test(id);
}

/**
 * Saves a new view of the actor.
 * @returns its id
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if the user has {@link MAX_VIEWS} already
 */
export async function createSavedView(
  { store, keyedHash }: DomainServices,
  actor: Actor,
  content: ViewContent,
  idempotency?: Idempotency,
): Promise<string> {
  checkContent(content);
  const { org, sub } = actor;
  const create = async (transaction: Transaction): Promise<string> => {
    const own = listPrefix(keyedHash, actor, 'own');
    const views = await transaction.scanKeys({ ...prefixRange(own), limit: MAX_VIEWS });
    if (views.length >= MAX_VIEWS) {
      throw new ApiError('CONFLICT', `A user can save at most ${MAX_VIEWS} views; delete one first`);
    }
    const at = transaction.stamp(org);
    const id = newUuid(org, at);
    const view: SavedView = { ...content, id, revision: 1, createdBy: sub, createdAt: at, updatedAt: at };
    putView(transaction, keyedHash, org, undefined, view);
    if (view.isShared) await recordView(transaction, actor, 'saved_view.share', view);
    return id;
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => create(transaction)));
}

export interface ViewRequest {
  readonly expectedRevision?: number;
  /** Whether the actor may change shared views of others. */
  readonly changesOthers: boolean;
}

/**
 * Changes a view: the actor's own, or, for those who may, a shared one of another user.
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND, FORBIDDEN; {@link StaleVersionError}
 */
export async function updateSavedView(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  id: string,
  change: ViewChange,
  request: ViewRequest,
  idempotency?: Idempotency,
): Promise<void> {
  const update = async (transaction: Transaction): Promise<null> => {
    const before = await getViewToChange(transaction, actor, id, request);
    const { order, ...rest } = { ...before, ...change };
    const after: SavedView = {
      ...rest,
      ...omitNullish({ order }),
      revision: before.revision + 1,
      updatedAt: now(),
    };
    checkContent(after);
    putView(transaction, keyedHash, actor.org, before, after);
    if (before.isShared || after.isShared) {
      await recordView(transaction, actor, before.isShared ? 'saved_view.change' : 'saved_view.share', after);
    }
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => update(transaction)));
}

/** @throws {ApiError} as {@link updateSavedView} */
export async function deleteSavedView(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  id: string,
  request: ViewRequest,
  idempotency?: Idempotency,
): Promise<void> {
  const remove = async (transaction: Transaction): Promise<null> => {
    const view = await getViewToChange(transaction, actor, id, request);
    removeView(transaction, keyedHash, actor.org, view);
    if (view.isShared) await recordView(transaction, actor, 'saved_view.delete', { id, updatedAt: now() });
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => remove(transaction)));
}

/** The views of a user, whom a token names `sub`. */
export async function viewsOwnedBy(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  sub: string,
): Promise<readonly SavedView[]> {
  return (await savedViewPage(reader, keyedHash, { org, sub }, 'own', { limit: MAX_VIEWS })).views;
}

/** @returns the keys that are no more */
export function removeView(transaction: Transaction, keyedHash: KeyedHash, org: string, view: SavedView): Key[] {
  const keys = [savedViewKey(org, view.id), ...viewLists(keyedHash, org, view).map((prefix) => prefix + view.id)];
  for (const key of keys) transaction.delete(key);
  return keys;
}

function putView(
  transaction: Transaction,
  keyedHash: KeyedHash,
  org: string,
  before: SavedView | undefined,
  after: SavedView,
): void {
  const lists = viewLists(keyedHash, org, after);
  for (const prefix of before === undefined ? [] : viewLists(keyedHash, org, before)) {
    if (!lists.includes(prefix)) transaction.delete(prefix + after.id);
  }
  for (const prefix of lists) transaction.put(prefix + after.id, Buffer.alloc(0));
  transaction.put(savedViewKey(org, after.id), encodeRecord(after));
}

async function getViewToChange(
  transaction: Transaction,
  actor: Actor,
  id: string,
  { expectedRevision, changesOthers }: ViewRequest,
): Promise<SavedView> {
  const view = await findSavedView(transaction, actor, id);
  if (view === undefined) throw new ApiError('NOT_FOUND', 'Saved view not found');
  if (view.createdBy !== actor.sub && !changesOthers) {
    throw new ApiError(
      'FORBIDDEN',
      "Another user owns the saved view; changing it requires a token with the permission 'org:admin'",
    );
  }
  if (expectedRevision !== undefined && expectedRevision !== view.revision) {
    throw new StaleVersionError(`The saved view has the revision ${view.revision}, not ${expectedRevision}`);
  }
  return view;
}

/** The event names the view by its id: its name is a text of a user, who may be erased. */
function recordView(
  transaction: Transaction,
  actor: Actor,
  action: 'saved_view.share' | 'saved_view.change' | 'saved_view.delete',
  { id, updatedAt }: Pick<SavedView, 'id' | 'updatedAt'>,
): Promise<void> {
  return recordOrganizationEvent(transaction, actor, { at: updatedAt, action, details: { view: id } });
}

export function decodeView(value: Buffer): SavedView {
  return decodeRecord(value) as SavedView;
}

/** @throws {InvalidInputError} naming everything that is not allowed; the filter is checked by whoever plans it */
function checkContent({ name, filter, order, columns }: ViewContent): void {
  const issues: Issue[] = [];
  const problem = nameProblem(name);
  if (problem !== undefined) issues.push({ field: 'name', problem });
  if (columns.length > MAX_VIEW_COLUMNS || new Set(columns).size < columns.length) {
    issues.push({ field: 'columns', problem: `must be at most ${MAX_VIEW_COLUMNS} different names` });
  }
  const badColumn = columns.map(idProblem).find((each) => each !== undefined);
  if (badColumn !== undefined) issues.push({ field: 'columns', problem: `must be names, each of which ${badColumn}` });
  if (Buffer.byteLength(JSON.stringify({ name, filter, order, columns })) > MAX_VIEW_BYTES) {
    issues.push({
      field: 'filter',
      problem: `must be smaller: a saved view has at most ${MAX_VIEW_BYTES} bytes of JSON`,
    });
  }
  throwIssues(issues);
}

function nameProblem(name: string): string | undefined {
  return name.trim() === '' ? 'must not be blank' : idProblem(name);
}
