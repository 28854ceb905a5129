import { sweepExpired } from '../audit/idempotency.js';
import { repeat, spreadPeriod } from '../repeat.js';
import type { Store } from '../store/contract.js';
import { OTHERS_PURGE_AFTER, retryPurges } from './purge.js';

/** How often what has expired is removed, and purges that failed are tried again, ms. */
const SWEEP_EVERY = 60_000;

export interface SweepingServer {
  readonly serverName?: string | undefined;
  /** Whether other servers may use the store. */
  readonly isShared: boolean;
}

/**
 * Removes what has expired, and what erasures that failed have left in files, at once and then again and again, one sweep
 * at a time.
 */
export function startSweeper(
  store: Store,
  logger: { warn(fields: object, message: string): void },
  { serverName, isShared }: SweepingServer,
): { readonly stop: () => Promise<void> } {
  let from: string | undefined;
  const sweep = async (): Promise<void> => {
    try {
      from = await sweepExpired(store, store.now(), from);
    } catch (error) {
      logger.warn({ err: error }, 'expired records could not be removed');
    }
    const now = store.now();
    const othersBefore = now - (isShared ? OTHERS_PURGE_AFTER : SWEEP_EVERY);
    await retryPurges(store, { serverName, ownBefore: now - SWEEP_EVERY, othersBefore });
  };
  const sweeping = repeat(sweep, {
    every: spreadPeriod(SWEEP_EVERY),
    onFailure: (error) => logger.warn({ err: error }, 'files of the store still contain erased feedback'),
  });
  sweeping.runNow();
  return sweeping;
}
