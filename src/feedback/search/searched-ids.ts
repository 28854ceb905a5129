/** A search as one more filter of a list. */
import type { Feedback } from '../../model/feedback.js';
import type { Reader } from '../../store/contract.js';
import { type FilterPlan, isUnnarrowed, narrowedIds, narrowedSize } from '../index/filter.js';
import { boundsAfter, type IdBounds, type IdStream } from '../index/id-streams.js';
import { filterSelected } from '../index/matching.js';
import { type FeedbackRecord, indexedRecords } from '../read.js';
import type { FeedbackTotal } from '../total.js';
import type { SearchQuery } from './query.js';
import { Search } from './search.js';

/** The most entries that are counted where there is a search. */
export const MAX_COUNTED = 10_000;

/** To read an entry takes as long as to pass over so many ids of an index, about. */
const IDS_PER_ENTRY = 20;
/** Entries that are looked at together: at first, and at most. */
const FIRST_BLOCK = 64;
const MAX_BLOCK = 512;

/** What one search may look at, at most. */
export interface SearchBounds {
  /** Entries that are counted. */
  readonly counted: number;
  /** Entries without the phrase that are looked through for it. */
  readonly misses: number;
  /** Bytes of entries that are looked through for phrases. A page and its total together fit into what a request may read. */
  readonly bytes: number;
}

const SEARCH_BOUNDS: SearchBounds = { counted: MAX_COUNTED, misses: 20_000, bytes: 24 * 1024 ** 2 };
/** Bytes of entries that are looked at together, about, and the fewest of them. */
const BLOCK_BYTES = 2 * 1024 ** 2;
const MIN_BLOCK = 4;
/** Entries that a count reads together before it knows how large they are. */
const FIRST_COUNTED = 8;

/** Counts what a search looks through for phrases. */
class LookedThrough {
  readonly #bounds: SearchBounds;
  #misses = 0;
  #bytes = 0;

  constructor(bounds: SearchBounds) {
    this.#bounds = bounds;
  }

  /** Whether that is more than one search may. */
  get isTooMuch(): boolean {
    return this.#misses > this.#bounds.misses || this.#bytes > this.#bounds.bytes;
  }

  add(bytes: number, isSelected: boolean): void {
    // Hits have a bound of their own: that of the page, or of a count.
    if (!isSelected) this.#misses += 1;
    this.#bytes += bytes;
  }
}

export interface SearchPlan extends FilterPlan {
  readonly search: SearchQuery;
}

export function isSearchPlan(plan: FilterPlan): plan is SearchPlan {
  return plan.search !== undefined;
}

export interface Searched {
  readonly selected: readonly Feedback[];
  /** The id of the entry at which the search has looked through as much as it may: what follows was not looked at. */
  readonly stoppedAt?: string;
}

/** At most `limit` entries that a plan selects, by what they are now: the first ones, as far as one search may look. */
export async function searchedFeedback(
  reader: Reader,
  plan: SearchPlan,
  { limit, reverse }: { readonly limit: number; readonly reverse: boolean },
  bounds: SearchBounds = SEARCH_BOUNDS,
): Promise<Searched> {
  const search = await Search.open(reader, plan.org, plan.search);
  const walk = await planWalk(reader, plan, search, reverse);
  const selected: Feedback[] = [];
  const lookedThrough = new LookedThrough(bounds);
  for await (const { feedback, bytes } of candidates(reader, plan, walk, limit)) {
    if (await search.isSelected(feedback)) {
      selected.push(feedback);
      if (selected.length === limit) break;
      // What is selected is in the answer, whose size has bounds of its own.
    } else if (search.isBroad) {
      lookedThrough.add(bytes, false);
      if (lookedThrough.isTooMuch) return { selected, stoppedAt: feedback.id };
    }
  }
  return { selected };
}

