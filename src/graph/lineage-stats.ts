import { lineageReader } from '../adapters/lineage-reader.js';
import { type Visits, walkLineages } from '../adapters/lineage-walk.js';
import { ApiError } from '../errors.js';
import { adapterSetsCounter, adapterSetsPrefix } from '../feedback/index/adapter-sets.js';
import { facetCounts, type FeedbackStats, toStats } from '../feedback/index/stats.js';
import type { SecondaryIndex } from '../feedback/index/table.js';
import { FACETS } from '../model/facets.js';
import type { Reader } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { mapYielding } from '../yield-to-event-loop.js';

/** The most sets of adapters, each named once for each of its adapters, that the feedback of a lineage is shared by. */
export const MAX_SHARED_SETS = 10_000;

export interface LineageStats extends FeedbackStats {
  /** How many adapters the lineage has, itself included. */
  readonly adapterCount: number;
  /** Whether it has more than were counted. */
  readonly truncated: boolean;
  readonly visited: number;
}

/**
 * Statistics over adapters and all their descendants, each feedback counted once. What is linked to several adapters of
 * a lineage is in the counters of each of them; the counters of the sets of adapters that share feedback say how much of
 * it there is, so that it can be taken off.
 * @throws {ApiError} UNPROCESSABLE if a lineage has more than {@link MAX_SHARED_SETS} of them
 */
export async function lineageStats(
  reader: Reader,
  org: string,
  adapterIds: readonly string[],
  visits: Visits,
): Promise<LineageStats[]> {
  const walks = await walkLineages(
    lineageReader(reader, org),
    adapterIds.map((adapterId) => ({ adapterId, direction: 'descendants' })),
    visits,
  );
  const lineages = walks.map(({ adapters }, index) => [adapterIds[index] ?? '', ...adapters.map(({ id }) => id)]);
  const members = [...new Set(lineages.flat())];
  reader.planReads?.(members.length * (FACETS.length + 1));
  const [counts, setCounts] = await Promise.all([
    facetCounts(
      reader,
      org,
      members.map((adapter): SecondaryIndex => ({ kind: 'adapter', adapter })),
    ),
    reader.counters(members.map((adapter) => adapterSetsCounter(org, adapter))),
  ]);
  const countsOf = new Map(members.map((id, index) => [id, counts[index] ?? []]));
  const setCountOf = new Map(members.map((id, index) => [id, setCounts[index] ?? 0]));

  const sharing = lineages.map((lineage) => {
    const those = lineage.length === 1 ? [] : lineage.filter((id) => (setCountOf.get(id) ?? 0) > 0);
    if (those.reduce((total, id) => total + (setCountOf.get(id) ?? 0), 0) > MAX_SHARED_SETS) {
      throw new ApiError(
        'UNPROCESSABLE',
        `The adapters of this lineage share feedback in more than ${MAX_SHARED_SETS} combinations, too many to count each entry once`,
      );
    }
    return those;
  });
  const setsOf = await listedSets(reader, org, new Set(sharing.flat()));
  /** Of each lineage, how many of its adapters belong to each set that has several of them. */
  const repeated = sharing.map((those) => {
    const places = new Map<string, number>();
    for (const set of those.flatMap((id) => setsOf.get(id) ?? [])) places.set(set, (places.get(set) ?? 0) + 1);
    return [...places].filter(([, count]) => count > 1);
  });
  const sets = [...new Set(repeated.flatMap((each) => each.map(([set]) => set)))];
  const sharedCounts = await facetCounts(
    reader,
    org,
    sets.map((set): SecondaryIndex => ({ kind: 'adapterSet', set })),
  );
  const sharedOf = new Map(sets.map((set, index) => [set, sharedCounts[index] ?? []]));

  return mapYielding(lineages, (lineage, index) => {
    const total = FACETS.map((_, place) => {
      const all = lineage.reduce((sum, id) => sum + (countsOf.get(id)?.[place] ?? 0), 0);
      const again = (repeated[index] ?? []).reduce(
        (sum, [set, count]) => sum + (count - 1) * (sharedOf.get(set)?.[place] ?? 0),
        0,
      );
      return all - again;
    });
    return {
      ...toStats(total),
      adapterCount: lineage.length,
      truncated: walks[index]?.truncated ?? false,
      visited: lineage.length,
    };
  });
}

/** The sets that each of these adapters lists. */
async function listedSets(
  reader: Reader,
  org: string,
  adapters: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return new Map(
    await Promise.all(
      [...adapters].map(async (adapter) => {
        const keys = await reader.scanKeys({ ...prefixRange(adapterSetsPrefix(org, adapter)), limit: MAX_SHARED_SETS });
        return [adapter, keys.map(lastComponent)] as const;
      }),
    ),
  );
}
