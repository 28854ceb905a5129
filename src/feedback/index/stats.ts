import { FACETS, type FacetFilter } from '../../model/facets.js';
import type { Reader } from '../../store/contract.js';
import { indexCounterKey } from './index-keys.js';
import type { SecondaryIndex } from './table.js';

/**
 * What the counters of an index say. Feedback that an open training batch holds is neither unused nor used, and what its
 * submitter has withdrawn is not counted at all.
 */
export interface FeedbackStats {
  readonly totalFeedback: number;
  readonly positiveCount: number;
  readonly negativeCount: number;
  readonly preferenceCount: number;
  readonly pendingValidation: number;
  readonly approvedCount: number;
  readonly rejectedCount: number;
  readonly flaggedCount: number;
  readonly unusedForTraining: number;
  readonly claimedForTraining: number;
  readonly usedForTraining: number;
  /** positiveCount / (positiveCount + negativeCount), 0 where there is none: a preference says neither of an answer. */
  readonly positiveRatio: number;
}

/** Statistics of many indexes, in their order, by one read of the store. */
export async function feedbackStats(
  reader: Reader,
  org: string,
  indexes: readonly SecondaryIndex[],
): Promise<FeedbackStats[]> {
  return (await facetCounts(reader, org, indexes)).map(toStats);
}

/** How much feedback each index has of each facet, in the order of {@link FACETS}. */
export async function facetCounts(
  reader: Reader,
  org: string,
  indexes: readonly SecondaryIndex[],
): Promise<number[][]> {
  const keys = indexes.flatMap((index) => FACETS.map((each) => indexCounterKey(org, index, each.name)));
  const counts = await reader.counters(keys);
  return indexes.map((_, at) => counts.slice(at * FACETS.length, (at + 1) * FACETS.length));
}

/** `counts` in the order of {@link FACETS}. */
export function toStats(counts: readonly number[]): FeedbackStats {
  const sum = (filter: FacetFilter): number =>
    FACETS.reduce((total, each, index) => {
      const matches =
        !each.isWithdrawn &&
        (filter.type ?? each.type) === each.type &&
        (filter.validationStatus ?? each.validationStatus) === each.validationStatus &&
        (filter.use ?? each.use) === each.use;
      return matches ? total + (counts[index] ?? 0) : total;
    }, 0);
  const positiveCount = sum({ type: 'positive' });
  const negativeCount = sum({ type: 'negative' });
  const verdicts = positiveCount + negativeCount;
  return {
    totalFeedback: sum({}),
    positiveCount,
    negativeCount,
    preferenceCount: sum({ type: 'preference' }),
    pendingValidation: sum({ validationStatus: 'pending' }),
    approvedCount: sum({ validationStatus: 'approved' }),
    rejectedCount: sum({ validationStatus: 'rejected' }),
    flaggedCount: sum({ validationStatus: 'flagged' }),
    unusedForTraining: sum({ use: 'unused' }),
    claimedForTraining: sum({ use: 'claimed' }),
    usedForTraining: sum({ use: 'used' }),
    positiveRatio: verdicts === 0 ? 0 : positiveCount / verdicts,
  };
}
