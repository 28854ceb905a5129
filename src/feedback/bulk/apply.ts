/** Carries out a bulk operation on some entries, in a transaction. */
import { ensureAdapters } from '../../adapters/adapters.js';
import type { Actor } from '../../audit/events.js';
import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { Feedback } from '../../model/feedback.js';
import type { Transaction } from '../../store/contract.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { type AdapterSetMove, relistAdapterSets } from '../index/adapter-sets.js';
import { putLinked } from '../link-feedback.js';
import { keepRemovedLink } from '../removed-links.js';
import { applyReview, reopenNote, restoreJudgement, versionBeforeReview } from '../review.js';
import { changedTags, putTags } from '../tags.js';
import { removeLinked } from '../unlink-feedback.js';
import { assessEntries, type Assessed } from './assess.js';
import { type BulkOperation, type BulkOutcome, expiresAt } from './operation.js';

/** What the work on entries of an operation needs. */
export interface BulkWork {
  readonly transaction: Transaction;
  readonly keyedHash: KeyedHash;
  readonly actor: Actor;
  readonly operation: BulkOperation;
  readonly at: number;
}

type Changeable = Exclude<Assessed, { readonly refusal: string }>;

/** Changes those entries that take the change now. @returns what became of each, in the order of `ids` */
export async function applyToEntries(work: BulkWork, ids: readonly string[]): Promise<readonly BulkOutcome[]> {
  const { transaction, actor, operation, at } = work;
  const { change } = operation;
  const assessed = await assessEntries(transaction, actor, change, ids, at);
  const isChanging = assessed.some(({ refusal }) => refusal === undefined);
  if (isChanging && change.action === 'link' && change.createsAdapters) {
    await ensureAdapters(transaction, actor, new Set([change.adapterId]), at);
  }
  const { turn } = startStretches();
  const moves: AdapterSetMove[] = [];
  const outcomes: BulkOutcome[] = [];
  for (const entry of assessed) {
    if (entry.refusal !== undefined) {
      outcomes.push(entry.refusal);
      continue;
    }
    const move = await applyToEntry(work, entry);
    if (move !== undefined) moves.push(move);
    outcomes.push(entry.feedback.version + 1);
    await turn();
  }
  await relistAdapterSets(transaction, actor.org, moves);
  return outcomes;
}

async function applyToEntry(work: BulkWork, entry: Changeable): Promise<AdapterSetMove | undefined> {
  const { transaction, keyedHash, actor, operation, at } = work;
  const { change } = operation;
  const { feedback } = entry;
  const note = { at, details: { bulkOperation: operation.id } };
  switch (change.action) {
    case 'approve':
    case 'reject': {
      const { action: verdict, ...decision } = change;
      await applyReview(transaction, keyedHash, actor, feedback, { verdict, ...decision }, note);
      return undefined;
    }
    case 'reopen':
      await reopen(work, feedback, note);
      return undefined;
    case 'tag':
      await putTags(transaction, keyedHash, actor, feedback, changedTags(feedback, change), note);
      return undefined;
    case 'link': {
      const link = { createdAt: at, createdBy: actor.sub, updatedAt: at };
      return putLinked(transaction, keyedHash, actor, entry, change.adapterId, link, note);
    }
    case 'unlink':
      if (entry.link !== undefined) {
        const from = { org: actor.org, feedbackId: entry.id, operation: operation.id };
        keepRemovedLink(transaction, from, entry.link, expiresAt(operation));
      }
      return removeLinked(transaction, keyedHash, actor, entry, change.adapterId, note);
  }
}

async function reopen(
  { transaction, keyedHash, actor, at }: BulkWork,
  current: Feedback,
  note: { readonly at: number; readonly details: Readonly<Record<string, string>> },
): Promise<void> {
  const before = await versionBeforeReview(transaction, actor.org, current);
  await restoreJudgement(transaction, keyedHash, actor, current, before, {
    ...note,
    ...reopenNote(current),
    action: 'feedback.reopen',
    at,
  });
}
