/**
 * Ids are in the order of commits, so that who pages through a list while others submit misses nobody. A large batch lets
 * others have their turn while it makes its entries; whoever would make some meanwhile waits until it has its place among
 * the commits. Reads wait for nobody.
 */
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { Store } from '../store/contract.js';
import { mapYielding } from '../yield-to-event-loop.js';

export interface SubmissionOrder {
  /**
   * As `items.map(make)`, at a stretch where they are few. Call it last in a transaction: what it answers must be in the
   * queue of commits in the same turn of the event loop.
   */
  readonly inOrder: <Item, Made>(items: readonly Item[], make: (item: Item) => Made) => Promise<Made[]>;
}

/** Entries that take no longer than others may be kept waiting. */
const FEW = 16;

export const getSubmissionOrder = memoizeByIdentity((_store: Store): SubmissionOrder => {
  let held: Promise<void> | undefined;
  return {
    inOrder: async (items, make) => {
      // Whoever was first to go on may hold it again.
      while (held !== undefined) await held;
      if (items.length <= FEW) return items.map(make);
      let release = (): void => undefined;
      held = new Promise((resolve) => (release = resolve));
      try {
        return await mapYielding(items, make);
      } finally {
        setImmediate(() => {
          held = undefined;
          release();
        });
      }
    },
  };
});
