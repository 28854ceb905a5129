/** Pages of one browser tell one another apart, so that what a page that is gone has left behind can be given back. */
export interface PageHold {
  /** Whether no other page of this browser is reviewing for the same user. */
  readonly isAlone: Promise<boolean>;
  readonly end: () => void;
}

/** Says to other pages that this one reviews, until it ends or is gone. A browser without locks has one page. */
export function holdPage(userId: string): PageHold {
  const locks: LockManager | undefined = 'locks' in navigator ? navigator.locks : undefined;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const isAlone = new Promise<boolean>((resolve) => {
    if (locks === undefined) resolve(true);
    else {
      void locks.request(`feedback-graph-review:${userId}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : ended;
      });
    }
  });
  return { isAlone, end: () => end() };
}
