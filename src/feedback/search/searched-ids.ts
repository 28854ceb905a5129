/** A search as one more filter of a list. */
import { InvalidInputError } from '../../errors.js';
import type { Feedback } from '../../model/feedback.js';
import type { Reader } from '../../store/contract.js';
import { type FilterPlan, isUnnarrowed, narrowedIds, narrowedSize } from '../index/filter.js';
import { boundsAfter, type IdBounds, type IdStream } from '../index/id-streams.js';
import { filterSelected } from '../index/matching.js';
import { indexedFeedback } from '../read.js';
import type { FeedbackTotal } from '../total.js';
import type { SearchQuery } from './query.js';
import { Search } from './search.js';
import { searchedTexts } from './texts.js';

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
  /** UTF-16 units of texts that are looked through for phrases. */
  readonly units: number;
}

const SEARCH_BOUNDS: SearchBounds = { counted: MAX_COUNTED, misses: 20_000, units: 16 * 1024 * 1024 };

/** Counts what a search looks through for phrases. */
class LookedThrough {
  readonly #bounds: SearchBounds;
  #misses = 0;
  #units = 0;

  constructor(bounds: SearchBounds) {
    this.#bounds = bounds;
  }

  /** Whether that is more than one search may. */
  get isTooMuch(): boolean {
    return this.#misses > this.#bounds.misses || this.#units > this.#bounds.units;
  }

  add(feedback: Feedback, isSelected: boolean): void {
    // Hits have a bound of their own: that of the page, or of a count.
    if (!isSelected) this.#misses += 1;
    for (const text of searchedTexts(feedback)) this.#units += text.length;
  }
}

export interface SearchPlan extends FilterPlan {
  readonly search: SearchQuery;
}

export function isSearchPlan(plan: FilterPlan): plan is SearchPlan {
  return plan.search !== undefined;
}

/**
 * At most `limit` entries that a plan selects, by what they are now.
 * @throws {InvalidInputError} if too many others have the words of its phrases
 */
export async function searchedFeedback(
  reader: Reader,
  plan: SearchPlan,
  limit: number,
  reverse: boolean,
): Promise<Feedback[]> {
  const search = await Search.open(reader, plan.org, plan.search);
  const selected: Feedback[] = [];
  const lookedThrough = new LookedThrough(SEARCH_BOUNDS);
  for await (const feedback of candidates(reader, plan, search, { reverse, atFirst: limit })) {
    if (await search.isSelected(feedback)) {
      selected.push(feedback);
      if (selected.length === limit) return selected;
      // What is selected is in the answer, whose size has bounds of its own.
    } else if (search.isBroad) {
      lookedThrough.add(feedback, false);
      if (lookedThrough.isTooMuch) throw tooBroad();
    }
  }
  return selected;
}

/** The ids that a plan selects, in order: those of a phrase are looked at, and those of words are as they are indexed. */
export async function searchedIds(reader: Reader, plan: SearchPlan, reverse: boolean): Promise<IdStream> {
  const search = await Search.open(reader, plan.org, plan.search);
  const ids = await candidateIds(reader, plan, search, reverse);
  if (!search.isBroad) return ids;
  const lookedThrough = new LookedThrough(SEARCH_BOUNDS);
  return keeping(ids, reverse, async (some) => {
    const selected: string[] = [];
    for (const feedback of await indexedFeedback(reader, plan.org, some)) {
      if (feedback === undefined) continue;
      const isSelected = await search.isSelected(feedback);
      lookedThrough.add(feedback, isSelected);
      if (lookedThrough.isTooMuch) throw tooBroad();
      if (isSelected) selected.push(feedback.id);
    }
    return selected;
  });
}

function tooBroad(): InvalidInputError {
  const problem = 'must be narrower: too many entries have the words of its phrases; add words or other filters';
  return new InvalidInputError([{ field: 'search', problem }]);
}

/** How many entries a plan selects, as far as they are indexed. Those of a phrase are counted from the newest one on. */
export async function countSearched(
  reader: Reader,
  plan: SearchPlan,
  bounds: SearchBounds = SEARCH_BOUNDS,
): Promise<FeedbackTotal> {
  const search = await Search.open(reader, plan.org, plan.search);
  if (search.isBroad) return countLookedThrough(reader, plan, search, bounds);
  if (isUnnarrowed(plan)) return boundedTotal(await search.count(plan.bounds), bounds);
  const ids = await candidateIds(reader, plan, search, true);
  // One more tells whether there are more.
  return boundedTotal((await ids(plan.bounds, bounds.counted + 1)).length, bounds);
}

async function countLookedThrough(
  reader: Reader,
  plan: SearchPlan,
  search: Search,
  bounds: SearchBounds,
): Promise<FeedbackTotal> {
  const lookedThrough = new LookedThrough(bounds);
  let count = 0;
  for await (const feedback of candidates(reader, plan, search, { reverse: true, atFirst: FIRST_BLOCK })) {
    const isSelected = await search.isSelected(feedback);
    if (isSelected) count += 1;
    lookedThrough.add(feedback, isSelected);
    if (count > bounds.counted || lookedThrough.isTooMuch) {
      return { count: Math.min(count, bounds.counted), isExact: false };
    }
  }
  return { count, isExact: true };
}

function boundedTotal(found: number, { counted }: SearchBounds): FeedbackTotal {
  return { count: Math.min(found, counted), isExact: found <= counted };
}

/**
 * The entries that may be what a plan selects, in order.
 * @param walk how many of them are read together at first; later, more are
 */
async function* candidates(
  reader: Reader,
  plan: SearchPlan,
  search: Search,
  walk: { readonly reverse: boolean; readonly atFirst: number },
): AsyncGenerator<Feedback> {
  const ids = await candidateIds(reader, plan, search, walk.reverse);
  let rest = plan.bounds;
  for (let size = walk.atFirst; ; size = Math.min(2 * size, MAX_BLOCK)) {
    const some = await ids(rest, size);
    for (const feedback of await indexedFeedback(reader, plan.org, some)) if (feedback !== undefined) yield feedback;
    const last = some.at(-1);
    if (last === undefined || some.length < size) return;
    rest = boundsAfter(rest, last, walk.reverse);
  }
}

/**
 * The ids of entries that have the words and that the other filters select. Either the entries with the words are read to see
 * whether they are selected, or the indexes of the other filters to see which of their entries have the words: whichever takes
 * less, if both are spread evenly.
 */
async function candidateIds(reader: Reader, plan: SearchPlan, search: Search, reverse: boolean): Promise<IdStream> {
  if (isUnnarrowed(plan)) return search.ids(reverse);
  const [found, narrowed] = await Promise.all([search.count(plan.bounds), narrowedSize(reader, plan)]);
  if (found * IDS_PER_ENTRY > narrowed) {
    return keeping(await narrowedIds(reader, plan, reverse), reverse, (some) => search.among(some));
  }
  const { search: _search, ...others } = plan;
  return keeping(search.ids(reverse), reverse, async (some) => {
    const entries = await indexedFeedback(reader, plan.org, some);
    const selected = await filterSelected(
      reader,
      others,
      entries.filter((feedback) => feedback !== undefined),
    );
    return selected.map(({ id }) => id);
  });
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
