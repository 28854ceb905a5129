/** What a bulk operation would do to entries as they are now. Preview and execution ask the same. */
import type { Actor } from '../../audit/events.js';
import type { Feedback } from '../../model/feedback.js';
import { isFeedbackId } from '../../model/ids.js';
import type { Reader } from '../../store/contract.js';
import { erasedFeedbackKey } from '../../store/layout.js';
import { linkRefusal } from '../link-feedback.js';
import { type FeedbackLink, findLinkedAdapters, findLinks } from '../links.js';
import { findFeedback } from '../read.js';
import type { RefusalReason } from '../refusal.js';
import { reopenRefusal, reviewRefusal, STATUS_OF_VERDICT } from '../review.js';
import { tagRefusal } from '../tags.js';
import { unlinkRefusal } from '../unlink-feedback.js';
import type { BulkChange } from './operation.js';

export type Assessed =
  | { readonly id: string; readonly refusal: RefusalReason }
  | {
      readonly id: string;
      readonly refusal?: undefined;
      readonly feedback: Feedback;
      /** The adapters that it is linked to, where the change is one of links. */
      readonly linked: readonly string[];
      /** The link that is to be taken away. */
      readonly link?: FeedbackLink;
    };

/** In the order of `ids`. A few reads of the store, however many they are. @param at epoch ms */
export async function assessEntries(
  reader: Reader,
  { org, sub }: Pick<Actor, 'org' | 'sub'>,
  change: BulkChange,
  ids: readonly string[],
  at: number,
): Promise<readonly Assessed[]> {
  const found = await findFeedback(reader, org, ids);
  const erased = await findErasedIds(
    reader,
    org,
    ids.filter((_, nth) => found[nth] === undefined),
  );
  const isOfLinks = change.action === 'link' || change.action === 'unlink';
  const linked = isOfLinks ? await findLinkedAdapters(reader, org, ids.filter(isFeedbackId)) : [];
  const linkedById = new Map(ids.filter(isFeedbackId).map((id, nth) => [id, linked[nth] ?? []]));
  const links =
    change.action === 'unlink'
      ? await findRemovable(reader, org, ids, change.adapterId)
      : new Map<string, FeedbackLink>();
  return ids.map((id, nth): Assessed => {
    const feedback = found[nth];
    if (feedback === undefined) return { id, refusal: erased.has(id) ? 'erased' : 'not_found' };
    const entry = { id, feedback, linked: linkedById.get(id) ?? [], link: links.get(id) };
    const refusal = refusalOf(change, entry, sub, at);
    if (refusal !== undefined) return { id, refusal };
    const { link, ...rest } = entry;
    return link === undefined ? rest : { ...rest, link };
  });
}

interface Entry {
  readonly feedback: Feedback;
  readonly linked: readonly string[];
  readonly link: FeedbackLink | undefined;
}

function refusalOf(change: BulkChange, entry: Entry, sub: string, at: number): RefusalReason | undefined {
  const { feedback, linked, link } = entry;
  switch (change.action) {
    case 'approve':
    case 'reject':
      return feedback.validationStatus === STATUS_OF_VERDICT[change.action]
        ? 'unchanged'
        : reviewRefusal(feedback, sub, at)?.reason;
    case 'reopen':
      return reopenRefusal(feedback)?.reason;
    case 'tag':
      return tagRefusal(feedback, change)?.reason;
    case 'link':
      return linked.includes(change.adapterId) ? 'unchanged' : linkRefusal(feedback, linked, change.adapterId)?.reason;
    case 'unlink':
      return unlinkRefusal(feedback, link, change.adapterId, change.unlinksOthers ? undefined : sub)?.reason;
  }
}

/** Those of ids without an entry whose entries were erased; others never were, or are another organization's. */
export async function findErasedIds(reader: Reader, org: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const possible = ids.filter(isFeedbackId);
  const tombstones = await reader.getMany(possible.map((id) => erasedFeedbackKey(org, id)));
  return new Set(possible.filter((_, nth) => tombstones[nth] !== undefined));
}

async function findRemovable(
  reader: Reader,
  org: string,
  ids: readonly string[],
  adapterId: string,
): Promise<ReadonlyMap<string, FeedbackLink>> {
  const possible = ids.filter(isFeedbackId);
  const links = await findLinks(
    reader,
    org,
    possible.map((from) => ({ from, to: adapterId })),
  );
  return new Map(
    possible.flatMap((id, nth) => {
      const link = links[nth];
      return link === undefined ? [] : [[id, link] as const];
    }),
  );
}
