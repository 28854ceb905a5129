/** Statistics of each value of a field: of model versions and their adapters, of tags, sources and conversations. */
import type { Reader } from '../../store/contract.js';
import { countIndexValues, type IndexFamily, indexValues } from './index-values.js';
import { type FeedbackStats, feedbackStats } from './stats.js';
import type { IndexKind, SecondaryIndex } from './table.js';

/** Fields whose values can be listed with their statistics. */
export const FACET_KINDS = ['tag', 'source', 'conversation', 'model'] as const satisfies readonly IndexKind[];
export type FacetKind = (typeof FACET_KINDS)[number];

/** What a page has statistics of: all values of a field, or the adapters of a model version. */
export type StatsGrouping = { readonly of: FacetKind } | { readonly of: 'adapters'; readonly model: string };

export interface NamedStats extends FeedbackStats {
  readonly name: string;
}

export interface NamedStatsPage {
  readonly entries: readonly NamedStats[];
  readonly hasNext: boolean;
}

/** One page, in the order of names. Its cost follows the page. */
export async function groupedStatsPage(
  reader: Reader,
  org: string,
  grouping: StatsGrouping,
  limit: number,
  after: string | undefined,
): Promise<NamedStatsPage> {
  const names = await indexValues(reader, org, familyOf(grouping), limit + 1, after);
  const shown = names.slice(0, limit);
  const stats = await feedbackStats(
    reader,
    org,
    shown.map((name) => indexOf(grouping, name)),
  );
  return {
    entries: stats.map((each, index) => ({ ...each, name: shown[index] ?? '' })),
    hasNext: names.length > limit,
  };
}

export function countGroups(reader: Reader, org: string, grouping: StatsGrouping): Promise<number> {
  return countIndexValues(reader, org, familyOf(grouping));
}

function indexOf(grouping: StatsGrouping, name: string): SecondaryIndex {
  if (grouping.of === 'adapters') return { kind: 'modelAdapter', model: grouping.model, adapter: name };
  return grouping.of === 'model' ? { kind: 'model', model: name } : { kind: grouping.of, value: name };
}

function familyOf(grouping: StatsGrouping): IndexFamily {
  if (grouping.of === 'adapters') return { kind: 'modelAdapter', shared: [grouping.model] };
  return { kind: grouping.of, shared: [] };
}
