import type { Reader } from '../../store/contract.js';
import { isSearchPlan, searchedIds } from '../search/searched-ids.js';
import { type FilterPlan, narrowedIds } from './filter.js';
import type { IdStream } from './id-streams.js';

/** The ids that a plan selects, in order. */
export function selectedIds(reader: Reader, plan: FilterPlan, reverse: boolean): Promise<IdStream> {
  return isSearchPlan(plan) ? searchedIds(reader, plan, reverse) : narrowedIds(reader, plan, reverse);
}
