/** What a batch would be good for, before anything is claimed for it. */
import type { KeyedHash } from '../audit/keyed-hash.js';
import { boundsAfter } from '../feedback/index/id-streams.js';
import { findFeedback } from '../feedback/read.js';
import type { Store } from '../store/contract.js';
import { startStretches } from '../yield-to-event-loop.js';
import { type Advice, adviseOn } from './advice.js';
import { assignSplit } from './batch.js';
import { adaptersOf, candidates, checkClaim, type ClaimRequest, DEFAULT_LEASE_MINUTES } from './claim.js';
import { namedEntries, type PinnedEntry } from './export/pinned-entries.js';
import { judgeOf } from './user-counts.js';

/** The most entries that a forecast tells of. */
export const MAX_FORECAST_ENTRIES = 5_000;
/** The most entries that it looks at to find so many: some may be above the bound of their user. */
const MAX_EXAMINED = 4 * MAX_FORECAST_ENTRIES;
const ENTRIES_AT_ONCE = 80;

export type ForecastRequest = Omit<ClaimRequest, 'leaseMinutes'>;

export interface Forecast {
  /** How many entries a claim would take now, at most {@link MAX_FORECAST_ENTRIES}. */
  readonly entries: number;
  readonly holdout: number;
  /** Whether the batch would take more than that. */
  readonly truncated: boolean;
  /** On the part that is used for training. */
  readonly advice: Advice;
}

/**
 * Selects what a claim with the same request would take, and claims nothing.
 * @throws {InvalidInputError}
 */
export async function forecastClaim(
  { store, keyedHash }: { readonly store: Pick<Store, 'read'>; readonly keyedHash: KeyedHash },
  org: string,
  request: ForecastRequest,
): Promise<Forecast> {
  checkClaim({ ...request, leaseMinutes: DEFAULT_LEASE_MINUTES });
  const { entries, truncated } = await selectEntries({ store, keyedHash }, org, request);
  const source = namedEntries(store, org, entries);
  return {
    entries: entries.length,
    holdout: entries.filter(({ split }) => split === 'holdout').length,
    truncated,
    advice: await adviseOn(store, org, { source, count: entries.length, split: 'train' }),
  };
}

type NamedEntry = Omit<PinnedEntry, 'feedback'>;

async function selectEntries(
  { store, keyedHash }: { readonly store: Pick<Store, 'read'>; readonly keyedHash: KeyedHash },
  org: string,
  { filter, newestFirst, limit, holdout, maxPerUser = Infinity }: ForecastRequest,
): Promise<{ readonly entries: readonly NamedEntry[]; readonly truncated: boolean }> {
  const stretches = startStretches();
  const adapters = await store.read((reader) => adaptersOf(reader, org, filter));
  const given = { filter, newestFirst, ...(adapters !== undefined && { adapters }) };
  const users = new Map<string, number>();
  const entries: NamedEntry[] = [];
  let truncated = false;
  let examined = 0;
  for (let after: string | undefined; ;) {
    const from = after;
    const { ids, found } = await store.read(async (reader) => {
      const { ids: stream, bounds } = await candidates(reader, org, keyedHash, given);
      const next = await stream(from === undefined ? bounds : boundsAfter(bounds, from, newestFirst), ENTRIES_AT_ONCE);
      return { ids: next, found: await findFeedback(reader, org, next) };
    });
    for (const entry of found) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      if (entry === undefined || entries.length === limit) continue;
      if (entries.length === MAX_FORECAST_ENTRIES) {
        truncated = true;
        break;
      }
      const user = judgeOf(entry);
      const count = users.get(user) ?? 0;
      if (count >= maxPerUser) continue;
      users.set(user, count + 1);
      entries.push({ id: entry.id, version: entry.version, split: assignSplit(entry.id, holdout) });
    }
    examined += ids.length;
    after = ids.at(-1);
    if (truncated || ids.length < ENTRIES_AT_ONCE || entries.length === limit) break;
    if (examined >= MAX_EXAMINED) {
      truncated = true;
      break;
    }
  }
  return { entries: newestFirst ? entries.reverse() : entries, truncated };
}
