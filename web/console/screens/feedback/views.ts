/** Saved views: a filter, an order and columns under a name. */
import type { SavedViewFieldsFragment, SavedViewInput } from './documents.generated.js';
import { fromApiFilter, type ListSearch, toApiFilter } from './filter.js';

export type View = SavedViewFieldsFragment;

/** What the address says once the view is opened. */
export function searchOfView(view: View): ListSearch {
  return {
    ...fromApiFilter(view.filter),
    order: view.order ?? 'DESC',
    columns: view.columns.join(','),
    view: view.id,
  };
}

/** What is saved of the list as it is. */
export function viewOfSearch(search: ListSearch): Pick<SavedViewInput, 'filter' | 'order' | 'columns'> {
  return {
    filter: toApiFilter(search),
    order: search.order,
    columns: search.columns === '' ? [] : search.columns.split(','),
  };
}

/** Whether the list is another one than the view says. */
export function differsFromView(search: ListSearch, view: View): boolean {
  const saved = searchOfView(view);
  const names = Object.keys(saved) as (keyof ListSearch)[];
  return names.some((name) => JSON.stringify(saved[name]) !== JSON.stringify(search[name]));
}
