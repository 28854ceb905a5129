import { UnavailableError } from '../errors.js';
import { repeat } from '../repeat.js';
import type { Store } from '../store/contract.js';
import { findOrganizations } from '../store/organizations.js';
import { areAdapterDaysCounted, countAdapterDays } from './index/adapter-days.js';

/** How often it is tried again where the store could not be read or written, ms. */
const TRY_EVERY = 60_000;

/** About how long the rest of the counting takes for whoever asks meanwhile, seconds. */
const RETRY_AFTER = 5;

export interface AdapterDayCounter {
  /** Starts to count, if there is something. */
  readonly begin: () => void;
  /** @throws {UnavailableError} while the entries of adapters are not counted by day yet */
  readonly requireCounted: () => void;
  readonly stop: () => Promise<void>;
}

/** Counts the entries of the adapters of a store from before by day, while the server answers already. */
export async function createAdapterDayCounter(
  store: Pick<Store, 'read' | 'transact'>,
  logger: { error(fields: object, message: string): void },
): Promise<AdapterDayCounter> {
  let areCounted = await areAdapterDaysCounted(store);
  const count = async (signal?: AbortSignal): Promise<void> => {
    areCounted ||= await countAdapterDays(store, { signal });
  };
  const onFailure = (error: unknown): void => {
    logger.error({ err: error }, 'the entries of adapters could not be counted by day');
  };
  // A store without any entries is counted as soon as that is noted.
  if (!areCounted && (await findOrganizations(store)).length === 0) await count().catch(onFailure);
  const counting = repeat(count, { every: TRY_EVERY, onFailure });
  return {
    begin: counting.runNow,
    requireCounted: () => {
      if (areCounted) return;
      throw new UnavailableError(
        'The entries of adapters are still being counted by day; try again in a few seconds',
        RETRY_AFTER,
      );
    },
    stop: counting.stop,
  };
}
