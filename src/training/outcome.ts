/** What training on a batch changed, as far as feedback says. */
import { planFilter, verdictsOf } from '../feedback/index/filter.js';
import { boundsAfter } from '../feedback/index/id-streams.js';
import { selectedIds } from '../feedback/index/selected-ids.js';
import { findFeedback } from '../feedback/read.js';
import { promptKey } from '../model/prompt-key.js';
import type { DomainServices } from '../services.js';
import type { Store } from '../store/contract.js';
import { startStretches } from '../yield-to-event-loop.js';
import type { AllocatedBatch, Split } from './batch.js';
import { pinnedEntries } from './export/pinned-entries.js';

/** Feedback on answers to the same questions. */
export interface FeedbackCounts {
  readonly positive: number;
  readonly negative: number;
}

export interface SplitOutcome {
  readonly split: Split;
  /** Different questions of the entries of this part. */
  readonly questions: number;
  /** On the answers of what the adapter was derived from; on all that the batch holds where that is not known. */
  readonly before: FeedbackCounts;
  /** On the answers of the adapter that was made, since the batch was committed. */
  readonly after: FeedbackCounts;
}

export interface Outcome {
  readonly splits: readonly SplitOutcome[];
  /** Whether there is more feedback on one of the two than was looked at. */
  readonly truncated: boolean;
}

/** Of each of the two models so much of the latest feedback is looked at. */
const LOOKED_AT = 10_000;
const AT_ONCE = 250;

/**
 * How the adapter that was made of a batch does on the questions of the batch, against its parent.
 * @returns `undefined` for a batch that is not committed
 */
export async function batchOutcome(
  { store, keyedHash }: Pick<DomainServices, 'keyedHash'> & { readonly store: Pick<Store, 'read'> },
  org: string,
  batch: AllocatedBatch,
): Promise<Outcome | undefined> {
  const { training } = batch;
  if (training === undefined) return undefined;
  const { producedAdapter, version, baseAdapter, committedAt } = training;
  const stretches = startStretches();
  const splitOfQuestion = new Map<string, Split>();
  const counted = {
    train: { questions: 0, before: { positive: 0, negative: 0 }, after: { positive: 0, negative: 0 } },
    holdout: { questions: 0, before: { positive: 0, negative: 0 }, after: { positive: 0, negative: 0 } },
  };
  for await (const chunk of pinnedEntries(store, org, batch)) {
    for (const { feedback, split } of chunk) {
      if (feedback === undefined) continue;
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      const key = promptKey(feedback);
      // What was trained on is no test, even if it was held out elsewhere.
      if (split === 'train' || !splitOfQuestion.has(key)) splitOfQuestion.set(key, split);
      const isOfBase = baseAdapter === undefined || feedback.adapterId === baseAdapter;
      if (isOfBase && feedback.type !== 'preference') counted[split].before[feedback.type] += 1;
    }
  }
  for (const split of splitOfQuestion.values()) counted[split].questions += 1;

  const count = async (
    adapterId: string,
    side: 'before' | 'after',
    bounds: { readonly since?: number },
    isOther: (feedback: { readonly trainingBatchId: number; readonly adapterVersion?: string }) => boolean,
  ): Promise<boolean> => {
    // How often an adapter was preferred, its statistics say.
    const plan = verdictsOf(planFilter(org, { adapterIds: [adapterId], ...bounds }, keyedHash));
    let seen = 0;
    for (let rest = plan.bounds; ;) {
      const from = rest;
      const { ids, found } = await store.read(async (reader) => {
        const page = await (await selectedIds(reader, plan, true))(from, AT_ONCE);
        return { ids: page, found: await findFeedback(reader, org, page) };
      });
      for (const feedback of found) {
        if (feedback === undefined || feedback.type === 'preference' || isOther(feedback)) continue;
        if (stretches.shouldYield()) await stretches.yieldToEventLoop();
        const split = splitOfQuestion.get(promptKey(feedback));
        if (split !== undefined) counted[split][side][feedback.type] += 1;
      }
      seen += ids.length;
      const last = ids.at(-1);
      if (last === undefined || ids.length < AT_ONCE) return false;
      if (seen >= LOOKED_AT) return true;
      rest = boundsAfter(plan.bounds, last, true);
    }
  };
  const isOtherVersion = ({ adapterVersion }: { readonly adapterVersion?: string }): boolean =>
    version !== undefined && adapterVersion !== undefined && adapterVersion !== version;
  let truncated = await count(producedAdapter, 'after', { since: committedAt }, isOtherVersion);
  if (baseAdapter !== undefined) {
    // What the batch holds was counted above.
    const isOfBatch = ({ trainingBatchId }: { readonly trainingBatchId: number }): boolean =>
      trainingBatchId === batch.number;
    truncated = (await count(baseAdapter, 'before', {}, isOfBatch)) || truncated;
  }
  return { splits: (['train', 'holdout'] as const).map((split) => ({ split, ...counted[split] })), truncated };
}
