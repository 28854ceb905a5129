import { decodeFeedback, type Feedback } from '../model/feedback.js';
import type { Reader } from '../store/contract.js';
import { feedbackPrefix } from '../store/layout.js';
import { type FilterPlan, narrowedSize } from './index/filter.js';
import { boundedRange, boundsAfter } from './index/id-streams.js';
import { indexCounterKey } from './index/index-keys.js';
import { selectedIds } from './index/selected-ids.js';
import { decodeMany, indexedFeedback } from './read.js';
import { countSearched, isSearchPlan, searchedFeedback } from './search/searched-ids.js';
import type { FeedbackTotal } from './total.js';

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  /** The last id of the page before. */
  readonly after?: string;
  /** Newest first, instead of oldest first. */
  readonly descending: boolean;
}

export interface FeedbackPage {
  readonly feedback: readonly Feedback[];
  /** Whether there are more, or, of a search, may be. */
  readonly hasNext: boolean;
  /**
   * The id after which the next page starts, if it is not that of the last entry: of a search that has looked through as
   * much as one request may before the page was full.
   */
  readonly end?: string;
}

/** One page of a list. Its cost follows the page, whatever is stored. */
export async function feedbackPage(reader: Reader, plan: FilterPlan, request: PageRequest): Promise<FeedbackPage> {
  const { limit, after, descending } = request;
  const bounds = after === undefined ? plan.bounds : boundsAfter(plan.bounds, after, descending);
  const wanted = { ...plan, bounds };
  // One more than asked for tells whether there is a next page.
  if (isSearchPlan(wanted)) {
    const { selected, stoppedAt } = await searchedFeedback(reader, wanted, { limit: limit + 1, reverse: descending });
    if (stoppedAt !== undefined) return { feedback: selected, hasNext: true, end: stoppedAt };
    return { feedback: selected.slice(0, limit), hasNext: selected.length > limit };
  }
  const found = plan.everything
    ? await readRecords(reader, wanted, limit + 1, descending)
    : await readSelected(reader, wanted, limit + 1, descending);
  return { feedback: found.slice(0, limit), hasNext: found.length > limit };
}

async function readRecords(reader: Reader, plan: FilterPlan, limit: number, reverse: boolean): Promise<Feedback[]> {
  const prefix = feedbackPrefix(plan.org);
  const entries = await reader.scan({ ...boundedRange(prefix, plan.bounds), limit, reverse });
  const values = entries.map(({ value }) => value);
  return decodeMany(values, (value) => decodeFeedback(value));
}

async function readSelected(reader: Reader, plan: FilterPlan, limit: number, reverse: boolean): Promise<Feedback[]> {
  const ids = await (await selectedIds(reader, plan, reverse))(plan.bounds, limit);
  const found = await indexedFeedback(reader, plan.org, ids);
  // An index entry without its record is seen only by a read that straddles a commit, which is then run again.
  return found.filter((each) => each !== undefined);
}

const COUNT_BLOCK = 1_000;

/** Whether counters alone tell how much feedback a plan selects. */
export function hasCounters({ indexes, bounds, search, scores = [] }: FilterPlan): boolean {
  const isTimed = bounds.gte !== undefined || bounds.lt !== undefined;
  return indexes.length === 1 && scores.length === 0 && search === undefined && !isTimed;
}

/**
 * About how many index entries {@link countFeedback} reads at least, as counters tell without reading these; 0 where it
 * reads counters alone, and where time or a search narrows the plan, as counters do not tell how far.
 */
export async function countedKeys(reader: Reader, plan: FilterPlan): Promise<number> {
  const { indexes, bounds, search } = plan;
  if (indexes.length < 2 || search !== undefined || bounds.gte !== undefined || bounds.lt !== undefined) return 0;
  return indexes.length * (await narrowedSize(reader, plan));
}

/**
 * How many entries a plan selects: exactly, unless it has a search, which counts within bounds. A sum of counters where one
 * index serves the plan and time does not narrow it; otherwise counted over keys, block by block.
 */
export async function countFeedback(reader: Reader, plan: FilterPlan): Promise<FeedbackTotal> {
  if (isSearchPlan(plan)) return countSearched(reader, plan);
  return { count: await countExactly(reader, plan), isExact: true };
}

async function countExactly(reader: Reader, plan: FilterPlan): Promise<number> {
  if (hasCounters(plan)) {
    const [index] = plan.indexes;
    const counts = await reader.counters(plan.facets.map((each) => indexCounterKey(plan.org, index, each)));
    return counts.reduce((total, count) => total + count, 0);
  }
  const ids = await selectedIds(reader, plan, false);
  let total = 0;
  let bounds = plan.bounds;
  for (;;) {
    const block = await ids(bounds, COUNT_BLOCK);
    total += block.length;
    const last = block.at(-1);
    if (last === undefined || block.length < COUNT_BLOCK) return total;
    bounds = boundsAfter(bounds, last, false);
  }
}
