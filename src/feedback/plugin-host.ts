/** The queries on stored entries that validation plugins may make. */
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback } from '../model/feedback.js';
import { pickSubmission, type Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { Store } from '../store/contract.js';
import type { PluginHost, PluginSubmission, StoredSubmission } from '../validation/contract.js';
import { planFilter } from './index/filter.js';
import { feedbackPage } from './list.js';
import { findFeedback } from './read.js';

/** Entries of one answer at most. */
const MOST = 1_000;

export function createPluginHost(store: Store, keyedHash: KeyedHash): PluginHost {
  return {
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

/** A submission as the plugins see it. */
export function toPluginSubmission(organization: string, submission: Submission): PluginSubmission {
  return { organization, ...pickSubmission(submission) };
}

function toStored(feedback: Feedback): StoredSubmission {
  return { ...pickSubmission(feedback), id: feedback.id, createdAt: feedback.createdAt };
}
