/** What a queue has to know of the page that it is in; outside of pages, nothing happens. */
export interface PageEvents {
  /** The page may never run again. */
  readonly hide: () => void;
  /** There is a connection again, or somebody looks at the page again. */
  readonly wake: () => void;
}

/** @returns ends the listening */
export function listenToPage({ hide, wake }: PageEvents): () => void {
  if (typeof document === 'undefined' || typeof addEventListener === 'undefined') return () => undefined;
  const change = (): void => (document.visibilityState === 'hidden' ? hide() : wake());
  document.addEventListener('visibilitychange', change);
  addEventListener('pagehide', hide);
  addEventListener('online', wake);
  return () => {
    document.removeEventListener('visibilitychange', change);
    removeEventListener('pagehide', hide);
    removeEventListener('online', wake);
  };
}

/** Runs work while no other tab of the origin runs any under this name; where there are no locks, at once. */
export async function withTabLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  // Pages without TLS have no locks.
  const locks: LockManager | undefined = typeof navigator === 'undefined' ? undefined : navigator.locks;
  return locks === undefined ? work() : await locks.request(name, work);
}
