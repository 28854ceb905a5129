import type { Store } from './contract.js';

/** The same store in all but the methods that are given. */
export function decorateStore(
  store: Store,
  changed: Partial<Pick<Store, 'read' | 'readTracked' | 'transact' | 'purge'>>,
): Store {
  return {
    read: (work) => store.read(work),
    readTracked: (work) => store.readTracked(work),
    transact: (work) => store.transact(work),
    snapshot: (range) => store.snapshot(range),
    purge: (ranges) => store.purge(ranges),
    compact: (ranges) => store.compact(ranges),
    ...(store.versions && { versions: store.versions.bind(store) }),
    ...(store.metrics && { metrics: store.metrics.bind(store) }),
    ...(store.refreshMetrics && { refreshMetrics: store.refreshMetrics.bind(store) }),
    get sequence() {
      return store.sequence;
    },
    get health() {
      return store.health;
    },
    now: () => store.now(),
    sharedCounts: store.sharedCounts,
    close: () => store.close(),
    ...changed,
  };
}
