/** Statistics of each value of a field: of model versions and their adapters, of tags, scores, sources and conversations. */
import { FACETS } from '../model/facets.js';
import type { Reader } from '../store/contract.js';
import { startStretches, type Stretches } from '../yield-to-event-loop.js';
import type { FilterPlan } from './index/filter.js';
import { countIndexValues, type IndexFamily, indexValues } from './index/index-values.js';
import { shownScore } from './index/scores.js';
import { facetCounts, type FeedbackStats, toStats } from './index/stats.js';
import type { IndexKind, SecondaryIndex } from './index/table.js';
import { countedKeys, countFeedback, hasCounters } from './list.js';

/** Fields whose values can be listed with their statistics. */
export const FACET_KINDS = ['tag', 'source', 'conversation', 'model', 'score'] as const satisfies readonly IndexKind[];
export type FacetKind = (typeof FACET_KINDS)[number];

/** What a page has statistics of: all values of a field or of one score, or the adapters of a model version. */
export type StatsGrouping =
  | { readonly of: Exclude<FacetKind, 'score'> }
  | { readonly of: 'score'; readonly score: string }
  | { readonly of: 'adapters'; readonly model: string };

export interface NamedStats extends FeedbackStats {
  /** The value in the order of the page. */
  readonly name: string;
  /** The value as entries have it. */
  readonly value: string;
}

export interface NamedStatsPage {
  readonly entries: readonly NamedStats[];
  readonly hasNext: boolean;
}

export interface StatsPageRequest {
  readonly grouping: StatsGrouping;
  /** Which entries count. A value that only others have is there, with nothing counted. */
  readonly plan: FilterPlan;
  readonly limit: number;
  /** The name of the last value of the page before. */
  readonly after: string | undefined;
}

/**
 * One page, in the order of names. Its cost follows the page where counters hold what the plan selects; otherwise the
 * entries of its values that the plan selects are counted.
 */
export async function groupedStatsPage(reader: Reader, request: StatsPageRequest): Promise<NamedStatsPage> {
  const { grouping, plan, limit } = request;
  const names = await namesAhead(reader, request);
  const shown = names.slice(0, limit);
  const stretches = startStretches();
  const entries: NamedStats[] = [];
  for (let from = 0; from < shown.length; from += VALUES_AT_ONCE) {
    const some = shown.slice(from, from + VALUES_AT_ONCE);
    const indexes = some.map((name) => indexOf(grouping, name));
    const counts = await facetCounts(reader, plan.org, indexes);
    for (const [at, name] of some.entries()) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      const selected = await countsWithin(reader, narrowed(plan, indexOf(grouping, name)), counts[at] ?? [], stretches);
      entries.push({ ...toStats(selected), name, value: grouping.of === 'score' ? shownScore(name) : name });
    }
  }
  return { entries, hasNext: names.length > limit };
}

/** Values whose counters are read at a stretch: some dozen keys each. */
const VALUES_AT_ONCE = 16;

/**
 * How much feedback of each facet a plan selects, in the order of {@link FACETS}.
 * @param most the same of what the plan selects and more
 */
async function countsWithin(
  reader: Reader,
  plan: FilterPlan,
  most: readonly number[],
  stretches: Stretches,
): Promise<number[]> {
  const allowed = new Set(plan.facets);
  const counts: number[] = [];
  for (const [place, { name: facet }] of FACETS.entries()) {
    const count = allowed.has(facet) ? (most[place] ?? 0) : 0;
    if (count === 0 || hasCounters(plan)) counts.push(count);
    else {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      const { count: selected } = await countFeedback(reader, { ...plan, facets: [facet] });
      counts.push(selected);
    }
  }
  return counts;
}

/** Whether counters alone hold what a page shows. */
export function hasGroupCounters(plan: FilterPlan): boolean {
  return hasCounters(narrowed(plan, { kind: 'all' }));
}

/** Values of a page where counters do not hold what it shows: the entries of each are counted. */
export const MAX_COUNTED_VALUES = 100;

/** About how many keys {@link groupedStatsPage} reads at least, as counters tell. */
export async function groupedKeys(reader: Reader, request: StatsPageRequest): Promise<number> {
  const names = (await namesAhead(reader, request)).slice(0, request.limit);
  const stretches = startStretches();
  let keys = 0;
  for (const name of names) {
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    const within = narrowed(request.plan, indexOf(request.grouping, name));
    keys += within.facets.length * within.indexes.length + (await countedKeys(reader, within));
  }
  return keys;
}

export function countGroups(reader: Reader, org: string, grouping: StatsGrouping): Promise<number> {
  return countIndexValues(reader, org, familyOf(grouping));
}

/** The names of a page, and the one after it. */
function namesAhead(reader: Reader, { grouping, plan, limit, after }: StatsPageRequest): Promise<string[]> {
  return indexValues(reader, plan.org, familyOf(grouping), limit + 1, after);
}

/** What a plan selects that is in an index as well. */
function narrowed(plan: FilterPlan, index: SecondaryIndex): FilterPlan {
  return { ...plan, indexes: [index, ...plan.indexes.filter(({ kind }) => kind !== 'all')], everything: false };
}

function indexOf(grouping: StatsGrouping, name: string): SecondaryIndex {
  switch (grouping.of) {
    case 'adapters':
      return { kind: 'modelAdapter', model: grouping.model, adapter: name };
    case 'model':
      return { kind: 'model', model: name };
    case 'score':
      return { kind: 'score', name: grouping.score, value: name };
    default:
      return { kind: grouping.of, value: name };
  }
}

function familyOf(grouping: StatsGrouping): IndexFamily {
  if (grouping.of === 'adapters') return { kind: 'modelAdapter', shared: [grouping.model] };
  return { kind: grouping.of, shared: grouping.of === 'score' ? [grouping.score] : [] };
}
