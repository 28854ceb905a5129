/** What was said of each model version, and of each of its adapters. */
import type { Reader } from '../../store/contract.js';
import { countIndexValues, type IndexFamily, indexValues } from './index-values.js';
import { type FeedbackStats, feedbackStats } from './stats.js';
import type { SecondaryIndex } from './table.js';

/** What a page has statistics of: all model versions, or the adapters of one. */
export type ModelGrouping = { readonly of: 'models' } | { readonly of: 'adapters'; readonly model: string };

export interface NamedStats extends FeedbackStats {
  readonly name: string;
}

export interface NamedStatsPage {
  readonly entries: readonly NamedStats[];
  readonly hasNext: boolean;
}

/** One page, in the order of names. Its cost follows the page. */
export async function modelStatsPage(
  reader: Reader,
  org: string,
  grouping: ModelGrouping,
  limit: number,
  after: string | undefined,
): Promise<NamedStatsPage> {
  const names = await indexValues(reader, org, familyOf(grouping), limit + 1, after);
  const shown = names.slice(0, limit);
  const stats = await feedbackStats(
    reader,
    org,
    shown.map((name): SecondaryIndex =>
      grouping.of === 'models'
        ? { kind: 'model', model: name }
        : { kind: 'modelAdapter', model: grouping.model, adapter: name },
    ),
  );
  return {
    entries: stats.map((each, index) => ({ ...each, name: shown[index] ?? '' })),
    hasNext: names.length > limit,
  };
}

export function countModels(reader: Reader, org: string, grouping: ModelGrouping): Promise<number> {
  return countIndexValues(reader, org, familyOf(grouping));
}

function familyOf(grouping: ModelGrouping): IndexFamily {
  return grouping.of === 'models' ? { kind: 'model', shared: [] } : { kind: 'modelAdapter', shared: [grouping.model] };
}
