import { feedbackFacet, type Feedback } from '../../model/feedback.js';
import type { Reader } from '../../store/contract.js';
import { matchesSearch } from '../search/match.js';
import type { FilterPlan } from './filter.js';
import { indexKeys } from './index-keys.js';
import { hasScore } from './scores.js';

/**
 * Which of these feedback a plan selects, in their order, as they are now. One read of their index entries, however many
 * they are; a search is answered by their texts.
 */
export async function filterSelected(
  reader: Reader,
  plan: FilterPlan,
  candidates: readonly Feedback[],
): Promise<Feedback[]> {
  const selected = await filterIndexed(reader, plan, candidates);
  const { search } = plan;
  if (search === undefined) return selected;
  const found: Feedback[] = [];
  for (const feedback of selected) if (await matchesSearch(search, feedback)) found.push(feedback);
  return found;
}

async function filterIndexed(reader: Reader, plan: FilterPlan, candidates: readonly Feedback[]): Promise<Feedback[]> {
  const { org, indexes, bounds, scores = [] } = plan;
  const facets = new Set(plan.facets);
  const possible = candidates.filter(
    (feedback) =>
      facets.has(feedbackFacet(feedback)) &&
      scores.every((filter) => hasScore(feedback.scores, filter)) &&
      (bounds.gte === undefined || feedback.id >= bounds.gte) &&
      (bounds.lt === undefined || feedback.id < bounds.lt),
  );
  if (indexes.every(({ kind }) => kind === 'all')) return possible;
  const keys = possible.flatMap((feedback) =>
    indexes.flatMap((index) => indexKeys(org, index, feedbackFacet(feedback), feedback.id).entry ?? []),
  );
  const entries = await reader.getMany(keys);
  return possible.filter((_, at) =>
    entries.slice(at * indexes.length, (at + 1) * indexes.length).every((entry) => entry !== undefined),
  );
}
