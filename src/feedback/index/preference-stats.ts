/** How often the answers of adapters were preferred to others, told from the counters of the index of outcomes. */
import { facetsMatching } from '../../model/facets.js';
import { OUTCOMES, type PreferenceOutcome } from '../../model/preference.js';
import type { Reader } from '../../store/contract.js';
import { indexCounterKey } from './index-keys.js';
import { wilsonInterval } from './wilson-interval.js';

export type OutcomeCounts = Readonly<Record<PreferenceOutcome, number>>;

/** Of approved preferences between an adapter's answers and others. */
export interface PreferenceStats {
  readonly wonCount: number;
  readonly lostCount: number;
  readonly tiedCount: number;
  /** wonCount / (wonCount + lostCount): a tie says neither. Absent where there is neither, as are its bounds. */
  readonly winRate?: number;
  /** The bounds of the confidence interval of 95 % (wilson-interval.ts). */
  readonly winRateLow?: number;
  readonly winRateHigh?: number;
}

/** As rejected and withdrawn preferences would make a rate that anybody can turn, they are not among them. */
const COUNTED = facetsMatching({ type: 'preference', validationStatus: 'approved' });

/** Statistics of many adapters, in their order, by one read of the store. */
export async function preferenceStats(
  reader: Reader,
  org: string,
  adapters: readonly string[],
): Promise<PreferenceStats[]> {
  const keys = adapters.flatMap((adapter) =>
    OUTCOMES.flatMap((outcome) =>
      COUNTED.map((facet) => indexCounterKey(org, { kind: 'outcome', adapter, outcome }, facet)),
    ),
  );
  const counts = await reader.counters(keys);
  const sumFrom = (start: number): number =>
    counts.slice(start, start + COUNTED.length).reduce((sum, count) => sum + count, 0);
  return adapters.map((_, index) => {
    const [won = 0, lost = 0, tied = 0] = OUTCOMES.map((_outcome, nth) =>
      sumFrom((index * OUTCOMES.length + nth) * COUNTED.length),
    );
    return toPreferenceStats({ won, lost, tied });
  });
}

export function toPreferenceStats({ won, lost, tied }: OutcomeCounts): PreferenceStats {
  const counts = { wonCount: won, lostCount: lost, tiedCount: tied };
  const decided = won + lost;
  if (decided === 0) return counts;
  const { low, high } = wilsonInterval(won, decided);
  return { ...counts, winRate: won / decided, winRateLow: low, winRateHigh: high };
}
