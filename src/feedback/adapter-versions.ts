/** The versions of an adapter that submissions have named, with what was said of each. */
import type { Reader } from '../store/contract.js';
import { keyPrefix, prefixEnd, prefixRange, unescapeComponent } from '../store/keys.js';
import { scopeComponents } from '../store/layout.js';
import { CLASSES } from './classes.js';
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
  const names = await versionNames(reader, org, adapter, limit + 1, after);
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

const COUNTED_AT_ONCE = 1_000;

/** How many versions of an adapter feedback was submitted for. */
export async function countVersions(reader: Reader, org: string, adapter: string): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const names = await versionNames(reader, org, adapter, COUNTED_AT_ONCE, after);
    count += names.length;
    if (names.length < COUNTED_AT_ONCE) return count;
    after = names.at(-1);
  }
}

/** A version has a counter for each class that any feedback of it has; a counter at 0 leaves no key. */
async function versionNames(
  reader: Reader,
  org: string,
  adapter: string,
  limit: number,
  after: string | undefined,
): Promise<string[]> {
  const all = prefixRange(`${keyPrefix('count', org)}${scopeComponents('av', adapter)}:`);
  const gte =
    after === undefined ? all.gte : prefixEnd(`${keyPrefix('count', org)}${scopeComponents('av', adapter, after)}:`);
  const keys = await reader.scanKeys({ gte, lt: all.lt, limit: limit * CLASSES.length });
  const names = keys.map((key) => unescapeComponent(key.slice(all.gte.length, key.lastIndexOf(':'))));
  return [...new Set(names)].slice(0, limit);
}
