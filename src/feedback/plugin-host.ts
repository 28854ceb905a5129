/** The queries on stored entries that validation plugins may make. */
import type { ChangeFeed } from '../audit/change-feed.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback } from '../model/feedback.js';
import { pickSubmission, type Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { Store } from '../store/contract.js';
import type { PluginHost, PluginSubmission, StoredListener, StoredSubmission } from '../validation/contract.js';
import { planFilter } from './index/filter.js';
import { feedbackPage } from './list.js';
import { findFeedback } from './read.js';

/** Entries of one answer at most. */
const MOST = 1_000;

/** New entries that are read at once; each may be as long as a request. */
const READ_AT_ONCE = 32;

/** @param feed tells of what other servers store, where there may be others */
export function createPluginHost(store: Store, keyedHash: KeyedHash, feed?: ChangeFeed): PluginHost {
  return {
    ...(feed !== undefined && {
      followStored: async (organization, listener) => {
        const ending = new AbortController();
        const after = await feed.newest(organization);
        // Whoever listens begins anew where it ends.
        void tellOfStored(feed, organization, after, listener, ending.signal)
          .catch(() => undefined)
          .finally(listener.onEnd);
        return () => ending.abort();
      },
    }),
    lookup: {
      ofAdapter: async (organization, adapterId, limit, before) => {
        const plan = planFilter(organization, { adapterIds: [adapterId] }, keyedHash);
        const most = Math.min(Math.max(Math.trunc(limit), 1), MOST);
        const request = { limit: most, descending: true, ...omitNullish({ after: before }) };
        const page = await store.read((reader) => feedbackPage(reader, plan, request));
        return page.feedback.map(toStored);
      },
      find: async (organization, ids) => {
        const found = await store.read((reader) => findFeedback(reader, organization, ids.slice(0, MOST)));
        return found.filter((each) => each !== undefined).map(toStored);
      },
    },
    hash: keyedHash,
  };
}

async function tellOfStored(
  feed: ChangeFeed,
  org: string,
  after: string,
  { isKnown, onStored }: StoredListener,
  signal: AbortSignal,
): Promise<void> {
  for await (const page of feed.follow(org, { after, signal })) {
    const submitted = page.filter(({ action }) => action === 'feedback.submit').map(({ node }) => node);
    const ids = submitted.filter((id) => !isKnown(id));
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
      const some = ids.slice(from, from + READ_AT_ONCE);
      const found = await feed.read((reader) => findFeedback(reader, org, some), signal);
      for (const feedback of found ?? []) if (feedback !== undefined) await onStored(toStored(feedback));
    }
  }
}

/** A submission as the plugins see it. */
export function toPluginSubmission(organization: string, submission: Submission): PluginSubmission {
  return Object.assign({ organization }, pickSubmission(submission));
}

/** Called with a new entry, tells the plugins of it: it is made what they see only if one of them wants to hear of it. */
export function tellPlugins(
  stored: (id: string, submission: () => PluginSubmission) => void,
): (organization: string, entry: Feedback) => void {
  return (organization, entry) => stored(entry.id, () => toPluginSubmission(organization, entry));
}

function toStored(feedback: Feedback): StoredSubmission {
  return { ...pickSubmission(feedback), id: feedback.id, createdAt: feedback.createdAt };
}
