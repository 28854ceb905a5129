/** Undoes a bulk operation on some entries, in a transaction: those that nobody has changed since. */
import type { Feedback } from '../../model/feedback.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { type AdapterSetMove, relistAdapterSets } from '../index/adapter-sets.js';
import { putLinked } from '../link-feedback.js';
import { findLinkedAdapters } from '../links.js';
import { findFeedback } from '../read.js';
import { type RefusalReason, trainingRefusal } from '../refusal.js';
import { takeRemovedLink } from '../removed-links.js';
import { restoreJudgement } from '../review.js';
import { putTags } from '../tags.js';
import { removeLinked } from '../unlink-feedback.js';
import { findVersions } from '../versions.js';
import type { BulkWork } from './apply.js';
import { findErasedIds } from './assess.js';

/** An entry that the operation has changed, and the version that it made. */
export interface ChangedEntry {
  readonly id: string;
  readonly version: number;
}

/** @returns why entries were skipped, in the order of `changed`; undefined for one that was restored */
export async function restoreEntries(
  work: BulkWork,
  changed: readonly ChangedEntry[],
): Promise<readonly (RefusalReason | undefined)[]> {
  const { transaction, actor } = work;
  const { org } = actor;
  const ids = changed.map(({ id }) => id);
  const found = await findFeedback(transaction, org, ids);
  const erased = await findErasedIds(transaction, org, ids);
  const skipped = changed.map(({ id, version }, nth): RefusalReason | undefined => {
    const feedback = found[nth];
    if (feedback === undefined) return erased.has(id) ? 'erased' : 'not_found';
    return feedback.version === version ? undefined : (trainingRefusal(feedback)?.reason ?? 'changed_since');
  });
  const current = found.filter((each, nth) => each !== undefined && skipped[nth] === undefined) as Feedback[];
  const previous = await findVersions(
    transaction,
    org,
    current.map((feedback) => ({ current: feedback, version: feedback.version - 1 })),
  );
  const linked = await findLinkedAdapters(
    transaction,
    org,
    current.map(({ id }) => id),
  );
  const moves: AdapterSetMove[] = [];
  const lost = new Set<string>();
  const { turn } = startStretches();
  for (const [nth, feedback] of current.entries()) {
    const move = await restoreEntry(work, feedback, previous[nth] ?? feedback, linked[nth] ?? []);
    if (move === 'lost') lost.add(feedback.id);
    else if (move !== undefined) moves.push(move);
    await turn();
  }
  await relistAdapterSets(transaction, org, moves);
  return skipped.map((reason, nth) => reason ?? (lost.has(ids[nth] ?? '') ? 'changed_since' : undefined));
}

async function restoreEntry(
  work: BulkWork,
  feedback: Feedback,
  previous: Feedback,
  linked: readonly string[],
): Promise<AdapterSetMove | 'lost' | undefined> {
  const { transaction, keyedHash, actor, operation, at } = work;
  const { change } = operation;
  const note = { at, details: { undoneBulkOperation: operation.id } };
  switch (change.action) {
    case 'approve':
    case 'reject':
      await restoreJudgement(transaction, keyedHash, actor, feedback, previous, { ...note, action: 'feedback.reopen' });
      return undefined;
    case 'reopen':
      await restoreJudgement(transaction, keyedHash, actor, feedback, previous, { ...note, action: 'feedback.review' });
      return undefined;
    case 'tag':
      await putTags(transaction, keyedHash, actor, feedback, previous.tags ?? [], note);
      return undefined;
    case 'link':
      return removeLinked(transaction, keyedHash, actor, { feedback, linked }, change.adapterId, note);
    case 'unlink': {
      const from = { org: actor.org, feedbackId: feedback.id, operation: operation.id };
      const link = await takeRemovedLink(transaction, from);
      if (link === undefined) return 'lost';
      return putLinked(transaction, keyedHash, actor, { feedback, linked }, change.adapterId, link, note);
    }
  }
}
