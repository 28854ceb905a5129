/** What validation plugins may ask of what is stored. */
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback, Submission } from '../model/feedback.js';
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
      ofAdapter: async (organization, adapterId, limit) => {
        const plan = planFilter(organization, { adapterIds: [adapterId] }, keyedHash);
        const request = { limit: Math.min(Math.max(Math.trunc(limit), 1), MOST), descending: true };
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
  const { type, question, answer, correction, comment } = submission;
  const { userId, interactionId, modelVersion, adapterId, adapterVersion, externalId } = submission;
  return {
    organization,
    type,
    question,
    answer,
    ...omitNullish({ correction, comment, userId, interactionId, modelVersion, adapterId, adapterVersion, externalId }),
  };
}

function toStored(feedback: Feedback): StoredSubmission {
  const { organization: _organization, ...submission } = toPluginSubmission('', feedback);
  return { ...submission, id: feedback.id, createdAt: feedback.createdAt };
}
