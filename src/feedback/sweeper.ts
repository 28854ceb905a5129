import { sweepExpired } from '../audit/idempotency.js';
import { repeat } from '../repeat.js';
import type { Store } from '../store/contract.js';
import { retryPurges } from './purge.js';

/** How often what has expired is removed, and purges that failed are tried again, ms. */
const SWEEP_EVERY = 60_000;

/**
 * Removes what has expired, and what erasures that failed have left in files, at once and then again and again, one sweep
 * at a time.
 */
export function startSweeper(
  store: Store,
  logger: { warn(fields: object, message: string): void },
): { readonly stop: () => Promise<void> } {
  let from: string | undefined;
  const sweep = async (): Promise<void> => {
    try {
      from = await sweepExpired(store, Date.now(), from);
    } catch (error) {
      logger.warn({ err: error }, 'expired records could not be removed');
    }
    await retryPurges(store, Date.now() - SWEEP_EVERY);
  };
  const sweeping = repeat(sweep, {
    every: SWEEP_EVERY,
    onFailure: (error) => logger.warn({ err: error }, 'files of the store still contain erased feedback'),
  });
  sweeping.runNow();
  return sweeping;
}
