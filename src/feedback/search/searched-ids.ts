/** A search as one more filter of a list. */
import { InvalidInputError } from '../../errors.js';
import type { Feedback } from '../../model/feedback.js';
import type { Reader } from '../../store/contract.js';
import { type FilterPlan, isUnnarrowed, narrowedIds, narrowedSize } from '../index/filter.js';
import { boundsAfter, type IdBounds, type IdStream } from '../index/id-streams.js';
import { filterSelected } from '../index/matching.js';
import { indexedFeedback } from '../read.js';
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

/** Entries without the phrase, and UTF-16 units of texts, that one search looks through for phrases at most. */
const MAX_LOOKED_THROUGH = { misses: 20_000, units: 16 * 1024 * 1024 };

/** Counts what a search looks through for phrases. */
class LookedThrough {
  #misses = 0;
  #units = 0;

  /** @throws {InvalidInputError} where that is more than one search may */
  add(feedback: Feedback, isSelected: boolean): void {
    // Hits have a bound of their own: that of the page, or of a count.
    if (!isSelected) this.#misses += 1;
    for (const text of searchedTexts(feedback)) this.#units += text.length;
    if (this.#misses <= MAX_LOOKED_THROUGH.misses && this.#units <= MAX_LOOKED_THROUGH.units) return;
    const problem = 'must be narrower: too many entries have the words of its phrases; add words or other filters';
    throw new InvalidInputError([{ field: 'search', problem }]);
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
  const ids = await candidateIds(reader, plan, search, reverse);
  const selected: Feedback[] = [];
  const lookedThrough = new LookedThrough();
  let rest = plan.bounds;
  for (let size = limit; ; size = Math.min(2 * size, MAX_BLOCK)) {
    const some = await ids(rest, size);
    for (const feedback of await indexedFeedback(reader, plan.org, some)) {
      if (feedback === undefined) continue;
      if (!(await search.isSelected(feedback))) {
        // What is selected is in the answer, whose size has bounds of its own.
        if (search.isBroad) lookedThrough.add(feedback, false);
        continue;
      }
      selected.push(feedback);
      if (selected.length === limit) return selected;
    }
    const last = some.at(-1);
    if (last === undefined || some.length < size) return selected;
    rest = boundsAfter(rest, last, reverse);
  }
}

/** The ids that a plan selects, in order: those of a phrase are looked at, and those of words are as they are indexed. */
export async function searchedIds(reader: Reader, plan: SearchPlan, reverse: boolean): Promise<IdStream> {
  const search = await Search.open(reader, plan.org, plan.search);
  const ids = await candidateIds(reader, plan, search, reverse);
  if (!search.isBroad) return ids;
  const lookedThrough = new LookedThrough();
  return keeping(ids, reverse, async (some) => {
    const selected: string[] = [];
    for (const feedback of await indexedFeedback(reader, plan.org, some)) {
      if (feedback === undefined) continue;
      const isSelected = await search.isSelected(feedback);
      lookedThrough.add(feedback, isSelected);
      if (isSelected) selected.push(feedback.id);
    }
    return selected;
  });
}

/** How many entries a plan selects, as far as they are indexed; {@link MAX_COUNTED} if there are more. */
export async function countSearched(reader: Reader, plan: SearchPlan): Promise<number> {
  const search = await Search.open(reader, plan.org, plan.search);
  if (!search.isBroad && isUnnarrowed(plan)) return Math.min(await search.count(plan.bounds), MAX_COUNTED);
  const ids = await searchedIds(reader, plan, true);
  return (await ids(plan.bounds, MAX_COUNTED)).length;
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
