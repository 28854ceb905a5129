import type { Store } from '../../store/contract.js';
import { budgetedReader } from './budgeted-reader.js';
import type { RequestBudget } from './request-budget.js';

/**
 * The reads of a store, counted against a request's budget by their keys alone: for work that reads much, a piece at a
 * time, and keeps little of it.
 */
export function budgetedStore(store: Pick<Store, 'read'>, budget: RequestBudget | undefined): Pick<Store, 'read'> {
  if (budget === undefined) return store;
  const keysAlone = {
    check: () => {
      budget.check();
    },
    countRead: (keys: number) => {
      budget.countRead(keys, 0);
    },
    planReads: (keys: number) => {
      budget.planReads(keys);
    },
  };
  return { read: (work) => store.read((reader) => work(budgetedReader(reader, keysAlone, () => true))) };
}
