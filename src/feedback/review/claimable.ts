/** Which entries of a filter a reviewer may claim, and how far one request looks for them. */
import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { Reader } from '../../store/contract.js';
import { type FeedbackFilter, type FilterPlan, narrowedIds, narrowedSize, planFilter } from '../index/filter.js';
import { boundsAfter, type IdStream } from '../index/id-streams.js';
import { isSearchPlan, searchedFeedback, type SearchPlan } from '../search/searched-ids.js';

/** How far one request looks where several indexes have to be compared. */
export interface ClaimBounds {
  /** Keys that are read before the request ends with what it has found. */
  readonly keys: number;
  /** Ids of the smallest index that are compared with the other indexes at a time. */
  readonly window: number;
}

const CLAIM_BOUNDS: ClaimBounds = { keys: 50_000, window: 256 };

export interface ClaimableRequest {
  readonly limit: number;
  /** The id after which to look. */
  readonly after?: string;
  /** Ids that are not wanted. */
  readonly without: ReadonlySet<string>;
}

export interface ClaimableEntries {
  /** Oldest first. */
  readonly ids: readonly string[];
  /** The id after which to look for more; absent once all of the queue was looked through. */
  readonly lookedUntil?: string;
}

/**
 * The plan of the flagged entries that a filter selects and that no reviewer has claimed.
 * @throws {InvalidInputError} as of {@link planFilter}
 */
export function planClaim(org: string, filter: FeedbackFilter, keyedHash: KeyedHash): FilterPlan {
  const plan = planFilter(org, { ...filter, validationStatus: 'flagged' }, keyedHash);
  const others = plan.indexes.filter(({ kind }) => kind !== 'all');
  return { ...plan, indexes: [{ kind: 'review' }, ...others], everything: false };
}

/** The oldest entries that a plan of {@link planClaim} selects, as far as one request looks. */
export async function findClaimable(
  reader: Reader,
  plan: FilterPlan,
  request: ClaimableRequest,
  bounds: ClaimBounds = CLAIM_BOUNDS,
): Promise<ClaimableEntries> {
  const { after } = request;
  const wanted = after === undefined ? plan : { ...plan, bounds: boundsAfter(plan.bounds, after, false) };
  return isSearchPlan(wanted) ? findSearched(reader, wanted, request) : findIndexed(reader, wanted, request, bounds);
}

/**
 * Goes through the smallest index of the plan, a window at a time: indexes that have little in common could otherwise be
 * read to their end for one page.
 */
async function findIndexed(
  reader: Reader,
  plan: FilterPlan,
  { limit, without }: ClaimableRequest,
  { keys, window }: ClaimBounds,
): Promise<ClaimableEntries> {
  const counting = countScannedKeys(reader);
  const selected = await narrowedIds(counting.reader, plan, false);
  const base = isOneIndex(plan) ? selected : await smallestIndex(counting.reader, plan);
  const ids: string[] = [];
  for (let rest = plan.bounds; ;) {
    const some = await base(rest, window);
    const [first] = some;
    const last = some.at(-1);
    if (first === undefined || last === undefined) return { ids };
    const found = base === selected ? some : await selected({ gte: first, lt: `${last}\0` }, window);
    for (const id of found) {
      if (without.has(id)) continue;
      ids.push(id);
      if (ids.length === limit) return { ids, lookedUntil: id };
    }
    if (some.length < window) return { ids };
    if (counting.keys() > keys) return { ids, lookedUntil: last };
    rest = boundsAfter(rest, last, false);
  }
}

function isOneIndex({ indexes, scores = [] }: FilterPlan): boolean {
  return indexes.length === 1 && scores.length === 0;
}

/** The ids of the index of a plan that has the fewest, without what else narrows the plan. */
async function smallestIndex(reader: Reader, plan: FilterPlan): Promise<IdStream> {
  const { scores: _scores, ...unscored } = plan;
  const plans = plan.indexes.map((index): FilterPlan => ({ ...unscored, indexes: [index] }));
  const sizes = await Promise.all(plans.map((each) => narrowedSize(reader, each)));
  const smallest = plans[sizes.indexOf(Math.min(...sizes))] ?? plan;
  return narrowedIds(reader, smallest, false);
}

/** What a search may look at has bounds of its own (searched-ids.ts). */
async function findSearched(
  reader: Reader,
  plan: SearchPlan,
  { limit, without }: ClaimableRequest,
): Promise<ClaimableEntries> {
  const ids: string[] = [];
  for (let rest = plan.bounds; ;) {
    const page = await searchedFeedback(reader, { ...plan, bounds: rest }, { limit, reverse: false });
    for (const { id } of page.selected) {
      if (without.has(id)) continue;
      ids.push(id);
      if (ids.length === limit) return { ids, lookedUntil: id };
    }
    if (page.stoppedAt !== undefined) return { ids, lookedUntil: page.stoppedAt };
    const last = page.selected.at(-1);
    if (last === undefined || page.selected.length < limit) return { ids };
    rest = boundsAfter(rest, last.id, false);
  }
}

/** The same reader, which counts the keys that it lists. */
function countScannedKeys(reader: Reader): { readonly reader: Reader; readonly keys: () => number } {
  let keys = 0;
  const counting: Reader = {
    get: (key) => reader.get(key),
    getMany: (given) => reader.getMany(given),
    scan: (range) => reader.scan(range),
    scanKeys: async (range) => {
      const found = await reader.scanKeys(range);
      // A range without keys is a look into the store all the same.
      keys += found.length + 1;
      return found;
    },
    counters: (given) => reader.counters(given),
    nonZero: (given) => reader.nonZero(given),
    peek: (given) => reader.peek(given),
  };
  return { reader: counting, keys: () => keys };
}