/** How many entries a plan selects, as far as they are indexed. Those of a phrase are counted from the newest one on. */
export async function countSearched(
  reader: Reader,
  plan: SearchPlan,
  bounds: SearchBounds = SEARCH_BOUNDS,
): Promise<FeedbackTotal> {
  const search = await Search.open(reader, plan.org, plan.search);
  const { isBroad } = search;
  if (!isBroad && isUnnarrowed(plan)) return boundedTotal(await search.count(plan.bounds), bounds);
  const walk = await planWalk(reader, plan, search, true);
  // One more tells whether there are more.
  const most = bounds.counted + 1;
  if (!isBroad && walk.filter === undefined) return boundedTotal((await walk.ids(plan.bounds, most)).length, bounds);
  const lookedThrough = new LookedThrough(bounds);
  let count = 0;
  for await (const { feedback, bytes } of candidates(reader, plan, walk, FIRST_COUNTED)) {
    const isSelected = !isBroad || (await search.isSelected(feedback));
    if (isSelected) count += 1;
    if (isBroad) lookedThrough.add(bytes, isSelected);
    if (count === most || lookedThrough.isTooMuch) return { count: Math.min(count, bounds.counted), isExact: false };
  }
  return { count, isExact: true };
}

function boundedTotal(found: number, { counted }: SearchBounds): FeedbackTotal {
  return { count: Math.min(found, counted), isExact: found <= counted };
}

/** How the entries are found that have the words and that the other filters select. */
interface Walk {
  readonly ids: IdStream;
  readonly reverse: boolean;
  /** What the entries with these ids must still be selected by. */
  readonly filter?: FilterPlan;
}

/**
 * Either the entries with the words are read to see whether the other filters select them, or the indexes of these to see
 * which of their entries have the words: whichever takes less, if both are spread evenly.
 */
async function planWalk(reader: Reader, plan: SearchPlan, search: Search, reverse: boolean): Promise<Walk> {
  if (isUnnarrowed(plan)) return { ids: search.ids(reverse), reverse };
  const [found, narrowed] = await Promise.all([search.count(plan.bounds), narrowedSize(reader, plan)]);
  if (found * IDS_PER_ENTRY > narrowed) {
    const ids = await narrowedIds(reader, plan, reverse);
    return { ids: keeping(ids, reverse, (some) => search.among(some)), reverse };
  }
  const { search: _search, ...filter } = plan;
  return { ids: search.ids(reverse), reverse, filter };
}

/** The entries that a walk finds, in order. @param first how many are read together at first; soon, more are */
async function* candidates(
  reader: Reader,
  plan: SearchPlan,
  { ids, reverse, filter }: Walk,
  first: number,
): AsyncGenerator<FeedbackRecord> {
  let rest = plan.bounds;
  let size = first;
  for (;;) {
    const some = await ids(rest, size);
    const records = await indexedRecords(reader, plan.org, some);
    yield* filter === undefined ? records : await filterRecords(reader, filter, records);
    const last = some.at(-1);
    if (last === undefined || some.length < size) return;
    rest = boundsAfter(rest, last, reverse);
    size = Math.min(2 * size, MAX_BLOCK, blockSize(records));
  }
}

async function filterRecords(
  reader: Reader,
  filter: FilterPlan,
  records: readonly FeedbackRecord[],
): Promise<FeedbackRecord[]> {
  const entries = records.map(({ feedback }) => feedback);
  const selected = new Set(await filterSelected(reader, filter, entries));
  return records.filter(({ feedback }) => selected.has(feedback));
}

/** How many entries have about {@link BLOCK_BYTES}, if they are as large as these. */
function blockSize(records: readonly FeedbackRecord[]): number {
  const bytes = records.reduce((sum, each) => sum + each.bytes, 0);
  return Math.max(MIN_BLOCK, Math.floor((BLOCK_BYTES * records.length) / Math.max(bytes, 1)));
}

/** The ids of a stream that are kept, looking at some at a time and at no more than the page needs. */
function keeping(
  ids: IdStream,
  reverse: boolean,
  keep: (ids: readonly string[]) => Promise<readonly string[]>,
): IdStream {
  return async (bounds, limit) => {
    const kept: string[] = [];
    let rest: IdBounds = bounds;
    for (let size = FIRST_BLOCK; ; size = Math.min(2 * size, MAX_BLOCK)) {
      const some = await ids(rest, size);
      for (const id of await keep(some)) {
        kept.push(id);
        if (kept.length === limit) return kept;
      }
      const last = some.at(-1);
      if (last === undefined || some.length < size) return kept;
      rest = boundsAfter(rest, last, reverse);
    }
  };
}
