import type { Reader } from '../../store/contract.js';
import { type FilterPlan, narrowedIds } from './filter.js';
import type { IdStream } from './id-streams.js';

/** The ids that a plan selects, in order. A search has pages alone, as it may end before the list does. */
export function selectedIds(reader: Reader, plan: FilterPlan, reverse: boolean): Promise<IdStream> {
  if (plan.search !== undefined) throw new Error('A plan with a search has no stream of ids');
  return narrowedIds(reader, plan, reverse);
}
