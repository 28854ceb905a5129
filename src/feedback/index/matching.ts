import { feedbackFacet, type Feedback } from '../../model/feedback.js';
import type { Reader } from '../../store/contract.js';
import { joinKey } from '../../store/keys.js';
import type { FilterPlan } from './filter.js';
import { scopePrefix } from './scopes.js';

/**
 * Which of these feedback a plan selects, in their order, as they are now. One read of their index entries, however many
 * they are.
 */
export async function selectedOf(
  reader: Reader,
  plan: FilterPlan,
  candidates: readonly Feedback[],
): Promise<Feedback[]> {
  const { org, scopes, bounds } = plan;
  const facets = new Set(plan.facets);
  const possible = candidates.filter(
    (feedback) =>
      facets.has(feedbackFacet(feedback)) &&
      (bounds.gte === undefined || feedback.id >= bounds.gte) &&
      (bounds.lt === undefined || feedback.id < bounds.lt),
  );
  if (scopes.every(({ kind }) => kind === 'all')) return possible;
  const keys = possible.flatMap((feedback) =>
    scopes.map((scope) => scopePrefix(org, scope, feedbackFacet(feedback)) + joinKey(feedback.id)),
  );
  const entries = await reader.getMany(keys);
  return possible.filter((_, index) =>
    entries.slice(index * scopes.length, (index + 1) * scopes.length).every((entry) => entry !== undefined),
  );
}
