/** The versions of an adapter that submissions have named, with what was said of each. */
import type { Reader } from '../../store/contract.js';
import { countIndexValues, type IndexFamily, indexValues } from './index-values.js';
import { type FeedbackStats, feedbackStats } from './stats.js';

export interface VersionStats extends FeedbackStats {
  /** The adapter's version, as submissions named it. */
  readonly adapterVersion: string;
}

export interface VersionStatsPage {
  readonly versions: readonly VersionStats[];
  readonly hasNext: boolean;
}

/** One page of the versions that feedback was submitted for, in the order of their names. */
export async function versionStatsPage(
  reader: Reader,
  org: string,
  adapter: string,
  limit: number,
  after: string | undefined,
): Promise<VersionStatsPage> {
  const names = await indexValues(reader, org, versionsOf(adapter), limit + 1, after);
  const versions = names.slice(0, limit);
  const stats = await feedbackStats(
    reader,
    org,
    versions.map((version) => ({ kind: 'adapterVersion', adapter, version })),
  );
  return {
    versions: stats.map((each, index) => ({ ...each, adapterVersion: versions[index] ?? '' })),
    hasNext: names.length > limit,
  };
}

/** How many versions of an adapter feedback was submitted for. */
export function countVersions(reader: Reader, org: string, adapter: string): Promise<number> {
  return countIndexValues(reader, org, versionsOf(adapter));
}

function versionsOf(adapter: string): IndexFamily {
  return { kind: 'adapterVersion', shared: [adapter] };
}
